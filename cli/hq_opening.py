"""What all commands of headquarters begin with: its database, what it keeps beside it, and who may have it open."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from cli.output import Table
from cli.run import Run
from cli.times import parse_moment, utc_ms
from config.errors import N_, Refused, WrongUse
from config.formats import format_moment

if TYPE_CHECKING:
    from hq.office import Office
    from hq.service import Headquarters
    from loyalty.ids import EntryId

DATABASE_VARIABLE: Final = "REGULARS_HQ_DATABASE"
POINT: Final = 1000


def place_of(run: Run) -> str | Path:
    """Where HQ's database is: a file, or an address of PostgreSQL."""
    chosen: str | None = click.get_current_context().meta.get(DATABASE_VARIABLE)
    if chosen is None:
        return run.home.root / "hq.db"
    return chosen if "://" in chosen else Path(chosen)


@contextmanager
def headquarters(run: Run, floor_millipoints: int = 0, floor_total_millipoints: int = 0) -> Iterator["Headquarters"]:
    """HQ over its database."""
    from hq.database import open_database
    from hq.kept import KeptFile
    from hq.service import Headquarters, Policy

    where = place_of(run)
    # For PostgreSQL it lies in the home.
    kept = where.with_suffix(".kept") if isinstance(where, Path) else run.home.root / "hq.kept"
    kept.parent.mkdir(parents=True, exist_ok=True)
    database = open_database(where)
    policy = Policy(floor_millipoints, floor_total_millipoints)
    try:
        yield Headquarters(
            database,
            clock=run.clock,
            random=run.random,
            keeper=KeptFile(kept),
            policy=policy,
            voucher_code=_voucher_code,
        )
    finally:
        database.close()


@contextmanager
def office(run: Run) -> Iterator["Office"]:
    """The operators' side of HQ."""
    from hq.office import Office

    with headquarters(run) as opened:
        yield Office(opened)


@contextmanager
def held(run: Run, *, alone: bool = False) -> Iterator[None]:
    """Tell others on this machine that HQ's file is in use; Refused ``hq_running`` when *alone* can't be had."""
    where = place_of(run)
    if not isinstance(where, Path):
        yield
        return
    where.parent.mkdir(parents=True, exist_ok=True)
    with where.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused(
                "hq_running",
                N_("HQ is running on this database, or being put back. Nothing was changed; stop it first."),
            ) from error
        yield


def say(run: Run, value: object, human: str | Table) -> None:
    """Answer with *value* (structs too) or with words."""
    run.answer(msgspec.to_builtins(value), human)


def moment_in(run: Run, at_ms: int, zone: str) -> str:
    """Day and time in a store's zone; nothing for the beginning of time."""
    return format_moment(at_ms, zone, run.language) if at_ms > 0 else ""


def read_instant(text: str) -> int:
    """UTC milliseconds of an ISO 8601 time with its offset; WrongUse otherwise."""
    try:
        moment = parse_moment(text)
    except ValueError as error:
        raise WrongUse(
            "time_not_understood", N_("“{text}” is not a time like 2026-12-31T06:00+01:00."), text=text[:40]
        ) from error
    if moment.tzinfo is None:
        raise WrongUse(
            "time_without_offset", N_("“{text}” has no offset. Type it like 2026-12-31T06:00+01:00."), text=text[:40]
        )
    return utc_ms(moment)


def _voucher_code(card_key: bytes, entry_id: "EntryId") -> str:
    from scanner.codes import voucher_code
    from scanner.issuer import Issuer

    return voucher_code(Issuer(card_key), entry_id, 0)
