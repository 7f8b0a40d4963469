"""A member's profile: written beside the journal, of which an entry holds no more than a salted digest."""

import msgspec

from config.errors import N_, WrongUse
from ledger import profiles
from ledger.profiles import ProfileChange
from ledger.store import Transaction, View
from loyalty.bodies import ProfileChanged
from loyalty.entries import Draft, Entry, Kind
from loyalty.profiles import Consent, Version, digest
from terminal.till_cards import living
from terminal.till_counter import Counter
from terminal.till_member_shapes import ConsentShown, ConsentText, ProfileEdit, ProfileShown
from terminal.till_person import (
    clean_birthday,
    clean_email,
    clean_language,
    clean_name,
    clean_note,
    clean_phone,
    clean_segments,
)

SALT_BYTES = 16
CONSENT_TEXTS = (
    ConsentText(
        channel="email",
        text=N_("I agree to receive offers by e-mail. I can withdraw this at any time, here or by any till."),
        version="2026-1",
    ),
    ConsentText(
        channel="sms",
        text=N_("I agree to receive offers by text message. I can withdraw this at any time, here or by any till."),
        version="2026-1",
    ),
    ConsentText(
        channel="phone",
        text=N_("I agree to be called with offers. I can withdraw this at any time, here or by any till."),
        version="2026-1",
    ),
    ConsentText(
        channel="post",
        text=N_("I agree to receive offers by post. I can withdraw this at any time, here or by any till."),
        version="2026-1",
    ),
)
_VERSIONS = {each.channel: each.version for each in CONSENT_TEXTS}


class Written(msgspec.Struct, frozen=True):
    """What is to be written of a profile, with the salt of its digest."""

    fields: dict[str, str | None]
    consents: tuple[Consent, ...]
    salt: bytes

    @property
    def digest(self) -> str | None:
        """What the journal says of it; None where there is nothing personal."""
        return digest(self.salt, self.fields, self.consents) if self.fields or self.consents else None


def written(counter: Counter, fields: dict[str, str | None], consents: tuple[Consent, ...] = ()) -> Written:
    """*fields* and *consents* made ready, before the entry that tells of them."""
    return Written(fields, consents, counter.random.token(SALT_BYTES))


def write(tx: Transaction, member_id: str, content: Written, entry: Entry) -> None:
    """Keep *content* beside *entry*, which holds its digest."""
    if content.digest is None:
        return
    version = Version(entry.at_ms, entry.till_id, entry.epoch, entry.seq)
    profiles.change(tx, ProfileChange(member_id, version, content.salt, content.fields, content.consents))


def change(counter: Counter, tx: Transaction, member_id: str, content: Written) -> ProfileShown:
    """Write an edit of a profile with its entry; Refused ``member_unknown``, ``member_erased``."""
    root = living(tx, member_id)
    if content.digest is not None:
        draft = Draft(
            kind=Kind.PROFILE_CHANGED,
            body=ProfileChanged(content.digest),
            member_id=root,
            cashier_id=counter.session.cashier_id,
        )
        write(tx, root, content, counter.append(tx, draft))
    return shown(tx, root)


def edited(counter: Counter, view: View, edit: ProfileEdit) -> dict[str, str | None]:
    """The fields that *edit* changes, made uniform; WrongUse for what makes no sense."""
    country = counter.country(view)
    today = counter.today(view)
    fields: dict[str, str | None] = {}
    if edit.name is not msgspec.UNSET:
        fields["name"] = clean_name(edit.name)
    if edit.phone is not msgspec.UNSET:
        fields["phone"] = clean_phone(edit.phone, country)
    if edit.email is not msgspec.UNSET:
        fields["email"] = clean_email(edit.email)
    if edit.birthday is not msgspec.UNSET:
        fields["birthday"] = clean_birthday(edit.birthday, today)
    if edit.language is not msgspec.UNSET:
        fields["language"] = clean_language(edit.language)
    if edit.note is not msgspec.UNSET:
        fields["note"] = clean_note(edit.note)
    if edit.segments is not msgspec.UNSET:
        fields["segments"] = clean_segments(edit.segments)
    return fields


def consent(channel: str, text_version: str | None, at_ms: int, *, given: bool) -> Consent:
    """A member's word on a channel, by default on the text in use; WrongUse for a channel there is not."""
    name = channel.strip().lower()
    if name not in _VERSIONS:
        raise WrongUse(
            "channel_unknown",
            N_("Consent is given for {channels}. Nothing was changed; choose one of these."),
            channels=", ".join(_VERSIONS),
        )
    return Consent(name, given, at_ms, (text_version or _VERSIONS[name]) if given else None)


def shown(view: View, member_id: str) -> ProfileShown:
    """The profile with the member's consents; empty when nothing is known."""
    kept = profiles.profile(view, member_id) or profiles.Profile()
    return ProfileShown(
        name=kept.name,
        phone=kept.phone,
        email=kept.email,
        birthday=None if kept.birthday is None else kept.birthday.removeprefix("--"),
        language=kept.language,
        note=kept.note,
        segments=kept.segments,
        consents=tuple(
            ConsentShown(channel=each.channel, given=each.given, at_ms=each.at_ms, text_version=each.text_version)
            for each in profiles.consents(view, member_id)
        ),
    )
