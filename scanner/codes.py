"""What a code's text means: builds every text that Regulars prints, and reads every text that comes to the till.

Our own texts are short ASCII that fits a QR's alphanumeric mode: ``RG1:<kind>:…`` where 1 is the version, and the kind
is M (member), T (rotating member), V (voucher) or S (sale). A card has one number; its QR, EAN-13 and Code 128 forms
all mean the same ``code``, the 13 digits, which is what is looked up. Nothing that was scanned is ever fetched.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from loyalty.ids import EntryId, from_base32, parse_entry_id, to_base32
from scanner.issuer import (
    NUMBER_LENGTH,
    Issuer,
    check_letters,
    code128_form,
    is_gtin,
    number_of_code128,
    place_of_number,
    with_ean_check,
)
from scanner.not_cards import what_it_is
from scanner.rotating import OTP_DIGITS, PSEUDONYM_LETTERS, RotatingCard, number_of_pseudonym

VERSION = 1
VOUCHER_LETTERS = 12
MAX_FOREIGN_LENGTH = 64
MAX_TEXT_LENGTH = 4296  # What the largest QR code holds.

_NUMBER_LETTERS = 7
_MEMBER_CHECK_LETTERS = 8
_VOUCHER_CHECK_LETTERS = 3
_SALE_CHECK_LETTERS = 2
_OWN_FORMATS = {None, "QR", "Code128", "EAN13"}  # The symbols that our numbers are printed as; None: typed.
_RESTRICTED = ("2", "02", "04")
_OWN = re.compile(r"RG(\d{1,3}):(.*)", re.DOTALL)
_AROUND = " \t\r\n\ufeff\u200b"  # Some makers of QR codes begin with a byte order mark.
_LETTERS = re.compile(r"[0-9A-Z]+")
_VOUCHER_TYPED = re.compile(r"[0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]{4}")
_GS1_IDENTIFIER = re.compile(r"\](?:C1|e0|d2|Q3|J1)")
_GS1_SPELLED = re.compile(r"\(\d{2,4}\)")
_SYMBOLOGY_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# What a keyboard-wedge scanner types where the machine's layout is Russian, given back as the keys it meant.
_RUSSIAN_KEYS = str.maketrans("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬЖ", "QWERTYUIOPASDFGHJKLZXCVBNM:")


@dataclass(frozen=True)
class MemberCard:
    """A card of ours: its number (*code*), who gave it out, and from which place of the issuer's sequence."""

    code: str
    issuer: str
    block: int
    serial: int


@dataclass(frozen=True)
class Voucher:
    """A voucher of ours, by its code."""

    code: str


@dataclass(frozen=True)
class Sale:
    """The sale or refund that a receipt's code names."""

    entry_id: EntryId


@dataclass(frozen=True)
class Product:
    """A product's number, as 13 digits (*code*) and 14 (*gtin*). Someone may have linked it as a card all the same."""

    code: str
    gtin: str


@dataclass(frozen=True)
class ForeignCard:
    """A text that may be a card of somebody else: it identifies a member only where it is linked to one."""

    code: str


@dataclass(frozen=True)
class NotACard:
    """A text that is no card; *what* says what it is, in one word of a closed set (:mod:`scanner.not_cards`)."""

    what: str

    @property
    def reason(self) -> str:
        """The stable reason code, for instance ``not_a_card_web_address``."""
        return f"not_a_card_{self.what}"


@dataclass(frozen=True)
class Refusal:
    """A text that claims to be ours, and is not: ``code_damaged``, ``code_of_other_issuer`` or ``code_too_new``."""

    reason: str


Meaning = MemberCard | RotatingCard | Voucher | Sale | Product | ForeignCard | NotACard | Refusal


def member_qr(issuer: Issuer, number: str) -> str:
    """The text of the member QR (27 characters: version 2 at level Q) of a card *number* of this issuer."""
    if place_of_number(issuer, number) is None:
        raise ValueError("not a number of this issuer")
    letters = to_base32(int(number[2:-1]), _NUMBER_LETTERS)
    check = check_letters(issuer, "member_qr", letters.encode("ascii"), _MEMBER_CHECK_LETTERS)
    return f"RG{VERSION}:M:{issuer.code}:{letters}:{check}"


def member_ean13(number: str) -> str:
    """The text of the member EAN-13: the number itself."""
    return number


def member_code128(issuer: Issuer, number: str) -> str:
    """The text of the member Code 128: 16 digits, half as wide as letters would be."""
    return code128_form(issuer, number)


