"""The programmes for each trade in docs/programmes: without a mistake or doubt, and they give what their notes say."""

from pathlib import Path

import pytest

from loyalty.account import Account
from loyalty.basket import Basket, Line
from loyalty.days import StoreFacts
from loyalty.lots import Lot
from loyalty.programme.load import check_programme
from loyalty.quote import quote
from loyalty.quoted import Choice, Quote
from tests.unit.loyalty.world import MEMBER, at

FILES = sorted((Path(__file__).parents[3] / "docs" / "programmes").glob("*.toml"))


def sold(
    trade: str,
    *lines: tuple[str, str | None, int, int],
    when: str,
    account: Account = Account(MEMBER),  # noqa: B008 - a frozen value
    choose: str | None = None,
    paid: str | None = None,
) -> Quote:
    """A quote of *lines* (category, SKU, thousandths, minor units) under the programme of *trade*."""
    (file,) = [file for file in FILES if file.stem == trade]
    programme = check_programme(file.read_bytes()).programme
    assert programme is not None
    basket = Basket(
        programme.model.currency or "PLN",
        tuple(Line(category, minor, milli, sku) for category, sku, milli, minor in lines),
        paid,
    )
    choices = () if choose is None else (Choice(choose),)
    return quote(programme, account, basket, choices, at(when), StoreFacts("main", "Europe/Warsaw", 0))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_trades_programme_has_neither_mistakes_nor_doubts(file: Path) -> None:
    assert check_programme(file.read_bytes()).problems == ()


def test_a_grocers_saturday() -> None:
    found = sold(
        "grocer",
        ("Fruit", None, 1500, 1230),
        ("Wine", None, 1000, 3000),
        ("Tobacco", None, 1000, 2000),
        ("Milk", "5900000000017", 3000, 900),
        ("Bread", None, 2000, 800),
        when="2026-03-28 10:00",
    )
    # half more for all: 14 full steps of 2.00, 20.30 of fresh food, three items of the own brand
    assert found.points_earned_millipoints == (14_000 + 20_300 + 15_000) * 3 // 2


def test_a_cafes_quiet_hour() -> None:
    found = sold("cafe", ("Coffee", None, 3000, 3600), ("Cake", None, 3000, 4500), when="2026-11-23 15:00")
    assert found.points_earned_millipoints == (2 * 36 + 45 + 25) * 1000
    assert {each.card: each.earned for each in found.stamps} == {"coffee": 3, "rainy": 2}


def test_a_cinemas_monday_of_the_festival() -> None:
    found = sold(
        "cinema",
        ("Ticket", None, 3000, 7500),
        ("Premium ticket", None, 1000, 4000),
        ("Snacks", "POPCORN", 1000, 1800),
        when="2026-05-11 19:00",
    )
    # seats and premium four times, snacks twice but no more than 60, four seats 25 twice
    assert found.points_earned_millipoints == (40 * 4 + 5 * 4 + 60 + 25 * 2) * 1000


def test_a_petrol_stations_night_and_its_points_that_wait() -> None:
    found = sold(
        "petrol",
        ("Diesel", "ON-PLUS", 45_370, 30_000),
        ("Coffee", None, 1000, 900),
        ("Car wash", None, 1000, 3499),
        when="2026-11-23 23:30",
        paid="cash",
    )
    assert found.points_earned_millipoints == (45 * 2 + 45 * 2 + 9 * 2 + 6 * 2 + 10) * 1000
    assert sorted(lot.millipoints for lot in found.earned) == [18_000, 202_000]
    assert all(lot.available_ms is not None for lot in found.earned)


def test_a_pharmacy_takes_nothing_off_medicine() -> None:
    rich = Account(MEMBER, points_millipoints=10**6, lots=(Lot(10**6),), tier="care")
    found = sold(
        "pharmacy",
        ("Medicine", None, 1000, 4000),
        ("Cosmetics", "DERMA-1", 2000, 6000),
        ("Cosmetics", "DERMA-2", 1000, 3333),
        when="2026-07-01 12:00",
        account=rich,
        choose="pay",
    )
    assert found.to_pay_minor >= 4000
    assert [choice.reward for choice in found.best] == ["second-cheaper"]
