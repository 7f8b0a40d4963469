"""``regulars card|voucher``: the codes that members carry."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import FILE, read_pin
from cli.output import Table
from cli.run import Run, pass_run
from config.errors import N_, WrongUse
from terminal.state_words import CARDS, VOUCHERS, state

if TYPE_CHECKING:
    from receipts.cards import CardFace
    from terminal.till import Till
    from terminal.till_member_shapes import CardShown

_HEADINGS = (N_("Card"), N_("Format"), N_("Kind"), N_("Status"))


@click.group()
def card() -> None:
    """Link, block, replace, print and show cards."""


@card.command("link")
@click.argument("member")
@click.argument("code", required=False)
@pass_run
def link(run: Run, /, member: str, code: str | None) -> None:
    """Let the pre-printed card CODE lead to MEMBER; without CODE, give one card more."""
    with run.till() as till:
        who = till.members.member_of(member)
        done = till.cards.issue(who) if code is None else till.cards.link(who, code)
    run.answer(done, _table([done]))


@card.command("block")
@click.argument("code")
@pass_run
def block(run: Run, /, code: str) -> None:
    """The card CODE was lost: it leads nowhere from now on; the points stay."""
    with run.till() as till:
        done = till.cards.block(code)
    run.answer(done, _table([done]))


@card.command("replace")
@click.argument("code")
@click.argument("new_code", required=False)
@pass_run
def replace(run: Run, /, code: str, new_code: str | None) -> None:
    """Put a new card, or the pre-printed NEW_CODE, in the place of the card CODE."""
    with run.till() as till:
        done = till.cards.replace(code, new_code)
    run.answer(done, _table([done]))


@card.command("show")
@click.argument("member")
@click.option("--rotating", is_flag=True, help="Play the member's phone: a code that is good for half a minute.")
@pass_run
def show(run: Run, /, member: str, *, rotating: bool) -> None:
    """The cards of MEMBER, and the first one's code to hold before a camera."""
    from receipts.cards import card_text
    from receipts.receipt import Code

    with run.till() as till:
        cards = till.cards.list(till.members.member_of(member))
        active = [each for each in cards if each.status == "active"]
        text = _shown_text(till, active, rotating=rotating)
    run.answer({"cards": cards, "text": text}, lambda: f"{card_text(Code(text))}\n{text}" if text else "")


@card.command("print")
@click.argument("member", required=False)
@click.option("--batch", type=int, help="So many numbers for cards that lead to nobody yet.")
@click.option("--format", "form", type=click.Choice(["png", "svg", "pdf"]), default="pdf", help="What kind of file.")
@click.option("--to", type=click.Path(path_type=Path), help="The file, or for png and svg of a batch the folder.")
@pass_run
def print_(run: Run, /, member: str | None, batch: int | None, form: str, to: Path | None) -> None:
    """Make card files: for MEMBER, or a --batch for pre-printed cards with a CSV beside them."""
    from cli.card_files import write_batch, write_card

    if (member is None) == (batch is None):
        raise WrongUse("card_print_what", N_("Say a member, or --batch with a number. Nothing was made."))
    with run.till() as till:
        store = till.facts().store
        if batch is not None:
            faces = [_face(till, store, each.code) for each in till.cards.batch(batch)]
            files = write_batch(faces, form, to or Path(f"cards-{batch}"), run.clock.now_ms())
        else:
            cards = till.cards.list(till.members.member_of(member or ""))
            code = next((each.code for each in cards if each.status == "active"), None)
            if code is None:
                raise WrongUse("card_missing", N_("This member has no card that works. Link one first."))
            face = _face(till, store, code)
            files = write_card(face, form, to or Path(f"card-{code}.{form}"), run.clock.now_ms())
    run.answer({"files": files}, "\n".join(map(str, files)))


@click.group()
def voucher() -> None:
    """Single-use codes."""


@voucher.command("list")
@click.argument("member")
@pass_run
def voucher_list(run: Run, /, member: str) -> None:
    """The vouchers of MEMBER, whatever became of them."""
    with run.till() as till:
        facts, found = till.facts(), till.vouchers.list(till.members.member_of(member))
    rows = [(each.code, each.name, state(VOUCHERS, each.status), run.moment(each.expires_ms, facts)) for each in found]
    headings = (N_("Code"), N_("Reward"), N_("Status"), N_("Good until"))
    run.answer({"vouchers": found}, Table(headings, rows))


@voucher.command("void")
@click.argument("code")
@click.option("--reason", required=True, help="Why; the journal keeps it.")
@click.option("--pin-file", type=FILE, help="A file with a manager's PIN.")
@pass_run
def voucher_void(run: Run, /, code: str, reason: str, pin_file: Path | None) -> None:
    """Make the unused voucher CODE void; needs a manager's PIN and a reason."""
    with run.till() as till:
        done = till.vouchers.void(code, reason, read_pin(pin_file))
    run.answer(done, f"{done.code}: {state(VOUCHERS, done.status)}")


def _shown_text(till: "Till", active: Sequence["CardShown"], *, rotating: bool) -> str | None:
    own = next((each.code for each in active if each.kind == "own"), None)
    if rotating:
        if own is None:
            raise WrongUse("card_missing", N_("A changing code needs a card of our own. Give one: card link."))
        return till.cards.rotating_text(own)
    code = own or next((each.code for each in active), None)
    return None if code is None else till.cards.qr_text(code)


def _face(till: "Till", store: str, code: str) -> "CardFace":
    from receipts.cards import CardFace
    from receipts.receipt import Code

    return CardFace(Code(till.cards.qr_text(code)), number_text=code, shop=store)


def _table(cards: Sequence["CardShown"]) -> Table:
    return Table(_HEADINGS, [(each.code, each.format, each.kind, state(CARDS, each.status)) for each in cards])
