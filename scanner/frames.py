"""Pictures as arrays, and preparing them so that more codes can be read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Gray = NDArray[np.uint8]

MAX_PATCH = 4096
MAX_PATCHES = 8
MAX_AVERAGED = 31
Box = tuple[int, int, int, int]  # Left, top, right, bottom.
Quad = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: when it was taken (ms since the source was opened), and whether it stands alone."""

    gray: "Gray"
    at_ms: float
    still: bool = False
    name: str = ""


class Prepared(NamedTuple):
    """A picture made ready, and how its points are led back to the picture that it came from."""

    gray: "Gray"
    back: Callable[[float, float], tuple[float, float]]


Views = tuple[Prepared, ...]


def plain(gray: "Gray") -> Views:
    """The picture as it is."""
    return _views(gray)


def brightened(gray: "Gray") -> Views:
    """The picture's own darkest and brightest stretched to black and white, by tiles: for low and uneven light."""
    return _views(_clahe(gray))


def brightened_doubled(gray: "Gray") -> Views:
    """Twice as large, then brightened: the best second voice for linear codes of few points a bar."""
    return _views(_clahe(_scaled(gray, 2, 2)), 2, 2)


def sharpened(gray: "Gray") -> Views:
    """Unsharp mask, σ 4, amount 4: the best single rescue for blurred QR codes."""
    return _views(_unsharp(gray, 4, 4))


def sharpened_doubled(gray: "Gray") -> Views:
    """Twice as large, fine edges sharpened: for thin bars a little out of focus."""
    return _views(_unsharp(_scaled(gray, 2, 2), 1.5, 3), 2, 2)


def sharpened_hard_doubled(gray: "Gray") -> Views:
    """Twice as large, edges sharpened hard: for bars further out of focus."""
    return _views(_unsharp(_scaled(gray, 2, 2), 2, 5), 2, 2)


def sharpened_broadly(gray: "Gray") -> Views:
    """Unsharp mask, σ 8, amount 3: for wide bars well out of focus."""
    return _views(_unsharp(gray, 8, 3))


def sharpened_trebled(gray: "Gray") -> Views:
    """Three times as large, broad edges sharpened: for bars of less than two points out of focus."""
    return _views(_unsharp(_scaled(gray, 3, 3), 4, 4), 3, 3)


def enlarged(gray: "Gray") -> Views:
    """Twice as large, broad edges sharpened: for codes of few points a module."""
    return _views(_unsharp(_scaled(gray, 2, 2), 4, 2), 2, 2)


def without_specks(gray: "Gray") -> Views:
    """Median 3×3: against noise on linear codes."""
    import cv2

    return _views(cv2.medianBlur(gray, 3))


def softened(gray: "Gray") -> Views:
    """A 3×3 blur: another look at the same bars."""
    import cv2

    return _views(cv2.blur(gray, (3, 3)))


def in_black_and_white(gray: "Gray") -> Views:
    """Twice as large, black where darker than the surroundings of 51 points: against shadows and glare."""
    return _views(_black_and_white(_scaled(gray, 2, 2), 51), 2, 2)


def in_black_and_white_broadly(gray: "Gray") -> Views:
    """The same with surroundings of 101 points."""
    return _views(_black_and_white(_scaled(gray, 2, 2), 101), 2, 2)


def evenly_lit(gray: "Gray") -> Views:
    """Twice as large, each point divided by the brightness around it: against shadows across the bars."""
    import cv2

    large = _scaled(gray, 2, 2)
    return _views(cv2.divide(large, cv2.GaussianBlur(large, (0, 0), 25), scale=128), 2, 2)


def dark_only(gray: "Gray") -> Views:
    """Twice as large, only what is darker than both its sides and narrow: bars on grounds that change."""
    import cv2
    import numpy as np

    return _views(~_array(cv2.morphologyEx(_scaled(gray, 2, 2), cv2.MORPH_BLACKHAT, np.ones((1, 61), np.uint8))), 2, 2)


def thickened(gray: "Gray") -> Views:
    """Three times as large, sharpened, bars made wider: for thin bars that too much light has eaten."""
    import cv2
    import numpy as np

    return _views(cv2.erode(_unsharp(_scaled(gray, 3, 3), 1.5, 3), np.ones((1, 3), np.uint8)), 3, 3)


