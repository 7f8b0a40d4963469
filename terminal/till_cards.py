"""Cards: giving a new one from the till's numbers, linking one that was printed before, blocking, replacing."""

from config.errors import N_, Refused
from ledger import cards, identity, members, numbers, print_jobs
from ledger.cards import Card
from ledger.store import Transaction, View
from loyalty.bodies import CardBlocked, CardLinked, CardReplaced
from loyalty.entries import Draft, Kind
from receipts.receipt import Code, Receipt, Shop, encode
from scanner import codes
from scanner.codes import ForeignCard, MemberCard, NotACard, Product, Refusal
from scanner.issuer import BLOCK_SIZE, BLOCKS, issue_number, place_of_number
from scanner.rotating import rotating_identity, rotating_qr
from terminal.till_codes import own_issuer, read_code
from terminal.till_counter import Counter, Scribe
from terminal.till_member_shapes import CardShown

OWN, FOREIGN = "own", "foreign"
QR, EAN13, CODE128 = "QR", "EAN13", "Code128"
MAX_BATCH = BLOCK_SIZE
MAX_CODE128 = 48
EAN13_LENGTH = 13
_TRIES = 100


class CardDesk:
    """The codes that lead to members."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def list(self, member_id: str) -> tuple[CardShown, ...]:
        """The cards of a member, the oldest first, whatever became of them."""
        with self._counter.ledger.read() as view:
            return cards_of(view, members.ids_of(view, member_id))

    def link(self, member_id: str, code: str) -> CardShown:
        """Make a card that was printed before, ours or another's, lead to a member. Refused ``card_taken``."""
        with self._counter.ledger.write() as tx:
            root = living(tx, member_id)
            card = readable_card(tx, code)
            return self._link(tx, root, card)

    def issue(self, member_id: str) -> CardShown:
        """A further card for a member, with a new number."""
        with self._counter.ledger.write() as tx:
            return self._link(tx, living(tx, member_id), new_card(self._counter, tx))

    def block(self, code: str) -> CardShown:
        """A lost card: it leads nowhere from now on; the points stay. Refused ``card_unknown``."""
        with self._counter.ledger.write() as tx:
            card = _one_card(tx, code)
            if card.status == cards.ACTIVE:
                body = CardBlocked(code=card.code, reason="lost")
                self._append(tx, Kind.CARD_BLOCKED, body, card.member_id)
                cards.set_status(tx, card.code, card.member_id, cards.BLOCKED)
            return _shown(_one_card(tx, code))

    def replace(self, code: str, new_code: str | None = None) -> CardShown:
        """A new card in the place of *code*, which leads nowhere from now on; *new_code*: one that was printed before.

        Refused ``card_unknown``, ``card_taken``.
        """
        with self._counter.ledger.write() as tx:
            old = _one_card(tx, code)
            root = living(tx, old.member_id)
            new = new_card(self._counter, tx) if new_code is None else readable_card(tx, new_code)
            if new.code == old.code:
                raise Refused("card_same", N_("This is the same card. Nothing was changed. Take another one."))
            shown = self._link(tx, root, new)
            body = CardReplaced(code=old.code, new_code=new.code)
            self._append(tx, Kind.CARD_REPLACED, body, root)
            cards.set_status(tx, old.code, old.member_id, cards.REPLACED, replaced_by=new.code)
            return shown

    def batch(self, count: int) -> tuple[CardShown, ...]:
        """Numbers for cards to be printed, that lead to nobody yet. Refused ``batch_size``."""
        if not 1 <= count <= MAX_BATCH:
            raise Refused("batch_size", N_("One batch has 1 to {limit} cards. No number was taken."), limit=MAX_BATCH)
        with self._counter.ledger.write() as tx:
            return tuple(CardShown(code=number, format=QR) for number in take_numbers(self._counter, tx, count))

    def qr_text(self, code: str) -> str:
        """What the QR of a card says: for ours a text with a check of its own, for others the code itself."""
        with self._counter.ledger.read() as view:
            return qr_text(view, code)

    def rotating_text(self, code: str) -> str:
        """What the member's phone would show now for one of our cards: good for half a minute, and once."""
        with self._counter.ledger.read() as view:
            identity_of_card = rotating_identity(own_issuer(view), code)
        return rotating_qr(identity_of_card, self._counter.clock.now_ms())

    def print(self, code: str) -> int:
        """Queue a slip with a card's code; the job's number. Refused ``no_printer``, ``card_unknown``."""
        if not self._counter.settings.printer.prints:
            raise Refused(
                "no_printer",
                N_("No printer is set up. Nothing was printed. Set one up in the settings' section [printer]."),
            )
        with self._counter.ledger.write() as tx:
            card = _one_card(tx, code)
            till = identity.till_facts(tx)
            slip = Receipt(
                shop=Shop(name=till.store_name, till=till.till_name),
                currency=till.currency,
                zone=till.zone,
                at_ms=self._counter.clock.now_ms(),
                language=self._counter.settings.language,
                card=Code(qr_text(tx, card.code)),
            )
            return print_jobs.enqueue(tx, encode(slip), now_ms=self._counter.clock.now_ms(), member_id=card.member_id)

    def _link(self, tx: Transaction, member_id: str, card: CardShown) -> CardShown:
        link_card(self._counter, tx, member_id, card)
        body = CardLinked(code=card.code, format=card.format, kind=card.kind)
        self._append(tx, Kind.CARD_LINKED, body, member_id)
        return CardShown(code=card.code, format=card.format, kind=card.kind, member_id=member_id)

    def _append(
        self, tx: Transaction, kind: Kind, body: CardLinked | CardBlocked | CardReplaced, member_id: str
    ) -> None:
        draft = Draft(kind=kind, body=body, member_id=member_id, cashier_id=self._counter.session.cashier_id)
        self._counter.append(tx, draft)


