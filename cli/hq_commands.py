"""``regulars hq …``: running headquarters, its stores and tills, members, programmes, exceptions, and its backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from cli.programme_files import load_file
from cli.run import Run, pass_run
from config.errors import N_, ExitCode, WrongUse
from config.i18n import _

if TYPE_CHECKING:
    from hq.office import Office
    from hq.service import Headquarters

DATABASE_VARIABLE = "REGULARS_HQ_DATABASE"
DEFAULT_PORT = 8425
_POINT = 1000
_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group("hq")
@click.option("--database", envvar=DATABASE_VARIABLE, help="A file, or postgresql://… (default: hq.db in the home).")
@click.pass_context
def hq(context: click.Context, database: str | None) -> None:
    """Headquarters: one truth for all tills."""
    context.meta[DATABASE_VARIABLE] = database


def _where(run: Run) -> str | Path:
    chosen: str | None = click.get_current_context().meta.get(DATABASE_VARIABLE)
    return chosen or run.home.root / "hq.db"


def _kept(run: Run) -> Path:
    """The file of what outlives a restore, beside the database (for PostgreSQL, in the home)."""
    where = str(_where(run))
    return run.home.root / "hq.kept" if "://" in where else Path(where).with_suffix(".kept")


@contextmanager
def _headquarters(run: Run, floor: float = 0, floor_total: float = 0) -> Iterator["Headquarters"]:
    from hq.database import open_database
    from hq.kept import KeptFile
    from hq.service import Headquarters, Policy

    kept = _kept(run)
    kept.parent.mkdir(parents=True, exist_ok=True)
    database = open_database(_where(run))
    policy = Policy(round(floor * _POINT), round(floor_total * _POINT))
    try:
        yield Headquarters(database, clock=run.clock, random=run.random, keeper=KeptFile(kept), policy=policy)
    finally:
        database.close()


@contextmanager
def _office(run: Run) -> Iterator["Office"]:
    from hq.office import Office

    with _headquarters(run) as headquarters:
        yield Office(headquarters)


def _say(run: Run, value: object, human: str) -> None:
    run.answer(msgspec.to_builtins(value), human)


@hq.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on."
)
@click.option("--tls-cert", type=_EXISTING, help="Certificate chain, PEM.")
@click.option("--tls-key", type=_EXISTING, help="Its private key, PEM.")
@click.option("--public-url", help="The address that tills call, where a proxy stands before HQ.")
@click.option("--floor", default=0.0, help="Points a till may let a member owe while HQ can't be asked.")
@click.option("--floor-total", default=0.0, help="The same for all members of one till together (0: no bound).")
@click.option("--behind/--no-behind", default=True, help="Also run quotes again and expire; one process does.")
@click.option("--log-file", type=_FILE, help="Log here, rotating, instead of standard error.")
@pass_run
def serve(
    run: Run,
    *,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    public_url: str | None,
    floor: float,
    floor_total: float,
    behind: bool,
    log_file: Path | None,
) -> None:
    """Serve tills until stopped (Ctrl-C or SIGTERM)."""
    from hq.logs import log_to
    from hq.serving import serve as serve_tills

    if (tls_cert is None) != (tls_key is None):
        raise WrongUse("tls_half", N_("TLS needs both --tls-cert and --tls-key. Nothing was started."))
    log_to(log_file)
    with _headquarters(run, floor, floor_total) as headquarters:
        serve_tills(
            headquarters, host=host, port=port, certificate=tls_cert, key=tls_key, public_url=public_url, behind=behind
        )


@hq.group("store")
def store() -> None:
    """Shops."""


@store.command("add")
@click.argument("name")
@click.option("--id", "store_id", help="A short name for reports (default: made from NAME).")
@click.option("--zone", default="UTC", show_default=True, help="The store's time zone.")
@click.option("--currency", default="EUR", show_default=True, help="ISO 4217, such as PLN.")
@click.option("--closing-minute", default=0, help="Minutes after midnight at which the business day ends.")
@pass_run
def store_add(run: Run, name: str, store_id: str | None, zone: str, currency: str, closing_minute: int) -> None:
    """Add a shop."""
    made = store_id or "".join(letter for letter in name.lower().replace(" ", "-") if letter.isalnum() or letter == "-")
    with _office(run) as office:
        added = office.add_store(made, name, zone, currency, closing_minute)
    _say(run, msgspec.structs.asdict(added), _("Store {store} is there.").format(store=added.store_id))


@store.command("list")
@pass_run
def store_list(run: Run) -> None:
    """Show all shops."""
    with _office(run) as office:
        found = office.stores()
    _say(
        run,
        {"stores": [msgspec.structs.asdict(each) for each in found]},
        "\n".join(f"{each.store_id}  {each.name}" for each in found),
    )


@hq.group("till")
def till() -> None:
    """Tills."""


@till.command("add")
@click.option("--store", "store_id", help="Which shop (default: the only one).")
@click.option("--name", default="", help="What to call the till.")
@pass_run
def till_add(run: Run, store_id: str | None, name: str) -> None:
    """Make a one-time code that pairs one till, within ten minutes."""
    with _office(run) as office:
        stores = office.stores()
        if store_id is None and len(stores) != 1:
            raise WrongUse("store_needed", N_("Say which store: --store ID (see `regulars hq store list`)."))
        chosen = store_id or stores[0].store_id
        code = office.add_till(chosen, name)
    _say(run, {"code": code, "store_id": chosen}, _("Code: {code} (good for 10 minutes)").format(code=code))


@till.command("list")
@pass_run
def till_list(run: Run) -> None:
    """Show how every till stands."""
    with _office(run) as office:
        found = office.tills()
    lines = [f"{each.till_id}  {each.status}  {each.store_id}  {each.name}  acked {each.acked}" for each in found]
    _say(run, {"tills": found}, "\n".join(lines))


@till.command("revoke")
@click.argument("till_id")
@pass_run
def till_revoke(run: Run, till_id: str) -> None:
    """Trust a till no longer."""
    with _office(run) as office:
        office.revoke(till_id)
    _say(run, {"till_id": till_id, "status": "revoked"}, _("Till {till} is revoked.").format(till=till_id))


@till.command("write-off")
@click.argument("till_id")
@click.option("--epoch", type=int, help="Only this life (default: every one that is over).")
@pass_run
def till_write_off(run: Run, till_id: str, epoch: int | None) -> None:
    """Free what a dead till could still have spent; says how much that is."""
    with _office(run) as office:
        freed = office.write_off(till_id, epoch)
    _say(
        run,
        {"till_id": till_id, "at_risk_millipoints": freed},
        _("{points} points are free again.").format(points=freed // _POINT),
    )


@hq.group("programme")
def programme() -> None:
    """Programmes."""


@programme.command("publish")
@click.argument("file", type=_EXISTING)
@click.option("--start", help="When it comes into force, ISO 8601 with offset (default: now).")
@pass_run
def programme_publish(run: Run, file: Path, start: str | None) -> None:
    """Sign a programme and send it to every till."""
    loaded = load_file(file)
    start_ms = run.clock.now_ms() if start is None else _moment(start)
    with _office(run) as office:
        signed = office.publish(loaded.model.name, loaded.version, loaded.text, start_ms)
    value = {"programme_id": signed.programme_id, "version": signed.version, "start_ms": signed.start_ms}
    _say(run, value, _("Programme {version} is published.").format(version=signed.version[:8]))


@programme.command("list")
@pass_run
def programme_list(run: Run) -> None:
    """Show every version that was published."""
    with _office(run) as office:
        found = office.programmes()
    rows = [{"programme_id": p.programme_id, "version": p.version, "start_ms": p.start_ms} for p in found]
    _say(run, {"programmes": rows}, "\n".join(f"{p.version[:8]}  {p.programme_id}" for p in found))


@hq.group("member")
def member() -> None:
    """Members as HQ has them."""


@member.command("show")
@click.argument("code")
@pass_run
def member_show(run: Run, code: str) -> None:
    """Show a member, by id, card or phone."""
    with _office(run) as office:
        shown = office.member(office.find(code))
    _say(
        run,
        shown,
        _("{balance} points, {available} of them free, {debt} owed").format(
            balance=shown.balance_millipoints // _POINT,
            available=shown.available_millipoints // _POINT,
            debt=shown.debt_millipoints // _POINT,
        ),
    )


@member.command("adjust")
@click.argument("code")
@click.option("--points", required=True, type=int, help="How many, such as 120 or -50.")
@click.option("--reason", required=True, help="Why; HQ's journal keeps it.")
@pass_run
def member_adjust(run: Run, code: str, points: int, reason: str) -> None:
    """Give or take points at HQ."""
    with _office(run) as office:
        member_id = office.find(code)
        office.adjust(member_id, points * _POINT, reason)
        shown = office.member(member_id)
    _say(run, shown, _("{balance} points now.").format(balance=shown.balance_millipoints // _POINT))


@member.command("confirm-merge")
@click.argument("code")
@pass_run
def member_confirm_merge(run: Run, code: str) -> None:
    """Say that two cards that HQ has joined belong to one person."""
    with _office(run) as office:
        member_id = office.find(code)
        office.confirm_merge(member_id)
        shown = office.member(member_id)
    _say(run, shown, _("Confirmed."))


@member.command("erase")
@click.argument("code")
@pass_run
def member_erase(run: Run, code: str) -> None:
    """Forget who a member is, here and at every till's next sync."""
    with _office(run) as office:
        member_id = office.find(code)
        office.erase(member_id)
    _say(run, {"member_id": member_id, "status": "erased"}, _("Erased."))


