"""``regulars demo``: a till with a sample shop, in a folder of its own."""

import shutil

import click

from cli.opening import open_app
from cli.output import say
from cli.run import Run, pass_run
from config.i18n import _, use_language
from config.paths import HomePaths


@click.command()
@click.option("--fresh", is_flag=True, help="Throw the demo's shop away and make a new one.")
@click.option("--no-app", is_flag=True, help="Only make the shop; do not open the till.")
@pass_run
def demo(run: Run, /, *, fresh: bool, no_app: bool) -> int:
    """Open a till with a sample shop: members, sales of some weeks, a programme. Nothing of yours is touched."""
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
    if no_app:
        run.answer({"home": str(home.root), "pins": PIN}, "")
        return 0
    return open_app(run, home)
