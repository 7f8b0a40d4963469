"""``regulars pair`` and ``regulars sync``: the till's side of HQ on the command line."""

import click
import msgspec

from cli.run import Run, pass_run
from config.i18n import _


@click.command("pair")
@click.argument("url")
@click.argument("code")
@pass_run
def pair(run: Run, url: str, code: str) -> None:
    """Belong to the headquarters at URL, with the one-time CODE it gave (regulars hq till add)."""
    from terminal.till_sync import SyncDesk

    with run.till() as till:
        paired = SyncDesk(till.counter).pair(url, code)
    run.answer(
        msgspec.to_builtins(paired),
        _("Paired with {url}: {store}, till {number}.").format(
            url=paired.url, store=paired.store, number=paired.till_number
        ),
    )


@click.command("sync")
@click.option("--once", is_flag=True, help="Send and pull everything now.")
@click.option("--status", "only_status", is_flag=True, help="Say how the till stands with HQ; talk to nobody.")
@pass_run
def sync(run: Run, once: bool, only_status: bool) -> None:
    """Exchange with headquarters, or say how that stands."""
    from terminal.till_sync import SyncDesk

    with run.till() as till:
        desk = SyncDesk(till.counter)
        shown = desk.status(_) if only_status and not once else desk.sync_once()
    lines = [
        _("Online") if shown.online else _("Offline"),
        _("{count} entries wait").format(count=shown.queue),
        shown.error_sentence or "",
    ]
    run.answer(msgspec.to_builtins(shown), "\n".join(line for line in lines if line))
