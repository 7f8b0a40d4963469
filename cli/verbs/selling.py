"""``regulars quote|sell|hold|shift|activity``: what a cashier does at the counter."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from cli.options import FILE, read_lines, read_pin, read_rewards, read_time
from cli.output import Table, fields_text
from cli.run import Run, pass_run
from config.errors import N_
from config.formats import format_quantity, parse_amount
from config.i18n import _

if TYPE_CHECKING:
    from terminal.till import Till
    from terminal.till_sale_shapes import ActivityRecorded, QuoteShown, SaleDone, SaleRequest
    from terminal.till_shapes import TillFacts, VoucherShown


def _basket_options(command: click.Command) -> click.Command:
    options = [
        click.Option(["--card"], help="The member: a card's code, number, phone, e-mail or name."),
        click.Option(["--amount"], help="One line with this total, such as 45.90."),
        click.Option(["--line", "lines"], multiple=True, help="CATEGORY[/SKU]:QUANTITY:LINE-TOTAL; any number."),
        click.Option(["--reward", "rewards"], multiple=True, help="ID[:POINTS]; any number."),
        click.Option(["--voucher", "vouchers"], multiple=True, help="A voucher's code; any number."),
        click.Option(["--payment"], help="How it is paid, for rules that ask."),
        click.Option(["--at"], help="ISO 8601; only without headquarters, or in training."),
    ]
    command.params = [*options, *command.params]
    return command


@click.command()
@click.option("--explain", is_flag=True, help="Say of every rule and reward why it did or did not apply.")
@pass_run
def quote(run: Run, /, *, explain: bool, **asked: Any) -> None:
    """What a basket would cost and earn; nothing is kept."""
    with run.till() as till:
        facts = till.facts()
        quoted = till.sales.quote(_request(run, till, facts, asked))
        run.answer(quoted, lambda: _quote_text(run, quoted, facts, explain=explain))


@click.command()
@click.option("--key", help="A name of yours for this sale: said twice, it is saved once.")
@pass_run
def sell(run: Run, /, *, key: str | None, **asked: Any) -> None:
    """Save a sale; a missing shift is opened."""
    with run.till() as till:
        facts = till.facts()
        request = msgspec.structs.replace(_request(run, till, facts, asked), key=key)
        _authorise(till, request)
        done = till.sales.sell(request)
        run.answer(done, lambda: f"{_saved_text(done)}\n{_quote_text(run, done, facts, explain=False)}")


_basket_options(quote)
_basket_options(sell)


@click.group()
def hold() -> None:
    """Baskets that were put aside."""


@hold.command("list")
@pass_run
def hold_list(run: Run) -> None:
    """The baskets that are put aside."""
    with run.till() as till:
        facts, held = till.facts(), till.sales.held()
    rows = [
        (each.held_id, run.moment(each.at_ms, facts), each.label, run.money(each.total_minor, facts)) for each in held
    ]
    run.answer({"held": held}, Table((N_("No."), N_("Since"), N_("Label"), N_("Total")), rows))


@hold.command("recall")
@click.argument("held")
@click.option("--drop", is_flag=True, help="Throw it away instead.")
@pass_run
def hold_recall(run: Run, /, held: str, *, drop: bool) -> None:
    """Show a basket that was put aside; it stays kept until it is sold or dropped."""
    with run.till() as till:
        facts, found = till.facts(), till.sales.recall(held)
        if drop:
            till.sales.drop(held)
    rows = [
        (
            line.category,
            line.sku or "",
            format_quantity(line.quantity_milli, run.language),
            run.money(line.amount_minor, facts),
        )
        for line in found.request.lines
    ]
    run.answer(found, Table((N_("Category"), N_("SKU"), N_("Quantity"), N_("Amount")), rows))


@click.group()
def shift() -> None:
    """The till's shift."""


@shift.command("open")
@click.option("--float", "float_amount", default="0", help="What is in the drawer.")
@pass_run
def shift_open(run: Run, /, float_amount: str) -> None:
    """Begin a shift."""
    with run.till() as till:
        facts = till.facts()
        opened = till.shifts.open(parse_amount(float_amount, facts.currency))
    run.answer(opened, _("Shift {number} is open.").format(number=opened.shift_id))


@shift.command("close")
@click.option("--counted", help="What was counted in the drawer.")
@pass_run
def shift_close(run: Run, /, counted: str | None) -> None:
    """End the shift; expired points of members are booked, and the difference in the drawer is shown."""
    with run.till() as till:
        facts = till.facts()
        closed = till.shifts.close(None if counted is None else parse_amount(counted, facts.currency))
        till.points.expire_all()
    run.answer(
        closed,
        lambda: fields_text(
            [
                (N_("Shift"), closed.shift_id),
                (N_("Sales"), closed.sales),
                (N_("Refunds"), closed.refunds),
                (N_("Expected in the drawer"), run.money(closed.expected_minor, facts)),
                (N_("Paid in other ways"), run.money(closed.elsewhere_minor, facts)),
                (N_("Counted"), None if closed.counted_minor is None else run.money(closed.counted_minor, facts)),
                (
                    N_("Difference"),
                    None if closed.difference_minor is None else run.money(closed.difference_minor, facts),
                ),
            ]
        ),
    )


