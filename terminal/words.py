"""Reason codes in the cashier's words: why points were earned, why a reward is refused, what can't be spent yet."""

from collections.abc import Callable, Mapping
from datetime import date

from config.formats import format_amount, format_day, format_money, format_points, format_quantity
from config.i18n import N_, current_language
from loyalty.money import MILLI
from terminal.till_sale_shapes import TraceShown

Translate = Callable[[str], str]

_WEEKDAYS = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
}
_PROOFS = {"reference": N_("a reference"), "manager": N_("a manager's PIN")}
_PERIODS = {
    "sale": N_("per sale"),
    "day": N_("per day"),
    "week": N_("per week"),
    "month": N_("per month"),
    "year": N_("per year"),
    "ever": N_("ever"),
}

_PAYMENTS = {"cash": N_("cash"), "card": N_("card")}

EARNING: Mapping[str, str] = {
    "earned": N_("yes, +{points} points"),
    "multiplied": N_("yes, ×{factor}"),
    "tier_reached": N_("reached with this sale"),
    "reward_applied": N_("given: {amount} off"),
    "stamps_earned": N_("+{stamps}, now {have} of {size}"),
    "capped": N_("no more than {limit} points: {lost} are not given"),
    "rounded": N_("rounded by {lost} points"),
    "outranked": N_("no, “{by}” counts instead"),
    "nothing_counted": N_("no, nothing in this basket earns points"),
    "nothing_to_multiply": N_("no, there are no points to multiply"),
    "cap_reached": N_("no, the most there is {per} has been earned: {limit} points"),
}
CONDITIONS: Mapping[str, str] = {
    "no_member": N_("no, there is no member in this sale"),
    "member_blocked": N_("no, this member is blocked"),
    "wrong_tier": N_("no, only for {needed}"),
    "wrong_segment": N_("no, only for {needed}"),
    "wrong_store": N_("no, not in this store"),
    "wrong_weekday": N_("no, it is {is}"),
    "wrong_hour": N_("no, only {needed}, and it is {is}"),
    "not_yet": N_("no, it begins on {from}"),
    "no_more": N_("no, it ended on {until}"),
    "no_matching_line": N_("no, nothing of {categories} in the basket"),
    "spend_too_low": N_("no, {missing} more is needed"),
    "too_few_items": N_("no, {needed} are needed, there are {is}"),
    "not_first_purchase": N_("no, only on the first purchase"),
    "no_birthday": N_("no, only around the birthday"),
    "wrong_visit": N_("no, this is visit {is}"),
    "wrong_payment": N_("no, only when paid by {needed}"),
    "expression_false": N_("no, its condition does not hold"),
    "expression_failed": N_("no, its condition could not be worked out; the manager is told"),
    "limit_reached": N_("no, already used {limit} × {per}"),
    "limit_held_elsewhere": N_("no, only headquarters can say whether it was used already"),
}
REWARDS: Mapping[str, str] = {
    "not_chosen": N_("not chosen"),
    "unknown_reward": N_("there is no such reward"),
    "too_few_points": N_("needs {needed} points, {is} can be spent"),
    "needs_voucher": N_("only with a voucher"),
    "unknown_voucher": N_("this voucher is not this member's, or was used"),
    "voucher_expired": N_("the voucher has expired"),
    "voucher_held_elsewhere": N_("the voucher is held at another till: it needs headquarters"),
    "not_combinable": N_("can't be combined with “{with}”"),
    "chosen_too_often": N_("at most {limit} in one sale"),
    "out_of_stock": N_("all {stock} have been given"),
    "budget_spent": N_("its budget of {budget} is spent"),
    "nothing_to_discount": N_("nothing in the basket to take it off"),
    "points_not_taken": N_("this reward takes no points of choice"),
    "below_minimum": N_("at least {minimum} points"),
    "not_a_step": N_("only in steps of {step} points"),
    "above_maximum": N_("at most {maximum} points here"),
    "needs_points": N_("say how many points, at most {maximum}"),
    "no_stamps": N_("nothing here earns a stamp"),
    "stamped_today": N_("stamped already today"),
    "card_held_elsewhere": N_("full: headquarters makes the voucher"),
    "unknown_activity": N_("there is no such activity"),
    "proof_missing": N_("it needs {proof}"),
    "already_recorded": N_("recorded already"),
}
SPENDING: Mapping[str, str] = {
    "pending": N_("{points} points are pending until {until}"),
    "expired_not_posted": N_("{points} points have expired"),
    "needs_hq": N_("{points} points can be spent when headquarters can be reached"),
    "merge_unconfirmed": N_("{points} points wait until headquarters has confirmed that both cards are one person's"),
    "restored_wait_hello": N_("This till was restored: nothing can be spent until headquarters has answered once"),
    "till_stopped": N_("Another copy of this till goes on: nothing can be spent here. Pair it again"),
    "debt": N_("{points} points are owed and repaid first"),
    "blocked": N_("This member is blocked: nothing is earned or spent. Ask a manager"),
    "erased": N_("This member was erased"),
}
CODES: Mapping[str, str] = {
    "not_a_card_web_address": N_("this is a web address, not a card"),
    "not_a_card_contact": N_("this is somebody's contact, not a card"),
    "not_a_card_wifi": N_("this is a Wi-Fi code, not a card"),
    "not_a_card_payment": N_("this is a payment code, not a card"),
    "not_a_card_message": N_("this is a message, not a card"),
    "not_a_card_location": N_("this is a place on a map, not a card"),
    "not_a_card_event": N_("this is a calendar entry, not a card"),
    "not_a_card_telephone": N_("this is a telephone code, not a card"),
    "not_a_card_email": N_("this is an e-mail code, not a card"),
    "not_a_card_ticket": N_("this is a ticket, not a card"),
    "not_a_card_certificate": N_("this is a certificate, not a card"),
    "not_a_card_key_uri": N_("this is a secret key, not a card"),
    "not_a_card_plain_text": N_("this is a longer text, not a card"),
    "not_a_card_binary": N_("this code holds no text, it is not a card"),
    "not_a_card_too_long": N_("this is far too long for a card"),
    "not_a_card_empty": N_("nothing was typed or scanned"),
    "not_a_card": N_("this is not a card"),
    "code_damaged": N_("the code is damaged or mistyped; scan it once more"),
    "code_of_other_issuer": N_("this card is another shop's"),
    "code_too_new": N_("this code is of a newer kind; update this till"),
    "card_blocked": N_("this card is blocked; find the member by phone or name and give a new card"),
    "card_replaced": N_("this card was replaced by a newer one; ask for it, or for the phone"),
    "rotating_code_expired": N_("the code on the phone is too old; ask for a fresh one"),
    "rotating_code_replayed": N_("this code was used already; ask for the next one"),
    "voucher_unknown": N_("this till does not know the voucher"),
    "sale_unknown": N_("this till does not know the sale"),
    "not_a_sale": N_("this is the code of a refund, not of a sale"),
}
DEVICES: Mapping[str, str] = {
    "camera_lost": N_("The camera is gone. The sale goes on; plug it in again and it comes back by itself"),
    "camera_back": N_("The camera is back"),
    "camera_missing": N_("The camera can't be opened. The sale goes on; plug it in and it comes by itself"),
    "camera_silent": N_("The camera does not answer. The sale goes on; pull it and plug it in again"),
    "stream_lost": N_("The network camera can't be reached. The sale goes on; it comes back by itself"),
    "video_unreadable": N_("The video can't be read. The sale goes on; check the setting source in [scanner]"),
    "source_missing": N_("There is no such camera or file. The sale goes on; check the setting source in [scanner]"),
    "source_unreadable": N_("The camera's folder can't be read. The sale goes on; check the folder"),
    "scanner_failed": N_("The camera's picture can't be read. The sale goes on; it is opened again by itself"),
}
ROUNDING = N_("Rounding")
"""The one step of the trace that is no rule of the programme's, so that it has no name there."""
SENTENCES: Mapping[str, str] = {**EARNING, **CONDITIONS, **REWARDS, **SPENDING, **CODES, **DEVICES}


