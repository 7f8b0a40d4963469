"""Reading a picture that stands alone: many looks at it, and two that agree before a linear code is believed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scanner import frames
from scanner.decoders import DOUBTED, LINEAR, Decoded, Decoder, OpenCv, Zxing
from scanner.frames import Prepared

if TYPE_CHECKING:
    from scanner.frames import Gray

Prepare = Callable[["Gray"], Prepared]
Votes = defaultdict[tuple[str, str], list[tuple[str, Decoded]]]


class Look(NamedTuple):
    """One way to look at a picture."""

    name: str
    prepare: Prepare
    formats: frozenset[str] | None = None


FIRST = (Look("plain", frames.plain), Look("brightened", frames.brightened, LINEAR))
# In the order in which they paid, measured on public photographs and on drawn near-limit frames.
RESCUES = (
    Look("straightened", frames.straightened, LINEAR),
    Look("doubled", frames.doubled),
    Look("without specks", frames.without_specks, LINEAR),
    Look("sharpened", frames.sharpened),
    Look("enlarged", frames.enlarged),
    Look("stretched", frames.stretched, LINEAR),
    Look("in black and white", frames.in_black_and_white),
    Look("softened", frames.softened),
    *(Look(f"turned {degrees}", frames.turned(degrees), LINEAR) for degrees in (22, -22, 45, -45, 67, -67)),
)
# What OpenCV and zbar look at too: one more reading, never one more preparation of the picture.
ASKED_OF_OTHERS = frozenset({"plain", "brightened", "straightened", "softened"})


class StillReader:
    """Reads pictures that stand alone. *others* are asked after zxing-cpp, for instance zbar."""

    def __init__(self, others: Sequence[Decoder] = ()) -> None:
        self._zxing = Zxing()
        self._opencv = OpenCv()
        self._others = others

    def read(self, gray: "Gray", formats: Sequence[str], *, raw: bool = False) -> list[Decoded]:
        """The codes in *gray* that can be believed: one look for a QR, two that agree for a linear code.

        *raw*: whatever any decoder says, at once.
        """
        votes: Votes = defaultdict(list)
        for place, look in enumerate((*FIRST, *RESCUES), 1):
            for each in self._look(gray, look, formats):
                votes[each.text, each.format].append((look.name, each))
            believed = _believed(votes, raw=raw)
            if believed and place >= len(FIRST):
                return believed
        return []

    def _look(self, gray: "Gray", look: Look, formats: Sequence[str]) -> list[Decoded]:
        wanted = [name for name in formats if look.formats is None or name in look.formats]
        if not wanted:
            return []
        prepared = look.prepare(gray)
        found = self._zxing.read(prepared.gray, wanted, thorough=True)
        if look.name in ASKED_OF_OTHERS:
            for other in (self._opencv, *self._others):
                found += other.read(prepared.gray, wanted)
        return led_back(prepared, found)


def led_back(prepared: Prepared, found: Sequence[Decoded]) -> list[Decoded]:
    """*found* with corners in the picture that was asked about."""
    results = []
    for each in found:
        corners = [prepared.back(x, y) for x, y in each.quad]
        quad = tuple((round(x), round(y)) for x, y in corners)
        results.append(Decoded(each.text, each.format, each.decoder, quad))  # type: ignore[arg-type]
    return results


def _believed(votes: Votes, *, raw: bool) -> list[Decoded]:
    believed = []
    for (_text, kind), seen in votes.items():
        # Two decoders that agree on one prepared picture are one voice: the same wrong text has come from both.
        voices = {name for name, _ in seen}
        sure = [each for _, each in seen if each.decoder not in DOUBTED]
        if raw or (sure and (kind not in LINEAR or len(voices) > 1)):
            believed.append((sure or [each for _, each in seen])[0])
    return believed
