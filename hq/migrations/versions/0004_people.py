"""Who members are."""

from alembic import op

from hq.migrations.columns import data, make, number, text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    make("cards", text("code"), text("member_id"), text("status"), number("at_ms"), key=("code", "member_id"))
    op.create_index("cards_member", "cards", ["member_id"])
    make(
        "profiles",
        text("member_id"),
        text("field"),
        text("value", optional=True),
        number("at_ms"),
        text("till_id"),
        number("epoch"),
        number("seq"),
        data("consent", optional=True),
        key=("member_id", "field"),
    )
    op.create_index("profiles_value", "profiles", ["field", "value"])
