"""Reading a picture that stands alone: many looks at it, until what was seen is believed or nothing is left to try."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scanner import frames
from scanner.decoders import LINEAR, TURNED_BADLY, Decoded, Decoder, OpenCv, Zxing, led_back
from scanner.frames import Prepared, Views, back_through, shrunk
from scanner.judging import Voice, judged, open_question

if TYPE_CHECKING:
    from scanner.frames import Gray

MIN_SIDE = 8
WORKING_SIDE = 2000
LOOKS_AT_LEAST = 5


class Look(NamedTuple):
    """One way to look at a picture; *formats* None: for codes of any. *laid*: at the bars in it, each laid straight."""

    name: str
    prepare: Callable[["Gray"], Views]
    formats: frozenset[str] | None = None
    laid: bool = False


# At bars that are laid straight already, each is the matter of a millisecond.
LAID = (
    Look("laid, averaged", frames.averaged, LINEAR, laid=True),
    Look("laid, brightened", frames.brightened_doubled, LINEAR, laid=True),
    Look("laid, sharpened", frames.sharpened_doubled, LINEAR, laid=True),
    Look("laid, stretched", frames.stretched, LINEAR, laid=True),
    Look("laid, thickened", frames.thickened, LINEAR, laid=True),
)
# In the order in which they paid, measured on public photographs and on drawn near-limit frames.
LOOKS = (
    Look("plain", frames.plain),
    Look("brightened", frames.brightened, LINEAR),
    Look("brightened, doubled", frames.brightened_doubled, LINEAR),
    Look("laid straight", frames.plain, TURNED_BADLY, laid=True),
    Look("sharpened, doubled", frames.sharpened_doubled),
    *LAID,
    Look("black and white", frames.in_black_and_white),
    Look("sharpened, trebled", frames.sharpened_trebled, LINEAR),
    Look("evenly lit", frames.evenly_lit, LINEAR),
    Look("sharpened", frames.sharpened),
    Look("dark only", frames.dark_only, LINEAR),
    Look("thickened", frames.thickened, LINEAR),
    Look("stretched", frames.stretched, LINEAR),
    Look("black and white, broadly", frames.in_black_and_white_broadly, LINEAR),
    Look("sharpened hard, doubled", frames.sharpened_hard_doubled, LINEAR),
    Look("sharpened broadly", frames.sharpened_broadly, LINEAR),
    Look("enlarged", frames.enlarged),
    Look("without specks", frames.without_specks, LINEAR),
    Look("softened", frames.softened),
    Look("inverted", frames.inverted, TURNED_BADLY),
    Look("inverted, doubled", frames.inverted_doubled, TURNED_BADLY),
    Look("inverted, in black and white", frames.inverted_in_black_and_white, LINEAR),
    *(Look(f"turned {degrees}", frames.turned(degrees), TURNED_BADLY) for degrees in (22, -22, 45, -45, 67, -67)),
)
# What OpenCV and zbar look at too.
ASKED_OF_OTHERS = frozenset({"plain", "brightened", "laid straight", "softened"})


class StillReader:
    """Reads pictures that stand alone. *others* are asked after zxing-cpp, for instance zbar."""

    def __init__(self, others: Sequence[Decoder] = ()) -> None:
        self._zxing = Zxing()
        self._others = (OpenCv(), *others)

    def read(self, gray: "Gray", formats: Sequence[str], *, raw: bool = False, once: bool = False) -> list[Decoded]:
        """All codes in *gray* that can be believed; *once*: the first is enough. *raw*: whatever any decoder says."""
        if min(gray.shape) < MIN_SIDE:
            return []
        whole, working = shrunk(gray, max(gray.shape)), shrunk(gray, WORKING_SIDE)
        laid = [back_through(working, view) for view in frames.straightened(working.gray)]
        voices: list[Voice] = []
        believed: list[Decoded] = []
        for number, look in enumerate(LOOKS, 1):
            # The first look is at every point; of a very large picture the others would take too long.
            grounds = laid if look.laid else [whole if number == 1 else working]
            voices += self._voices(look, grounds, formats)
            believed = judged(gray, voices, raw=raw)
            if believed and (once or (number >= LOOKS_AT_LEAST and not open_question(gray, voices, believed))):
                break
        return believed[:1] if once else believed

    def _voices(self, look: Look, grounds: Sequence[Prepared], formats: Sequence[str]) -> Iterator[Voice]:
        wanted = [name for name in formats if look.formats is None or name in look.formats]
        for ground in grounds if wanted else ():
            for view in (back_through(ground, inner) for inner in look.prepare(ground.gray)):
                found = self._zxing.read(view.gray, wanted, thorough=True)
                for other in self._others if look.name in ASKED_OF_OTHERS else ():
                    found += other.read(view.gray, wanted)
                for each in led_back(view, found):
                    # Decoders that agree on one picture are one voice: the same wrong text has come from both.
                    yield Voice(look.name, each)
