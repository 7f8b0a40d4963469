"""Members and what tills may spend of theirs."""

from alembic import op

from hq.migrations.columns import make, number, text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    make(
        "members",
        text("member_id"),
        text("root"),
        number("enrolled_ms"),
        text("status"),
        number("confirmed"),
        number("balance"),
        number("rights"),
        number("held"),
        number("debt"),
        number("clawed"),
        number("visits"),
        number("last_at_ms"),
        text("last_till", optional=True),
        text("tier", optional=True),
        number("tier_until_ms", optional=True),
        number("tier_at_ms"),
        number("next_expiry_ms", optional=True),
        number("free"),
        number("hq_seq"),
        key=("member_id",),
    )
    op.create_index("members_changed", "members", ["hq_seq"])
    op.create_index("members_expiry", "members", ["next_expiry_ms"])
    op.create_index("members_lend", "members", ["last_till", "free"])
    op.create_index("members_root", "members", ["root"])
    make(
        "accounts",
        text("member_id"),
        text("what"),
        number("life"),
        number("granted"),
        number("own"),
        number("used"),
        number("returned"),
        key=("member_id", "what", "life"),
    )
    op.create_index("accounts_life", "accounts", ["life"])
    make(
        "pools",
        text("member_id"),
        text("what"),
        number("balance"),
        number("rights"),
        number("excess"),
        text("reward", optional=True),
        number("expires_ms", optional=True),
        key=("member_id", "what"),
    )
    make("uses", text("member_id"), text("unit"), number("times"), key=("member_id", "unit"))
    make("debts", text("member_id"), text("store_id"), number("amount"), key=("member_id", "store_id"))
