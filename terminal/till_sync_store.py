"""The exchange's store over the till's ledger: every method one transaction, no SQL here."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from config.seams import Clock
from ledger import bulk, exchange, held, identity, journal, lives, numbers, outbox, programmes
from ledger.facts import accounts_of
from ledger.store import Ledger, Transaction, View
from ledger.witness import write_witness
from loyalty.bodies import AllowanceReturned, LifeClosed
from loyalty.bodies import Paired as PairedBody
from loyalty.entries import AccountMove, Draft, Header, Kind, UnitMove
from loyalty.ids import HQ_TILL_ID
from scanner.issuer import Issuer
from sync.rules import ALL_RULES, Rules
from sync.signing import certificate_is_signed, sign_head, signature_wrong
from sync.store import Outgoing, Standing
from sync.wire import (
    MAX_ENTRIES,
    Authorised,
    CardKey,
    Helloed,
    LifeHead,
    LifePlace,
    NumberBlock,
    Page,
    Pair,
    Paired,
    ProfileChange,
    SignedProgramme,
    Snapshot,
)
from terminal.till_sync_rows import heed_notices, may_copy_at_once, put_first_copy, put_rows
from terminal.till_sync_state import change_state, read_state, why_frozen

PUSH_BYTES = 2 << 20
SEALED_BY_HQ = "sealed_by_hq"
COPY_GOES_ON = "copy_goes_on"


class LedgerStore:
    """Implements :class:`sync.store.TillStore`."""

    def __init__(self, ledger: Ledger, clock: Clock, rules: Rules = ALL_RULES) -> None:
        self._ledger = ledger
        self._clock = clock
        self._rules = rules

    # -- where the till is

    def standing(self) -> Standing:
        with self._ledger.read() as view:
            state = read_state(view)
            facts = identity.till_facts(view)
            return Standing(
                till_id=facts.till_id,
                timeline=state.timeline,
                cursor=state.cursor,
                lives=_life_heads(view),
                must_hello=why_frozen(view, self._ledger.paths) is not None,
                stopped=state.stopped_epoch == facts.epoch,
                claim=state.claim,
                snapshot_after=state.snapshot_after,
                snapshot_as_of=state.snapshot_as_of,
                erasures_done=state.erasures_done,
                numbers_left=numbers.left(view),
            )

    def acked(self) -> dict[int, int]:
        with self._ledger.read() as view:
            return {life.epoch: life.acked_seq for life in lives.lives(view)}

    def outgoing(self, epoch: int, after_seq: int) -> Outgoing | None:
        with self._ledger.read() as view:
            found = outbox.canonical_after(view, epoch, after_seq, MAX_ENTRIES, PUSH_BYTES)
            before = journal.hash_at(view, epoch, after_seq)
            if not found or before is None:
                return None
            last = found[-1]
            key = identity.load_private_key(self._ledger.paths, view)
            till_id = identity.till_facts(view).till_id
            changes = outbox.profile_changes(view, epoch, found[0].seq, last.seq)
            return Outgoing(
                first_seq=found[0].seq,
                prev_hash=before,
                texts=tuple(each.canonical for each in found),
                head=last.hash,
                signature=sign_head(key, till_id, epoch, last.seq, last.hash),
                profiles=tuple(
                    ProfileChange(each.member_id, each.version, each.salt, each.fields, each.consents)
                    for each in changes
                ),
            )

    def hash_at(self, epoch: int, seq: int) -> bytes | None:
        with self._ledger.read() as view:
            return journal.hash_at(view, epoch, seq)

    def granted(self) -> tuple[tuple[str, int], ...]:
        with self._ledger.read() as view:
            account = lives.current_life(view).account
            return tuple(sorted(exchange.all_granted(view, account).items()))

    # -- pairing

    def pair_request(self, code: str) -> Pair:
        """What asks HQ to take this till in: its key, and how far each of its lives has got."""
        with self._ledger.read() as view:
            facts = identity.till_facts(view)
            return Pair(
                code=code,
                till_id=facts.till_id,
                public_key=facts.public_key,
                epoch=facts.epoch,
                lives=_life_heads(view),
                card_keys=tuple(CardKey(key.issuer, key.version, key.key) for key in identity.card_keys(view)),
                programmes=tuple(
                    SignedProgramme(each.programme_id, each.version, each.start_ms, each.toml)
                    for each in programmes.list_programmes(view)
                ),
                name=facts.till_name,
                clock_ms=self._clock.now_ms(),
            )

    def paired(self, answer: Paired, url: str = "") -> None:
        """Store the certificate and write the ``paired`` entry; Refused when HQ's signature does not fit."""
        key = Ed25519PublicKey.from_public_bytes(answer.hq_key)
        if not certificate_is_signed(key, answer.certificate_signature, answer.certificate):
            raise signature_wrong()
        with self._ledger.write() as tx:
            _take_hq_numbers(tx, answer)
            identity.change_till_facts(
                tx, store_id=answer.store.store_id, store_name=answer.store.name, till_number=answer.till_number
            )
            body = PairedBody(answer.certificate.decode(), answer.store.store_id, answer.till_number)
            journal.append(tx, Draft(Kind.PAIRED, body), at_ms=self._clock.now_ms())
            lives.pair(tx)
            change_state(
                tx,
                url=url,
                timeline=answer.timeline,
                cursor=0,
                greeted_epoch=lives.current_life(tx).epoch,
                stopped_epoch=0,
                revoked=False,
                claim=None,
                snapshot_after="",
                snapshot_as_of=0,
                skew_ms=answer.clock_ms - self._clock.now_ms() if answer.clock_ms else 0,
                hq_key=answer.hq_key.hex(),
                certificate=answer.certificate.decode(),
                certificate_signature=answer.certificate_signature.hex(),
            )

    # -- answers

    def acknowledge(self, epoch: int, seq: int) -> None:
        with self._ledger.write() as tx:
            exchange.set_acked(tx, epoch, seq)

    def new_timeline(self, timeline: int) -> None:
        with self._ledger.write() as tx:
            exchange.forget_positions(tx)
            change_state(tx, timeline=timeline, cursor=0, snapshot_after="", snapshot_as_of=0)

    def took_hello(self, answer: Helloed) -> None:
        with self._ledger.write() as tx:
            change_state(
                tx,
                greeted_epoch=lives.current_life(tx).epoch,
                revoked=False,
                claim=None,
                floor_millipoints=answer.floor_millipoints,
                floor_total_millipoints=answer.floor_total_millipoints,
                skew_ms=answer.clock_ms - self._clock.now_ms(),
            )
            head = lives.head(tx)
        # HQ has confirmed that this is the newest copy: the witness may follow it.
        write_witness(self._ledger.paths, head)

    def give_block(self, block: NumberBlock) -> None:
        with self._ledger.write() as tx:
            numbers.give_block(tx, block.block, block.size)

    def claim(self, epoch: int) -> None:
        with self._ledger.write() as tx:
            change_state(tx, claim=epoch)

    def next_life(self, epoch: int) -> None:
        with self._ledger.write() as tx:
            old = lives.current_life(tx)
            self._close(tx, SEALED_BY_HQ)
            lives.open_life(tx, epoch, at_ms=self._clock.now_ms())
            lives.mark_life(tx, old.epoch, lives.CLOSED)
            change_state(tx, claim=None, cursor=0)

    def stop(self) -> None:
        with self._ledger.write() as tx:
            epoch = lives.current_life(tx).epoch
            self._close(tx, COPY_GOES_ON)
            change_state(tx, stopped_epoch=epoch, claim=None)

    def revoked(self) -> None:
        with self._ledger.write() as tx:
            change_state(tx, revoked=True)

    def apply_page(self, page: Page, places: dict[int, int]) -> None:
        with self._ledger.write() as tx:
            put_rows(tx, page.rows, page.read_at, places)
            heed_notices(tx, page.notices, self._clock.now_ms())
            state = read_state(tx)
            exchange.forget_reads(tx)
            change_state(
                tx, cursor=page.to, erasures_done=max(state.erasures_done, page.erasures), pulled_once=not page.more
            )

    def apply_snapshot(self, piece: Snapshot, places: dict[int, int]) -> None:
        with self._ledger.write() as tx:
            if may_copy_at_once(tx):
                put_first_copy(tx, piece.rows, piece.read_at, places)
            else:
                put_rows(tx, piece.rows, piece.read_at, places)
            if piece.more:
                change_state(tx, snapshot_after=piece.last, snapshot_as_of=piece.cursor)
            else:
                bulk.finish(tx)
                heed_notices(tx, piece.notices, self._clock.now_ms())
                done = max(read_state(tx).erasures_done, piece.erasures)
                change_state(tx, snapshot_after=None, snapshot_as_of=0, cursor=piece.cursor, erasures_done=done)

    def apply_authorised(self, member: str, answer: Authorised, places: dict[int, int]) -> None:
        with self._ledger.write() as tx:
            account = lives.current_life(tx).account
            exchange.keep_granted(tx, account, [(member, exchange.POINTS, answer.granted)])
            if answer.row is not None:
                put_rows(tx, (answer.row,), answer.read_at, places)

    def give_back(self, members: tuple[str, ...]) -> None:
        with self._ledger.write() as tx:
            reserved = {each.member_id for each in held.held(tx)}
            for member_id in members:
                row = exchange.row_of(tx, member_id)
                ids = row.ids if row is not None else (member_id,)
                if not reserved & set(ids):
                    self._give_back(tx, ids)

    def _give_back(self, tx: Transaction, ids: tuple[str, ...]) -> None:
        moves = tuple(
            AccountMove(account.member_id, account.right_millipoints)
            for account in accounts_of(tx, ids)
            if account.right_millipoints > 0
        )
        given = tuple(_unit_returns(tx, ids))
        if moves or given:
            header = Header(returned=moves, units=given)
            draft = Draft(Kind.ALLOWANCE_RETURNED, AllowanceReturned(), header, ids[0])
            journal.append(tx, draft, at_ms=self._clock.now_ms())

    def _close(self, tx: Transaction, reason: str) -> None:
        journal.append(tx, Draft(Kind.LIFE_CLOSED, LifeClosed(reason)), at_ms=self._clock.now_ms())


