"""``regulars enrol|member``: members."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from cli.options import FILE, read_pin, read_time
from cli.output import Table, fields_text, table_text, write_bytes
from cli.run import Run, pass_run
from config.errors import N_, WrongUse
from config.i18n import _
from terminal.state_words import CARDS, MEMBERS, VOUCHERS, state

if TYPE_CHECKING:
    from terminal.till_member_shapes import MemberShown
    from terminal.till_shapes import TillFacts


@click.command()
@click.option("--name", help="How the member is called.")
@click.option("--phone", help="As in the store's country, or with + and country.")
@click.option("--email", help="An e-mail address.")
@click.option("--birthday", help="1990-05-31, or 05-31 without the year.")
@click.option("--card", help="A pre-printed card to link; without it a number is given.")
@click.option("--language", help="For receipts.")
@click.option("--segments", help="Words with commas between, for rules that ask. A manager's.")
@click.option("--consent", "consents", multiple=True, help="CHANNEL=TEXT-VERSION that was shown and agreed to.")
@click.option("--even-if-duplicate", is_flag=True, help="Also where somebody with this phone or e-mail is there.")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
@pass_run
def enrol(
    run: Run, /, *, consents: tuple[str, ...], even_if_duplicate: bool, pin_file: Path | None, **fields: str | None
) -> None:
    """Make a new member: a name, a phone, an e-mail address, or nothing but a card."""
    from terminal.till_member_shapes import Enrolment

    agreed = {channel: version for channel, _sign, version in (text.partition("=") for text in consents)}
    enrolment = Enrolment(**fields, consents=agreed, even_if_duplicate=even_if_duplicate)
    with run.till() as till:
        done = till.members.enrol(enrolment, read_pin(pin_file))
    cards = ", ".join(card.code for card in done.cards)
    run.answer(done, _("Enrolled {member}: card {cards}.").format(member=done.member_id, cards=cards))


@click.group()
def member() -> None:
    """Show, find and change members."""


@member.command("show")
@click.argument("code")
@pass_run
def show(run: Run, /, code: str) -> None:
    """Everything about the member CODE: a card, number, phone, e-mail or name."""
    with run.till() as till:
        facts, found = till.facts(), till.members.show(till.members.member_of(code))
    run.answer(member_document(found), lambda: _member_text(run, found, facts))


@member.command("find")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 100), default=20, help="At most so many.")
@pass_run
def find(run: Run, /, text: str, limit: int) -> None:
    """Members whom a part of a name, phone or e-mail, or a code, may mean."""
    with run.till() as till:
        found = till.members.find(text, limit)
    rows = [
        (each.member_id, each.name or "", each.phone or "", ", ".join(card.code for card in each.cards))
        for each in found.matches
    ]
    headings = (N_("Member"), N_("Name"), N_("Phone"), N_("Cards"))
    run.answer(found, Table(headings, rows, empty=N_("Nobody was found.")))


@member.command("edit")
@click.argument("code")
@click.option("--name", help="Empty text removes it.")
@click.option("--phone", help="Empty text removes it.")
@click.option("--email", help="Empty text removes it.")
@click.option("--birthday", help="1990-05-31, or 05-31; empty text removes it.")
@click.option("--language", help="For receipts; empty text removes it.")
@click.option("--note", help="Empty text removes it.")
@click.option("--segments", help="Words with commas between, for rules that ask; empty text removes them. A manager's.")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
@pass_run
def edit(run: Run, /, code: str, pin_file: Path | None, **fields: str | None) -> None:
    """Change the profile of the member CODE."""
    from terminal.till_member_shapes import ProfileEdit

    changes: dict[str, Any] = {name: value or None for name, value in fields.items() if value is not None}
    with run.till() as till:
        profile = till.members.edit(till.members.member_of(code), ProfileEdit(**changes), read_pin(pin_file))
    run.answer(
        profile,
        lambda: fields_text(
            [
                (N_("Name"), profile.name),
                (N_("Phone"), profile.phone),
                (N_("E-mail"), profile.email),
                (N_("Birthday"), profile.birthday),
                (N_("Language"), profile.language),
                (N_("Note"), profile.note),
                (N_("Segments"), profile.segments),
            ]
        ),
    )


@member.command("export")
@click.argument("code")
@click.option("--to", type=FILE, help="A file; stdout without it.")
@pass_run
def export(run: Run, /, code: str, to: Path | None) -> None:
    """Everything that is held on the member CODE, as JSON."""
    with run.till() as till:
        content = till.members.export(till.members.member_of(code))
    if to is None:
        run.answered = True
        write_bytes(content + b"\n")
        return
    to.write_bytes(content)
    run.answer({"file": str(to), "bytes": len(content)}, _("Written to {file}.").format(file=to))


@member.command("erase")
@click.argument("code")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
@pass_run
def erase(run: Run, /, code: str, pin_file: Path | None) -> None:
    """Forget the personal data of the member CODE for good; the accounts stay without a name."""
    with run.till() as till:
        done = till.members.erase(till.members.member_of(code), read_pin(pin_file))
    run.answer(done, _("Erased {member}.").format(member=done.member_id))


@member.command("block")
@click.argument("code")
@click.option("--reason", default="", help="Why; needed unless --undo.")
@click.option("--undo", is_flag=True, help="Let the member earn and spend again.")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
@pass_run
def block(run: Run, /, code: str, reason: str, *, undo: bool, pin_file: Path | None) -> None:
    """Let the member CODE earn and spend nothing."""
    with run.till() as till:
        who, pin = till.members.member_of(code), read_pin(pin_file)
        shown = till.members.unblock(who, pin) if undo else till.members.block(who, reason, pin)
    run.answer(
        member_document(shown),
        f"{shown.member_id}: {state(MEMBERS, shown.status)}",
    )


@member.command("tier")
@click.argument("code")
@click.argument("tier", required=False)
@click.option("--until", help="Until when, ISO 8601; as long as one of the programme's windows without it.")
@click.option("--none", "end", is_flag=True, help="Let the points decide again.")
@click.option("--reason", default="", help="Why; the journal keeps it.")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
@pass_run
def tier(
    run: Run, /, code: str, tier: str | None, until: str | None, *, end: bool, reason: str, pin_file: Path | None
) -> None:
    """Give the member CODE a tier by hand: its id in the programme."""
    if (tier is None) != end:
        raise WrongUse("tier_needed", N_("Say which tier, or --none. Nothing was changed."))
    with run.till() as till:
        facts, who = till.facts(), till.members.member_of(code)
        done = till.points.set_tier(who, tier, read_time(until, facts), reason=reason, manager_pin=read_pin(pin_file))
        shown = till.members.show(done.member_id)
    run.answer(done, _("Tier now: {tier}").format(tier=shown.tier.name if shown.tier else "–"))


@member.command("consent")
@click.argument("code")
@click.argument("channel")
@click.option("--give/--withdraw", default=True, help="Agree, or agree no longer.")
@click.option("--text-version", help="Which text was shown.")
@pass_run
def consent(run: Run, /, code: str, channel: str, *, give: bool, text_version: str | None) -> None:
    """What the member CODE agrees to on CHANNEL, from now on."""
    with run.till() as till:
        profile = till.members.consent(till.members.member_of(code), channel, give, text_version)
    rows = [(each.channel, _("yes") if each.given else _("no")) for each in profile.consents]
    run.answer(profile, Table((N_("Channel"), N_("Agreed")), rows))


def member_document(shown: "MemberShown") -> dict[str, Any]:
    """A member as the command line's JSON: tier by its id, stamps by card, the rest as the service gives it."""
    document: dict[str, Any] = msgspec.to_builtins(shown)
    document["tier"] = None if shown.tier is None else shown.tier.id
    document["tier_progress"] = None if shown.tier is None else msgspec.to_builtins(shown.tier)
    document["stamps"] = {each.card: each.stamps for each in shown.stamps}
    document["stamp_cards"] = [msgspec.to_builtins(each) for each in shown.stamps]
    return document


