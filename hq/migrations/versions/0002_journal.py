"""The lives of tills, their entries, the postings of these, and what waits for others."""

from alembic import op

from hq.migrations.columns import data, make, number, text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    _make_lives()
    _make_entries()


def _make_lives() -> None:
    make(
        "lives",
        number("life"),
        text("till_id"),
        number("epoch"),
        number("account"),
        number("parent_epoch", optional=True),
        number("parent_seq", optional=True),
        data("parent_hash", optional=True),
        data("genesis", optional=True),
        text("state"),
        number("paired_seq"),
        number("shift_closed_seq"),
        number("closed"),
        key=("life",),
        unique=("till_id", "epoch"),
    )
    make("heads", number("life"), data("hash"), number("seq"), key=("life", "hash"))
    make(
        "challenges",
        data("challenge"),
        text("till_id"),
        number("epoch"),
        data("head"),
        number("expires_ms"),
        key=("challenge",),
    )


def _make_entries() -> None:
    make(
        "entries",
        number("position"),
        number("life"),
        number("seq"),
        data("hash"),
        text("kind"),
        text("member_id", optional=True),
        number("at_ms"),
        number("received_ms"),
        text("suspended", optional=True),
        data("text"),
        key=("position",),
    )
    op.create_index("entries_place", "entries", ["life", "seq"])
    make(
        "postings",
        number("position"),
        number("leg"),
        number("life"),
        number("seq"),
        text("member_id"),
        text("currency"),
        number("amount"),
        number("booked"),
        text("against"),
        number("at_ms"),
        number("available_ms", optional=True),
        number("expires_ms", optional=True),
        text("undoes", optional=True),
        text("state"),
        number("undone"),
        number("liability"),
        number("charged"),
        text("own_member", optional=True),
        number("own_amount"),
        key=("position", "leg"),
    )
    op.create_index("postings_member", "postings", ["member_id"])
    op.create_index("postings_place", "postings", ["life", "seq"])
    make(
        "waits",
        text("till_id"),
        number("epoch"),
        number("seq"),
        number("position"),
        number("leg"),
        key=("till_id", "epoch", "seq", "position", "leg"),
    )
    make("unsettled", number("position"), text("till_id"), number("epoch"), number("seq"), key=("position",))
