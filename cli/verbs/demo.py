"""``regulars demo``: a till with a sample shop and an HQ beside it, in a folder of its own."""

import shutil
from typing import TYPE_CHECKING

import click

from cli.opening import open_app
from cli.output import say
from cli.run import Run, pass_run
from config.i18n import _, use_language
from config.paths import HomePaths

if TYPE_CHECKING:
    from cli.demo_hq import DemoHq


@click.command()
@click.option("--fresh", is_flag=True, help="Throw the demo's shop away and make a new one.")
@click.option("--no-app", is_flag=True, help="Only make the shop; do not open the till.")
@click.option("--no-hq", is_flag=True, help="A till that works alone, without headquarters beside it.")
@pass_run
def demo(run: Run, /, *, fresh: bool, no_app: bool, no_hq: bool) -> int:
    """Open a till with a sample shop, and headquarters beside it: members, sales of some weeks, a programme.

    Nothing of yours is touched.
    """
    from cli.demo_hq import DemoHq
    from cli.sample_shop import PIN, make_sample_shop
    from ledger.store import has_ledger

    use_language(run.language)
    home = HomePaths(run.home.root if run.asked.home else run.home.root.with_name("regulars-demo"))
    if fresh and home.root.exists():
        shutil.rmtree(home.root)
    if not has_ledger(home):
        say(_("Making a sample shop in {folder} …").format(folder=home.root))
        make_sample_shop(home, run.settings, clock=run.clock, random=run.random)
    say(_("Ana's PIN is {cashier}, Maria's (manager) is {manager}.").format(cashier=PIN["Ana"], manager=PIN["Maria"]))
    if no_hq:
        return _open(run, home, no_app=no_app)
    hq = DemoHq(home)
    say(_("Starting headquarters beside it …"))
    with hq.running() as answers:
        if answers:
            _pair(run, home, hq)
            say(
                _("Headquarters answer at {url}; ask them with: regulars --home {folder} hq till list").format(
                    url=hq.url, folder=hq.folder
                )
            )
        else:
            say(_("Headquarters did not start; see {folder}. The till works without.").format(folder=hq.folder))
        return _open(run, home, no_app=no_app)


def _pair(run: Run, home: HomePaths, hq: "DemoHq") -> None:
    """Let the till belong to the demo's HQ, once."""
    from terminal.till_opening import open_till

    with open_till(home, run.settings, clock=run.clock, random=run.random) as till:
        if not till.facts().paired:
            till.sync.pair(hq.url, hq.add_till(till, run.clock, run.random))


def _open(run: Run, home: HomePaths, *, no_app: bool) -> int:
    from cli.sample_shop import PIN

    if no_app:
        run.answer({"home": str(home.root), "pins": PIN}, "")
        return 0
    return open_app(run, home)
