"""What HQ holds on people beside the journal: profiles, consents, cards; who is the same person; who is erased."""

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import delete, select

from hq import schema
from hq.notices import publish
from hq.records import Arrived, Member, Raised
from hq.tills import rotate_key
from loyalty.entries import Kind
from loyalty.profiles import PROFILE_FIELDS, Consent, Version, agreed, newer
from sync.wire import ProfileChange

if TYPE_CHECKING:
    from hq.shelf import Shelf

CONTACT = "phone"
ERASED = "erased"
MEMBERS_MERGED = "members_merged"
MERGE_CONFIRMED = "merge_confirmed"
MERGE_TO_CONFIRM = "merge_to_confirm"
MAX_VALUE = 500
MAX_CONSENTS = 50
_CONSENT = "consent/"


def take_profiles(shelf: "Shelf", changes: tuple[ProfileChange, ...], skew_ms: int) -> None:
    """Merge changes of profiles: the last writer of each field by corrected time; withdrawn consent wins."""
    for change in changes:
        member = shelf.member(change.member)
        if member.status == ERASED or not _is_storable(change):
            continue
        version = _corrected(change.version, skew_ms, shelf.now_ms)
        for field, value in change.fields.items():
            if field in PROFILE_FIELDS:
                _write_field(shelf, change.member, field, value, version)
        for consent in change.consents:
            _write_consent(shelf, change.member, msgspec.structs.replace(consent, version=version))
        shelf.touch(change.member)


def merge(shelf: "Shelf", one: str, other: str, *, confirmed: bool) -> str | None:
    """Make two members one: the older (enrolled, id) survives. Its root; None when they are one already."""
    first, second = shelf.family(one)[0], shelf.family(other)[0]
    if first is second or ERASED in {first.status, second.status}:
        return None
    survivor, merged = sorted((first, second), key=lambda each: (each.enrolled_ms, each.member_id))
    body = {"survivor": survivor.member_id, "merged": merged.member_id, "confirmed": confirmed}
    shelf.journal.write(MEMBERS_MERGED, body=body, member_id=survivor.member_id)
    apply_merge(shelf, survivor, merged, confirmed=confirmed)
    if not confirmed:
        shelf.tell(Raised(MERGE_TO_CONFIRM, member_id=survivor.member_id, params={"merged": merged.member_id}))
    shelf.booking.settle(survivor.member_id, shelf.now_ms)
    return survivor.member_id


def apply_merge(shelf: "Shelf", survivor: Member, merged: Member, *, confirmed: bool) -> None:
    """Put the ids of *merged* under *survivor*."""
    for each in shelf.family(merged.member_id):
        each.confirmed = int(confirmed)
        each.hq_seq = each.free = 0
    if merged.last_at_ms > survivor.last_at_ms:
        survivor.last_till, survivor.last_at_ms = merged.last_till, merged.last_at_ms
    if merged.tier_at_ms > survivor.tier_at_ms:
        _set_tier(survivor, merged.tier, merged.tier_until_ms, merged.tier_at_ms)
    shelf.join(survivor.member_id, merged.member_id)
    shelf.touch(survivor.member_id)


def confirm_merge(shelf: "Shelf", member_id: str) -> None:
    """Somebody has seen that it is one person: all cards may spend all points."""
    for each in shelf.family(member_id):
        each.confirmed = 1
    shelf.journal.write(MERGE_CONFIRMED, body={"member": member_id}, member_id=member_id)
    shelf.touch(member_id)


def erase(shelf: "Shelf", member_id: str) -> None:
    """Forget who a member is: profile and cards go, the pseudonymous ledger stays; every till is told."""
    for each in shelf.family(member_id):
        each.status = ERASED
        shelf.connection.execute(delete(schema.profiles).where(schema.profiles.c.member_id == each.member_id))
        shelf.connection.execute(delete(schema.cards).where(schema.cards.c.member_id == each.member_id))
        publish(shelf, "erased", each.member_id, b"")
        shelf.to_keep.append((ERASED, each.member_id))
    shelf.touch(member_id)


def give_tier(shelf: "Shelf", member_id: str, tier: str | None, until_ms: int | None, at_ms: int) -> None:
    """A tier given by hand at *at_ms* until *until_ms* (None: for ever); of several the last one given holds."""
    root = shelf.family(member_id)[0]
    if at_ms >= root.tier_at_ms:
        _set_tier(root, tier, until_ms, at_ms)
        shelf.touch(member_id)


def take_body(shelf: "Shelf", entry: Arrived) -> None:
    """What an entry says of cards, tiers, erasure and keys; a suspended or unreadable one says nothing."""
    member_id, kind = entry.member_id, entry.kind
    if kind == Kind.KEY_ROTATED and not entry.suspended:
        rotate_key(shelf, entry)
    if member_id is None or kind not in _TOLD or entry.suspended:
        return
    if kind == Kind.MEMBER_ERASED:
        erase(shelf, member_id)
        return
    try:
        said = msgspec.json.decode(entry.body, type=_Said)
    except msgspec.DecodeError:
        return
    if kind == Kind.TIER_CHANGED or (kind == Kind.POINTS_IMPORTED and said.tier):
        until_ms = said.until_ms if kind == Kind.TIER_CHANGED else said.tier_until_ms
        if len(said.tier or "") <= MAX_VALUE:
            give_tier(shelf, member_id, said.tier, until_ms, entry.at_ms)
        return
    _take_cards(shelf, entry, said, member_id)


