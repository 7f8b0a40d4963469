"""Which of the texts that many looks at one picture gave can be believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from scanner.decoders import DOUBTED, LINEAR, UNCHECKED, Decoded
from scanner.frames import Quad

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scanner.frames import Gray

    Points = NDArray[np.float64]

VOICES = 2
VOICES_OF_UNCHECKED = 3
LEAD_OVER_RIVALS = 2
PROFILE_POINTS = 256
LINES_BETWEEN = 13
ENDS_APART = 0.2
SAME_PROFILE = 0.5


class Voice(NamedTuple):
    """A text as one look gave it."""

    look: str
    code: Decoded


@dataclass(slots=True)
class _Claim:
    """A text and the looks that gave it; *code* by a decoder that may decide, where there is one."""

    code: Decoded
    looks: set[str]


def judged(gray: "Gray", voices: Sequence[Voice], *, raw: bool = False) -> list[Decoded]:
    """The codes among *voices*, all of the picture *gray*, that can be believed; *raw*: all.

    A text with correction of its own (QR, Data Matrix, PDF417, Aztec) needs one voice. A linear one needs two, and one
    without check digits three; one of them is zxing-cpp's, and no other text from the same bars has half as many:
    where a picture is poor enough, wrong texts with right check digits come more than once.
    """
    claims: dict[tuple[str, str], _Claim] = {}
    for look, code in voices:
        claim = claims.setdefault((code.text, code.format), _Claim(code, set()))
        claim.looks.add(look)
        if claim.code.decoder in DOUBTED and code.decoder not in DOUBTED:
            claim.code = code
    every = list(claims.values())
    return [claim.code for claim in every if raw or claim.code.format not in LINEAR or _undisputed(gray, claim, every)]


def open_question(gray: "Gray", voices: Sequence[Voice], believed: Sequence[Decoded]) -> bool:
    """Whether something was seen where nothing is believed yet."""
    return any(not any(_same_bars(gray, code.quad, sure.quad) for sure in believed) for _, code in voices)


def _undisputed(gray: "Gray", claim: _Claim, every: Sequence[_Claim]) -> bool:
    code, needed = claim.code, VOICES_OF_UNCHECKED if claim.code.format in UNCHECKED else VOICES
    if code.decoder in DOUBTED or len(claim.looks) < needed:
        return False
    for rival in every:
        if rival is claim or _is_part(rival.code, code) or not _same_bars(gray, code.quad, rival.code.quad):
            continue
        if _is_part(code, rival.code) or len(claim.looks) < LEAD_OVER_RIVALS * len(rival.looks):
            return False
    return True


def _is_part(code: Decoded, whole: Decoded) -> bool:
    """Whether *code* may be what a slanting line saw of some of the bars of *whole*."""
    return code.format in UNCHECKED and len(code.text) < len(whole.text) and code.text in whole.text


def _same_bars(gray: "Gray", one: Quad, other: Quad) -> bool:
    """Whether two codes were read from the same bars, be it at different heights of them."""
    if _boxes_touch(one, other):
        return True
    import numpy as np

    first, second = _middle_line(one), _middle_line(other)
    if float((first[1] - first[0]) @ (second[1] - second[0])) < 0:
        second = second[::-1]
    length = float(np.linalg.norm(first[1] - first[0]))
    along = (first[1] - first[0]) / max(length, 1.0)
    # Seen from one of them, the other is moved along the bars only: both its ends stand beside the other's.
    if np.abs((second - first) @ along).max() > ENDS_APART * length:
        return False
    lines = [first + (second - first) * share for share in np.linspace(0, 1, LINES_BETWEEN)]
    profiles = np.corrcoef([_profile(gray, line) for line in lines])[0]
    # Two labels below each other may say almost the same, but there is something between them.
    return float(profiles.min()) > SAME_PROFILE


def _middle_line(quad: Quad) -> "Points":
    """The start and the end of the line along which a code was read."""
    import numpy as np

    corners = np.asarray(quad, np.float64)
    return np.stack([(corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2])


def _profile(gray: "Gray", line: "Points") -> "Points":
    """The brightness along *line*."""
    import numpy as np

    points = np.linspace(line[0], line[1], PROFILE_POINTS).round().astype(int)
    xs, ys = np.clip(points.T, 0, np.array([[gray.shape[1] - 1], [gray.shape[0] - 1]]))
    # Where a line crosses nothing at all, a little slope keeps the correlation from dividing by zero.
    return np.asarray(gray[ys, xs] + np.linspace(0, 1e-6, PROFILE_POINTS), np.float64)


def _boxes_touch(one: Quad, other: Quad) -> bool:
    return all(
        min(corner[axis] for corner in one) <= max(corner[axis] for corner in other)
        and min(corner[axis] for corner in other) <= max(corner[axis] for corner in one)
        for axis in (0, 1)
    )
