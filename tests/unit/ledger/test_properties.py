"""Whatever is booked, in whatever order: the cached figures are those that anybody would work out by hand."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import units
from ledger.allowance import moves
from ledger.legs import balances
from ledger.verify import verify
from loyalty.entries import AccountMove, Contra, Draft, Header, Leg, UnitMove
from tests.unit.ledger.world import MARIA, ZOFIA, Body, append, new_ledger

MEMBERS = st.sampled_from([ZOFIA, MARIA])
AMOUNTS = st.integers(-(10**9), 10**9).filter(bool)
LEGS = st.builds(
    Leg,
    MEMBERS,
    st.sampled_from(["points", "qualifying", "stamps/coffee"]),
    AMOUNTS,
    st.sampled_from([*Contra, "store/S12/liability"]),
    st.none() | st.integers(0, 10**12),
    st.none() | st.integers(0, 10**12),
)
MOVES = st.lists(st.builds(AccountMove, MEMBERS, st.integers(1, 10**9)), max_size=2).map(tuple)
UNITS = st.builds(UnitMove, st.sampled_from(["stamps", "limit"]), st.sampled_from(["a", "b"]), MEMBERS, AMOUNTS)
HEADERS = st.builds(
    Header,
    st.lists(LEGS, max_size=4).map(tuple),
    own=MOVES,
    used=MOVES,
    returned=MOVES,
    units=st.lists(UNITS, max_size=3).map(tuple),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(HEADERS, max_size=6))
def test_cached_figures_are_sums_over_the_entries(headers: list[Header]) -> None:
    with TemporaryDirectory() as folder, new_ledger(Path(folder)) as ledger:
        append(ledger, *(Draft("anything", Body(), header, ZOFIA) for header in headers))
        with ledger.read() as view:
            for member in (ZOFIA, MARIA):
                expected: Counter[str] = Counter()
                for leg in (leg for header in headers for leg in header.legs if leg.member == member):
                    expected[leg.currency] += leg.amount
                assert balances(view, [member]) == dict(expected)
                moved = moves(view, member, 1)
                assert (moved.own, moved.used, moved.returned) == tuple(
                    sum(move.amount for header in headers for move in getattr(header, name) if move.member == member)
                    for name in ("own", "used", "returned")
                )
                used: Counter[str] = Counter()
                for move in (move for header in headers for move in header.units if move.member == member):
                    if move.kind == "limit":
                        used[move.unit] -= move.change
                assert units.uses(view, [member], ["a", "b"]) == dict(used)
        assert verify(ledger).differences == ()
