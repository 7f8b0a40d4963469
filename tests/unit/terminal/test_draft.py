"""The sale on screen as a value: what each step makes of it, and steps back."""

from hypothesis import given
from hypothesis import strategies as st

from loyalty.basket import Line
from terminal.draft import MAX_STEPS_BACK, SaleDraft, Steps, draft_of
from terminal.till_sale_shapes import RewardChoice
from tests.unit.terminal.people import member

COFFEE = Line("coffee", 900)
BREAD = Line("bread", 450)


def test_lines_come_and_go() -> None:
    draft = SaleDraft("k").with_line(COFFEE).with_line(BREAD)
    assert draft.total_minor == 1350
    assert draft.without_line(0).lines == (BREAD,)


def test_another_member_lets_go_the_rewards_that_were_chosen() -> None:
    draft = SaleDraft("k").with_member(member("ANNA")).with_reward(RewardChoice(reward="five")).with_voucher("V1")
    assert draft.with_member(member("ZOFIA")).rewards == ()
    assert draft.with_member(member("ZOFIA")).vouchers == ()


def test_the_same_member_read_again_keeps_them() -> None:
    draft = SaleDraft("k").with_member(member("ANNA")).with_reward(RewardChoice(reward="five"))
    assert draft.with_member(member("ANNA", points_millipoints=5)).rewards == draft.rewards


def test_choosing_a_reward_again_replaces_its_points() -> None:
    draft = SaleDraft("k").with_reward(RewardChoice(reward="pay", points_millipoints=1000))
    draft = draft.with_reward(RewardChoice(reward="pay", points_millipoints=2000))
    assert draft.rewards == (RewardChoice(reward="pay", points_millipoints=2000),)
    assert draft.without_reward("pay").rewards == ()


def test_a_draft_survives_being_asked_for() -> None:
    draft = SaleDraft("k", (COFFEE,), member("ANNA"), (RewardChoice(reward="five"),), ("V1",), "card", "h1")
    assert draft_of(draft.request(), draft.member, "other") == draft


def test_a_voucher_that_waits_is_still_of_the_sale() -> None:
    draft = SaleDraft("k", (COFFEE,), vouchers=("V1",), waiting_vouchers=("V2",))
    assert draft.with_voucher("V2") == draft
    assert draft.with_every_voucher().request().vouchers == ("V1", "V2")
    assert draft.request().vouchers == ("V1",)
    assert not SaleDraft("k", waiting_vouchers=("V2",)).is_empty
    assert draft.without_vouchers({"V1"}).all_vouchers == ("V2",)


@given(st.lists(st.sampled_from([COFFEE, BREAD]), max_size=30))
def test_steps_back_lead_through_every_state_to_the_beginning(lines: list[Line]) -> None:
    start = SaleDraft("k")
    steps, states = Steps(start), [start]
    for line in lines:
        steps.go(steps.now.with_line(line))
        states.append(steps.now)
    while steps.back():
        states.pop()
        assert steps.now == states[-1]
    assert steps.now == start


def test_only_so_many_steps_are_remembered() -> None:
    steps = Steps(SaleDraft("k"))
    for _ in range(MAX_STEPS_BACK + 50):
        steps.go(steps.now.with_line(COFFEE))
    taken = 0
    while steps.back():
        taken += 1
    assert taken == MAX_STEPS_BACK
