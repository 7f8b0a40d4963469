"""People at the till: PINs, lock-outs, roles, overrides."""

from collections.abc import Callable

import pytest

from config.errors import Refused, WrongUse
from ledger import journal
from loyalty.bodies import OverrideGranted, decode_body
from loyalty.entries import Kind
from terminal.till_sale_shapes import RefundRequest
from terminal.till_shapes import Session
from tests.builders import PIN, Shop


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.reason


def test_a_till_acts_for_its_first_manager_who_has_shown_nothing_yet(shop: Shop) -> None:
    session = shop.open().session
    assert (session.name, session.role, session.proven) == ("Ana", "manager", False)
    assert not session.is_manager


def test_signing_in_says_who_it_is(shop: Shop) -> None:
    ola = shop.till.staff.add("Ola", "2580")
    assert shop.till.staff.sign_in("2580") == Session(
        cashier_id=ola.cashier_id, name="Ola", role="cashier", proven=True
    )
    assert shop.till.staff.sign_in(PIN).is_manager
    shop.till.staff.lock()
    assert not shop.till.session.is_manager


def test_everything_that_is_written_says_who_did_it(shop: Shop) -> None:
    ola = shop.till.staff.add("Ola", "2580")
    shop.till.staff.sign_in("2580")
    shop.sell("45.90")
    last = shop.till.sales.last()
    assert last is not None
    assert last.cashier == ola.cashier_id


def test_somebody_acts_by_id_or_by_name_without_a_pin(shop: Shop) -> None:
    ola = shop.till.staff.add("Ola", "2580")
    assert shop.till.act_as(ola.cashier_id.lower()).name == "Ola"
    assert shop.till.act_as("ola").cashier_id == ola.cashier_id
    assert refusal(lambda: shop.till.act_as("nobody")) == "cashier_unknown"


def test_wrong_pins_lock_for_longer_and_longer(shop: Shop) -> None:
    shop.till.staff.add("Ola", "2580")
    for _ in range(4):
        assert refusal(lambda: shop.till.staff.sign_in("0000")) == "wrong_pin"
    assert refusal(lambda: shop.till.staff.sign_in("0000")) == "locked_out"
    assert refusal(lambda: shop.till.staff.sign_in(PIN)) == "locked_out"
    shop.clock.forward(minutes=1)
    assert refusal(lambda: shop.till.staff.sign_in("0000")) == "locked_out"
    shop.clock.forward(minutes=2)
    assert shop.till.staff.sign_in(PIN).name == "Ana"
    assert refusal(lambda: shop.till.staff.sign_in("0000")) == "wrong_pin"


def test_a_lock_out_of_one_person_outlives_a_restart(shop: Shop) -> None:
    for _ in range(5):
        assert refusal(lambda: shop.till.staff.check_manager("0000")) in {"wrong_pin", "locked_out"}
    with shop.open() as again:
        assert refusal(lambda: again.staff.sign_in(PIN)) == "locked_out"


def test_two_people_with_one_pin_say_who_they_are(shop: Shop) -> None:
    ola = shop.till.staff.add("Ola", PIN)
    assert refusal(lambda: shop.till.staff.sign_in(PIN)) == "pin_ambiguous"
    assert shop.till.staff.sign_in(PIN, ola.cashier_id).name == "Ola"


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "١٢٣٤"])
def test_a_pin_is_four_to_twelve_digits(shop: Shop, pin: str) -> None:
    with pytest.raises(WrongUse) as wrong:
        shop.till.staff.add("Ola", pin)
    assert wrong.value.reason == "pin_form"


def test_a_pin_from_a_file_may_end_with_a_line_end(shop: Shop) -> None:
    assert shop.till.staff.check_manager(f"{PIN}\n").name == "Ana"


def test_a_cashier_needs_a_manager_for_staff_and_the_journal_says_whose_pin_it_was(shop: Shop) -> None:
    ola = shop.till.staff.add("Ola", "2580")
    shop.till.staff.sign_in("2580")
    assert refusal(lambda: shop.till.staff.add("Jan", "1470")) == "manager_needed"
    assert refusal(lambda: shop.till.staff.add("Jan", "1470", manager_pin="2580")) == "wrong_pin"
    shop.till.staff.add("Jan", "1470", manager_pin=PIN)
    zofia = shop.member()
    shop.till.members.block(zofia, "why", PIN)
    with shop.till.counter.ledger.read() as view:
        entry = journal.last_entry(view, (Kind.OVERRIDE_GRANTED,))
    assert entry is not None
    assert entry.cashier_id == ola.cashier_id
    body = decode_body(entry.kind, entry.body)
    assert isinstance(body, OverrideGranted)
    assert body.manager == shop.made.manager_id


def test_the_last_manager_stays(shop: Shop) -> None:
    assert refusal(lambda: shop.till.staff.remove(shop.made.manager_id)) == "last_manager"
    jan = shop.till.staff.add("Jan", "1470", role="manager")
    shop.till.staff.remove(shop.made.manager_id)
    assert [person.cashier_id for person in shop.till.staff.list()] == [jan.cashier_id]
    assert refusal(lambda: shop.till.staff.sign_in(PIN)) == "wrong_pin"


def test_a_changed_pin_is_the_only_one_that_works(shop: Shop) -> None:
    shop.till.staff.set_pin(shop.made.manager_id, "9876")
    assert refusal(lambda: shop.till.staff.sign_in(PIN)) == "wrong_pin"
    assert shop.till.staff.sign_in("9876").name == "Ana"


def test_a_cashier_sells_and_refunds_without_anybody(shop: Shop) -> None:
    shop.till.staff.add("Ola", "2580")
    shop.till.staff.sign_in("2580")
    done = shop.sell("45.90", member=shop.member())
    assert shop.till.refunds.refund(RefundRequest(sale=done.short)).refunded_minor == 4590


def test_people_are_named_by_number_or_name(shop: Shop) -> None:
    ola = shop.till.staff.add("Ola", "2580")
    assert shop.till.staff.set_pin(" ola ", "2581") == ola
    assert shop.till.staff.link_member("OLA", shop.member()).cashier_id == ola.cashier_id
    assert shop.till.staff.remove("Ola").cashier_id == ola.cashier_id
    assert refusal(lambda: shop.till.staff.set_pin("Ola", "2582")) == "cashier_unknown"


def test_a_name_that_two_people_have_is_not_guessed(shop: Shop) -> None:
    first = shop.till.staff.add("Ola", "2580")
    shop.till.staff.add("Ola", "2581")
    assert refusal(lambda: shop.till.staff.remove("ola")) == "cashier_ambiguous"
    assert shop.till.staff.remove(first.cashier_id) == first
