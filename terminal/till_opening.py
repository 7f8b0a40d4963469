"""Opening a till: setting one up, opening the one that is there, training beside it, and putting a backup back."""

import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from config.errors import N_, WrongUse
from config.i18n import _
from config.paths import HomePaths
from config.places import known_currency, known_zone, short_name
from config.seams import Clock, RandomSource
from config.settings import Settings
from ledger import identity, programmes, sqlite
from ledger.backup import check_copy
from ledger.founding import create_ledger
from ledger.identity import Founding
from ledger.restore import Restored
from ledger.restore import restore as restore_file
from ledger.store import Ledger, Transaction, View, has_ledger, open_ledger
from loyalty.bodies import LifeOpened, TillSetUp
from loyalty.entries import Draft, Kind
from loyalty.ids import EPOCH_LENGTH, to_base32
from loyalty.programme.load import load_programme
from terminal.till import Till
from terminal.till_cards import give_block
from terminal.till_counter import Counter, Scribe
from terminal.till_person import clean_name, country_of
from terminal.till_pins import clean_pin, make_pin
from terminal.till_programmes import BEGINNING_MS, keep_programme
from terminal.till_rollback import notice_rollback
from terminal.till_shapes import RestoreDone, SetUp, SetUpDone, StaffMember
from terminal.till_staff import add_staff, copy_staff, prove_manager, session_of
from terminal.till_sync_state import change_state

_COPIED = "training.programme"  # The version that a training till has copied last.
MINUTES_A_DAY = 1440
SAMPLE_WORDS = re.compile(r'^(?P<key>name|greeting) = "(?P<words>[^"]*)"$', re.MULTILINE)
"""The lines of the sample programme that hold words for people."""


def set_up(home: HomePaths, request: SetUp, *, clock: Clock, random: RandomSource) -> SetUpDone:
    """Make a till in an empty home: identity, first manager, programme, card numbers; all of it or nothing.

    WrongUse names what is wrong with *request*; Refused ``already_set_up``.
    """
    founding = _founding(request)
    pin = make_pin(random) if request.pin is None else clean_pin(request.pin)
    programme = load_programme(sample_programme(_) if request.programme is None else request.programme)
    programme.plan(founding.currency)
    scribe = Scribe(clock, random)
    managers: list[StaffMember] = []

    def first_act(tx: Transaction) -> None:
        _write_set_up(scribe, tx)
        managers.append(add_staff(scribe, tx, name=request.manager, pin=pin, role="manager", by=None))
        keep_programme(scribe, tx, programme, start_ms=BEGINNING_MS, by=managers[0].cashier_id)

    with (
        create_ledger(home, founding, clock=clock, random=random, first_act=first_act) as ledger,
        ledger.read() as view,
    ):
        till = identity.till_facts(view)
    return SetUpDone(
        till_id=till.till_id,
        epoch=to_base32(till.epoch, EPOCH_LENGTH),
        store_id=till.store_id,
        store=till.store_name,
        till=till.till_name,
        currency=till.currency,
        zone=till.zone,
        manager_id=managers[0].cashier_id,
        manager=managers[0].name,
        pin=pin if request.pin is None else None,
        programme=programme.model.name,
    )


def open_till(
    home: HomePaths,
    settings: Settings,
    *,
    clock: Clock,
    random: RandomSource,
    cashier_id: str | None = None,
    read_only: bool = False,
) -> Till:
    """Open the till of *home*; *cashier_id* (an id or a name; the first manager by default) acts, without a PIN yet.

    A *read_only* till answers questions from any thread and writes nothing. Refused ``not_set_up``,
    ``cashier_unknown``; Broken when the file can't be used.
    """
    return _till(open_ledger(home, clock=clock), settings, clock, random, cashier_id, read_only=read_only)


def open_training(
    home: HomePaths,
    settings: Settings,
    *,
    clock: Clock,
    random: RandomSource,
    cashier_id: str | None = None,
    read_only: bool = False,
) -> Till:
    """Open the training till beside that of *home*: another file, the same store and people, nothing of it counts.

    A programme that the shop has put in force since comes along; one that is tried in training stays until then.
    """
    with open_ledger(home, clock=clock) as real:
        if not has_ledger(home.training):
            _set_up_training(real, home.training, Scribe(clock, random))
        ledger = open_ledger(home.training, clock=clock)
        try:
            copy_staff(Scribe(clock, random), real, ledger)
            _copy_programme(Scribe(clock, random), real, ledger)
        except BaseException:
            ledger.close()
            raise
    return _till(ledger, settings, clock, random, cashier_id, read_only=read_only, training=True)


def restore(
    home: HomePaths,
    file: Path,
    *,
    clock: Clock,
    random: RandomSource,
    manager_pin: str | None,
) -> RestoreDone:
    """Put a backup back, in a new life of the till; needs the PIN of a manager that the backup knows.

    Refused ``wrong_pin``, ``backup_missing``; Broken ``backup_damaged``, ``home_locked``.
    """
    if file.is_file():
        _check_backup_pin(file, manager_pin)
    done = restore_file(home, file, clock=clock, random=random)
    with open_ledger(home, clock=clock) as ledger, ledger.write() as tx:
        scribe = Scribe(clock, random)
        change_state(tx, claim=None)
        scribe.append(tx, Draft(kind=Kind.LIFE_OPENED, body=_life_opened(done)))
        if not done.was_paired:
            give_block(scribe, tx)
    return RestoreDone(
        epoch=to_base32(done.life.epoch, EPOCH_LENGTH),
        parent_epoch=to_base32(done.parent.epoch, EPOCH_LENGTH),
        parent_seq=done.parent.seq,
        erasures_replayed=done.erasures_replayed,
        paired=done.was_paired,
        kept_aside=None if done.kept_aside is None else str(done.kept_aside),
    )


