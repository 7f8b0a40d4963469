"""Shops and tills; HQ's own small facts."""

from hq.migrations.columns import data, make, number, text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    make("facts", text("name"), data("value"), key=("name",))
    make("counters", text("name"), number("value"), key=("name",))
    make(
        "stores",
        text("store_id"),
        text("name"),
        text("zone"),
        text("currency"),
        number("closing_minute"),
        key=("store_id",),
    )
    make(
        "tills",
        text("till_id"),
        number("number"),
        text("store_id"),
        text("name"),
        data("public_key"),
        text("status"),
        number("paired_ms"),
        number("last_seen_ms"),
        number("skew_ms"),
        number("open_epoch", optional=True),
        number("greeted"),
        number("recovering"),
        number("erasures_done"),
        key=("till_id",),
    )
    make(
        "codes",
        data("code_hash"),
        text("store_id"),
        text("name"),
        number("expires_ms"),
        text("till_id", optional=True),
        data("public_key", optional=True),
        data("answer", optional=True),
        key=("code_hash",),
    )
    make("blocks", number("block"), text("till_id"), number("epoch"), key=("block",))
    make("nonces", text("nonce"), number("expires_ms"), key=("nonce",))
