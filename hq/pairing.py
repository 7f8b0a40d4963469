"""How a till comes to belong to HQ: a one-time code, then a certificate for the key that the till has made itself."""

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import insert, select, update

from config.errors import N_, Refused, WrongUse
from config.seams import RandomSource
from hq import schema
from hq.kept import TRUSTED_AGAIN
from hq.lives import register
from hq.notices import publish
from hq.records import OPEN, PAIRED_AGAIN, SEALED
from hq.secrets import HqKeys
from hq.stores import require_store
from hq.tills import PAIRED, REVOKED, Till, change_till, find_till
from loyalty.ids import EPOCH_MAX, TILL_ID_LENGTH, from_base32, make_id, to_base32
from loyalty.programme.load import check_programme
from sync.signing import certificate_bytes, fingerprint, sign_certificate
from sync.wire import CardKey, NumberBlock, Pair, Paired, SignedProgramme

if TYPE_CHECKING:
    from hq.shelf import Shelf

CODE_LETTERS: Final = 10
CODE_MS: Final = 10 * 60_000
BLOCK_SIZE: Final = 1000
MAX_LIVES: Final = 200
MAX_PROGRAMMES: Final = 100
MAX_PROGRAMME_LETTERS: Final = 1 << 20
MAX_START_MS: Final = 1 << 53
TILL_PAIRED = "till_paired"
_NOT_YET = 2**62


def new_code(shelf: "Shelf", store_id: str, name: str, random: RandomSource) -> str:
    """A one-time code, good for ten minutes, for a till called *name* in the store."""
    require_store(shelf.connection, store_id)
    letters = make_id(random.token(8), CODE_LETTERS)
    row = {"store_id": store_id, "name": name, "expires_ms": shelf.now_ms + CODE_MS}
    shelf.connection.execute(insert(schema.codes).values(code_hash=_digest(letters), **row))
    return f"{letters[:5]}-{letters[5:]}"


def pair(shelf: "Shelf", ask: Pair, keys: HqKeys, timeline: int) -> Paired:
    """Take a till in; the same code with the same key gets the same answer."""
    _check(ask)
    table = schema.codes
    place = table.c.code_hash == _digest(_letters(ask.code))
    code = shelf.connection.execute(select(table).where(place)).first()
    if code is None:
        raise Refused("code_unknown", N_("HQ does not know this code. Nothing was changed; ask HQ for a new one."))
    if code.answer is not None:
        if (code.till_id, code.public_key) == (ask.till_id, ask.public_key):
            return msgspec.msgpack.decode(code.answer, type=Paired)
        raise Refused("code_used", N_("This code was used by another till. Nothing was changed; ask HQ for a new one."))
    if code.expires_ms <= shelf.now_ms:
        raise Refused("code_expired", N_("This code is too old. Nothing was changed; ask HQ for a new one."))
    till = _take_in(shelf, ask, code.store_id, code.name)
    answer = _answer(shelf, ask, till, keys, timeline)
    kept = msgspec.msgpack.encode(answer)
    shelf.connection.execute(
        update(table).where(place).values(till_id=ask.till_id, public_key=ask.public_key, answer=kept)
    )
    return answer


def give_block(shelf: "Shelf", till_id: str, epoch: int) -> NumberBlock:
    """A block of card numbers that nobody has had."""
    block = shelf.next_number("block")
    shelf.connection.execute(insert(schema.blocks).values(block=block, till_id=till_id, epoch=epoch))
    return NumberBlock("", block, BLOCK_SIZE)


def has_block(shelf: "Shelf", till_id: str, epoch: int) -> bool:
    """Whether this life has got a block already."""
    table = schema.blocks
    query = select(table.c.block).where(table.c.till_id == till_id, table.c.epoch == epoch)
    return shelf.connection.execute(query).first() is not None


