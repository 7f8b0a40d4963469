"""What a scan or a typed text means: a member, a list, a sale, a voucher, an article, an amount, or nothing."""

import re

from config.errors import N_, Refused, WrongUse
from config.formats import parse_amount
from ledger import cards, identity, journal, members, search
from ledger.cards import Card
from ledger.sale_reading import SALES
from ledger.search import Match
from ledger.store import View
from loyalty.ids import EntryId
from scanner import codes
from scanner.codes import ForeignCard, Meaning, MemberCard, NotACard, Product, Refusal
from scanner.issuer import Issuer, place_of_number
from scanner.rotating import RotatingCard, check_rotating
from terminal.till_cards import cards_of, refuse_dead
from terminal.till_codes import find_entry_id, read_code
from terminal.till_counter import Counter
from terminal.till_member_shapes import (
    AmountTyped,
    Enrolment,
    Found,
    Matches,
    MemberFound,
    MemberMatch,
    NobodyFound,
    ProductFound,
    SaleElsewhere,
    SaleFound,
    SeveralFound,
    VoucherFound,
)
from terminal.till_member_shapes import NotACard as NotACardFound
from terminal.till_member_view import show_member
from terminal.till_person import read_phone
from terminal.till_sales import brief
from terminal.till_vouchers import find_voucher

MAX_MATCHES = 20
MAX_CERTAIN_AMOUNT = 3
MAX_PLAIN_AMOUNT = 7
_WITH_CENTS = re.compile(r"[0-9  ]+[.,][0-9]{1,3}", re.ASCII)
_SHORT = re.compile(r"#[0-9]{1,17}", re.ASCII)
_DIALLED = re.compile(r"\+?[0-9 ()./-]+", re.ASCII)


class Identifier:
    """Answers for one view of the ledger."""

    def __init__(self, counter: Counter, view: View) -> None:
        self._counter = counter
        self._view = view

    def identify(self, text: str, *, typed: bool) -> Found:
        """What *text* means. *typed*: by hand, so it may be an amount, or part of a phone or a name."""
        if typed and _is_certain_amount(text) and (amount := self._amount(text)) is not None:
            return amount
        meaning = codes.Sale(find_entry_id(self._view, text)) if _SHORT.fullmatch(text) else read_code(self._view, text)
        if isinstance(meaning, codes.Sale):
            return self._sale(meaning.entry_id)
        if isinstance(meaning, codes.Voucher):
            return self._voucher(meaning.code)
        if isinstance(meaning, NotACard | Refusal):
            return NotACardFound(reason=meaning.reason)
        return self._by_card(meaning) or self._by_search(text, meaning, typed=typed)

    def _by_card(self, meaning: MemberCard | RotatingCard | ForeignCard | Product) -> Found | None:
        """Whose card it is; None when it leads to nobody."""
        linked = cards.find(self._view, meaning.code)
        alive = [card for card in linked if card.status == cards.ACTIVE]
        try:
            for card in linked if not alive else ():
                refuse_dead(card)
            if isinstance(meaning, RotatingCard):
                rotating_step(self._counter, self._view, meaning)
        except Refused as refused:
            return NotACardFound(reason=refused.reason)
        owners = list(dict.fromkeys(members.resolve(self._view, card.member_id) for card in alive))
        if not owners:
            return None
        if len(owners) > 1:
            # Two tills gave this number out before they were paired.
            found = search.by_code(self._view, meaning.code, limit=MAX_MATCHES)
            return SeveralFound(matches=tuple(match_shown(self._view, each) for each in found), more=False)
        via = "rotating" if isinstance(meaning, RotatingCard) else "card"
        return MemberFound(member=show_member(self._counter, self._view, alive[0].member_id), via=via)

    def _by_search(self, text: str, meaning: Meaning, *, typed: bool) -> Found:
        """By number, phone, e-mail and name what was typed; a scan only by number."""
        phone = read_phone(text, self._counter.country(self._view))
        if typed:
            found, more = search.find(self._view, text, limit=MAX_MATCHES, phone=phone)
        else:
            found, more = search.by_code(self._view, text.strip()), False
        if len(found) == 1:
            return MemberFound(member=show_member(self._counter, self._view, found[0].member_id), via=found[0].how)
        if found:
            return SeveralFound(matches=tuple(match_shown(self._view, each) for each in found), more=more)
        if typed and phone is None and (amount := self._amount(text)) is not None:
            return amount
        if isinstance(meaning, Product) and phone is None:
            return ProductFound(sku=meaning.code)
        return NobodyFound(enrol=_prefilled(text.strip(), meaning, phone, typed=typed))

    def _sale(self, entry_id: EntryId) -> Found:
        entry = journal.entry(self._view, entry_id)
        if entry is None:
            own = entry_id.till_id == identity.till_facts(self._view).till_id
            return NotACardFound(reason="sale_unknown") if own else SaleElsewhere(sale_id=str(entry_id))
        if entry.kind not in SALES:
            return NotACardFound(reason="not_a_sale")
        return SaleFound(sale=brief(self._view, entry))

    def _voucher(self, code: str) -> Found:
        voucher = find_voucher(self._counter, self._view, code)
        if voucher is None:
            return NotACardFound(reason="voucher_unknown")
        owner = None if voucher.member_id is None else show_member(self._counter, self._view, voucher.member_id)
        return VoucherFound(voucher=voucher, member=owner)

    def _amount(self, text: str) -> AmountTyped | None:
        if len(text.strip()) > MAX_PLAIN_AMOUNT and not _is_certain_amount(text):
            return None
        try:
            amount_minor = parse_amount(text, self._counter.till(self._view).currency)
        except WrongUse:
            return None
        return AmountTyped(amount_minor=amount_minor) if amount_minor >= 0 else None


