"""Reading a picture that stands alone: many looks at it, and two that agree before a linear code is believed."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scanner import frames
from scanner.decoders import LINEAR, Decoded, Decoder, OpenCv, Zxing
from scanner.frames import Prepared

if TYPE_CHECKING:
    from scanner.frames import Gray

Prepare = Callable[["Gray"], Prepared]
# OpenCV misreads other linear codes as EAN-13 (83 of 3,336 turned pictures): it may second, never decide.
DOUBTED = frozenset({"opencv"})


class Look(NamedTuple):
    """One way to look at a picture."""

    name: str
    prepare: Prepare
    formats: frozenset[str] | None = None
    doubted: bool = False


_QR = frozenset({"QR", "DataMatrix", "Aztec", "PDF417"})
FIRST = (Look("plain", frames.plain), Look("softened", frames.softened, LINEAR))
RESCUES = (
    Look("without specks", frames.without_specks, LINEAR),
    Look("opencv", frames.plain, frozenset({"EAN13"}), doubted=True),
    Look("sharpened", frames.sharpened),
    Look("enlarged", frames.enlarged),
    Look("brightened", frames.brightened),
    *(Look(f"turned {degrees}", frames.turned(degrees), LINEAR) for degrees in (22, -22, 45, -45, 67, -67)),
    *(Look(f"turned {degrees}", frames.turned(degrees), LINEAR) for degrees in (33, -33, 55, -55)),
)


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
        votes: defaultdict[tuple[str, str], list[tuple[str, Decoded]]] = defaultdict(list)
        for looks in (FIRST, RESCUES):
            for name, found in self._looks(gray, formats, looks):
                for each in found:
                    votes[_identity(each), each.format].append((name, each))
                if looks is RESCUES and _believed(votes, raw=raw):
                    return _believed(votes, raw=raw)
            believed = _believed(votes, raw=raw)
            if believed:
                return believed
        return []

    def _looks(
        self, gray: "Gray", formats: Sequence[str], looks: Sequence[Look]
    ) -> Iterator[tuple[str, list[Decoded]]]:
        for look in looks:
            wanted = [name for name in formats if look.formats is None or name in look.formats]
            if not wanted:
                continue
            prepared = look.prepare(gray)
            decoder: Decoder = self._opencv if look.doubted else self._zxing
            yield look.name, _led_back(prepared, decoder.read(prepared.gray, wanted, thorough=True))
            if look.name in ("softened", "turned 45", "turned -45"):
                for other in self._others:
                    yield f"{look.name} {other.name}", _led_back(prepared, other.read(prepared.gray, wanted))


def _identity(found: Decoded) -> str:
    return found.text


def _believed(votes: dict[tuple[str, str], list[tuple[str, Decoded]]], *, raw: bool) -> list[Decoded]:
    believed = []
    for (_text, kind), seen in votes.items():
        names = {name for name, _ in seen}
        sure = [each for _, each in seen if each.decoder not in DOUBTED]
        if raw or (sure and (kind not in LINEAR or len(names) > 1)):
            believed.append((sure or [each for _, each in seen])[0])
    return believed


def _led_back(prepared: Prepared, found: Sequence[Decoded]) -> list[Decoded]:
    """*found* with corners in the picture that was asked about."""
    results = []
    for each in found:
        corners = [prepared.back(x, y) for x, y in each.quad]
        quad = tuple((round(x), round(y)) for x, y in corners)
        results.append(Decoded(each.text, each.format, each.decoder, quad))  # type: ignore[arg-type]
    return results