def _unit_returns(view: View, ids: tuple[str, ...]) -> list[UnitMove]:
    """Vouchers, stamps and limits of a member that this till holds, on their way back to HQ."""
    held = exchange.held_units(view, ids, lives.current_life(view).account)
    moves = []
    for (member_id, what), count in sorted(held.items()):
        kind, _, unit = what.partition("/")
        moves.append(UnitMove(kind, unit, member_id, count, to=HQ_TILL_ID))
    return moves


def _life_heads(view: View) -> tuple[LifeHead, ...]:
    found = []
    for life in lives.lives(view):
        head = lives.head(view, life.epoch)
        parent = None
        if life.parent_epoch is not None and life.parent_hash is not None:
            parent = LifePlace(life.parent_epoch, life.parent_seq or 0, life.parent_hash)
        found.append(LifeHead(life.epoch, head.seq, head.hash, parent, life.key_fingerprint))
    return tuple(found)


def _take_hq_numbers(tx: Transaction, answer: Paired) -> None:
    """From now on cards are HQ's: its issuer, its key, its block; what this till gave out before stays good."""
    for key in answer.card_keys:
        issuer = Issuer(key.key).code
        identity.store_card_key(tx, identity.CardKey(issuer, key.version, key.key))
        identity.change_till_facts(tx, issuer=issuer)
    exchange.burn_numbers(tx)
    numbers.give_block(tx, answer.block.block, answer.block.size)