class _Said(msgspec.Struct):
    """What the bodies about cards and tiers say, each its part."""

    code: str | None = None
    new_code: str | None = None
    cards: tuple[str, ...] = ()
    tier: str | None = None
    until_ms: int | None = None
    tier_until_ms: int | None = None


_STATUS = {Kind.CARD_BLOCKED.value: "blocked", Kind.CARD_REPLACED.value: "replaced"}
_CARDS = frozenset({Kind.CARD_LINKED, Kind.CARD_BLOCKED, Kind.CARD_REPLACED, Kind.MEMBER_ENROLLED})
_TOLD = _CARDS | {Kind.MEMBER_ERASED, Kind.TIER_CHANGED, Kind.POINTS_IMPORTED}


def _set_tier(root: Member, tier: str | None, until_ms: int | None, at_ms: int) -> None:
    root.tier, root.tier_until_ms, root.tier_at_ms = tier, until_ms, at_ms


def _take_cards(shelf: "Shelf", entry: Arrived, said: _Said, member_id: str) -> None:
    if entry.kind not in _CARDS or shelf.member(member_id).status == ERASED:
        return
    codes = [(said.code, _STATUS.get(entry.kind, "active")), (said.new_code, "active")]
    codes += [(each, "active") for each in said.cards]
    for code, status in codes:
        if code and len(code) <= MAX_VALUE:
            _put_card(shelf, code, member_id, status, entry.at_ms)
    shelf.touch(member_id)


def consent_of(value: bytes) -> Consent:
    """A stored consent."""
    return msgspec.json.decode(value, type=Consent)


def _put_card(shelf: "Shelf", code: str, member_id: str, status: str, at_ms: int) -> None:
    table = schema.cards
    place = (table.c.code == code, table.c.member_id == member_id)
    old = shelf.connection.execute(select(table).where(*place)).first()
    if old is None or (at_ms, status) > (old.at_ms, old.status):
        shelf.database.upsert_many(shelf.connection, table, [(code, member_id, status, at_ms)])


def _write_field(shelf: "Shelf", member_id: str, field: str, value: str | None, version: Version) -> None:
    table = schema.profiles
    place = (table.c.member_id == member_id, table.c.field == field)
    old = shelf.connection.execute(select(table).where(*place)).first()
    if not newer(_version(old) if old else None, version):
        return
    row = (member_id, field, value, version.at_ms, version.till_id, version.epoch, version.seq, None)
    shelf.database.upsert_many(shelf.connection, table, [row])
    if field == CONTACT and value:
        _merge_same_contact(shelf, member_id, value)


def _merge_same_contact(shelf: "Shelf", member_id: str, value: str) -> None:
    table = schema.profiles
    query = select(table.c.member_id).where(
        table.c.field == CONTACT, table.c.value == value, table.c.member_id != member_id
    )
    for other in sorted(shelf.connection.scalars(query).all()):
        merge(shelf, member_id, other, confirmed=False)


def _write_consent(shelf: "Shelf", member_id: str, consent: Consent) -> None:
    table = schema.profiles
    field = _CONSENT + consent.channel
    place = (table.c.member_id == member_id, table.c.field == field)
    old = shelf.connection.execute(select(table).where(*place)).first()
    before = consent_of(old.consent) if old else None
    kept = agreed(before, consent) if shelf.rules.withdrawal_wins else _later(before, consent)
    version = kept.version
    assert version is not None
    row = (
        member_id,
        field,
        None,
        version.at_ms,
        version.till_id,
        version.epoch,
        version.seq,
        msgspec.json.encode(kept),
    )
    shelf.database.upsert_many(shelf.connection, table, [row])


def _later(old: Consent | None, new: Consent) -> Consent:
    return new if old is None or newer(old.version, new.version) else old


def _version(row: object) -> Version:
    return Version(row.at_ms, row.till_id, row.epoch, row.seq)  # type: ignore[attr-defined]


def _corrected(version: Version, skew_ms: int, now_ms: int) -> Version:
    """The time by HQ's clock, as far as the till's skew is known; never later than now."""
    return msgspec.structs.replace(version, at_ms=min(version.at_ms + skew_ms, now_ms))


def _is_storable(change: ProfileChange) -> bool:
    """Whether the database can hold every word of it, and nobody sends a book."""
    values = [*(value or "" for value in change.fields.values()), *(each.channel for each in change.consents)]
    values += [*(each.text_version or "" for each in change.consents), change.member]
    short = all(len(value) <= MAX_VALUE and "\x00" not in value for value in values)
    return short and len(values) <= len(PROFILE_FIELDS) + MAX_CONSENTS