def new_card(scribe: Scribe, tx: Transaction) -> CardShown:
    """A card of ours with the next number; Refused ``numbers_used_up`` at a till that gets them from headquarters."""
    return CardShown(code=take_numbers(scribe, tx, 1)[0], format=QR)


def take_numbers(scribe: Scribe, tx: Transaction, count: int) -> tuple[str, ...]:
    """The next *count* card numbers; a till that is its own headquarters gives itself blocks as it needs them."""
    if not identity.till_facts(tx).paired:
        for _ in range(_TRIES):
            if numbers.left(tx) >= count:
                break
            give_block(scribe, tx)
    issuer = own_issuer(tx)
    return tuple(issue_number(issuer, *number) for number in numbers.take(tx, count))


def give_block(scribe: Scribe, tx: Transaction) -> None:
    """A block of numbers by chance, so that a till and its restored copy don't go on with the same."""
    numbers.give_block(tx, int.from_bytes(scribe.random.token(8), "big") % BLOCKS, BLOCK_SIZE)


def readable_card(view: View, text: str) -> CardShown:
    """The card that *text* is; Refused with the reason when it can't be one."""
    meaning = read_code(view, text)
    if isinstance(meaning, MemberCard):
        return CardShown(code=meaning.code, format=QR)
    if isinstance(meaning, ForeignCard | Product):
        return CardShown(code=meaning.code, format=_format_of(meaning.code), kind=FOREIGN)
    reason = meaning.reason if isinstance(meaning, NotACard | Refusal) else "not_a_card"
    raise Refused(reason, N_("This code can't be a member's card. Nothing was changed. Take a card of the shop."))


def link_card(counter: Counter, tx: Transaction, member_id: str, card: CardShown, at_ms: int | None = None) -> None:
    """Make *card* lead to the member; Refused ``card_taken``, ``card_blocked``."""
    for known in cards.find(tx, card.code):
        refuse_dead(known)
    cards.link(
        tx,
        Card(
            code=card.code,
            member_id=member_id,
            format=card.format,
            kind=card.kind,
            linked_ms=counter.clock.now_ms() if at_ms is None else at_ms,
        ),
    )


def refuse_dead(card: Card) -> None:
    """Refused ``card_blocked`` or ``card_replaced`` for a card that no longer works."""
    if card.status == cards.BLOCKED:
        raise Refused(
            "card_blocked",
            N_("This card is blocked. Nothing was changed. Find the member by phone or name, and give a new card."),
        )
    if card.status == cards.REPLACED:
        raise Refused(
            "card_replaced",
            N_("This card was replaced by a newer one. Nothing was changed. Ask for the new card, or the phone."),
        )


def cards_of(view: View, member_ids: tuple[str, ...]) -> tuple[CardShown, ...]:
    """The cards of a member, all ids of a merged one."""
    return tuple(_shown(card) for card in cards.of_member(view, member_ids))


def qr_text(view: View, code: str) -> str:
    """What the QR of a card says."""
    issuer = own_issuer(view)
    return codes.member_qr(issuer, code) if place_of_number(issuer, code) else code


def card_code(view: View, text: str) -> str:
    """The form in which a card's code is kept and looked up."""
    return codes.lookup_code(read_code(view, text)) or text.strip()


def _one_card(view: View, text: str) -> Card:
    found = cards.find(view, card_code(view, text))
    if not found:
        raise Refused("card_unknown", N_("No member has this card. Nothing was changed. Check the code."))
    return found[0]


def living(view: View, member_id: str) -> str:
    """The id under which the member goes on; Refused ``member_erased``."""
    root = members.resolve(view, member_id)
    if members.require(view, root).status == members.ERASED:
        raise Refused(
            "member_erased", N_("This member was erased. Nothing was changed. Enrol them anew if they come back.")
        )
    return root


def _format_of(code: str) -> str:
    """How a card of somebody else is drawn when it has to be: as what it most likely was."""
    if len(code) == EAN13_LENGTH and code.isdigit():
        return EAN13
    return CODE128 if code.isascii() and len(code) <= MAX_CODE128 else QR


def _shown(card: Card) -> CardShown:
    return CardShown(
        code=card.code, format=card.format or QR, kind=card.kind, status=card.status, member_id=card.member_id
    )
