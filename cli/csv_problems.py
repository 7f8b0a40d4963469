"""What was wrong with the rows of an import: counted, kept up to a bound, and put into words."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from config.errors import N_
from config.i18n import _
from terminal.till_import_shapes import MOST_PROBLEMS_KEPT, ImportCounts, ImportProblem
from terminal.words import say

REASONS: Final[Mapping[str, str]] = {
    # the file
    "row_unreadable": N_("the row does not have the columns of the first line"),
    "row_control_letters": N_("the row holds letters that can't be printed"),
    "field_too_long": N_("a field is too long"),
    # sales
    "rows_disagree": N_("the rows of one sale have different times or cards"),
    "rows_not_adjacent": N_("rows of this sale stand elsewhere in the file too"),
    "time_wrong": N_("the time is not ISO 8601"),
    "time_without_offset": N_("the time has no offset, such as +02:00"),
    "time_absurd": N_("there is no such time"),
    "amount_not_understood": N_("the amount is no amount of money"),
    "amount_negative": N_("the amount is negative"),
    "quantity_not_understood": N_("the quantity is no number"),
    "quantity_negative": N_("the quantity is negative"),
    "category_missing": N_("the category is missing"),
    "line_amount_out_of_range": N_("a line's amount is too large"),
    "line_quantity_out_of_range": N_("a line's quantity is too large"),
    "line_category_out_of_range": N_("a category or article is longer than 64 letters"),
    "basket_empty": N_("the sale has no lines"),
    "basket_too_long": N_("the sale has too many lines"),
    "card_unknown": N_("no member has this card; --enrol-unknown enrols it"),
    "card_ambiguous": N_("several members have this card"),
    "card_out_of_range": N_("the card's code is too long"),
    "import_field_out_of_range": N_("store, till or sale_id is empty or too long"),
    "no_programme": N_("no programme was in force at that time"),
    # members
    "points_not_understood": N_("the points are no number"),
    "points_negative": N_("the points are negative"),
    "segments_too_many": N_("the member is in too many segments, or one is too long"),
    "reference_too_long": N_("the reference is too long"),
    "tier_unknown": N_("the programme has no such tier"),
    "member_exists": N_("a member with the same phone or e-mail is enrolled already"),
    "card_taken": N_("the card belongs to another member"),
    "name_too_long": N_("the name is too long"),
    "phone_wrong": N_("the phone is no phone number"),
    "email_wrong": N_("the e-mail address is none"),
    "birthday_wrong": N_("the birthday is not like 1990-05-31 or 05-31"),
    "channel_unknown": N_("there is no such channel for consent"),
    "numbers_used_up": N_("this till's card numbers are used up"),
    # activities
    "no_such_card": N_("no member has this card"),
}


def reason_text(problem: ImportProblem) -> str:
    """Why a row was not taken, in words: those of files, or those of whatever it asked for."""
    sentence = REASONS.get(problem.reason)
    return say(problem.reason, problem.params, _) if sentence is None else _(sentence)


class Problems:
    """What was left out before the till service saw it."""

    def __init__(self) -> None:
        self._kept: list[ImportProblem] = []
        self._left_out = 0

    def refuse(self, problems: Sequence[ImportProblem]) -> None:
        """Note one sale or member that is left out, and everything that is wrong with it."""
        self._left_out += 1
        room = MOST_PROBLEMS_KEPT - len(self._kept)
        self._kept += problems[: max(0, room)]

    def joined(self, counts: ImportCounts) -> ImportCounts:
        """The service's counts with these problems among its own, in the file's order."""
        problems = sorted((*self._kept, *counts.problems), key=lambda problem: problem.line)
        return msgspec.structs.replace(
            counts,
            read=counts.read + self._left_out,
            skipped=counts.skipped + self._left_out,
            problems=tuple(problems[:MOST_PROBLEMS_KEPT]),
        )
