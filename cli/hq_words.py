"""What headquarters tells its operators, in words."""

from typing import TYPE_CHECKING, Final

from config.errors import N_
from config.i18n import _

if TYPE_CHECKING:
    from hq.cases import ExceptionShown

POINT: Final = 1000
_WORDS: Final = {
    "key_not_rotated": N_("Till {till} names a new key without the word of its old one. The old key still counts."),
    "entry_unreadable": N_("An entry can't be read by this version of HQ. It is kept; update HQ."),
    "till_revoked": N_("A till that is trusted no longer has sent this. It counts once it is accepted."),
    "header_unbalanced": N_(
        "The entry claims more than its amounts say. What it spends counts, what it gives does not."
    ),
    "expiry_by_till": N_("A till let points expire, which only HQ does. It does not count."),
    "unit_overused": N_("{unit} was used {count} times more than there was."),
    "refund_more_than_sold": N_("More was refunded than was sold. Only what was sold has come back."),
    "limit_exceeded": N_("{unit} was used {times} times; the limit is {limit}. Tills could not ask HQ."),
    "life_sealed": N_("Till {till} began anew ({why}). What its old life could still spend stays set aside."),
    "life_forked": N_("Two copies of till {till} have sold. Both are booked; its old life is over."),
    "life_copied": N_("A second copy of till {till} wants to go on. It has to be paired again."),
    "hq_postings_lost": N_("HQ's restore has lost {points} points that a till may still spend."),
    "merge_to_confirm": N_(
        "One phone number has joined two members. Confirm that it is one person, or nobody spends the other's points."
    ),
    "quote_differs": N_("The sale comes out otherwise: {figure} is {till} at the till and {hq} at HQ."),
    "facts_differ": N_("By what HQ knows of the member {figure} would be {hq}; at the till it was {till}."),
    "body_not_canonical": N_("The sale is not written as a till writes it."),
    "programme_unknown": N_("The sale names programme {version}, which HQ does not have."),
    "programme_before_its_start": N_("The sale used programme {version} before its start."),
    "sale_in_the_future": N_("The sale is dated more than a day ahead. Check the till's clock."),
    "two_stores": N_("One card was used in two stores within {minutes} minutes (the other: {store})."),
    "many_sales": N_("One card had {sales} sales on one day; the limit is {limit}."),
}
_WHY: Final = {
    "rolled_back": N_("an old copy of its file was put back"),
    "restored": N_("it was restored from a backup"),
    "replaced": N_("it was replaced"),
    "revoked": N_("it is trusted no longer"),
    "fork": N_("two copies of it have sold"),
}


def sentence_of(case: "ExceptionShown") -> str:
    """What happened, and what that means."""
    params: dict[str, str | int] = {**case.params}
    if "why" in params:
        params["why"] = _(_WHY.get(str(params["why"]), str(params["why"])))
    if "millipoints" in params:
        params["points"] = int(params["millipoints"]) // POINT
    words = _WORDS.get(case.reason)
    if words is None:
        return case.reason
    try:
        return _(words).format(**params)
    except KeyError:
        # A figure that could not be had: the bare reason says enough.
        return case.reason
