"""What a code is that is not a card: web addresses, contacts, payments and the like, told by how their texts begin."""

import re

_KINDS: tuple[tuple[str, str], ...] = (
    # Payments: EPC 069 (SEPA), Swiss SPC, Czech SPD, Russian ST00012, Polish 2D, EMVCo, UPI, RFC 8905, coins.
    ("payment", r"BCD\r?\n|SPC\r?\n|SPD\*|ST0001\d\||\d{0,10}\|PL\||HRVHUB30|000201\d|payto:|upi:|pay:"),
    ("payment", r"(lnurl1|lnbc\d)[0-9a-z]{5}"),
    ("payment", r"(bitcoin|bitcoincash|ethereum|litecoin|dogecoin|monero|lightning|solana):"),
    ("contact", r"BEGIN:VCARD|MECARD:|BIZCARD:|N:.*;TEL:"),
    ("wifi", r"WIFI:|DPP:"),
    ("event", r"BEGIN:(VEVENT|VCALENDAR)"),
    ("email", r"mailto:|MATMSG:|SMTP:"),
    ("message", r"sms:|smsto:|mms:|mmsto:|whatsapp:|tg:"),
    ("telephone", r"tel:|facetime:"),
    ("location", r"geo:|maps:"),
    ("key_uri", r"otpauth(-migration)?:|FIDO:/|MT:[0-9A-Z.-]{19,}$|LPA:1\$"),  # Also smart homes and eSIMs.
    ("ticket", r"M[1-4][A-Z /-]{20}[E ][A-Z0-9 ]{7}[A-Z]{6}"),  # IATA resolution 792: a boarding pass.
    ("certificate", r"HC1:"),
    ("web_address", r"[a-z][a-z0-9+.-]{1,30}://|www\.|urlto:|url:|market:|intent:|data:|javascript:|urn:"),
    ("web_address", r"([a-z0-9-]+\.)+[a-z]{2,}/\S*$"),
)
_BINARY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1c\x7f\ufffd]")
_MATCHERS = tuple((what, re.compile(pattern, re.IGNORECASE)) for what, pattern in _KINDS)


def what_it_is(text: str) -> str | None:
    """The word for a text that is known not to be a card, or None.

    One of: payment, contact, wifi, event, email, message, telephone, location, key_uri, ticket, certificate,
    web_address, binary, plain_text.
    """
    for what, matcher in _MATCHERS:
        if matcher.match(text):
            return what
    if _BINARY.search(text):
        return "binary"
    return "plain_text" if "\n" in text else None