def find_members(counter: Counter, view: View, text: str, limit: int) -> Matches:
    """The members whom *text* may mean."""
    code = codes.lookup_code(read_code(view, text)) or text
    exact = search.by_code(view, code, limit=limit)
    if exact:
        return Matches(matches=tuple(match_shown(view, each) for each in exact))
    phone = read_phone(text, counter.country(view))
    found, more = search.find(view, text, limit=limit, phone=phone)
    return Matches(matches=tuple(match_shown(view, each) for each in found), more=more)


def rotating_step(counter: Counter, view: View, card: RotatingCard) -> int:
    """The step of a changing code; Refused ``rotating_code_expired``, and for a code of another issuer."""
    for known in identity.card_keys(view):
        issuer = Issuer(known.key)
        if issuer.code == card.issuer and place_of_number(issuer, card.code):
            return check_rotating(issuer, card, counter.clock.now_ms(), None)
    raise Refused(
        "code_of_other_issuer", N_("This card is another shop's. Nothing was changed; ask for ours, or a phone.")
    )


def rotating_card(view: View, text: str) -> tuple[RotatingCard, Card] | None:
    """The changing code in *text* and the card it stands for, if it is one that leads to a member."""
    meaning = read_code(view, text)
    if not isinstance(meaning, RotatingCard):
        return None
    linked = cards.find(view, meaning.code)
    return (meaning, linked[0]) if linked else None


def match_shown(view: View, match: Match) -> MemberMatch:
    """One line of a list of members."""
    return MemberMatch(
        member_id=match.member_id,
        name=match.name,
        phone=match.phone,
        cards=cards_of(view, members.ids_of(view, match.member_id)),
        number=match.number,
        status=match.status,
        how=match.how,
    )


def _is_certain_amount(text: str) -> bool:
    """Whether *text* can be nothing but money: with cents, or too short for the end of a phone."""
    typed = text.strip()
    return _WITH_CENTS.fullmatch(typed) is not None or (
        typed.isascii() and typed.isdigit() and len(typed) <= MAX_CERTAIN_AMOUNT
    )


def _prefilled(text: str, meaning: Meaning, phone: str | None, *, typed: bool) -> Enrolment:
    """An enrolment with what was typed or scanned in the right field."""
    if phone is not None and typed:
        return Enrolment(phone=phone)
    if typed and "@" in text:
        return Enrolment(email=text)
    if typed and _DIALLED.fullmatch(text) and not isinstance(meaning, MemberCard | RotatingCard):
        return Enrolment(phone=text)
    if typed and isinstance(meaning, ForeignCard) and not any(letter.isdigit() for letter in text):
        return Enrolment(name=text)
    return Enrolment(card=codes.lookup_code(meaning) or text)
