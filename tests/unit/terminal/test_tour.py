"""The tour goes on only when something was done."""

from terminal.tour import STEPS, Tour, TourFacts


def test_the_tour_goes_through_a_sale() -> None:
    tour = Tour()
    tour.look(TourFacts())
    assert tour.number == 1
    for facts in (
        TourFacts(has_member=True),
        TourFacts(has_member=True, lines=2),
        TourFacts(explained=True),
        TourFacts(saved=True),
        TourFacts(taken_back=True),
        TourFacts(held=True),
        TourFacts(saved=True),
    ):
        assert tour.text is not None
        tour.look(facts)
    assert tour.text is None
    tour.look(TourFacts())
    assert tour.number == len(STEPS) + 1
