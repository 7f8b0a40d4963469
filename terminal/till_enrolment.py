"""Enrolling: what was typed is made uniform, then one entry, a profile beside it, and a card."""

import msgspec

from config.errors import N_, Refused
from ledger import members, search
from ledger.store import Transaction, View
from loyalty.bodies import MemberEnrolled
from loyalty.entries import Draft, Kind
from loyalty.ids import MEMBER_ID_LENGTH, make_id
from loyalty.profiles import Consent
from terminal.till_cards import FOREIGN, link_card, new_card, readable_card
from terminal.till_counter import Counter
from terminal.till_flags import flag_enrolment
from terminal.till_member_shapes import CardShown, Enrolled, Enrolment, MemberMatch
from terminal.till_person import clean_birthday, clean_email, clean_language, clean_name, clean_phone, clean_segments
from terminal.till_profile import consent, write, written

ID_BYTES = 10


class Newcomer(msgspec.Struct, frozen=True):
    """A new member as the ledger keeps them."""

    fields: dict[str, str | None] = {}
    consents: tuple[Consent, ...] = ()
    card: CardShown | None = None


def newcomer(counter: Counter, view: View, enrolment: Enrolment, at_ms: int) -> Newcomer:
    """*enrolment* made uniform; WrongUse for what makes no sense, Refused for a card that can't be one."""
    card = (enrolment.card or "").strip()
    fields = {
        "name": clean_name(enrolment.name),
        "phone": clean_phone(enrolment.phone, counter.country(view)),
        "email": clean_email(enrolment.email),
        "birthday": clean_birthday(enrolment.birthday, counter.today(view)),
        "language": clean_language(enrolment.language),
        "segments": clean_segments(enrolment.segments),
    }
    return Newcomer(
        fields={name: content for name, content in fields.items() if content is not None},
        consents=tuple(consent(channel, version, at_ms, given=True) for channel, version in enrolment.consents.items()),
        card=readable_card(view, card) if card else None,
    )


def enrol(counter: Counter, tx: Transaction, person: Newcomer, at_ms: int | None = None) -> Enrolled:
    """Write a new member with a card: the one that was brought, or one of ours with the next number.

    Refused ``card_taken``.
    """
    when = counter.clock.now_ms() if at_ms is None else at_ms
    member_id = make_id(counter.random.token(ID_BYTES), MEMBER_ID_LENGTH)
    card = person.card or new_card(counter, tx)
    number = None if card.kind == FOREIGN else card.code
    content = written(counter, person.fields, person.consents)
    draft = Draft(
        kind=Kind.MEMBER_ENROLLED,
        body=MemberEnrolled(number=number, cards=(card.code,), digest=content.digest),
        member_id=member_id,
        cashier_id=counter.session.cashier_id,
    )
    entry = counter.append(tx, draft, when)
    members.add(tx, member_id, enrolled_ms=when, number=number)
    link_card(counter, tx, member_id, card, when)
    write(tx, member_id, content, entry)
    flag_enrolment(counter, tx, entry, person.fields)
    shown = msgspec.structs.replace(card, member_id=member_id)
    return Enrolled(member_id=member_id, number=number, cards=(shown,))


def duplicates_of(view: View, person: Newcomer) -> tuple[MemberMatch, ...]:
    """Members with the same phone, e-mail or name."""
    return tuple(
        MemberMatch(
            member_id=match.member_id,
            name=match.name,
            phone=match.phone,
            number=match.number,
            status=match.status,
            how=match.how,
        )
        for match in search.same_contact(
            view,
            phone=person.fields.get("phone"),
            email=person.fields.get("email"),
            name=person.fields.get("name"),
        )
    )


def refuse_duplicates(duplicates: tuple[MemberMatch, ...]) -> None:
    """Refused ``member_exists`` when somebody has the same phone or e-mail; a name alone proves nothing."""
    same = [match for match in duplicates if match.how in ("phone", "email")]
    if same:
        raise Refused(
            "member_exists",
            N_("A member with the same {what} is enrolled already. Nobody was enrolled. Look them up by it."),
            what=", ".join(sorted({match.how or "" for match in same})),
            member_id=same[0].member_id,
        )