def sample_programme(translate: Callable[[str], str] = str) -> str:
    """The text of the programme that a new till begins with; what people read of it as *translate* says it."""
    text = resources.files("config").joinpath("sample", "programme.toml").read_text(encoding="utf-8")
    return SAMPLE_WORDS.sub(lambda found: f'{found["key"]} = "{translate(found["words"])}"', text)


def _till(
    ledger: Ledger,
    settings: Settings,
    clock: Clock,
    random: RandomSource,
    cashier_id: str | None,
    *,
    read_only: bool,
    training: bool = False,
) -> Till:
    try:
        if not read_only:
            notice_rollback(ledger)
        with ledger.read() as view:
            session = session_of(view, cashier_id)
    except BaseException:
        ledger.close()
        raise
    return Till(Counter(clock, random, ledger, settings, session, training=training, read_only=read_only))


def _write_set_up(scribe: Scribe, tx: Transaction) -> None:
    """The first entry of a till, and its first block of card numbers."""
    till = identity.till_facts(tx)
    body = TillSetUp(
        store_id=till.store_id,
        currency=till.currency,
        zone=till.zone,
        closing_minute=till.closing_minute,
        key_fingerprint=identity.fingerprint(till.public_key).hex(),
    )
    scribe.append(tx, Draft(kind=Kind.TILL_SET_UP, body=body))
    give_block(scribe, tx)


def _set_up_training(real: Ledger, home: HomePaths, scribe: Scribe) -> None:
    """A till like the real one, with the programme that is in force there; staff is copied whenever it is opened."""
    with real.read() as view:
        till = identity.till_facts(view)
        stored = programmes.in_force(view, scribe.clock.now_ms())
    founding = Founding(
        store_id=till.store_id,
        store_name=till.store_name,
        till_name=till.till_name,
        currency=till.currency,
        zone=till.zone,
        closing_minute=till.closing_minute,
        country=till.country,
    )
    programme = load_programme(sample_programme() if stored is None else stored.toml)

    def first_act(tx: Transaction) -> None:
        _write_set_up(scribe, tx)
        keep_programme(scribe, tx, programme, start_ms=BEGINNING_MS, by=None)

    create_ledger(home, founding, clock=scribe.clock, random=scribe.random, first_act=first_act).close()


def _copy_programme(scribe: Scribe, real: Ledger, training: Ledger) -> None:
    """Put in force what the shop has put in force since the last copy."""
    with real.read() as view:
        stored = programmes.in_force(view, scribe.clock.now_ms())
    with training.read() as view:
        copied = identity.value(view, _COPIED, None)
    if stored is None or copied == stored.version:
        return
    with training.write() as tx:
        at_hand = programmes.in_force(tx, scribe.clock.now_ms())
        if at_hand is None or at_hand.version != stored.version:
            keep_programme(scribe, tx, load_programme(stored.toml), start_ms=scribe.clock.now_ms(), by=None)
        identity.set_value(tx, _COPIED, stored.version)


def _check_backup_pin(file: Path, pin: str | None) -> None:
    """Refuse to go back to a backup without the PIN of one of its managers."""
    check_copy(file)
    connection = sqlite.connect_read_only(file)
    try:
        prove_manager(View(connection), pin)
    finally:
        connection.close()


def _founding(request: SetUp) -> Founding:
    """What *request* asks for, checked; WrongUse."""
    store, till = clean_name(request.store), clean_name(request.till)
    if store is None or till is None:
        raise WrongUse("name_missing", N_("A name is missing. Nothing was set up; give the shop and the till a name."))
    zone = _zone(request.zone)
    if not 0 <= request.closing_minute < MINUTES_A_DAY:
        raise WrongUse(
            "closing_minute", N_("The day ends between 0 and 1439 minutes after midnight. Nothing was set up.")
        )
    return Founding(
        store_id=short_name(store) or "shop",
        store_name=store,
        till_name=till,
        currency=_currency(request.currency),
        zone=zone,
        closing_minute=request.closing_minute,
        country=(request.country or country_of(zone)).upper()[:2],
    )


def _zone(name: str) -> str:
    zone = known_zone(name)
    if zone is None:
        raise WrongUse(
            "zone_unknown",
            N_("There is no time zone {zone}. Nothing was set up; name one like Europe/Warsaw."),
            zone=name[:40],
        )
    return zone


def _currency(text: str) -> str:
    code = known_currency(text)
    if code is None:
        raise WrongUse(
            "currency_unknown",
            N_("There is no currency {currency}. Nothing was set up; name one like PLN or EUR."),
            currency=text[:10],
        )
    return code


def _life_opened(done: Restored) -> LifeOpened:
    return LifeOpened(
        reason="restore",
        parent_epoch=done.parent.epoch,
        parent_seq=done.parent.seq,
        parent_hash=done.parent.hash.hex(),
        erasures_replayed=done.erasures_replayed,
    )