@click.group()
def activity() -> None:
    """Acts other than purchases."""


@activity.command("list")
@pass_run
def activity_list(run: Run) -> None:
    """The acts that the programme rewards."""
    with run.till() as till:
        found = till.points.activities()
    proofs = {"none": "", "reference": _("a reference"), "manager": _("a manager's PIN")}
    rows = [
        (each.id, each.name, run.points(each.points_millipoints or 0), each.voucher, proofs[each.proof])
        for each in found
    ]
    headings = (N_("Activity"), N_("Name"), N_("Points"), N_("Voucher"), N_("It needs"))
    run.answer({"activities": found}, Table(headings, rows))


@activity.command("record")
@click.argument("member")
@click.argument("activity_id", metavar="ACTIVITY")
@click.option("--reference", help="What proves it; each reference counts once.")
@click.option("--at", help="ISO 8601; only without headquarters, or in training.")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN, where the activity asks for one.")
@pass_run
def activity_record(
    run: Run, member: str, activity_id: str, reference: str | None, at: str | None, pin_file: Path | None
) -> None:
    """Give MEMBER what ACTIVITY earns."""
    with run.till() as till:
        recorded = till.points.record_activity(
            till.members.member_of(member),
            activity_id,
            reference=reference,
            manager_pin=read_pin(pin_file),
            at_ms=read_time(at, till.facts()),
        )
    run.answer(recorded, lambda: _recorded_text(run, recorded))


def _recorded_text(run: Run, recorded: "ActivityRecorded") -> str:
    given = _("+{points} points, {balance} now.").format(
        points=run.points(recorded.points_millipoints), balance=run.points(recorded.balance_millipoints)
    )
    return "\n".join([given, *_won_lines(recorded.vouchers_won)])


def _won_lines(won: "Sequence[VoucherShown]") -> list[str]:
    return [_("Voucher won: {name} {code}").format(name=each.name, code=each.code) for each in won]


def _request(run: Run, till: "Till", facts: "TillFacts", asked: dict[str, Any]) -> "SaleRequest":
    from terminal.till_sale_shapes import SaleRequest

    return SaleRequest(
        lines=read_lines(run, facts, asked["amount"], asked["lines"]),
        member_id=None if asked["card"] is None else till.members.member_of(asked["card"]),
        rewards=read_rewards(asked["rewards"]),
        vouchers=asked["vouchers"],
        payment_method=asked["payment"],
        at_ms=read_time(asked["at"], facts),
    )


def _authorise(till: "Till", request: "SaleRequest") -> None:
    """At a paired till: ask headquarters for what a sale would spend; without an answer it decides alone."""
    if request.member_id is not None and (request.rewards or request.vouchers) and till.facts().paired:
        till.sync.ask_for(request.member_id, till.sales.quote(request))


def _saved_text(done: "SaleDone") -> str:
    return _("Saved: {short}, {sale}").format(short=done.short, sale=done.sale_id)


def _quote_text(run: Run, quoted: "QuoteShown", facts: "TillFacts", *, explain: bool) -> str:
    from terminal.words import say, trace_line

    pairs: list[tuple[str, object]] = [(N_("Total"), run.money(quoted.total_minor, facts))]
    pairs += [(each.name, run.money(-each.amount_minor, facts)) for each in quoted.discounts]
    pairs.append((N_("To pay"), run.money(quoted.to_pay_minor, facts)))
    if quoted.member_id is not None:
        pairs.append((N_("Points earned"), run.points(quoted.points_earned_millipoints)))
        pairs.append((N_("Points spent"), run.points(quoted.points_spent_millipoints)))
        if quoted.balance_millipoints is not None:
            pairs.append((N_("Points now"), run.points(quoted.balance_millipoints)))
    lines = [fields_text(pairs)]
    lines += _won_lines(quoted.vouchers_won)
    names = {offer.reward: offer.name for offer in quoted.offers}
    for refused in quoted.refused:
        reward = str(refused.params["reward"])
        lines.append(f"{names.get(reward, reward)}: {say(refused.reason, refused.params, _, currency=facts.currency)}")
    if quoted.best and not quoted.discounts:
        best = ", ".join(names.get(choice.reward, choice.reward) for choice in quoted.best)
        lines.append(_("Best for the member: {rewards}").format(rewards=best))
    if explain and not quoted.best_exact:
        lines.append(_("So many rewards could be had that not every combination was looked at."))
    lines += [
        trace_line(line, _, currency=facts.currency)
        for line in quoted.trace
        if line.subject == "member" and line.reason == "member_blocked" and not explain
    ]
    if explain:
        lines += [trace_line(line, _, currency=facts.currency) for line in quoted.trace]
    return "\n".join(lines)
