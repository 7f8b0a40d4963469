"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
_WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "accounts",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("life", _WIDE, autoincrement=False, nullable=False),
        sa.Column("granted", _WIDE, autoincrement=False, nullable=False),
        sa.Column("own", _WIDE, autoincrement=False, nullable=False),
        sa.Column("used", _WIDE, autoincrement=False, nullable=False),
        sa.Column("returned", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "what", "life"),
    )
    op.create_index("accounts_life", "accounts", ["life"], unique=False)
    op.create_table(
        "blocks",
        sa.Column("block", _WIDE, autoincrement=False, nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("block"),
    )
    op.create_table(
        "cards",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at_ms", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("code", "member_id"),
    )
    op.create_index("cards_member", "cards", ["member_id"], unique=False)
    op.create_table(
        "challenges",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", _WIDE, autoincrement=False, nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("expires_ms", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("challenge"),
    )
    op.create_table(
        "codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("expires_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("till_id", sa.Text(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "day_totals",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("totals", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "day", "till_id"),
    )
    op.create_table(
        "debts",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("amount", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "store_id"),
    )
    op.create_table(
        "entries",
        sa.Column("position", _WIDE, autoincrement=False, nullable=False),
        sa.Column("life", _WIDE, autoincrement=False, nullable=False),
        sa.Column("seq", _WIDE, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("at_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("received_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("suspended", sa.Text(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("entries_place", "entries", ["life", "seq"], unique=False)
    op.create_table(
        "exceptions",
        sa.Column("number", _WIDE, autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("position", _WIDE, autoincrement=False, nullable=True),
        sa.Column("entry_id", sa.Text(), nullable=True),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("params", sa.LargeBinary(), nullable=False),
        sa.Column("raised_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("resolved_ms", _WIDE, autoincrement=False, nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "heads",
        sa.Column("life", _WIDE, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seq", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("life", "hash"),
    )
    op.create_table(
        "lives",
        sa.Column("life", _WIDE, autoincrement=False, nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", _WIDE, autoincrement=False, nullable=False),
        sa.Column("account", _WIDE, autoincrement=False, nullable=False),
        sa.Column("parent_epoch", _WIDE, autoincrement=False, nullable=True),
        sa.Column("parent_seq", _WIDE, autoincrement=False, nullable=True),
        sa.Column("parent_hash", sa.LargeBinary(), nullable=True),
        sa.Column("genesis", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paired_seq", _WIDE, autoincrement=False, nullable=False),
        sa.Column("shift_closed_seq", _WIDE, autoincrement=False, nullable=False),
        sa.Column("closed", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("life"),
        sa.UniqueConstraint("till_id", "epoch"),
    )
    op.create_table(
        "members",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("enrolled_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("confirmed", _WIDE, autoincrement=False, nullable=False),
        sa.Column("balance", _WIDE, autoincrement=False, nullable=False),
        sa.Column("rights", _WIDE, autoincrement=False, nullable=False),
        sa.Column("held", _WIDE, autoincrement=False, nullable=False),
        sa.Column("debt", _WIDE, autoincrement=False, nullable=False),
        sa.Column("clawed", _WIDE, autoincrement=False, nullable=False),
        sa.Column("visits", _WIDE, autoincrement=False, nullable=False),
        sa.Column("last_at_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("last_till", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("tier_until_ms", _WIDE, autoincrement=False, nullable=True),
        sa.Column("next_expiry_ms", _WIDE, autoincrement=False, nullable=True),
        sa.Column("free", _WIDE, autoincrement=False, nullable=False),
        sa.Column("hq_seq", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
    )
    op.create_index("members_changed", "members", ["hq_seq"], unique=False)
    op.create_index("members_expiry", "members", ["next_expiry_ms"], unique=False)
    op.create_index("members_lend", "members", ["last_till", "free"], unique=False)
    op.create_index("members_root", "members", ["root"], unique=False)
    op.create_table(
        "nonces",
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("expires_ms", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
    )
    op.create_table(
        "notices",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("store_id", sa.Text(), nullable=True),
        sa.Column("hq_seq", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key"),
    )
    op.create_index("notices_changed", "notices", ["hq_seq"], unique=False)
    op.create_table(
        "pools",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("balance", _WIDE, autoincrement=False, nullable=False),
        sa.Column("rights", _WIDE, autoincrement=False, nullable=False),
        sa.Column("excess", _WIDE, autoincrement=False, nullable=False),
        sa.Column("reward", sa.Text(), nullable=True),
        sa.Column("expires_ms", _WIDE, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("member_id", "what"),
    )
    op.create_table(
        "postings",
        sa.Column("position", _WIDE, autoincrement=False, nullable=False),
        sa.Column("leg", _WIDE, autoincrement=False, nullable=False),
        sa.Column("life", _WIDE, autoincrement=False, nullable=False),
        sa.Column("seq", _WIDE, autoincrement=False, nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", _WIDE, autoincrement=False, nullable=False),
        sa.Column("booked", _WIDE, autoincrement=False, nullable=False),
        sa.Column("against", sa.Text(), nullable=False),
        sa.Column("at_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("available_ms", _WIDE, autoincrement=False, nullable=True),
        sa.Column("expires_ms", _WIDE, autoincrement=False, nullable=True),
        sa.Column("undoes", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("undone", _WIDE, autoincrement=False, nullable=False),
        sa.Column("liability", _WIDE, autoincrement=False, nullable=False),
        sa.Column("charged", _WIDE, autoincrement=False, nullable=False),
        sa.Column("own_member", sa.Text(), nullable=True),
        sa.Column("own_amount", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("position", "leg"),
    )
    op.create_index("postings_member", "postings", ["member_id"], unique=False)
    op.create_index("postings_place", "postings", ["life", "seq"], unique=False)
    op.create_table(
        "profiles",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("at_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", _WIDE, autoincrement=False, nullable=False),
        sa.Column("seq", _WIDE, autoincrement=False, nullable=False),
        sa.Column("consent", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("member_id", "field"),
    )
    op.create_index("profiles_value", "profiles", ["field", "value"], unique=False)
    op.create_table(
        "programmes",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("programme_id", sa.Text(), nullable=False),
        sa.Column("start_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("published_ms", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "stores",
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("closing_minute", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("store_id"),
    )
    op.create_table(
        "tills",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("number", _WIDE, autoincrement=False, nullable=False),
        sa.Column("store_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("paired_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("last_seen_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("skew_ms", _WIDE, autoincrement=False, nullable=False),
        sa.Column("open_epoch", _WIDE, autoincrement=False, nullable=True),
        sa.Column("greeted", _WIDE, autoincrement=False, nullable=False),
        sa.Column("recovering", _WIDE, autoincrement=False, nullable=False),
        sa.Column("erasures_done", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("till_id"),
    )
    op.create_table(
        "uses",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("times", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "unit"),
    )
    op.create_table(
        "waits",
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("epoch", _WIDE, autoincrement=False, nullable=False),
        sa.Column("seq", _WIDE, autoincrement=False, nullable=False),
        sa.Column("position", _WIDE, autoincrement=False, nullable=False),
        sa.Column("leg", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("till_id", "epoch", "seq", "position", "leg"),
    )
    op.create_table(
        "wanted",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("till_id", sa.Text(), nullable=False),
        sa.Column("until_ms", _WIDE, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "what", "till_id"),
    )
