"""The till's desk for HQ: pairing, one exchange, status, and asking HQ before points are spent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import msgspec

from config.errors import N_, Broken, Refused, RegularsError
from config.settings import Settings
from ledger import identity, outbox
from ledger.store import Ledger, Transaction, View
from loyalty.money import MILLI
from loyalty.rewards import PointsPayment
from sync.exchange import Answer, Exchange
from sync.http import HttpTransport, checked_url
from sync.rules import ALL_RULES, Rules
from sync.transport import Transport, Unreachable
from sync.wire import Page, Snapshot
from sync.worker import Contact, Driver, exchange_lock
from terminal.till_counter import Counter
from terminal.till_quoting import names_of
from terminal.till_sale_shapes import QuoteShown
from terminal.till_shapes import Why
from terminal.till_sync_state import read_state, why_frozen
from terminal.till_sync_store import LedgerStore
from terminal.till_sync_units import missing_millipoints, wishes

_CONTACT = "sync.contact"
CONTACT_EVERY_MS = 60_000
_UNKNOWN_TO_HQ = "till_unknown"
_ALREADY_PAIRED = N_("This till belongs to the HQ at {url} already. Nothing was changed.")
_NO_HQ_THERE = N_(
    "No HQ answers at {url} ({why}). Nothing was changed and the code is not used up: check the address and the "
    "network, then pair again."
)
_OTHER_MONEY = N_(
    "The store {store} counts in {theirs}, this till in {ours}. Nothing was changed here. Ask HQ for a code of a store "
    "with this till's currency, or set up a till with the other one."
)
# Why a reward is refused that HQ may let this till give.
ASKED_FOR = frozenset({"too_few_points", "voucher_held_elsewhere", "limit_held_elsewhere"})


class NoHqThere(Broken):
    """Nobody answers where a till wants to be paired."""

    title = Unreachable.title


class SyncStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the till stands with HQ; *queue* entries wait, the oldest since *oldest_ms*."""

    paired: bool
    online: bool
    url: str
    queue: int
    oldest_ms: int | None
    last_ok_ms: int | None
    offline_since_ms: int | None
    error: str | None
    error_sentence: str | None
    frozen: str | None
    timeline: int
    cursor: int


class Progress(NamedTuple):
    """How far an exchange has come: rows of members *taken_in*, entries still *waiting* to be sent."""

    taken_in: int
    waiting: int


class PairedWith(msgspec.Struct, frozen=True, kw_only=True):
    """What pairing gave this till."""

    till_id: str
    till_number: int
    store_id: str
    store: str
    url: str


class MakeTransport(Protocol):
    """How a way to HQ is made; tests and simulations hand in their own."""

    def __call__(self, url: str, till_id: str, key: object, settings: Settings) -> Transport:
        """A transport for one till."""