def voucher_code(issuer: Issuer, entry_id: EntryId, index: int) -> str:
    """The code, 12 letters, of the *index*-th voucher (from 0) that an entry won: the same each time it is asked."""
    letters = check_letters(
        issuer, "voucher", f"{entry_id}/{index}".encode("ascii"), VOUCHER_LETTERS - _VOUCHER_CHECK_LETTERS
    )
    return letters + _voucher_check(issuer, letters)


def voucher_qr(issuer: Issuer, code: str) -> str:
    """The text of the QR of a voucher's *code*."""
    return f"RG{VERSION}:V:{issuer.code}:{code}"


def sale_qr(entry_id: EntryId) -> str:
    """The text of the QR that a receipt carries."""
    return f"RG{VERSION}:S:{entry_id}:{_sale_check(str(entry_id))}"


def parse(text: str, issuers: Sequence[Issuer] = (), format: str | None = None) -> Meaning:  # noqa: A002
    """What *text* means to a till that knows *issuers*; never fails.

    *format* is the name of the symbol it was read from, None when it was typed or came from a keyboard scanner. A card
    number of ours counts only from the symbols that we print.
    """
    text = text.strip(_AROUND)
    if not text:
        return NotACard("empty")
    if len(text) > MAX_TEXT_LENGTH:
        return NotACard("too_long")
    own = _own(text, issuers) or _typed_own(text, issuers)
    ours = issuers if format in _OWN_FORMATS else ()
    return own or _gs1(text) or _standard(_without_identifier(text), ours)


def lookup_code(meaning: Meaning) -> str | None:
    """The text by which *meaning* is looked up among the linked cards, or None when it can't be a card."""
    if isinstance(meaning, MemberCard | RotatingCard | Product | ForeignCard):
        return meaning.code
    return None


def _own(text: str, issuers: Sequence[Issuer]) -> Meaning | None:
    match = _OWN.fullmatch(text.upper().translate(_RUSSIAN_KEYS))
    if match is None:
        return None
    if int(match[1]) != VERSION:
        return Refusal("code_too_new")
    kind, *fields = match[2].split(":")
    reader = _READERS.get(kind)
    if reader is None:
        return Refusal("code_too_new")
    return reader(fields, issuers)


def _read_sale(fields: list[str], issuers: Sequence[Issuer]) -> Meaning:  # noqa: ARG001 - one shape for all readers
    if len(fields) != 2 or not hmac.compare_digest(_sale_check(fields[0]).encode(), fields[1].encode()):
        return Refusal("code_damaged")
    try:
        return Sale(parse_entry_id(fields[0]))
    except ValueError:
        return Refusal("code_damaged")


def _read_member(fields: list[str], issuers: Sequence[Issuer]) -> Meaning:
    if not _are_letters(fields, (4, _NUMBER_LETTERS, _MEMBER_CHECK_LETTERS)):
        return Refusal("code_damaged")
    issuer = _issuer_of(fields[0], issuers)
    if issuer is None:
        return Refusal("code_of_other_issuer")
    letters, check = fields[1:]
    expected = check_letters(issuer, "member_qr", letters.encode("ascii"), _MEMBER_CHECK_LETTERS)
    if not hmac.compare_digest(expected, check):
        return Refusal("code_damaged")
    return _member(with_ean_check(f"{issuer.prefix}{from_base32(letters):010d}"), [issuer]) or Refusal("code_damaged")


def _read_rotating(fields: list[str], issuers: Sequence[Issuer]) -> Meaning:
    if not _are_letters(fields, (4, PSEUDONYM_LETTERS, OTP_DIGITS)) or not fields[2].isdigit():
        return Refusal("code_damaged")
    issuer = _issuer_of(fields[0], issuers)
    if issuer is None:
        return Refusal("code_of_other_issuer")
    number = number_of_pseudonym(issuer, fields[1])
    return RotatingCard(number, issuer.code, fields[2]) if number else Refusal("code_damaged")


def _read_voucher(fields: list[str], issuers: Sequence[Issuer]) -> Meaning:
    if not _are_letters(fields, (4, VOUCHER_LETTERS)):
        return Refusal("code_damaged")
    issuer = _issuer_of(fields[0], issuers)
    if issuer is None:
        return Refusal("code_of_other_issuer")
    return Voucher(fields[1]) if _is_voucher(issuer, fields[1]) else Refusal("code_damaged")


_READERS: dict[str, Callable[[list[str], Sequence[Issuer]], Meaning]] = {
    "M": _read_member,
    "T": _read_rotating,
    "V": _read_voucher,
    "S": _read_sale,
}