@hq.group("exceptions")
def exceptions() -> None:
    """What waits for an operator."""


@exceptions.command("list")
@click.option("--resolved", is_flag=True, help="Those that were settled.")
@pass_run
def exceptions_list(run: Run, resolved: bool) -> None:
    """Show them, the oldest first."""
    with _office(run) as office:
        found = office.exceptions(resolved=resolved)
    _say(
        run, {"exceptions": found}, "\n".join(f"{each.number}  {each.reason}  {each.entry_id or ''}" for each in found)
    )


@exceptions.command("resolve")
@click.argument("number", type=int)
@click.option("--accept", is_flag=True, help="Count what the suspended entry gives.")
@click.option("--note", default="closed", help="What was decided.")
@pass_run
def exceptions_resolve(run: Run, number: int, accept: bool, note: str) -> None:
    """Settle one."""
    resolution = "accept" if accept else note
    with _office(run) as office:
        office.resolve(number, resolution)
    _say(run, {"number": number, "resolution": resolution}, _("Settled."))


@hq.command("verify")
@pass_run
def verify(run: Run) -> int:
    """Walk every chain and derive every figure again; exit 3 when something differs."""
    with _office(run) as office:
        found = office.verify()
    human = _("{count} entries, everything agrees.").format(count=found.entries)
    value = {"entries": found.entries, "head": found.head, "differences": found.differences}
    _say(run, value, "\n".join(found.differences) or human)
    return ExitCode.BROKEN if found.differences else ExitCode.DONE