def _member_text(run: Run, shown: "MemberShown", facts: "TillFacts") -> str:
    from terminal.kind_words import KINDS
    from terminal.words import say

    expiry = shown.next_expiry
    expires = (
        "" if expiry is None else f"{run.points(expiry.amount_millipoints)}: {run.moment(expiry.expires_ms, facts)}"
    )
    lines = fields_text(
        [
            (N_("Member"), shown.member_id),
            (N_("Name"), shown.name),
            (N_("Status"), state(MEMBERS, shown.status)),
            (N_("Points"), run.points(shown.points_millipoints)),
            (N_("Can be spent now"), run.points(shown.spendable_millipoints)),
            (N_("Pending"), run.points(shown.pending_millipoints) if shown.pending_millipoints else None),
            (N_("Owed"), run.points(shown.debt_millipoints) if shown.debt_millipoints else None),
            (N_("Next expiry"), expires),
            (N_("Tier"), None if shown.tier is None else shown.tier.name),
            *((each.name, f"{each.stamps}/{each.size}") for each in shown.stamps),
            *((each.name, f"{each.code} ({state(VOUCHERS, each.status)})") for each in shown.vouchers),
            *((N_("Card"), f"{each.code} ({state(CARDS, each.status)})") for each in shown.cards),
        ]
    )
    reasons = [say(why.reason, why.params, _, currency=facts.currency) for why in shown.why_not]
    rows = [
        (
            run.moment(row.at_ms, facts),
            _(KINDS.get(row.kind, row.kind)),
            run.points(row.points_millipoints),
            row.entry_id,
        )
        for row in shown.history
    ]
    history = table_text(Table((N_("When"), N_("What"), N_("Points"), N_("Entry")), rows))
    return "\n".join([lines, *reasons, "", history])
