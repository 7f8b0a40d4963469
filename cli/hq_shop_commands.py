"""``regulars hq store|till|programme …``: shops, their tills, and the programme that holds in all of them."""

from pathlib import Path

import click
import msgspec

from cli.hq_opening import POINT, moment_in, office, read_instant, say
from cli.output import Table
from cli.programme_files import load_file
from cli.run import Run, pass_run
from config.errors import N_, WrongUse
from config.i18n import _
from config.places import short_name

_EXISTING = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group("store")
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
    with office(run) as desk:
        added = desk.add_store(store_id or short_name(name), name, zone, currency, closing_minute)
    say(run, msgspec.structs.asdict(added), _("Store {store} is there.").format(store=added.store_id))


@store.command("list")
@pass_run
def store_list(run: Run) -> None:
    """Show all shops."""
    with office(run) as desk:
        found = desk.stores()
    rows = [(each.store_id, each.name, each.zone, each.currency) for each in found]
    table = Table((N_("Store"), N_("Name"), N_("Zone"), N_("Currency")), rows)
    say(run, {"stores": [msgspec.structs.asdict(each) for each in found]}, table)


@click.group("till")
def till() -> None:
    """Tills."""


@till.command("add")
@click.option("--store", "store_id", help="Which shop (default: the only one).")
@click.option("--name", default="", help="What to call the till.")
@pass_run
def till_add(run: Run, store_id: str | None, name: str) -> None:
    """Make a one-time code that pairs one till, within ten minutes."""
    with office(run) as desk:
        stores = desk.stores()
        if store_id is None and len(stores) != 1:
            raise WrongUse("store_needed", N_("Say which store: --store ID (see `regulars hq store list`)."))
        chosen = store_id or stores[0].store_id
        code = desk.add_till(chosen, name)
    say(run, {"code": code, "store_id": chosen}, _("Code: {code} (good for 10 minutes)").format(code=code))


@till.command("list")
@pass_run
def till_list(run: Run) -> None:
    """Show how every till stands."""
    with office(run) as desk:
        found = desk.tills()
        zones = {each.store_id: each.zone for each in desk.stores()}
    rows = [
        (
            each.till_id,
            each.store_id,
            each.name,
            each.status,
            each.acked,
            each.erasures_pending,
            moment_in(run, each.last_seen, zones.get(each.store_id, "UTC")),
            run.points(each.at_risk_millipoints) if each.at_risk_millipoints else "",
        )
        for each in found
    ]
    headings = (
        *(N_("Till"), N_("Store"), N_("Name"), N_("Status"), N_("Entries")),
        *(N_("Erasures to do"), N_("Last seen"), N_("At risk")),
    )
    say(run, {"tills": found}, Table(headings, rows, frozenset({"Entries", "Erasures to do", "At risk"})))


@till.command("revoke")
@click.argument("till_id")
@pass_run
def till_revoke(run: Run, till_id: str) -> None:
    """Trust a till no longer."""
    with office(run) as desk:
        desk.revoke(till_id)
    say(run, {"till_id": till_id, "status": "revoked"}, _("Till {till} is revoked.").format(till=till_id))


@till.command("write-off")
@click.argument("till_id")
@click.option("--epoch", type=int, help="Only this life (default: every one that is over).")
@pass_run
def till_write_off(run: Run, till_id: str, epoch: int | None) -> None:
    """Free what a dead till could still have spent; says how much that is."""
    with office(run) as desk:
        freed = desk.write_off(till_id, epoch)
    human = _("{points} points are free again.").format(points=freed // POINT)
    say(run, {"till_id": till_id, "at_risk_millipoints": freed}, human)


@click.group("programme")
def programme() -> None:
    """Programmes."""


@programme.command("publish")
@click.argument("file", type=_EXISTING)
@click.option("--start", help="When it comes into force, ISO 8601 with offset (default: now).")
@pass_run
def programme_publish(run: Run, file: Path, start: str | None) -> None:
    """Sign a programme and send it to every till."""
    loaded = load_file(file)
    start_ms = run.clock.now_ms() if start is None else read_instant(start)
    with office(run) as desk:
        signed = desk.publish(loaded.model.name, loaded.version, loaded.text, start_ms)
    value = {"programme_id": signed.programme_id, "version": signed.version, "start_ms": signed.start_ms}
    say(run, value, _("Programme {version} is published.").format(version=signed.version[:8]))


@programme.command("list")
@pass_run
def programme_list(run: Run) -> None:
    """Show every version that was published or that a till has brought."""
    with office(run) as desk:
        found = desk.programmes()
        stores = desk.stores()
    zone = stores[0].zone if stores else "UTC"
    rows = [(p.version[:8], p.programme_id, moment_in(run, p.start_ms, zone)) for p in found]
    value = [
        {"programme_id": p.programme_id, "version": p.version, "start_ms": p.start_ms, "published": bool(p.signature)}
        for p in found
    ]
    say(run, {"programmes": value}, Table((N_("Version"), N_("Programme"), N_("In force from")), rows))
