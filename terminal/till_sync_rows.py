"""What was pulled, put where the till looks for it: members, cards, profiles, programmes; and forgetting the erased."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger import bulk, cards, exchange, identity, members, profiles, programmes
from ledger.exchange import PulledRow
from ledger.lives import current_life
from ledger.store import Transaction
from loyalty.entries import Kind
from loyalty.programme.load import check_programme
from scanner.issuer import Issuer
from sync.signing import programme_is_signed
from sync.wire import CardKey, MemberRow, Notice, SignedProgramme
from terminal.till_sync_state import read_state

_MERGED = "merged"
_VOUCHER = "voucher/"
_ERASED = "erased"
# What gives a tier by hand; HQ's row knows of it once it counts the entry in.
_TIER_BY_HAND = (Kind.TIER_CHANGED, Kind.POINTS_IMPORTED)


def put_rows(tx: Transaction, rows: Iterable[MemberRow], read_at: int, places: Mapping[int, int]) -> None:
    """Take in HQ's rows of whole members; *places*: up to which own entry of each life they count."""
    chosen = list(rows)
    if not chosen:
        return
    read_id = exchange.new_read(tx, places)
    account = current_life(tx).account
    for row in chosen:
        granted = [(each.member, exchange.POINTS, each.granted) for each in row.ids if each.granted]
        granted += [(unit.member, unit.what, unit.granted) for unit in row.units if unit.granted]
        exchange.keep_granted(tx, account, granted)
        if exchange.put_row(tx, _stored(row, read_id, read_at)):
            _put_people(tx, row, places)


def put_first_copy(tx: Transaction, rows: Sequence[MemberRow], read_at: int, places: Mapping[int, int]) -> None:
    """Take in a piece of the first copy of all members at a till that has none of its own: many at once."""
    bulk.begin(tx)
    read_id = exchange.new_read(tx, places)
    granted = [(each.member, exchange.POINTS, each.granted) for row in rows for each in row.ids if each.granted]
    granted += [(unit.member, unit.what, unit.granted) for row in rows for unit in row.units if unit.granted]
    exchange.keep_granted(tx, current_life(tx).account, granted)
    exchange.put_first_rows(tx, [_stored(row, read_id, read_at) for row in rows])
    living = [row for row in rows if row.status != _ERASED]
    bulk.put(tx, [newcomer for row in living for newcomer in _newcomers(row)])


def may_copy_at_once(tx: Transaction) -> bool:
    """Whether this till has no members yet but those of a first copy that is under way."""
    return bulk.unfinished(tx) or members.count(tx) == 0


def heed_notices(tx: Transaction, notices: Iterable[Notice], now_ms: int) -> None:
    """Forget the erased, take in programmes that HQ has signed, card keys, and the other tills' totals."""
    for notice in notices:
        match notice.kind:
            case "erased":
                if members.get(tx, notice.key) is not None:
                    members.erase(tx, (notice.key,), at_ms=now_ms)
            case "programme":
                _store_programme(tx, msgspec.msgpack.decode(notice.payload, type=SignedProgramme), now_ms)
            case "card_key":
                key = msgspec.msgpack.decode(notice.payload, type=CardKey)
                issuer = key.issuer or Issuer(key.key).code
                identity.store_card_key(tx, identity.CardKey(issuer, key.version, key.key))
            case "day_total":
                store_id, day, till_id = notice.key.split("/")
                exchange.keep_total(tx, store_id, day, till_id, notice.payload)


def member_row(pulled: PulledRow | None) -> MemberRow | None:
    """HQ's row, as it was pulled."""
    return None if pulled is None or not pulled.row else msgspec.msgpack.decode(pulled.row, type=MemberRow)


def _stored(row: MemberRow, read_id: int, read_at: int) -> PulledRow:
    # What is personal lives in tables of its own, from which it can be erased.
    bare = msgspec.structs.replace(row, cards=(), profile=(), consents=())
    kept_back = [(*place, "suspended") for place in row.suspended] + [(*place, "waiting") for place in row.waiting]
    return PulledRow(
        root=row.root,
        ids=tuple(each.member for each in row.ids),
        read_id=read_id,
        balance_millipoints=row.balance,
        debt_millipoints=row.debt,
        row=msgspec.msgpack.encode(bare),
        read_at=read_at,
        kept_back=tuple(kept_back),
        vouchers=tuple(
            (unit.what.removeprefix(_VOUCHER), unit.member)
            for unit in row.units
            if unit.what.startswith(_VOUCHER) and unit.count > 0
        ),
    )


def _newcomers(row: MemberRow) -> list[bulk.Newcomer]:
    """The ids of a member nobody here has seen; what is personal goes to the surviving one."""
    found = []
    for each in row.ids:
        is_root = each.member == row.root
        known = {field.field: field.value for field in row.profile} if is_root else {}
        found.append(
            bulk.Newcomer(
                member=_member(row, each.member, None),
                profile=profiles.Profile(**known),
                versions={field.field: field.version for field in row.profile} if is_root else {},
                cards=tuple(
                    cards.Card(card.code, card.member, "", status=card.status, linked_ms=row.enrolled_ms)
                    for card in row.cards
                    if card.member == each.member
                ),
                consents=row.consents if is_root else (),
            )
        )
    return found


def _member(row: MemberRow, member_id: str, before: members.Member | None) -> members.Member:
    is_root = member_id == row.root
    return members.Member(
        member_id=member_id,
        number=before.number if before else None,
        status=row.status if is_root else _MERGED,
        status_reason=before.status_reason if before else None,
        enrolled_ms=row.enrolled_ms,
        merged_into=None if is_root else row.root,
        confirmed=True,
        tier=row.tier if is_root else None,
        tier_until_ms=row.tier_until_ms if is_root else None,
        tier_manual=is_root and row.tier is not None,
    )


def _put_people(tx: Transaction, row: MemberRow, places: Mapping[int, int]) -> None:
    if row.status == _ERASED:
        known = tuple(each.member for each in row.ids if members.get(tx, each.member) is not None)
        members.erase(tx, known, at_ms=row.last_at_ms or row.enrolled_ms)
        return
    for each in row.ids:
        before = members.get(tx, each.member)
        after = _member(row, each.member, before)
        if before is not None and exchange.is_told_since(tx, each.member, _TIER_BY_HAND, places):
            after = msgspec.structs.replace(
                after, tier=before.tier, tier_until_ms=before.tier_until_ms, tier_manual=before.tier_manual
            )
        members.put(tx, after)
    for card in row.cards:
        known_cards = {known.code: known for known in cards.of_member(tx, (card.member,))}
        old = known_cards.get(card.code, cards.Card(card.code, card.member, "", linked_ms=row.enrolled_ms))
        cards.put(tx, msgspec.structs.replace(old, status=card.status))
    fields = {each.field: (each.value, each.version) for each in row.profile}
    if fields or row.consents:
        profiles.put_pulled(tx, row.root, fields, row.consents, places)


def _store_programme(tx: Transaction, signed: SignedProgramme, now_ms: int) -> None:
    """Keep a version that HQ has signed, for its start; one that does not fit HQ's key is left out."""
    key = read_state(tx).hq_key
    if not key or not programme_is_signed(Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)), signed):
        return
    programme = check_programme(signed.text).programme
    if programme is None:
        return
    programmes.store(
        tx,
        signed.text,
        version=programme.version,
        programme_id=signed.programme_id,
        name=programme.model.name,
        start_ms=signed.start_ms,
        stored_ms=now_ms,
        signature=signed.signature,
    )
