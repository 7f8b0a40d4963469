"""What tills are told and what operators see."""

from alembic import op

from hq.migrations.columns import data, make, number, text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    make(
        "notices",
        text("kind"),
        text("key"),
        data("payload"),
        text("store_id", optional=True),
        number("hq_seq"),
        key=("kind", "key"),
    )
    op.create_index("notices_changed", "notices", ["hq_seq"])
    make(
        "exceptions",
        number("number"),
        text("reason"),
        number("position", optional=True),
        text("entry_id", optional=True),
        text("member_id", optional=True),
        data("params"),
        number("raised_ms"),
        number("resolved_ms", optional=True),
        text("resolution", optional=True),
        key=("number",),
    )
    make(
        "wanted",
        text("member_id"),
        text("what"),
        text("till_id"),
        number("until_ms"),
        number("told_ms"),
        key=("member_id", "what", "till_id"),
    )
    make(
        "programmes",
        text("version"),
        text("programme_id"),
        number("start_ms"),
        text("text"),
        data("signature"),
        number("published_ms"),
        key=("version",),
    )
    make(
        "day_totals", text("store_id"), text("day"), text("till_id"), data("totals"), key=("store_id", "day", "till_id")
    )