@hq.command("backup")
@click.argument("file", type=_FILE)
@pass_run
def backup(run: Run, file: Path) -> None:
    """Copy HQ's database to FILE while it runs."""
    from hq.backup import backup as copy_to

    with _headquarters(run) as headquarters:
        size = copy_to(headquarters.database, file)
    _say(run, {"file": str(file), "bytes": size}, _("Backup written: {file}").format(file=file))


@hq.command("restore")
@click.argument("file", type=_EXISTING)
@pass_run
def restore(run: Run, file: Path) -> None:
    """Put a backup back (HQ stopped): a new timeline begins, and every till is heard before points are lent again."""
    from hq.backup import put_back

    where = _where(run)
    if not isinstance(where, Path) and "://" in where:
        raise WrongUse(
            "restore_postgresql", N_("Restore PostgreSQL with its own tools, then run `regulars hq restored`.")
        )
    put_back(file, Path(where)).close()
    _restored(run)


@hq.command("restored")
@pass_run
def restored(run: Run) -> None:
    """Tell HQ that its database was put back by other tools."""
    _restored(run)


def _restored(run: Run) -> None:
    with _office(run) as office:
        timeline = office.restored()
    _say(run, {"timeline": timeline}, _("HQ is back. It waits until every till has said what it knows."))


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongUse(
            "time_not_understood", N_("“{text}” is not a time like 2026-12-31T06:00+01:00."), text=text[:40]
        ) from error
    if moment.tzinfo is None:
        raise WrongUse(
            "time_without_offset", N_("“{text}” has no offset. Type it like 2026-12-31T06:00+01:00."), text=text[:40]
        )
    return int(moment.astimezone(UTC).timestamp() * 1000)