class SyncDesk:
    """Everything about HQ that a person or a screen asks of the till."""

    def __init__(
        self, counter: Counter, *, make_transport: MakeTransport | None = None, rules: Rules = ALL_RULES
    ) -> None:
        self._counter = counter
        self._make_transport = make_transport or _over_http
        self._rules = rules

    def pair(self, url: str, code: str) -> PairedWith:
        """Belong to the HQ at *url* from now on; Refused with HQ's reason, Broken when it can't be reached."""
        url = checked_url(url)
        ledger = self._counter.ledger
        with ledger.read() as view:
            facts = identity.till_facts(view)
            if facts.paired and not _may_pair_again(view, ledger):
                raise Refused("already_paired", _ALREADY_PAIRED, url=read_state(view).url)
        with exchange_lock(ledger.paths.sync_lock):
            store = LedgerStore(ledger, self._counter.clock, self._rules)
            try:
                answer = self._transport(url).pair(url, store.pair_request(code))
            except Unreachable as error:
                raise NoHqThere(error.reason, _NO_HQ_THERE, url=url, why=error.why) from error
            if answer.store.currency != facts.currency:
                theirs = answer.store
                raise Refused(
                    "currency_differs", _OTHER_MONEY, store=theirs.name, theirs=theirs.currency, ours=facts.currency
                )
            store.paired(answer, url)
        return PairedWith(
            till_id=facts.till_id,
            till_number=answer.till_number,
            store_id=answer.store.store_id,
            store=answer.store.name,
            url=url,
        )

    def sync_once(
        self, translate: Callable[[str], str] = str, told: Callable[[Progress], None] = lambda _progress: None
    ) -> SyncStatus:
        """Send everything that waits and pull everything that is new; *told* hears how far that is."""
        taken_in = 0

        def step(answer: Answer) -> None:
            nonlocal taken_in
            taken_in += len(answer.rows) if isinstance(answer, Page | Snapshot) else 0
            told(Progress(taken_in, self._waiting()))

        with self.driver() as driver:
            driver.until_up_to_date(step=step)
        return self.status(translate)

    def status(self, translate: Callable[[str], str] = str) -> SyncStatus:
        """How the till stands with HQ, without asking it; the last error in the language of *translate*."""
        ledger = self._counter.ledger
        with ledger.read() as view:
            facts, state = identity.till_facts(view), read_state(view)
            contact = _contact(view)
            waiting = outbox.waiting(view)
            return SyncStatus(
                paired=facts.paired,
                online=facts.paired and contact.online,
                url=state.url,
                queue=waiting.entries if facts.paired else 0,
                oldest_ms=waiting.oldest_ms if facts.paired else None,
                last_ok_ms=contact.last_ok_ms,
                offline_since_ms=None if contact.online else (contact.since_ms or None),
                error=contact.error,
                error_sentence=contact.said(translate),
                frozen=why_frozen(view, ledger.paths) if facts.paired else None,
                timeline=state.timeline,
                cursor=state.cursor,
            )

    def authorise(self, member_id: str, millipoints: int) -> bool:
        """Ask HQ to let this till spend *millipoints* of a member, within the settings' 0.8 seconds.

        True when what is granted is enough now. Vouchers, stamps and limits of the member that others hold are asked
        for too, and come with a later pull where their holder must give them back first. A lost answer loses nothing:
        what it grants comes with the next pull.
        """
        ledger, settings = self._counter.ledger, self._counter.settings.sync
        with ledger.read() as view:
            if not identity.till_facts(view).paired or why_frozen(view, ledger.paths) is not None:
                return False
            wanted = wishes(view, member_id, millipoints)
            url = read_state(view).url
        talk, transport = self._exchange(), self._transport(url)
        for wish in wanted:
            request = talk.authorise(wish.member_id, wish.raise_to, wish.units)
            try:
                talk.receive(request, transport.send(request, settings.authorise_timeout_s))
            except RegularsError:
                return False
        with ledger.read() as view:
            return not missing_millipoints(view, member_id, millipoints)

    def ask_for(self, member_id: str, quoted: QuoteShown) -> bool:
        """Ask HQ for the points that *quoted* spends, and for what it refused because this till can't decide alone."""
        short = [why for why in quoted.refused if why.reason in ASKED_FOR]
        points = quoted.points_spent_millipoints + sum(self._cost_of(why, quoted.at_ms) for why in short)
        return self.authorise(member_id, points) if points or short else True

    def _cost_of(self, why: Why, at_ms: int) -> int:
        """The points that a refused reward would take."""
        if "needed_millipoints" in why.params:
            return int(str(why.params["needed_millipoints"]))
        with self._counter.ledger.read() as view:
            reward = names_of(self._counter.programme(view, at_ms)).rewards[str(why.params["reward"])]
        return 0 if isinstance(reward, PointsPayment) else int(reward.points * MILLI)

    @contextmanager
    def driver(self) -> Iterator[Driver]:
        """Drive the exchange with the lock held; Refused when the till is not paired or another program talks."""
        ledger, clock, random = self._counter.ledger, self._counter.clock, self._counter.random
        with ledger.read() as view:
            if not identity.till_facts(view).paired:
                raise Refused("not_paired", N_("This till belongs to no HQ yet. Nothing was changed. Pair it first."))
            url = read_state(view).url
        with exchange_lock(ledger.paths.sync_lock):
            yield Driver(
                self._exchange(),
                self._transport(url),
                listening=self._transport(url),
                clock=clock,
                random=random,
                told=self._contact_keeper(),
            )

    def _waiting(self) -> int:
        with self._counter.ledger.read() as view:
            return outbox.waiting(view).entries

    def _exchange(self) -> Exchange:
        counter = self._counter
        store = LedgerStore(counter.ledger, counter.clock, self._rules)
        return Exchange(store, clock=counter.clock, random=counter.random, rules=self._rules)

    def _transport(self, url: str) -> Transport:
        ledger = self._counter.ledger
        with ledger.read() as view:
            key = identity.load_private_key(ledger.paths, view)
            till_id = identity.till_facts(view).till_id
        return self._make_transport(url, till_id, key, self._counter.settings)

    def _contact_keeper(self) -> Callable[[Contact], None]:
        """Write down how it goes when it changes, and once a minute; not at every message."""
        ledger: Ledger = self._counter.ledger
        kept: list[Contact] = []

        def keep(contact: Contact) -> None:
            last = kept[-1] if kept else None
            same = last is not None and (last.online, last.error) == (contact.online, contact.error)
            if same and last is not None and (contact.last_ok_ms or 0) - (last.last_ok_ms or 0) < CONTACT_EVERY_MS:
                return
            kept[:] = [contact]
            with ledger.write() as tx:
                _keep_contact(tx, _continued(_contact(tx), contact))

        return keep


def _may_pair_again(view: View, ledger: Ledger) -> bool:
    """Whether a paired till may ask for a place at HQ anew: it is frozen, or HQ said that it does not know it."""
    return why_frozen(view, ledger.paths) is not None or _contact(view).error == _UNKNOWN_TO_HQ


def _over_http(url: str, till_id: str, key: object, settings: Settings) -> Transport:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    assert isinstance(key, Ed25519PrivateKey)
    return HttpTransport(url, till_id, key, settings.sync)


def _contact(view: View) -> Contact:
    return msgspec.convert(identity.value(view, _CONTACT, {}), Contact)


def _continued(before: Contact, now: Contact) -> Contact:
    """*now* of this program, with what an earlier one knew: since when it is so, and when HQ last answered."""
    since_ms = before.since_ms if before.online == now.online and before.since_ms else now.since_ms
    return msgspec.structs.replace(now, since_ms=since_ms, last_ok_ms=now.last_ok_ms or before.last_ok_ms)


def _keep_contact(tx: Transaction, contact: Contact) -> None:
    identity.set_value(tx, _CONTACT, msgspec.to_builtins(contact))
