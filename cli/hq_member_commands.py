"""``regulars hq member …`` and ``regulars hq exceptions …``: members as HQ has them, and what waits for a person."""

from typing import TYPE_CHECKING

import click
import msgspec

from cli.hq_opening import POINT, office, read_instant, say
from cli.hq_words import sentence_of
from cli.options import read_points
from cli.output import Table, fields_text, table_text
from cli.run import Run, pass_run
from config.errors import N_, WrongUse
from config.i18n import _

if TYPE_CHECKING:
    from hq.cases import ExceptionShown
    from hq.office import Office
    from hq.shown import MemberShown


@click.group("member")
def member() -> None:
    """Members as HQ has them."""


@member.command("show")
@click.argument("code")
@pass_run
def member_show(run: Run, code: str) -> None:
    """Show a member, by id, card, phone, e-mail or name."""
    with office(run) as desk:
        shown = desk.member(_find(desk, code))
    say(run, shown, _member_text(run, shown))


@member.command("adjust")
@click.argument("code")
@click.option("--points", required=True, help="How many, such as 120 or -50.")
@click.option("--reason", required=True, help="Why; HQ's journal keeps it.")
@pass_run
def member_adjust(run: Run, code: str, points: str, reason: str) -> None:
    """Give or take points at HQ."""
    with office(run) as desk:
        member_id = _find(desk, code)
        desk.adjust(member_id, read_points(points), reason)
        shown = desk.member(member_id)
    say(run, shown, _("{balance} points now.").format(balance=shown.balance_millipoints // POINT))


@member.command("tier")
@click.argument("code")
@click.argument("tier", required=False)
@click.option("--until", help="Until when, ISO 8601 with offset (default: as long as one of the programme's windows).")
@click.option("--none", "end", is_flag=True, help="Let the points decide again.")
@click.option("--reason", default="", help="Why; HQ's journal keeps it.")
@pass_run
def member_tier(run: Run, code: str, *, tier: str | None, until: str | None, end: bool, reason: str) -> None:
    """Give a tier by hand: its id in the programme."""
    if (tier is None) != end:
        raise WrongUse("tier_needed", N_("Say which tier, or --none. Nothing was changed."))
    with office(run) as desk:
        member_id = _find(desk, code)
        desk.set_tier(member_id, tier, None if until is None else read_instant(until), reason)
        shown = desk.member(member_id)
    say(run, shown, _("Tier now: {tier}").format(tier=shown.tier or "–"))


@member.command("merge")
@click.argument("one")
@click.argument("other")
@pass_run
def member_merge(run: Run, one: str, other: str) -> None:
    """Make two members one, as they are one person: the older goes on, all cards keep working."""
    with office(run) as desk:
        shown = desk.member(desk.merge(_find(desk, one), _find(desk, other)))
    say(run, shown, _("Merged: {member}").format(member=shown.member_id))


@member.command("confirm-merge")
@click.argument("code")
@pass_run
def member_confirm_merge(run: Run, code: str) -> None:
    """Say that two cards that HQ has joined belong to one person."""
    with office(run) as desk:
        member_id = _find(desk, code)
        desk.confirm_merge(member_id)
        shown = desk.member(member_id)
    say(run, shown, _("Confirmed."))


@member.command("erase")
@click.argument("code")
@pass_run
def member_erase(run: Run, code: str) -> None:
    """Forget who a member is, here and at every till's next sync."""
    with office(run) as desk:
        member_id = _find(desk, code)
        desk.erase(member_id)
    say(run, {"member_id": member_id, "status": "erased"}, _("Erased."))


@click.group("exceptions")
def exceptions() -> None:
    """What waits for an operator."""


@exceptions.command("list")
@click.option("--resolved", is_flag=True, help="Those that were settled.")
@pass_run
def exceptions_list(run: Run, resolved: bool) -> None:
    """Show them, the oldest first."""
    with office(run) as desk:
        found = desk.exceptions(resolved=resolved)
    rows = [(each.number, each.entry_id or each.member_id, sentence_of(each)) for each in found]
    table = Table((N_("Number"), N_("About"), N_("What happened")), rows, frozenset({"Number"}))
    say(run, {"exceptions": [_with_words(each) for each in found]}, table)


@exceptions.command("resolve")
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--accept", is_flag=True, help="Count what the suspended entries give.")
@click.option("--note", default="closed", help="What was decided.")
@pass_run
def exceptions_resolve(run: Run, numbers: tuple[int, ...], accept: bool, note: str) -> None:
    """Settle one or more, by their numbers."""
    from hq.cases import ACCEPT

    resolution = ACCEPT if accept else note
    with office(run) as desk:
        settled = desk.resolve_all(numbers, resolution)
    value = {"resolution": resolution, "exceptions": [_with_words(each) for each in settled]}
    # Who settles one is told its number at once.
    first = {"number": settled[0].number} if len(settled) == 1 else {}
    say(run, {**first, **value}, _("Settled."))


def _find(desk: "Office", text: str) -> str:
    """The member that *text* leads to; a phone number may be written as in any country where there is a store."""
    from terminal.till_person import country_of, read_phone

    countries = {country_of(store.zone) for store in desk.stores()}
    phones = {read_phone(text, country) for country in countries}
    return desk.find(text, sorted(phone for phone in phones if phone is not None))


def _with_words(case: "ExceptionShown") -> dict[str, object]:
    return {**msgspec.to_builtins(case), "message": sentence_of(case)}


def _member_text(run: Run, shown: "MemberShown") -> str:
    fields = fields_text(
        (
            (N_("Member"), " ".join(shown.member_ids)),
            (N_("Status"), shown.status),
            (N_("Points"), run.points(shown.balance_millipoints)),
            (N_("Of them free"), run.points(shown.available_millipoints)),
            (N_("Pending"), run.points(shown.pending_millipoints) if shown.pending_millipoints else None),
            (N_("Owed"), run.points(shown.debt_millipoints)),
            (N_("Tier"), shown.tier),
            (N_("To confirm"), " ".join(shown.unconfirmed)),
        )
    )
    rows = [(each.till_id, run.points(each.right_millipoints)) for each in shown.accounts if each.right_millipoints]
    if not rows:
        return fields
    return fields + "\n\n" + table_text(Table((N_("Till"), N_("May be spent there")), rows))
