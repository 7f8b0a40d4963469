"""The till's desk for HQ: pairing, one exchange, status, and asking HQ before points are spent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec

from config.errors import N_, Refused, RegularsError
from config.settings import Settings
from ledger import exchange, identity, lives, outbox
from ledger.facts import accounts_of
from ledger.store import Ledger, Transaction, View
from sync.exchange import Exchange
from sync.http import HttpTransport, checked_url
from sync.rules import ALL_RULES, Rules
from sync.transport import Transport
from sync.worker import Contact, Driver, exchange_lock
from terminal.till_counter import Counter
from terminal.till_sync_state import read_state, why_frozen
from terminal.till_sync_store import LedgerStore

_CONTACT = "sync.contact"
CONTACT_EVERY_MS = 60_000


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
            if facts.paired and why_frozen(view, ledger.paths) is None:
                raise Refused("already_paired", N_("This till belongs to an HQ already. Nothing was changed."))
        with exchange_lock(ledger.paths.sync_lock):
            store = LedgerStore(ledger, self._counter.clock, self._rules)
            answer = self._transport(url).pair(url, store.pair_request(code))
            store.paired(answer, url)
        return PairedWith(
            till_id=facts.till_id,
            till_number=answer.till_number,
            store_id=answer.store.store_id,
            store=answer.store.name,
            url=url,
        )

    def sync_once(self) -> SyncStatus:
        """Send everything that waits and pull everything that is new."""
        with self.driver() as driver:
            driver.until_up_to_date()
        return self.status()

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

        True when what is granted is enough now. A lost answer loses nothing: it comes with the next pull.
        """
        ledger, settings = self._counter.ledger, self._counter.settings.sync
        with ledger.read() as view:
            if not identity.till_facts(view).paired or why_frozen(view, ledger.paths) is not None:
                return False
            row = exchange.row_of(view, member_id)
            right = sum(each.right_millipoints for each in accounts_of(view, row.ids if row else (member_id,)))
            granted = exchange.granted(view, member_id, lives.current_life(view).account)
            url = read_state(view).url
        if right >= millipoints:
            return True
        talk = Exchange(
            LedgerStore(ledger, self._counter.clock, self._rules),
            clock=self._counter.clock,
            random=self._counter.random,
            rules=self._rules,
        )
        request = talk.authorise(member_id, granted + millipoints - right)
        try:
            talk.receive(request, self._transport(url).send(request, settings.authorise_timeout_s))
        except RegularsError:
            return False
        with ledger.read() as view:
            row = exchange.row_of(view, member_id)
            accounts = accounts_of(view, row.ids if row else (member_id,))
            return sum(each.right_millipoints for each in accounts) >= millipoints

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
                Exchange(LedgerStore(ledger, clock, self._rules), clock=clock, random=random, rules=self._rules),
                self._transport(url),
                listening=self._transport(url),
                clock=clock,
                random=random,
                told=self._contact_keeper(),
            )

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
                _keep_contact(tx, contact)

        return keep


def _over_http(url: str, till_id: str, key: object, settings: Settings) -> Transport:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    assert isinstance(key, Ed25519PrivateKey)
    return HttpTransport(url, till_id, key, settings.sync)


def _contact(view: View) -> Contact:
    return msgspec.convert(identity.value(view, _CONTACT, {}), Contact)


def _keep_contact(tx: Transaction, contact: Contact) -> None:
    identity.set_value(tx, _CONTACT, msgspec.to_builtins(contact))
