"""``regulars pair`` and ``regulars sync``: the till's side of HQ on the command line."""

from typing import TYPE_CHECKING, Final

import click
import msgspec

from cli.run import Run, pass_run
from config.i18n import _

if TYPE_CHECKING:
    from terminal.till_shapes import TillFacts
    from terminal.till_sync import Progress, SyncStatus

SAY_EVERY_MS: Final = 2_000


@click.command("pair")
@click.argument("url")
@click.argument("code")
@pass_run
def pair(run: Run, url: str, code: str) -> None:
    """Belong to the headquarters at URL, with the one-time CODE it gave (regulars hq till add)."""
    with run.till() as till:
        paired = till.sync.pair(url, code)
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
    with run.till() as till:
        shown = till.sync.status(_) if only_status and not once else till.sync.sync_once(_, _Told(run))
        facts = till.facts()
    run.answer(msgspec.to_builtins(shown), lambda: "\n".join(_lines(run, shown, facts)))


class _Told:
    """Says on standard error how far a long exchange has come."""

    def __init__(self, run: Run) -> None:
        self._clock = run.clock
        self._said_ms = run.clock.monotonic_ms()

    def __call__(self, progress: "Progress") -> None:
        now_ms = self._clock.monotonic_ms()
        if now_ms - self._said_ms >= SAY_EVERY_MS:
            self._said_ms = now_ms
            words = _("{members} members taken in, {entries} entries still to send …")
            click.echo(words.format(members=progress.taken_in, entries=progress.waiting), err=True)


def _lines(run: Run, shown: "SyncStatus", facts: "TillFacts") -> list[str]:
    from sync.allowance import SENTENCES

    if not shown.paired:
        return [_("Not paired: this till is its own headquarters.")]
    lines = [
        _("Online") if shown.online else _("Offline"),
        _("{count} entries wait").format(count=shown.queue),
    ]
    if shown.oldest_ms is not None:
        lines.append(_("The oldest waits since {time}.").format(time=run.moment(shown.oldest_ms, facts)))
    if not shown.online and shown.last_ok_ms is not None:
        lines.append(_("Headquarters last answered {time}.").format(time=run.moment(shown.last_ok_ms, facts)))
    if shown.error_sentence:
        lines.append(shown.error_sentence)
    if shown.frozen:
        lines.append(_(SENTENCES[shown.frozen]))
    return lines
