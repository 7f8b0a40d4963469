"""Members: finding, enrolling, showing, editing, agreeing, exporting, forgetting and blocking them."""

import msgspec

from config.errors import N_, Refused, WrongUse
from config.i18n import _
from ledger import cards, members
from ledger.store import Transaction
from loyalty.bodies import MemberBlocked, MemberUnblocked
from loyalty.entries import Draft, Kind
from terminal import till_profile
from terminal.till_cards import living
from terminal.till_counter import Counter
from terminal.till_enrolment import Newcomer, duplicates_of, enrol, newcomer, refuse_duplicates
from terminal.till_identify import Identifier, find_members, rotating_card, rotating_step
from terminal.till_member_shapes import (
    ConsentText,
    Enrolled,
    Enrolment,
    Erased,
    Found,
    HistoryRow,
    Matches,
    MemberFound,
    MemberMatch,
    MemberShown,
    NotACard,
    ProfileEdit,
    ProfileShown,
)
from terminal.till_member_view import history_of, show_member
from terminal.till_person import clean_email, clean_name, read_phone
from terminal.till_points import PointsDesk
from terminal.till_privacy import erase_member, export_member
from terminal.till_staff import StaffDesk, note_override
from terminal.words import say

MAX_FIND = 100
MAX_HISTORY = 500
MAX_REASON = 200


