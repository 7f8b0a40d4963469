"""``regulars hq …``: running headquarters, looking after its database, its backup."""

from pathlib import Path

import click

from cli.hq_member_commands import exceptions, member
from cli.hq_opening import DATABASE_VARIABLE, headquarters, held, office, place_of, say
from cli.hq_shop_commands import programme, store, till
from cli.options import read_points
from cli.run import Run, pass_run
from config.errors import N_, ExitCode, WrongUse
from config.i18n import _

DEFAULT_PORT = 8425
_FILE = click.Path(path_type=Path, dir_okay=False)
_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group("hq")
@click.option("--database", envvar=DATABASE_VARIABLE, help="A file, or postgresql://… (default: hq.db in the home).")
@click.pass_context
def hq(context: click.Context, database: str | None) -> None:
    """Headquarters: one truth for all tills."""
    context.meta[DATABASE_VARIABLE] = database


for _group in (store, till, programme, member, exceptions):
    hq.add_command(_group)


@hq.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on."
)
@click.option("--tls-cert", type=_EXISTING, help="Certificate chain, PEM.")
@click.option("--tls-key", type=_EXISTING, help="Its private key, PEM.")
@click.option("--public-url", help="The address that tills call, where a proxy stands before HQ.")
@click.option("--floor", default="0", help="Points a till may let a member owe while HQ can't be asked.")
@click.option("--floor-total", default="0", help="The same for all members of one till together (0: no bound).")
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
    floor: str,
    floor_total: str,
    behind: bool,
    log_file: Path | None,
) -> None:
    """Serve tills until stopped (Ctrl-C or SIGTERM)."""
    from hq.logs import log_to
    from hq.serving import make_server
    from hq.serving import serve as serve_tills

    if (tls_cert is None) != (tls_key is None):
        raise WrongUse("tls_half", N_("TLS needs both --tls-cert and --tls-key. Nothing was started."))
    floors = (read_points(floor), read_points(floor_total))
    if min(floors) < 0:
        raise WrongUse("floor_negative", N_("A floor is 0 or more points. Nothing was started."))
    log_to(log_file)
    with held(run), headquarters(run, *floors) as opened:
        serve_tills(
            make_server(
                opened, host=host, port=port, certificate=tls_cert, key=tls_key, public_url=public_url, behind=behind
            )
        )


@hq.command("verify")
@pass_run
def verify(run: Run) -> int:
    """Walk every chain and derive every figure again; exit 3 when something differs."""
    with office(run) as desk:
        found = desk.verify()
    human = _("{count} entries, everything agrees.").format(count=found.entries)
    value = {"entries": found.entries, "head": found.head, "differences": found.differences}
    say(run, value, "\n".join(found.differences) or human)
    return ExitCode.BROKEN if found.differences else ExitCode.DONE


@hq.command("backup")
@click.argument("file", type=_FILE)
@pass_run
def backup(run: Run, file: Path) -> None:
    """Copy HQ's database to FILE while it runs."""
    from hq.backup import backup as copy_to

    with headquarters(run) as opened:
        size = copy_to(opened.database, file)
    say(run, {"file": str(file), "bytes": size}, _("Backup written: {file}").format(file=file))


@hq.command("restore")
@click.argument("file", type=_EXISTING)
@pass_run
def restore(run: Run, file: Path) -> None:
    """Put a backup back (HQ stopped): a new timeline begins, and every till is heard before points are lent again."""
    from hq.backup import put_back

    where = place_of(run)
    if not isinstance(where, Path):
        raise WrongUse(
            "restore_postgresql", N_("Restore PostgreSQL with its own tools, then run `regulars hq restored`.")
        )
    with held(run, alone=True):
        put_back(file, where).close()
        _restored(run)


@hq.command("restored")
@pass_run
def restored(run: Run) -> None:
    """Tell HQ that its database was put back by other tools."""
    _restored(run)


def _restored(run: Run) -> None:
    with office(run) as desk:
        timeline = desk.restored()
    say(run, {"timeline": timeline}, _("HQ is back. It waits until every till has said what it knows."))