def _take_in(shelf: "Shelf", ask: Pair, store_id: str, name: str) -> Till:
    known = find_till(shelf.connection, ask.till_id)
    if known is not None and not hmac.compare_digest(known.public_key, ask.public_key):
        raise Refused(
            "till_id_taken", N_("Another till has this identity. Nothing was changed; set this till up anew.")
        )
    if known is None:
        row = (ask.till_id, shelf.next_number("till_number"), store_id, name or ask.name, ask.public_key, PAIRED)
        times = (shelf.now_ms, shelf.now_ms, 0, ask.epoch, 0, 0, 0)
        shelf.database.insert_many(shelf.connection, schema.tills, [(*row, *times)])
    else:
        _trust_again(shelf, known, ask, store_id)
    till = find_till(shelf.connection, ask.till_id)
    assert till is not None
    new = []
    for each in ask.lives:
        if shelf.life_of(ask.till_id, each.epoch) is None:
            key_print = each.fingerprint or fingerprint(ask.public_key)
            parent_epoch = each.parent.epoch if each.parent else None
            life = register(shelf, till, each.epoch, parent=each.parent, parent_epoch=parent_epoch, key_print=key_print)
            life.paired_seq = _NOT_YET
            new.append(life)
    for life in new:
        # What was written before pairing shares the accounts of the life that is paired.
        life.account = new[-1].life
        if life is not new[-1]:
            life.state, life.closed = SEALED, 1
    _keep_programmes(shelf, ask)
    body = {"till_id": ask.till_id, "store_id": store_id, "epochs": [life.epoch for life in new]}
    shelf.journal.write(TILL_PAIRED, body=body)
    return till


def _trust_again(shelf: "Shelf", known: Till, ask: Pair, store_id: str) -> None:
    """A till that HQ had revoked, or of which a copy goes on: from its old life it may go on to a new one."""
    change_till(shelf.connection, known.till_id, store_id=store_id, status=PAIRED, paired_ms=shelf.now_ms)
    if known.status == REVOKED:
        shelf.to_keep.append((TRUSTED_AGAIN, known.till_id))
    life = shelf.life_of(known.till_id, ask.epoch)
    if life is not None and life.state != OPEN:
        life.state = PAIRED_AGAIN


def _keep_programmes(shelf: "Shelf", ask: Pair) -> None:
    """Programmes that the till used before it was paired: HQ runs its old sales again with them."""
    table = schema.programmes
    for each in ask.programmes[:MAX_PROGRAMMES]:
        known = shelf.connection.execute(select(table.c.version).where(table.c.version == each.version)).first()
        if known is None and _is_what_it_says(each):
            row = (each.version, each.programme_id[:64], each.start_ms, each.text, b"", shelf.now_ms)
            shelf.database.upsert_many(shelf.connection, table, [row])


def _is_what_it_says(programme: SignedProgramme) -> bool:
    """Whether the text is a programme of that very version, and the database can hold it."""
    if len(programme.text) > MAX_PROGRAMME_LETTERS or "\x00" in programme.text + programme.programme_id:
        return False
    checked = check_programme(programme.text).programme
    return checked is not None and checked.version == programme.version and abs(programme.start_ms) < MAX_START_MS


def _answer(shelf: "Shelf", ask: Pair, till: Till, keys: HqKeys, timeline: int) -> Paired:
    for key in ask.card_keys:
        publish(shelf, "card_key", f"{key.issuer}/{key.version}", msgspec.msgpack.encode(key))
    facts = {"number": till.number, "store_id": till.store_id, "paired_ms": shelf.now_ms}
    certificate = certificate_bytes(ask.till_id, ask.public_key, facts)
    return Paired(
        timeline=timeline,
        till_number=till.number,
        store=require_store(shelf.connection, till.store_id),
        hq_key=keys.public,
        certificate=certificate,
        certificate_signature=sign_certificate(keys.signing, certificate),
        block=give_block(shelf, ask.till_id, ask.epoch),
        card_keys=(CardKey("", 1, keys.card_key),),
        clock_ms=shelf.now_ms,
    )


def _check(ask: Pair) -> None:
    """WrongUse for a request that no till would make."""
    try:
        good = to_base32(from_base32(ask.till_id), TILL_ID_LENGTH) == ask.till_id
        Ed25519PublicKey.from_public_bytes(ask.public_key)
    except ValueError:
        good = False
    lives = [each.epoch for each in ask.lives]
    good = good and 0 < len(lives) <= MAX_LIVES and lives[-1] == ask.epoch and len(set(lives)) == len(lives)
    good = good and all(0 < epoch <= EPOCH_MAX for epoch in lives) and len(ask.name) <= 200 and "\x00" not in ask.name
    if not good:
        raise WrongUse("pair_malformed", N_("The request to pair can't be understood. Nothing was changed."))


def _letters(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())[:32]


def _digest(letters: str) -> bytes:
    return hashlib.sha256(b"regulars/code/1\x00" + letters.encode()).digest()
