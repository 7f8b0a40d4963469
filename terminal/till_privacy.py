"""What a member may ask for: everything that is held on them, and to be forgotten."""

from collections.abc import Iterator
from typing import Any

import msgspec

from ledger import journal, members, profiles
from ledger.sale_reading import REVERSALS, SALES
from ledger.store import View
from loyalty.bodies import MemberErased
from loyalty.entries import Draft, Entry, Kind
from terminal.till_counter import Counter
from terminal.till_member_shapes import Erased
from terminal.till_member_view import show_member
from terminal.till_receipts import receipt_file

PAGE = 500


def export_member(counter: Counter, view: View, member_id: str) -> bytes:
    """All that is held on a member, as JSON: what is shown, every edit of the profile, every entry of the journal."""
    ids = members.ids_of(view, member_id)
    shown = show_member(counter, view, member_id, history=0)
    document: dict[str, Any] = {
        "exported_ms": counter.clock.now_ms(),
        "member": shown,
        "profile_changes": [edit for each in ids for edit in profiles.changes_of(view, each)],
        "entries": [_exported(entry) for entry in entries_of(view, ids)],
    }
    plain = msgspec.to_builtins(document, enc_hook=_plain)
    return msgspec.json.format(msgspec.json.encode(plain), indent=2)


def erase_member(counter: Counter, member_id: str) -> Erased:
    """Forget everything personal about a member; points and sales stay under the bare id. Nothing brings it back."""
    now_ms = counter.clock.now_ms()
    with counter.ledger.write() as tx:
        ids = members.ids_of(tx, member_id)
        members.require(tx, ids[0])
        zone = counter.till(tx).zone
        receipts = [
            receipt_file(counter.ledger.paths, entry, zone)
            for entry in entries_of(tx, ids)
            if entry.kind in SALES | REVERSALS
        ]
        draft = Draft(
            kind=Kind.MEMBER_ERASED, body=MemberErased(), member_id=ids[0], cashier_id=counter.session.cashier_id
        )
        counter.append(tx, draft, now_ms)
        members.erase(tx, ids, at_ms=now_ms)
    for file in receipts:
        file.unlink(missing_ok=True)
    # The log beside the database still holds what was deleted until it is folded in.
    counter.ledger.truncate_log()
    return Erased(member_id=ids[0], at_ms=now_ms)


def entries_of(view: View, member_ids: tuple[str, ...]) -> Iterator[Entry]:
    """Every entry of a member, the newest first."""
    before = None
    while page := journal.member_history(view, member_ids, before=before, limit=PAGE):
        yield from (each.entry for each in page)
        before = page[-1].position


def _exported(entry: Entry) -> dict[str, Any]:
    return {
        "entry_id": str(entry.id),
        "kind": entry.kind,
        "at_ms": entry.at_ms,
        "header": entry.header,
        "body": msgspec.json.decode(entry.body),
    }


def _plain(value: object) -> object:
    """The few values that JSON has no form for."""
    if isinstance(value, bytes):
        return value.hex()
    raise NotImplementedError(type(value).__name__)
