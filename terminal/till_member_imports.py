"""Members of another system: each is enrolled once, however often the file comes."""

import hashlib
from collections import Counter as Counts
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from config.errors import RegularsError
from ledger import cards, identity, imports, journal, members
from ledger.store import Transaction
from loyalty.acts import points_import_draft
from loyalty.entries import Entry, Kind, canonical_json
from loyalty.programme.load import Programme
from loyalty.tiers import ManualTier
from scanner.codes import lookup_code, parse
from terminal.till_account import alone
from terminal.till_counter import Counter
from terminal.till_enrolment import duplicates_of, enrol, newcomer, refuse_duplicates
from terminal.till_import_shapes import ImportedMember, Tally
from terminal.till_member_shapes import Enrolment

MOST_CARDS_KEPT = 4_096
MAX_REFERENCE = 64
SALT_BYTES = 16
_SOURCE = "members"
_SALT = "import.salt"


@dataclass
class Met:
    """What an import has come upon before in its file."""

    keys: set[str] = field(default_factory=set)
    alike: Counts[str] = field(default_factory=Counts)


class MemberBatch:
    """The members of one transaction."""

    def __init__(self, counter: Counter, tx: Transaction, tally: Tally) -> None:
        self._counter = counter
        self._tx = tx
        self._tally = tally
        self._salt = self._kept_salt()

    def take(self, batch: Sequence[ImportedMember], met: Met) -> None:
        """Enrol those who are new."""
        keys = [self._key(row, met) for row in batch]
        seen = imports.seen(self._tx, _SOURCE, keys)
        for row, key in zip(batch, keys, strict=True):
            self._tally.read += 1
            if key in seen or key in met.keys or self._has_card(row):
                self._tally.repeated += 1
            else:
                self._take(row, key)
            met.keys.add(key)

    def _take(self, row: ImportedMember, key: str) -> None:
        """Enrol one member with opening points and tier, or say why not; writes nothing unless all is well."""
        now_ms = self._counter.clock.now_ms()
        try:
            programme = self._counter.programme(self._tx, now_ms)
            if row.reference is not None and len(row.reference) > MAX_REFERENCE:
                self._tally.refuse(row, "reference_too_long")
                return
            if row.tier is not None and row.tier not in {tier.id for tier in programme.model.tier}:
                self._tally.refuse(row, "tier_unknown", tier=row.tier[:40])
                return
            entry = self._enrolled(row, now_ms)
        except RegularsError as error:
            self._tally.refuse(row, error.reason)
            return
        imports.remember(self._tx, _SOURCE, key, entry)
        self._open(row, programme, entry, now_ms)
        self._tally.imported += 1
        self._tally.enrolled += 1
        self._tally.earned_millipoints += row.points_millipoints

    def _enrolled(self, row: ImportedMember, now_ms: int) -> Entry:
        enrolment = Enrolment(
            name=row.name,
            phone=row.phone,
            email=row.email,
            birthday=row.birthday,
            card=row.card,
            segments=row.segments,
            consents=row.consents,
        )
        person = newcomer(self._counter, self._tx, enrolment, now_ms)
        refuse_duplicates(duplicates_of(self._tx, person))
        enrol(self._counter, self._tx, person, now_ms)
        entry = journal.last_entry(self._tx, (Kind.MEMBER_ENROLLED,))
        assert entry is not None, "just written"
        return entry

    def _open(self, row: ImportedMember, programme: Programme, enrolled: Entry, now_ms: int) -> None:
        """The points and the tier that the member brings."""
        member_id = enrolled.member_id
        assert member_id is not None, "an enrolment is somebody's"
        store = self._counter.store(self._tx)
        tier = None if row.tier is None else ManualTier(row.tier, programme.tiers.by_hand_until_ms(now_ms, store))
        if row.points_millipoints or tier is not None:
            draft = points_import_draft(
                programme,
                member_id,
                row.points_millipoints,
                at_ms=now_ms,
                store=store,
                source=_SOURCE,
                tier=tier,
                cashier_id=self._counter.session.cashier_id,
            )
            self._counter.append(self._tx, alone(draft, 0), now_ms)
        if tier is not None:
            members.set_tier(self._tx, member_id, tier.tier, tier.until_ms, manual=True)

    def _has_card(self, row: ImportedMember) -> bool:
        return row.card is not None and bool(cards.find(self._tx, card_code(row.card)))

    def _key(self, row: ImportedMember, met: Met) -> str:
        """What the row is known by: its reference, or all that it says and how many such rows came before it.

        Only a salted digest of that is kept, and it goes when the member is erased.
        """
        if row.reference is not None:
            return self._digest(["reference", row.reference])
        told = [row.card, row.name, row.phone, row.email, row.birthday, row.points_millipoints, row.tier, row.segments]
        alike = self._digest([*told, sorted(row.consents.items())])
        met.alike[alike] += 1
        return f"{alike}/{met.alike[alike]}"

    def _digest(self, told: list[object]) -> str:
        return hashlib.blake2b(canonical_json(told), key=self._salt, digest_size=16).hexdigest()

    def _kept_salt(self) -> bytes:
        kept = identity.value(self._tx, _SALT)
        if kept is None:
            kept = self._counter.random.token(SALT_BYTES).hex()
            identity.set_value(self._tx, _SALT, kept)
        return bytes.fromhex(kept)


@lru_cache(maxsize=MOST_CARDS_KEPT)
def card_code(text: str) -> str:
    """The form in which a card's code is kept and looked up."""
    return lookup_code(parse(text.strip())) or text.strip()