def _typed_own(text: str, issuers: Sequence[Issuer]) -> Meaning | None:
    """A sale's identity or a voucher's code without our mark, as people type them."""
    try:
        return Sale(parse_entry_id(text))
    except ValueError:
        pass
    typed = text.upper()
    if _VOUCHER_TYPED.fullmatch(typed):
        code = typed.replace("-", "")
        if _are_letters([code], (VOUCHER_LETTERS,)) and any(_is_voucher(issuer, code) for issuer in issuers):
            return Voucher(code)
    return None


def _gs1(text: str) -> Meaning | None:
    if text.isdigit() and len(text) == 22 and text[:4] in {"8017", "8018"} and is_gtin(text[4:]):
        return ForeignCard(f"8018{text[4:]}")
    marked = _GS1_IDENTIFIER.match(text) or "\x1d" in text
    web = text[:8].lower().startswith(("http://", "https://"))
    spelled = _GS1_SPELLED.match(text)
    if not (marked or web or spelled):
        return None
    from biip import ParseError
    from biip import parse as parse_gs1
    from biip.gs1_messages import GS1Message

    try:
        if spelled:
            elements: Any = GS1Message.parse_hri(text)
        else:
            result = parse_gs1(text.lstrip("\x1d"))
            elements = result.gs1_digital_link_uri or result.gs1_message
    except (ParseError, ValueError):
        return None
    return _of_elements({element.ai.ai: element.value for element in elements.element_strings} if elements else {})


def _of_elements(elements: Mapping[str, str]) -> Meaning | None:
    """A service relation number (a card) before a trade item number (a product)."""
    for number in ("8018", "8017"):
        if number in elements and is_gtin(elements[number]):
            return ForeignCard(f"8018{elements[number]}")
    gtin = elements.get("01", "")
    return _product(gtin) if is_gtin(gtin) else None


def _standard(text: str, issuers: Sequence[Issuer]) -> Meaning:
    if text.isascii() and text.isdigit():
        return _digits(text, issuers)
    what = what_it_is(text)
    if what is not None:
        return NotACard(what)
    return ForeignCard(text) if len(text) <= MAX_FOREIGN_LENGTH else NotACard("plain_text")


def _digits(text: str, issuers: Sequence[Issuer]) -> Meaning:
    own = _member(text, issuers)
    if own is not None:
        return own
    if len(text) in {12, 13} and is_gtin(text):
        # Numbers of the restricted circulation are a shop's own: cards and weighed goods, never a product of the trade.
        padded = text.zfill(NUMBER_LENGTH)
        return ForeignCard(padded) if padded.startswith(_RESTRICTED) else _product(padded)
    if len(text) == 8 and is_gtin(text) and text[0] not in "02":
        return _product(text)
    return ForeignCard(text) if len(text) <= MAX_FOREIGN_LENGTH else NotACard("plain_text")


def _member(text: str, issuers: Sequence[Issuer]) -> MemberCard | None:
    for issuer in issuers:
        number = number_of_code128(issuer, text) or text
        place = place_of_number(issuer, number)
        if place is not None:
            return MemberCard(number, issuer.code, place.block, place.serial)
    return None


def _product(gtin: str) -> Product:
    gtin14 = gtin.zfill(14)
    short = len(gtin) == 8
    return Product(gtin if short else gtin14.removeprefix("0"), gtin14)


def _without_identifier(text: str) -> str:
    """*text* without the AIM identifier (ISO/IEC 15424) that some scanners are set to send before it."""
    match = _SYMBOLOGY_IDENTIFIER.match(text)
    return text[match.end() :] if match and len(text) > match.end() else text


def _issuer_of(code: str, issuers: Sequence[Issuer]) -> Issuer | None:
    return next((issuer for issuer in issuers if issuer.code == code), None)


def _is_voucher(issuer: Issuer, code: str) -> bool:
    letters, check = code[:-_VOUCHER_CHECK_LETTERS], code[-_VOUCHER_CHECK_LETTERS:]
    return hmac.compare_digest(_voucher_check(issuer, letters), check)


def _voucher_check(issuer: Issuer, letters: str) -> str:
    return check_letters(issuer, "voucher_check", letters.encode("ascii"), _VOUCHER_CHECK_LETTERS)


def _sale_check(entry_id: str) -> str:
    """Tells a slip of the hand, not a forger: what a sale's code names is looked up anyway."""
    return to_base32(int.from_bytes(sha256(entry_id.encode()).digest()[:2], "big") >> 6, _SALE_CHECK_LETTERS)


def _are_letters(fields: Sequence[str], lengths: Sequence[int]) -> bool:
    if tuple(map(len, fields)) != tuple(lengths):
        return False
    return all(_LETTERS.fullmatch(each) and not set(each) & set("ILOU") for each in fields)
