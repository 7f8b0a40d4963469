"""``regulars refund|void|adjust``: putting right what was wrong."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import FILE, read_pin, read_points
from cli.output import fields_text
from cli.run import Run, pass_run
from config.errors import N_, WrongUse
from config.formats import parse_amount, parse_quantity
from config.i18n import _

if TYPE_CHECKING:
    from terminal.till_sale_shapes import RefundDone, RefundLine
    from terminal.till_shapes import TillFacts


@click.command()
@click.argument("sale")
@click.option("--line", "lines", multiple=True, help="N[:QUANTITY]: line N of the receipt; any number.")
@click.option("--amount", help="What is paid out for a sale not known here; needs --pin-file and --reason.")
@click.option("--card", help="With --amount: the member.")
@click.option("--reason", help="Why.")
@click.option("--key", help="A name of yours for this refund: said twice, it is saved once.")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
@click.option("--preview", is_flag=True, help="Say what it would come to; keep nothing.")
@pass_run
def refund(
    run: Run,
    /,
    sale: str,
    *,
    lines: tuple[str, ...],
    amount: str | None,
    card: str | None,
    reason: str | None,
    key: str | None,
    pin_file: Path | None,
    preview: bool,
) -> None:
    """Take lines of SALE back (an identity, #152, or the receipt's code); without --line all that is left."""
    from terminal.till_refunds import UnknownRefund
    from terminal.till_sale_shapes import RefundRequest

    with run.till() as till:
        facts = till.facts()
        if amount is not None:
            unknown = UnknownRefund(
                amount_minor=parse_amount(amount, facts.currency),
                reason=reason or "",
                sale=sale,
                member_id=None if card is None else till.members.member_of(card),
            )
            done = till.refunds.refund_unknown(unknown, read_pin(pin_file))
        else:
            request = RefundRequest(sale=sale, lines=tuple(map(_line, lines)), reason=reason, key=key)
            done = till.refunds.preview(request) if preview else till.refunds.refund(request)
    run.answer(done, lambda: _refund_text(run, done, facts))


@click.command()
@click.argument("sale")
@pass_run
def void(run: Run, /, sale: str) -> None:
    """Undo SALE while its shift is open: the member is left exactly as before."""
    with run.till() as till:
        facts, done = till.facts(), till.refunds.void(sale)
    run.answer(done, lambda: _refund_text(run, done, facts))


@click.command()
@click.argument("code")
@click.option("--points", required=True, help="How many, such as 120 or -50.")
@click.option("--reason", required=True, help="Why; the journal keeps it.")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
@pass_run
def adjust(run: Run, /, code: str, points: str, reason: str, pin_file: Path | None) -> None:
    """Add points to the member CODE, or take some; needs a manager's PIN and a reason."""
    with run.till() as till:
        done = till.points.adjust(till.members.member_of(code), read_points(points), reason, read_pin(pin_file))
    run.answer(done, _("Adjusted; {balance} points now.").format(balance=run.points(done.balance_millipoints)))


def _line(text: str) -> "RefundLine":
    from terminal.till_sale_shapes import RefundLine

    number, colon, quantity = text.partition(":")
    if not (number.isascii() and number.isdigit()) or len(number) > 4:
        raise WrongUse(
            "refund_line_wrong",
            N_("“{text}” is no line of a receipt. Nothing was changed; write it like 2 or 2:1."),
            text=text[:20],
        )
    return RefundLine(number=int(number), quantity_milli=parse_quantity(quantity) if colon else None)


def _refund_text(run: Run, done: "RefundDone", facts: "TillFacts") -> str:
    return fields_text(
        [
            (N_("Saved"), done.refund_id),
            (N_("Pay back"), run.money(done.refunded_minor, facts)),
            (N_("Points taken back"), run.points(done.points_taken_back_millipoints)),
            (N_("Points given back"), run.points(done.points_given_back_millipoints)),
            (N_("Points now"), None if done.balance_millipoints is None else run.points(done.balance_millipoints)),
        ]
    )
