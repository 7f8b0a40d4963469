"""The codes of this till: who issues its cards, what its receipts, cards and vouchers say when they are scanned."""

from config.errors import N_, Refused
from ledger import identity, journal, lives
from ledger.sale_reading import SALES
from ledger.store import View
from loyalty.entries import Entry
from loyalty.ids import EntryId, parse_entry_id
from scanner import codes
from scanner.codes import Meaning
from scanner.issuer import Issuer

MAX_SHORT_DIGITS = 18


def own_issuer(view: View) -> Issuer:
    """Who gives out this till's cards and vouchers."""
    return Issuer(identity.own_card_key(view).key)


def read_code(view: View, text: str, symbol: str | None = None) -> Meaning:
    """What a scanned or typed code means here; *symbol* is the format it was read from."""
    issuers = [Issuer(card_key.key) for card_key in identity.card_keys(view)]
    return codes.parse(text, issuers, symbol)


def next_entry_id(view: View, till_id: str) -> EntryId:
    """The identity that the next entry of the journal will have: voucher codes are made from it."""
    head = lives.head(view)
    return EntryId(till_id, head.epoch, head.seq + 1)


def short_form(entry_id: EntryId) -> str:
    """What people type instead of a whole identity, within one life of the till."""
    return f"#{entry_id.seq}"


def find_entry_id(view: View, text: str) -> EntryId:
    """The entry that *text* names: ``#152``, an identity, or a receipt's code. Refused ``sale_unknown``."""
    wanted = text.strip()
    if wanted.startswith("#") and wanted[1:].isascii() and wanted[1:].isdigit() and len(wanted) <= MAX_SHORT_DIGITS:
        return EntryId(identity.till_facts(view).till_id, lives.head(view).epoch, int(wanted[1:]))
    try:
        return parse_entry_id(wanted)
    except ValueError:
        meaning = read_code(view, wanted)
        if isinstance(meaning, codes.Sale):
            return meaning.entry_id
        raise _sale_unknown(wanted) from None


def find_sale(view: View, text: str) -> Entry:
    """The sale that *text* names; Refused ``sale_unknown``, ``not_a_sale``."""
    entry = journal.entry(view, find_entry_id(view, text))
    if entry is None:
        raise _sale_unknown(text)
    if entry.kind not in SALES:
        raise Refused(
            "not_a_sale",
            N_("{sale} is not a sale. Nothing was changed; look at the number on the sale's receipt."),
            sale=text.strip()[:60],
        )
    return entry


def _sale_unknown(text: str) -> Refused:
    return Refused(
        "sale_unknown",
        N_("This till does not know the sale {sale}. Nothing was changed. Check it, or ask a manager to refund it."),
        sale=text.strip()[:60],
    )
