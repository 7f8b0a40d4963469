"""The rotating member QR: right now, one step off, too late, twice, and as a photograph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import Refused
from scanner.codes import Refusal, parse
from scanner.issuer import Issuer, issue_number
from scanner.rotating import STEP_MS, RotatingCard, check_rotating, rotating_identity, rotating_qr, totp

ISSUER = Issuer(b"0123456789abcdef0123456789abcdef")
NUMBER = issue_number(ISSUER, 3, 33)
IDENTITY = rotating_identity(ISSUER, NUMBER)
NOW = 1_700_000_000_000


def shown(at_ms: int) -> RotatingCard:
    card = parse(rotating_qr(IDENTITY, at_ms), [ISSUER])
    assert isinstance(card, RotatingCard)
    return card


@pytest.mark.parametrize(
    ("seconds", "sha1", "sha256"),
    [
        (59, "94287082", "46119246"),
        (1111111109, "07081804", "68084774"),
        (1234567890, "89005924", "91819424"),
        (20000000000, "65353130", "77737706"),
    ],
)
def test_passwords_agree_with_rfc_6238_appendix_b(seconds: int, sha1: str, sha256: str) -> None:
    secret = b"12345678901234567890"
    assert totp(secret, seconds // 30, digest="sha1") == sha1
    assert totp(secret + b"123456789012", seconds // 30) == sha256


def test_the_till_finds_the_number_and_accepts_the_password() -> None:
    card = shown(NOW)
    assert card.code == NUMBER
    assert check_rotating(ISSUER, card, NOW, None) == NOW // STEP_MS


@pytest.mark.parametrize("late_ms", [-STEP_MS, 0, STEP_MS])
def test_one_step_of_clock_difference_is_forgiven(late_ms: int) -> None:
    assert check_rotating(ISSUER, shown(NOW), NOW + late_ms, None) == NOW // STEP_MS


@pytest.mark.parametrize("late_ms", [-2 * STEP_MS, 2 * STEP_MS, 3_600_000])
def test_a_screenshot_sent_to_a_friend_is_useless(late_ms: int) -> None:
    with pytest.raises(Refused) as refusal:
        check_rotating(ISSUER, shown(NOW), NOW + late_ms, None)
    assert refusal.value.reason == "rotating_code_expired"


def test_a_password_is_good_once() -> None:
    step = check_rotating(ISSUER, shown(NOW), NOW, None)
    for later in (NOW, NOW + STEP_MS):
        with pytest.raises(Refused) as refusal:
            check_rotating(ISSUER, shown(NOW), later, step)
        assert refusal.value.reason == "rotating_code_replayed"
    assert check_rotating(ISSUER, shown(NOW + STEP_MS), NOW + STEP_MS, step) == step + 1


def test_what_the_phone_shows_does_not_tell_the_card_number() -> None:
    text = rotating_qr(IDENTITY, NOW)
    assert NUMBER[2:-1] not in text
    from loyalty.ids import to_base32

    assert to_base32(int(NUMBER[2:-1]), 7) not in text


@given(st.integers(0, 10**8 - 1))
def test_a_guessed_password_is_refused(guess: int) -> None:
    otp = f"{guess:08d}"
    if otp not in {totp(IDENTITY.secret, NOW // STEP_MS + off) for off in (-1, 0, 1)}:
        with pytest.raises(Refused):
            check_rotating(ISSUER, RotatingCard(NUMBER, ISSUER.code, otp), NOW, None)


def test_an_invented_pseudonym_is_told() -> None:
    believed = sum(
        isinstance(parse(f"RG1:T:{ISSUER.code}:{number:07d}:12345678", [ISSUER]), RotatingCard) for number in range(500)
    )
    assert believed < 20
    assert parse(f"RG1:T:{ISSUER.code}:ZZZZZZZ:12345678", [ISSUER]) == Refusal("code_damaged")


def test_only_numbers_of_the_issuer_get_an_identity() -> None:
    with pytest.raises(ValueError, match="not a number"):
        rotating_identity(ISSUER, "4006381333931")
