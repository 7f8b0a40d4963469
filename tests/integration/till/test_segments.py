"""Segments: a manager puts a member into one, and the rules that ask for it hold from then on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import Refused, WrongUse
from terminal.till_member_shapes import Enrolment, ProfileEdit
from tests.builders import PIN, Shop

DOUBLE_FOR_STAFF = (
    'name = "Staff"\n[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n'
    '[[rule]]\nid = "staff"\nmultiply = 2\nsegments = ["staff"]\n'
    '[[rule]]\nid = "both"\nbonus = 100\nwhen = "\'Students\' in segments"\n'
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop that gives its staff twice the points."""
    shop = Shop(tmp_path / "home", DOUBLE_FOR_STAFF)
    yield shop
    shop.close()


def test_a_rule_for_a_segment_holds_for_its_members(shop: Shop) -> None:
    zofia, other = shop.member(), shop.member("Jan Nowak")
    profile = shop.till.members.edit(zofia, ProfileEdit(segments=" Students,STAFF , staff,"))
    assert profile.segments == "STAFF, Students"
    for member in (zofia, other):
        shop.sell("10.00", member=member)
    assert (shop.points(zofia), shop.points(other)) == (120, 10)
    shop.till.members.edit(zofia, ProfileEdit(segments=None))
    shop.sell("10.00", member=zofia)
    assert shop.points(zofia) == 130
    assert shop.till.upkeep.verify().differences == ()


def test_only_a_manager_puts_a_member_into_a_segment(shop: Shop) -> None:
    zofia = shop.member()
    cashier = shop.till.staff.add("Ola", "1234")
    shop.till.staff.sign_in("1234")
    assert not shop.till.session.is_manager, cashier
    for act in (
        lambda: shop.till.members.edit(zofia, ProfileEdit(segments="staff")),
        lambda: shop.till.members.enrol(Enrolment(name="Friend", segments="staff")),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.reason == "manager_needed"
    assert shop.till.members.edit(zofia, ProfileEdit(name="Zofia")).segments is None
    assert shop.till.members.edit(zofia, ProfileEdit(segments="staff"), PIN).segments == "staff"


def test_segments_are_forgotten_with_the_member(shop: Shop) -> None:
    zofia = shop.till.members.enrol(Enrolment(name="Zofia", segments="staff")).member_id
    assert b"staff" in shop.till.members.export(zofia)
    shop.till.members.erase(zofia)
    assert b"staff" not in shop.till.members.export(zofia)


def test_too_many_segments_are_refused(shop: Shop) -> None:
    with pytest.raises(WrongUse, match="at most 10 segments"):
        shop.till.members.edit(shop.member(), ProfileEdit(segments=",".join(map(str, range(11)))))
