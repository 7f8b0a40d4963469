"""HQ's tables, the same on SQLite and PostgreSQL.

Everything HQ believes follows from ``entries`` in the order of their *position*: members, accounts, pools and postings
are kept beside them for speed, and ``regulars hq verify`` derives them again. Amounts are millipoints, times UTC ms.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()
# SQLite's own row number is an INTEGER key, by that very name.
_WIDE = BigInteger().with_variant(Integer, "sqlite")


def _number(name: str, *, key: bool = False, optional: bool = False) -> "Column[int]":
    return Column(name, _WIDE, primary_key=key, nullable=optional, autoincrement=False)


def _text(name: str, *, key: bool = False, optional: bool = False) -> "Column[str]":
    return Column(name, Text, primary_key=key, nullable=optional)


def _bytes(name: str, *, key: bool = False, optional: bool = False) -> "Column[bytes]":
    return Column(name, LargeBinary, primary_key=key, nullable=optional)


facts = Table("facts", metadata, _text("name", key=True), _bytes("value"))
counters = Table("counters", metadata, _text("name", key=True), _number("value"))
stores = Table(
    "stores",
    metadata,
    _text("store_id", key=True),
    _text("name"),
    _text("zone"),
    _text("currency"),
    _number("closing_minute"),
)
tills = Table(
    "tills",
    metadata,
    _text("till_id", key=True),
    _number("number"),
    _text("store_id"),
    _text("name"),
    _bytes("public_key"),
    _text("status"),
    _number("paired_ms"),
    _number("last_seen_ms"),
    _number("skew_ms"),
    _number("open_epoch", optional=True),
    _number("greeted"),
    _number("recovering"),
    _number("erasures_done"),
)
codes = Table(
    "codes",
    metadata,
    _bytes("code_hash", key=True),
    _text("store_id"),
    _text("name"),
    _number("expires_ms"),
    _text("till_id", optional=True),
    _bytes("public_key", optional=True),
    _bytes("answer", optional=True),
)
lives = Table(
    "lives",
    metadata,
    _number("life", key=True),
    _text("till_id"),
    _number("epoch"),
    _number("account"),
    _number("parent_epoch", optional=True),
    _number("parent_seq", optional=True),
    _bytes("parent_hash", optional=True),
    _bytes("genesis", optional=True),
    _text("state"),
    _number("paired_seq"),
    _number("shift_closed_seq"),
    _number("closed"),
    UniqueConstraint("till_id", "epoch"),
)
heads = Table("heads", metadata, _number("life", key=True), _bytes("hash", key=True), _number("seq"))
entries = Table(
    "entries",
    metadata,
    _number("position", key=True),
    _number("life"),
    _number("seq"),
    _bytes("hash"),
    _text("kind"),
    _text("member_id", optional=True),
    _number("at_ms"),
    _number("received_ms"),
    _text("suspended", optional=True),
    _bytes("text"),
    Index("entries_place", "life", "seq"),
)
postings = Table(
    "postings",
    metadata,
    _number("position", key=True),
    _number("leg", key=True),
    _number("life"),
    _number("seq"),
    _text("member_id"),
    _text("currency"),
    _number("amount"),
    _number("booked"),
    _text("against"),
    _number("at_ms"),
    _number("available_ms", optional=True),
    _number("expires_ms", optional=True),
    _text("undoes", optional=True),
    _text("state"),
    _number("undone"),
    _number("liability"),
    _number("charged"),
    _text("own_member", optional=True),
    _number("own_amount"),
    Index("postings_member", "member_id"),
    Index("postings_place", "life", "seq"),
)
waits = Table(
    "waits",
    metadata,
    _text("till_id", key=True),
    _number("epoch", key=True),
    _number("seq", key=True),
    _number("position", key=True),
    _number("leg", key=True),
)
unsettled = Table(
    "unsettled", metadata, _number("position", key=True), _text("till_id"), _number("epoch"), _number("seq")
)
members = Table(
    "members",
    metadata,
    _text("member_id", key=True),
    _text("root"),
    _number("enrolled_ms"),
    _text("status"),
    _number("confirmed"),
    _number("balance"),
    _number("rights"),
    _number("held"),
    _number("debt"),
    _number("clawed"),
    _number("visits"),
    _number("last_at_ms"),
    _text("last_till", optional=True),
    _text("tier", optional=True),
    _number("tier_until_ms", optional=True),
    _number("tier_at_ms"),
    _number("next_expiry_ms", optional=True),
    _number("free"),
    _number("hq_seq"),
    Index("members_root", "root"),
    Index("members_changed", "hq_seq"),
    Index("members_lend", "last_till", "free"),
    Index("members_expiry", "next_expiry_ms"),
)
accounts = Table(
    "accounts",
    metadata,
    _text("member_id", key=True),
    _text("what", key=True),
    _number("life", key=True),
    _number("granted"),
    _number("own"),
    _number("used"),
    _number("returned"),
    Index("accounts_life", "life"),
)
pools = Table(
    "pools",
    metadata,
    _text("member_id", key=True),
    _text("what", key=True),
    _number("balance"),
    _number("rights"),
    _number("excess"),
    _text("reward", optional=True),
    _number("expires_ms", optional=True),
)
uses = Table("uses", metadata, _text("member_id", key=True), _text("unit", key=True), _number("times"))
debts = Table("debts", metadata, _text("member_id", key=True), _text("store_id", key=True), _number("amount"))
cards = Table(
    "cards",
    metadata,
    _text("code", key=True),
    _text("member_id", key=True),
    _text("status"),
    _number("at_ms"),
    Index("cards_member", "member_id"),
)
profiles = Table(
    "profiles",
    metadata,
    _text("member_id", key=True),
    _text("field", key=True),
    _text("value", optional=True),
    _number("at_ms"),
    _text("till_id"),
    _number("epoch"),
    _number("seq"),
    _bytes("consent", optional=True),
    Index("profiles_value", "field", "value"),
)
notices = Table(
    "notices",
    metadata,
    _text("kind", key=True),
    _text("key", key=True),
    _bytes("payload"),
    _text("store_id", optional=True),
    _number("hq_seq"),
    Index("notices_changed", "hq_seq"),
)
exceptions = Table(
    "exceptions",
    metadata,
    _number("number", key=True),
    _text("reason"),
    _number("position", optional=True),
    _text("entry_id", optional=True),
    _text("member_id", optional=True),
    _bytes("params"),
    _number("raised_ms"),
    _number("resolved_ms", optional=True),
    _text("resolution", optional=True),
)
challenges = Table(
    "challenges",
    metadata,
    _bytes("challenge", key=True),
    _text("till_id"),
    _number("epoch"),
    _bytes("head"),
    _number("expires_ms"),
)
nonces = Table("nonces", metadata, _text("nonce", key=True), _number("expires_ms"))
wanted = Table(
    "wanted",
    metadata,
    _text("member_id", key=True),
    _text("what", key=True),
    _text("till_id", key=True),
    _number("until_ms"),
    _number("told_ms"),
)
programmes = Table(
    "programmes",
    metadata,
    _text("version", key=True),
    _text("programme_id"),
    _number("start_ms"),
    _text("text"),
    _bytes("signature"),
    _number("published_ms"),
)
blocks = Table("blocks", metadata, _number("block", key=True), _text("till_id"), _number("epoch"))
day_totals = Table(
    "day_totals",
    metadata,
    _text("store_id", key=True),
    _text("day", key=True),
    _text("till_id", key=True),
    _bytes("totals"),
)
