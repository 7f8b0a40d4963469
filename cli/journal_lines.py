"""The journal as JSON lines, for whoever wants to read it with other tools."""

import json
from collections.abc import Iterator

import msgspec

from ledger import journal
from ledger.store import Ledger


def journal_lines(ledger: Ledger) -> Iterator[bytes]:
    """Each entry as one line: identity, kind, time, who, header, body, hash; in the order they were written."""
    with ledger.read() as view:
        for entry in journal.entries_of_positions(view, 1):
            document = {
                "id": str(entry.id),
                "kind": entry.kind,
                "at_ms": entry.at_ms,
                "cashier_id": entry.cashier_id,
                "member_id": entry.member_id,
                "header": msgspec.to_builtins(entry.header),
                "body": msgspec.json.decode(entry.body),
                "hash": entry.hash.hex(),
            }
            yield json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
