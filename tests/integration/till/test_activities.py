"""Acts other than purchases: what each asks for, what it gives, and every way in which it is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import Refused, RegularsError, WrongUse
from terminal.till_import_shapes import ImportCounts, ImportedActivity
from tests.builders import PIN, PLAIN_PROGRAMME, Shop, at

PROGRAMME = (
    PLAIN_PROGRAMME
    + """
[[reward]]
id = "free-coffee"
name = "A free coffee"
kind = "free_item"
needs_voucher = true

[[activity]]
id = "review"
name = "A review"
kind = "review"
points = 25
proof = "reference"
limits = [{ uses = 1, per = "month" }]

[[activity]]
id = "friend"
name = "Brought a friend"
kind = "referral"
voucher = "free-coffee"
voucher_valid = "30d"
proof = "manager"

[[activity]]
id = "quiz"
name = "The quiz"
points = 5
from = 2026-12-01
tiers = ["gold"]

[[tier]]
id = "gold"
name = "Gold"
from_points = 1000
"""
)


@pytest.fixture
def quiz_shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path / "home", PROGRAMME)
    yield shop
    shop.close()


def test_the_list_says_what_each_gives_and_needs(quiz_shop: Shop) -> None:
    listed = quiz_shop.till.points.activities()
    assert [(each.id, each.points_millipoints, each.voucher, each.proof) for each in listed] == [
        ("review", 25_000, None, "reference"),
        ("friend", 0, "A free coffee", "manager"),
        ("quiz", 5_000, None, "none"),
    ]


def test_a_voucher_that_an_activity_gives_is_said_and_can_be_used(quiz_shop: Shop) -> None:
    zofia = quiz_shop.member()
    (won,) = quiz_shop.till.points.record_activity(zofia, "friend", manager_pin=PIN).vouchers_won
    assert (won.name, won.status, won.member_id) == ("A free coffee", "open", zofia)
    assert quiz_shop.sell("Coffee:1:9.00", member=zofia, voucher=won.code).to_pay_minor == 0


@pytest.mark.parametrize(
    ("activity", "asked", "reason"),
    [
        ("nothing", {}, "unknown_activity"),
        ("review", {}, "proof_missing"),
        ("review", {"reference": "  "}, "proof_missing"),
        ("review", {"reference": "R" * 101}, "reference_too_long"),
        ("friend", {"manager_pin": "0000"}, "wrong_pin"),
        ("quiz", {}, "wrong_tier"),
        ("review", {"reference": "R-1", "at_ms": -1}, "time_absurd"),
        ("review", {"reference": "R-1", "at_ms": 1 << 60}, "time_absurd"),
    ],
)
def test_an_activity_is_refused_with_its_reason_and_gives_nothing(
    quiz_shop: Shop, activity: str, asked: dict[str, object], reason: str
) -> None:
    zofia = quiz_shop.member()
    with pytest.raises((Refused, WrongUse)) as refused:
        quiz_shop.till.points.record_activity(zofia, activity, **asked)  # type: ignore[arg-type]
    assert refused.value.reason == reason
    assert quiz_shop.till.members.show(zofia).points_millipoints == 0


def test_a_reference_counts_once_for_everybody_and_a_limit_for_each(quiz_shop: Shop) -> None:
    zofia, jan = quiz_shop.member(), quiz_shop.member("Jan")
    record = quiz_shop.till.points.record_activity
    record(zofia, "review", reference="R-1")
    for member, reference, reason in ((jan, " r-1 ", "already_recorded"), (zofia, "R-2", "limit_reached")):
        with pytest.raises(Refused) as refused:
            record(member, "review", reference=reference)
        assert refused.value.reason == reason
    assert record(jan, "review", reference="R-2").balance_millipoints == 25_000


def test_a_blocked_or_unknown_member_earns_by_no_act(quiz_shop: Shop) -> None:
    zofia = quiz_shop.member()
    quiz_shop.till.members.block(zofia, "stolen card", PIN)
    for member, reason in ((zofia, "member_blocked"), ("0" * 16, "member_unknown")):
        with pytest.raises(RegularsError) as refused:
            quiz_shop.till.points.record_activity(member, "review", reference="R-1")
        assert refused.value.reason == reason


def test_what_asks_for_a_manager_is_not_recorded_by_a_cashier_alone(quiz_shop: Shop) -> None:
    zofia = quiz_shop.member()
    quiz_shop.till.staff.add("Cora", "2580", "cashier", PIN)
    quiz_shop.till.staff.sign_in("2580")
    with pytest.raises(Refused) as refused:
        quiz_shop.till.points.record_activity(zofia, "friend", reference="R-1")
    assert refused.value.reason == "manager_needed"
    assert quiz_shop.till.points.record_activity(zofia, "friend", manager_pin=PIN).vouchers_won


def imported(shop: Shop, *rows: ImportedActivity, pin: str | None = None) -> ImportCounts:
    return shop.till.imports.activities(rows, manager_pin=pin)


def test_activities_of_another_system_count_once_each(quiz_shop: Shop) -> None:
    zofia = quiz_shop.member(card="H-1")
    rows = (
        ImportedActivity(line=2, card="H-1", activity="review", at_ms=at("2026-10-05 12:00"), reference="R-1"),
        ImportedActivity(line=3, card="H-1", activity="review", at_ms=at("2026-10-06 12:00"), reference="R-2"),
        ImportedActivity(line=4, card="H-1", activity="review", at_ms=at("2026-11-05 12:00"), reference="R-3"),
        ImportedActivity(line=5, card="H-1", activity="friend"),
        ImportedActivity(line=6, card="H-9", activity="review", reference="R-4"),
        ImportedActivity(line=7, card="H-1", activity="nothing"),
        ImportedActivity(line=8, card="H-1", activity="review", at_ms=-1, reference="R-5"),
    )
    quiz_shop.till.staff.add("Cora", "2580", "cashier", PIN)
    quiz_shop.till.staff.sign_in("2580")
    counts = imported(quiz_shop, *rows)
    assert (counts.read, counts.imported, counts.points_earned_millipoints) == (7, 2, 50_000)
    assert [(problem.line, problem.reason) for problem in counts.problems] == [
        (3, "limit_reached"),
        (5, "proof_missing"),
        (6, "no_such_card"),
        (7, "unknown_activity"),
        (8, "time_absurd"),
    ]
    again = imported(quiz_shop, *rows, pin=PIN)
    assert (again.imported, again.repeated) == (1, 2)
    shown = quiz_shop.till.members.show(zofia)
    assert (shown.points_millipoints, len(shown.vouchers)) == (50_000, 1)


def test_acts_that_look_the_same_in_one_file_are_several(quiz_shop: Shop) -> None:
    zofia = quiz_shop.member(card="H-1")
    same = ImportedActivity(line=2, card="H-1", activity="friend")
    assert imported(quiz_shop, same, same, pin=PIN).imported == 2
    assert imported(quiz_shop, same, same, same, pin=PIN).imported == 1
    assert len(quiz_shop.till.members.show(zofia).vouchers) == 3