def say(
    reason: str,
    params: Mapping[str, object],
    translate: Translate,
    *,
    currency: str | None = None,
    language: str | None = None,
) -> str:
    """The sentence for *reason*; an unknown one, of a newer version for instance, is shown as its code."""
    sentence = SENTENCES.get(reason)
    if sentence is None:
        return reason.replace("_", " ")
    values = _readable(params, translate, currency, language or current_language())
    return translate(sentence).format_map(values)


def trace_line(trace: TraceShown, translate: Translate, *, currency: str | None = None) -> str:
    """One line of the trace, for instance “Happy Tuesday: no, it is Wednesday”."""
    name = translate(ROUNDING) if trace.reason == "rounded" else trace.name or trace.id
    return f"{name}: {say(trace.reason, trace.params, translate, currency=currency)}"


def payment_word(method: str, translate: Translate) -> str:
    """A way to pay in the cashier's language; one that only the shop knows, as the shop writes it."""
    known = _PAYMENTS.get(method.casefold())
    return translate(known) if known else method


class _Values(dict[str, str]):
    """Parameters made readable; what a newer or older sender left out reads as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def _readable(params: Mapping[str, object], translate: Translate, currency: str | None, language: str) -> _Values:
    """Parameters as text without units: ``limit_millipoints`` fills ``{limit}``, ``millipoints`` ``{points}``."""
    values = _Values()
    for name, value in params.items():
        if name.endswith("_minor") and isinstance(value, int):
            values[name.removesuffix("_minor")] = _money(value, currency, language)
        elif name == "millipoints" and isinstance(value, int):
            values["points"] = _points(value, language)
        elif name.endswith("_millipoints") and isinstance(value, int):
            values[name.removesuffix("_millipoints")] = _points(value, language)
        elif name.endswith("_milli") and isinstance(value, int):
            values[name.removesuffix("_milli")] = format_quantity(value, language)
        else:
            values[name] = _word(value, translate, language)
    needed, have = params.get("needed_minor"), params.get("is_minor")
    if isinstance(needed, int) and isinstance(have, int):
        values["missing"] = _money(needed - have, currency, language)
    if "categories" in values and not values["categories"]:
        values["categories"] = values.get("skus", "")
    return values


def _points(millipoints: int, language: str) -> str:
    """Whole points; what is less than one, as rounding loses, with its decimals."""
    shown = format_quantity if 0 < abs(millipoints) < MILLI else format_points
    return shown(millipoints, language)


def _money(minor: int, currency: str | None, language: str) -> str:
    return format_money(minor, currency, language) if currency else format_amount(minor, "EUR", language)


def _word(value: object, translate: Translate, language: str) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_word(part, translate, language) for part in value)
    text = str(value)
    known = _WEEKDAYS.get(text) or _PERIODS.get(text) or _PROOFS.get(text)
    if known:
        return translate(known)
    try:
        return format_day(date.fromisoformat(text), language)
    except ValueError:
        return text
