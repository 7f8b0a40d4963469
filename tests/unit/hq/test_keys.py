"""A till changes its key: the entry that says so is signed with the old one."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.errors import Refused
from loyalty.bodies import KeyRotated
from loyalty.entries import Kind
from sync.signing import public_bytes, sign_rotation
from tests.unit.hq.world import MemoryTill, NewWorld


def _rotate(till: MemoryTill, signer: Ed25519PrivateKey) -> Ed25519PrivateKey:
    new = Ed25519PrivateKey.from_private_bytes(till.random.token(32))
    public = public_bytes(new.public_key())
    signature = sign_rotation(signer, till.till_id, public)
    till.write(Kind.KEY_ROTATED, body=KeyRotated(public.hex(), signature.hex()))
    return new


def test_from_the_entry_on_only_the_new_key_counts(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    member = world.member(till, 5)
    new = _rotate(till, till.key)
    world.sync()
    till.earn(member, 1)
    with pytest.raises(Refused, match="signature does not fit"):
        world.push(till)
    till.key = new
    world.exchange(till).say_hello()
    world.sync()
    assert world.balance(member) == 6
    key = world.hq.key_of(till.till_id)
    assert key is not None
    assert public_bytes(key) == public_bytes(new.public_key())


def test_a_push_whose_answer_was_lost_comes_again_with_the_new_key(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    world.sync()
    new = _rotate(till, till.key)
    request = world.exchange(till).next()
    world.answer(till, request)  # the answer never arrives
    till.key = new
    world.sync()
    assert world.office.tills()[0].acked == len(till.life.entries)


def test_a_new_key_that_the_old_one_did_not_sign_is_shown_and_does_not_count(new_world: NewWorld) -> None:
    world = new_world(tills=1)
    (till,) = world.tills
    world.sync()
    _rotate(till, Ed25519PrivateKey.from_private_bytes(b"t" * 32))
    till.write(Kind.KEY_ROTATED, body=KeyRotated("not hex", "00"))
    world.sync()
    world.sync()
    assert [each.reason for each in world.office.exceptions()] == ["key_not_rotated"] * 2