def averaged(gray: "Gray") -> Views:
    """Upright bars averaged along their length, twice as large: against noise, where bars are known to stand."""
    import cv2

    along = min(MAX_AVERAGED, max(5, gray.shape[0] // 6))
    return _views(_scaled(cv2.blur(gray, (1, along)), 2, 1), 2, 1)


def stretched(gray: "Gray") -> Views:
    """Upright bars averaged along their length, drawn five times as wide, and sharpened: out of focus, few points."""
    import cv2

    return _views(_unsharp(_scaled(cv2.blur(gray, (1, 11)), 5, 0.5), 6, 4), 5, 0.5)


def inverted(gray: "Gray") -> Views:
    """White on black: zxing-cpp looks for such matrix codes by itself, but for no bars."""
    return _views(~gray)


def inverted_doubled(gray: "Gray") -> Views:
    """The same, twice as large and sharpened."""
    return sharpened_doubled(~gray)


def inverted_in_black_and_white(gray: "Gray") -> Views:
    """The same, black where darker than its surroundings."""
    return in_black_and_white(~gray)


def straightened(gray: "Gray") -> Views:
    """The largest patches of bars that OpenCV finds, at whatever angle, each laid straight."""
    import cv2
    import numpy as np

    try:
        found, patches = cv2.barcode.BarcodeDetector().detectMulti(gray)
    except cv2.error:
        return ()
    if not found:
        return ()
    corners = [np.asarray(patch, np.float32) for patch in patches]
    corners.sort(key=lambda patch: -float(cv2.contourArea(patch)))
    return tuple(_laid_straight(gray, patch) for patch in corners[:MAX_PATCHES])


def turned(degrees: int) -> Callable[["Gray"], Views]:
    """Turned by *degrees* on a larger ground: linear codes are read along their bars only."""

    def prepare(gray: "Gray") -> Views:
        import cv2

        height, width = gray.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
        new_width, new_height = int(height * sine + width * cosine), int(height * cosine + width * sine)
        matrix[0, 2] += new_width / 2 - width / 2
        matrix[1, 2] += new_height / 2 - height / 2
        return (_moved(gray, matrix, (new_width, new_height)),)

    return prepare


def same(x: float, y: float) -> tuple[float, float]:
    """The way back from a picture that was not moved."""
    return x, y


def part(gray: "Gray", box: Box) -> Prepared:
    """What *gray* shows in *box*, as far as that lies within it."""
    import numpy as np

    left, top = max(0, box[0]), max(0, box[1])
    cut = np.ascontiguousarray(gray[top : max(0, box[3]), left : max(0, box[2])])
    return Prepared(cut, lambda x, y: (x + left, y + top))


def back_through(outer: Prepared, inner: Prepared) -> Prepared:
    """*inner*, which was made from *outer*, with the way back to what *outer* was made from."""
    return Prepared(inner.gray, lambda x, y: outer.back(*inner.back(x, y)))


def shrunk(gray: "Gray", longest: int) -> Prepared:
    """*gray* with no side longer than *longest*."""
    share = min(1.0, longest / max(gray.shape))
    if share == 1.0:
        return Prepared(gray, same)
    return _views(_scaled(gray, share, share), share, share)[0]


def oriented(frame: "Gray", *, rotation: int, mirror: bool, region: tuple[int, int, int, int] | None) -> "Gray":
    """A camera's frame as the shop wants it: turned, mirrored, and cut to its region (in thousandths)."""
    import numpy as np

    turned_frame = np.rot90(frame, k=-(rotation // 90)) if rotation else frame
    flipped = turned_frame[:, ::-1] if mirror else turned_frame
    if region is not None:
        height, width = flipped.shape[:2]
        left, top, right, bottom = region
        flipped = flipped[height * top // 1000 : height * bottom // 1000, width * left // 1000 : width * right // 1000]
    return np.ascontiguousarray(flipped)


def _moved(gray: "Gray", matrix: "NDArray[Any]", size: tuple[int, int]) -> Prepared:
    """*gray* turned and shifted by *matrix* on a ground of *size* (width, height)."""
    import cv2
    import numpy as np

    picture = cv2.warpAffine(gray, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    inverse = cv2.invertAffineTransform(matrix)

    def back(x: float, y: float) -> tuple[float, float]:
        point = inverse @ np.array([x, y, 1.0])
        return float(point[0]), float(point[1])

    return Prepared(_array(picture), back)


def _laid_straight(gray: "Gray", patch: "NDArray[Any]") -> Prepared:
    import cv2

    centre, (first, second), angle = cv2.minAreaRect(patch)
    width, height, angle = (first, second, angle) if first >= second else (second, first, angle + 90)
    # The detector cuts the outer bars and the quiet zone off.
    size = (min(2 * int(width) + 20, MAX_PATCH), min(2 * int(height) + 20, MAX_PATCH))
    matrix = cv2.getRotationMatrix2D(centre, angle, 1.0)
    matrix[0, 2] += size[0] / 2 - centre[0]
    matrix[1, 2] += size[1] / 2 - centre[1]
    return _moved(gray, matrix, size)


def _clahe(gray: "Gray") -> "Gray":
    import cv2

    return _array(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(gray))


def _black_and_white(gray: "Gray", surroundings: int) -> "Gray":
    import cv2

    kind = cv2.ADAPTIVE_THRESH_MEAN_C
    return _array(cv2.adaptiveThreshold(gray, 255, kind, cv2.THRESH_BINARY, surroundings, 5))


def _unsharp(gray: object, sigma: float, amount: float) -> "Gray":
    import cv2

    picture = _array(gray)
    return _array(cv2.addWeighted(picture, 1 + amount, cv2.GaussianBlur(picture, (0, 0), sigma), -amount, 0))


def _scaled(gray: object, wide: float, high: float) -> "Gray":
    import cv2

    how = cv2.INTER_AREA if max(wide, high) < 1 else cv2.INTER_CUBIC
    return _array(cv2.resize(_array(gray), None, fx=wide, fy=high, interpolation=how))


def _views(picture: object, wide: float = 1, high: float = 1) -> Views:
    """The one view that *picture* is, *wide* and *high* times as large as what it was made from."""
    return (Prepared(_array(picture), same if wide == high == 1 else lambda x, y: (x / wide, y / high)),)


def _array(picture: object) -> "Gray":
    import numpy as np

    return np.ascontiguousarray(picture, dtype=np.uint8)
