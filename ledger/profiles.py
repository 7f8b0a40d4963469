"""What members have told about themselves: apart from the journal, so that it can be forgotten."""

from collections.abc import Mapping

import msgspec

from ledger.fold import digits_reversed, fold, fold_email
from ledger.search_index import index, unindex
from ledger.store import Transaction, View
from loyalty.profiles import PROFILE_FIELDS, Consent, Version, agreed, newer

_FIELDS = ", ".join(PROFILE_FIELDS)
PROFILE_COLUMNS = f"no, {_FIELDS}, name_folded, email_folded, phone_reversed, versions"


class Profile(msgspec.Struct, frozen=True):
    """What is known of a member; *phone* as E.164, *birthday* as ``YYYY-MM-DD`` or ``--MM-DD``.

    *segments* are words of the shop's own, with commas between: the groups for which a programme has conditions.
    """

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: str | None = None
    language: str | None = None
    note: str | None = None
    segments: str | None = None


class ProfileChange(msgspec.Struct, frozen=True):
    """One edit, told by the journal's entry that *version* names and that holds its digest with *salt*."""

    member_id: str
    version: Version
    salt: bytes
    fields: dict[str, str | None] = {}
    consents: tuple[Consent, ...] = ()


def profile(view: View, member_id: str) -> Profile | None:
    """The member's profile; None when nothing was ever told, or all of it is erased."""
    row = view.row(
        f"SELECT {_FIELDS} FROM profile JOIN member USING (no) WHERE member_id = ?",
        (member_id,),
    )
    return Profile(*row) if row else None


def consents(view: View, member_id: str) -> tuple[Consent, ...]:
    """The member's word on each channel that was asked about."""
    rows = view.rows(
        "SELECT channel, given, at_ms, text_version, version, over FROM consent WHERE member_id = ? ORDER BY channel",
        (member_id,),
    )
    return tuple(_consent(row) for row in rows)


def change(tx: Transaction, edit: ProfileChange) -> Profile:
    """Apply an edit made here, and keep it for HQ beside its entry; the profile as it is now.

    A consent given here is given by somebody who saw what was on the screen: it names the withdrawal it takes back.
    """
    known = {consent.channel: consent for consent in consents(tx, edit.member_id)}
    given = tuple(_knowingly(consent, known.get(consent.channel), edit.version) for consent in edit.consents)
    edit = msgspec.structs.replace(edit, consents=given)
    tx.execute(
        "INSERT INTO profile_change VALUES (?, ?, ?, ?, ?)",
        (edit.version.epoch, edit.version.seq, edit.member_id, msgspec.json.encode(edit).decode(), edit.salt),
    )
    put(tx, edit.member_id, {field: (content, edit.version) for field, content in edit.fields.items()}, given)
    return profile(tx, edit.member_id) or Profile()


def put(
    tx: Transaction,
    member_id: str,
    fields: dict[str, tuple[str | None, Version]],
    given: tuple[Consent, ...] = (),
) -> None:
    """Bring in fields and consents from anywhere, in any order: the last writer of each field stays."""
    number = tx.value("SELECT no FROM member WHERE member_id = ? AND status <> 'erased'", (member_id,))
    if number is None:
        return
    if fields:
        _put_fields(tx, number, fields)
    for consent in given:
        _put_consent(tx, member_id, consent)


def put_pulled(
    tx: Transaction,
    member_id: str,
    fields: dict[str, tuple[str | None, Version]],
    given: tuple[Consent, ...],
    above: Mapping[int, int],
) -> None:
    """Take HQ's word on a profile, then bring in again own edits that *above* (seq by epoch) does not count in.

    HQ's versions are by corrected time, so they replace what is here whatever its version.
    """
    number = tx.value("SELECT no FROM member WHERE member_id = ? AND status <> 'erased'", (member_id,))
    if number is None:
        return
    tx.execute("UPDATE profile SET versions = '{}' WHERE no = ?", (number,))
    tx.execute("DELETE FROM consent WHERE member_id = ?", (member_id,))
    put(tx, member_id, fields, given)
    for edit in changes_of(tx, member_id):
        if edit.version.seq > above.get(edit.version.epoch, 0):
            edited = {field: (content, edit.version) for field, content in edit.fields.items()}
            put(tx, member_id, edited, edit.consents)


def changes_between(view: View, epoch: int, first_seq: int, last_seq: int) -> tuple[ProfileChange, ...]:
    """The edits told by this till's entries from *first_seq* to *last_seq*; those of erased members are gone."""
    rows = view.rows(
        "SELECT document FROM profile_change WHERE epoch = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        (epoch, first_seq, last_seq),
    )
    return tuple(_decode_change(row[0]) for row in rows)


def changes_of(view: View, member_id: str) -> tuple[ProfileChange, ...]:
    """Every edit of one member made at this till, oldest first: for the export of what is held."""
    rows = view.rows("SELECT document FROM profile_change WHERE member_id = ? ORDER BY epoch, seq", (member_id,))
    return tuple(_decode_change(row[0]) for row in rows)


_decode_change = msgspec.json.Decoder(ProfileChange).decode


def _put_fields(tx: Transaction, number: int, fields: dict[str, tuple[str | None, Version]]) -> None:
    row = tx.row(f"SELECT {_FIELDS}, versions FROM profile WHERE no = ?", (number,))
    held = dict(zip(PROFILE_FIELDS, row, strict=False)) if row else {}
    versions = msgspec.json.decode(row[-1], type=dict[str, Version]) if row else {}
    changed = {
        field: (content or None, version)
        for field, (content, version) in fields.items()
        if field in PROFILE_FIELDS and newer(versions.get(field), version)
    }
    if not changed:
        return
    held |= {field: content for field, (content, _) in changed.items()}
    versions |= {field: version for field, (_, version) in changed.items()}
    unindex(tx, number)
    _write(tx, number, Profile(**held), versions)


def _write(tx: Transaction, number: int, content: Profile, versions: dict[str, Version]) -> None:
    name_folded = fold(content.name) if content.name else None
    tx.execute(
        f"INSERT OR REPLACE INTO profile ({PROFILE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            *msgspec.structs.astuple(content),
            name_folded,
            fold_email(content.email) if content.email else None,
            digits_reversed(content.phone) if content.phone else None,
            msgspec.json.encode(versions).decode(),
        ),
    )
    index(tx, number, name_folded)


def _knowingly(consent: Consent, known: Consent | None, version: Version) -> Consent:
    over = known.version if known is not None and not known.given else None
    return msgspec.structs.replace(consent, version=version, over=over if consent.given else None)


def _put_consent(tx: Transaction, member_id: str, consent: Consent) -> None:
    row = tx.row(
        "SELECT channel, given, at_ms, text_version, version, over FROM consent WHERE member_id = ? AND channel = ?",
        (member_id, consent.channel),
    )
    kept = agreed(_consent(row) if row else None, consent)
    tx.execute(
        "INSERT OR REPLACE INTO consent VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            member_id,
            kept.channel,
            int(kept.given),
            kept.at_ms,
            kept.text_version,
            msgspec.json.encode(kept.version).decode(),
            msgspec.json.encode(kept.over).decode() if kept.over else None,
        ),
    )


def _consent(row: tuple[str, int, int, str | None, str, str | None] | tuple[object, ...]) -> Consent:
    channel, given, at_ms, text_version, version, over = row
    return msgspec.convert(
        {
            "channel": channel,
            "given": bool(given),
            "at_ms": at_ms,
            "text_version": text_version,
            "version": msgspec.json.decode(str(version)),
            "over": msgspec.json.decode(str(over)) if over else None,
        },
        Consent,
    )
