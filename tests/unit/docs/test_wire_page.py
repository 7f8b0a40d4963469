"""The protocol's pages: every field stands in docs/wire.md, and docs/sync.md names every message."""

from pathlib import Path

from sync.exchange import Path as Where
from tests.unit.docs.wire_page import page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_of_fields_is_what_the_messages_say() -> None:
    assert (DOCS / "wire.md").read_text(encoding="utf-8") == page(), "run scripts/wire_reference"


def test_every_message_is_explained() -> None:
    told = (DOCS / "sync.md").read_text(encoding="utf-8")

    assert [where for where in Where if f"/{where}" not in told] == []