class MemberDesk:
    """Everything about members but their cards and their points."""

    def __init__(self, counter: Counter, staff: StaffDesk, points: PointsDesk) -> None:
        self._counter = counter
        self._staff = staff
        self._points = points

    def identify(self, text: str, typed: bool = False) -> Found:  # noqa: FBT001, FBT002 - as screens call it
        """What a scan, or with *typed* a text by hand, means."""
        with self._counter.ledger.read() as view:
            found = Identifier(self._counter, view).identify(text, typed=typed)
        if isinstance(found, MemberFound):
            if found.via == "rotating" and not self._is_first_showing(text):
                return NotACard(reason="rotating_code_replayed")
            if self._post_expiry(found.member.member_id):
                return msgspec.structs.replace(found, member=self.show(found.member.member_id))
        return found

    def find(self, text: str, limit: int = 20) -> Matches:
        """The members whom a code, or part of a phone, e-mail or name, may mean."""
        with self._counter.ledger.read() as view:
            return find_members(self._counter, view, text, min(limit, MAX_FIND))

    def member_of(self, text: str) -> str:
        """The one member whom a code, number, phone, e-mail or name means.

        Refused ``member_unknown``, ``member_ambiguous``, or why the code can't be used.
        """
        found = self.identify(text, typed=True)
        if isinstance(found, MemberFound):
            return found.member.member_id
        if isinstance(found, NotACard):
            raise Refused(
                found.reason,
                N_("This leads to no member: {why}. Nothing was changed."),
                why=say(found.reason, {}, _),
            )
        matches = self.find(text, 2).matches
        if len(matches) == 1:
            return matches[0].member_id
        if matches:
            raise Refused(
                "member_ambiguous",
                N_("Several members fit. Nothing was changed. Use the card, the number or the whole phone."),
            )
        raise members.member_unknown()

    def duplicates(
        self, phone: str | None = None, email: str | None = None, name: str | None = None
    ) -> tuple[MemberMatch, ...]:
        """Who looks like the same person, while it is being typed: half a phone finds nobody and is no mistake."""
        with self._counter.ledger.read() as view:
            fields = {
                "phone": read_phone(phone or "", self._counter.country(view)),
                "email": _email_or_none(email),
                "name": clean_name((name or "")[:80]),
            }
            return duplicates_of(view, Newcomer(fields=fields))

    def enrol(self, enrolment: Enrolment, manager_pin: str | None = None) -> Enrolled:
        """A new member with a card. Refused ``member_exists``, ``card_taken``; WrongUse for what makes no sense.

        Segments decide what members get: they need a manager.
        """
        manager = self._staff.approved_by(manager_pin) if enrolment.segments else None
        with self._counter.ledger.write() as tx:
            if manager is not None:
                note_override(self._counter, tx, manager, Kind.MEMBER_ENROLLED)
            person = newcomer(self._counter, tx, enrolment, self._counter.clock.now_ms())
            duplicates = duplicates_of(tx, person)
            if not enrolment.even_if_duplicate:
                refuse_duplicates(duplicates)
            enrolled = enrol(self._counter, tx, person)
            return msgspec.structs.replace(enrolled, duplicates=duplicates)

    def show(self, member_id: str) -> MemberShown:
        """Everything about a member; Refused ``member_unknown``."""
        self._post_expiry(member_id)
        with self._counter.ledger.read() as view:
            return show_member(self._counter, view, member_id)

    def history(self, member_id: str, limit: int = 50, before: int | None = None) -> tuple[HistoryRow, ...]:
        """A member's entries, the newest first; go on with *before* = the last row's position."""
        with self._counter.ledger.read() as view:
            members.require(view, member_id)
            return history_of(view, members.ids_of(view, member_id), limit=min(limit, MAX_HISTORY), before=before)

    def edit(self, member_id: str, edit: ProfileEdit, manager_pin: str | None = None) -> ProfileShown:
        """Change fields of a profile; None empties one. Segments decide what members get: they need a manager."""
        manager = None if edit.segments is msgspec.UNSET else self._staff.approved_by(manager_pin)
        with self._counter.ledger.write() as tx:
            if manager is not None:
                note_override(self._counter, tx, manager, Kind.PROFILE_CHANGED)
            fields = till_profile.edited(self._counter, tx, edit)
            return till_profile.change(self._counter, tx, member_id, till_profile.written(self._counter, fields))

    def consent(self, member_id: str, channel: str, given: bool, text_version: str | None = None) -> ProfileShown:  # noqa: FBT001
        """Give or withdraw consent on a channel; *text_version* says which text was shown."""
        with self._counter.ledger.write() as tx:
            word = till_profile.consent(channel, text_version, self._counter.clock.now_ms(), given=given)
            content = till_profile.written(self._counter, {}, (word,))
            return till_profile.change(self._counter, tx, member_id, content)

    def consent_texts(self) -> tuple[ConsentText, ...]:
        """What a customer is shown before they agree, per channel."""
        return till_profile.CONSENT_TEXTS

    def block(self, member_id: str, reason: str, manager_pin: str | None = None) -> MemberShown:
        """Nothing is earned or spent by the member until unblocked; needs a manager and a reason."""
        manager = self._staff.approved_by(manager_pin)
        why = " ".join(reason.split())
        if not 0 < len(why) <= MAX_REASON:
            raise WrongUse("reason_missing", N_("A reason is needed, in a few words. Nothing was changed."))
        with self._counter.ledger.write() as tx:
            root = living(tx, member_id)
            note_override(self._counter, tx, manager, Kind.MEMBER_BLOCKED)
            self._append_about(tx, Kind.MEMBER_BLOCKED, MemberBlocked(reason=why), root)
            members.block(tx, root, why)
            return show_member(self._counter, tx, root)

    def unblock(self, member_id: str, manager_pin: str | None = None) -> MemberShown:
        """The member earns and spends again; needs a manager."""
        manager = self._staff.approved_by(manager_pin)
        with self._counter.ledger.write() as tx:
            root = living(tx, member_id)
            note_override(self._counter, tx, manager, Kind.MEMBER_UNBLOCKED)
            self._append_about(tx, Kind.MEMBER_UNBLOCKED, MemberUnblocked(), root)
            members.unblock(tx, root)
            return show_member(self._counter, tx, root)

    def export(self, member_id: str) -> bytes:
        """All that is held on a member, as JSON."""
        with self._counter.ledger.read() as view:
            return export_member(self._counter, view, member_id)

    def erase(self, member_id: str, manager_pin: str | None = None) -> Erased:
        """Forget everything personal about a member, for good; needs a manager."""
        self._staff.approved_by(manager_pin)
        return erase_member(self._counter, member_id)

    def _post_expiry(self, member_id: str) -> bool:
        """Points whose time is over go before they are shown, where this till may post that. Whether any went."""
        return not self._counter.read_only and self._points.expire_due(member_id) > 0

    def _is_first_showing(self, text: str) -> bool:
        """Note that a changing code was shown: each is good once, whoever photographs it."""
        with self._counter.ledger.write() as tx:
            shown = rotating_card(tx, text)
            if shown is None:
                return False
            code, card = shown
            return cards.code_seen(tx, card.member_id, rotating_step(self._counter, tx, code))

    def _append_about(self, tx: Transaction, kind: Kind, body: MemberBlocked | MemberUnblocked, member_id: str) -> None:
        draft = Draft(kind=kind, body=body, member_id=member_id, cashier_id=self._counter.session.cashier_id)
        self._counter.append(tx, draft)


def _email_or_none(text: str | None) -> str | None:
    try:
        return clean_email(text)
    except WrongUse:
        return None
