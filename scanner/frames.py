"""Pictures as arrays: reading them safely, and preparing them so that more codes can be read."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from config.errors import N_, Broken

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Gray = NDArray[np.uint8]

MAX_PICTURE_BYTES = 64 << 20
MAX_PIXELS = 60_000_000
MAX_PATCH = 4096
Quad = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]


class Prepared(NamedTuple):
    """A picture made ready, and how its points are led back to the picture that it came from."""

    gray: "Gray"
    back: Callable[[float, float], tuple[float, float]]


def read_picture(path: Path) -> "Gray":
    """The picture in *path* in gray. Broken ``picture_unreadable``, ``picture_too_large``."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or "") from error
    if len(content) > MAX_PICTURE_BYTES:
        raise _too_large(path)
    return decode_picture(content, path)


def decode_picture(content: bytes, path: Path) -> "Gray":
    """The picture that *content* holds, in gray; *path* is only for error texts."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_large(path)
            flat = picture.convert("RGBA") if picture.has_transparency_data else picture
            if flat.mode == "RGBA":
                # A code drawn on nothing is meant to stand on white.
                white = Image.new("RGBA", flat.size, "white")
                flat = Image.alpha_composite(white, flat)
            return np.ascontiguousarray(np.asarray(flat.convert("L"), dtype=np.uint8))
    except Broken:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except Exception as error:
        # Pillow's readers raise whatever a broken file leads them into.
        raise _unreadable(path, type(error).__name__) from error


def plain(gray: "Gray") -> Prepared:
    """The picture as it is."""
    return Prepared(gray, lambda x, y: (x, y))


def sharpened(gray: "Gray") -> Prepared:
    """Unsharp mask, σ 4, amount 4: the best single rescue for blurred QR codes."""
    import cv2

    soft = cv2.GaussianBlur(gray, (0, 0), 4)
    return Prepared(_array(cv2.addWeighted(gray, 5, soft, -4, 0)), lambda x, y: (x, y))


def without_specks(gray: "Gray") -> Prepared:
    """Median 3×3: against noise on linear codes."""
    import cv2

    return Prepared(_array(cv2.medianBlur(gray, 3)), lambda x, y: (x, y))


def softened(gray: "Gray") -> Prepared:
    """A 3×3 blur: another look at the same bars."""
    import cv2

    return Prepared(_array(cv2.blur(gray, (3, 3))), lambda x, y: (x, y))


def enlarged(gray: "Gray") -> Prepared:
    """Twice as large and sharpened: for codes of few pixels a module."""
    import cv2

    large = cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), 4)
    return Prepared(_array(cv2.addWeighted(large, 3, soft, -2, 0)), lambda x, y: (x / 2, y / 2))


def brightened(gray: "Gray") -> Prepared:
    """The picture's own darkest and brightest stretched to black and white, by tiles: for low and uneven light."""
    import cv2

    return Prepared(_array(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(gray)), lambda x, y: (x, y))


def doubled(gray: "Gray") -> Prepared:
    """Twice as large, as it is: another look at thin bars."""
    import cv2

    return Prepared(
        _array(cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)), lambda x, y: (x / 2, y / 2)
    )


def in_black_and_white(gray: "Gray") -> Prepared:
    """Black where darker than its surroundings of 51 points: against shadows and glare."""
    import cv2

    return Prepared(
        _array(cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 51, 5)),
        lambda x, y: (x, y),
    )


def stretched(gray: "Gray") -> Prepared:
    """Upright bars averaged along their length, drawn three times as wide, and sharpened: out of focus, few points."""
    import cv2

    wide = cv2.resize(cv2.blur(gray, (1, 5)), None, fx=3, fy=0.5, interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(wide, (0, 0), 4)
    return Prepared(_array(cv2.addWeighted(wide, 4, soft, -3, 0)), lambda x, y: (x / 3, y * 2))


def straightened(gray: "Gray") -> Prepared:
    """The largest patch of bars that OpenCV finds, at whatever angle, laid straight; the picture itself without one."""
    import cv2
    import numpy as np

    try:
        found, patches = cv2.barcode.BarcodeDetector().detectMulti(gray)
    except cv2.error:
        return plain(gray)
    if not found:
        return plain(gray)
    patch = max(patches, key=lambda corners: float(cv2.contourArea(np.asarray(corners, np.float32))))
    centre, (first, second), angle = cv2.minAreaRect(np.asarray(patch, np.float32))
    width, height, angle = (first, second, angle) if first >= second else (second, first, angle + 90)
    # The detector cuts the outer bars and the quiet zone off.
    size = (min(2 * int(width), MAX_PATCH), min(2 * int(height) + 20, MAX_PATCH))
    matrix = cv2.getRotationMatrix2D(centre, angle, 1.0)
    matrix[0, 2] += size[0] / 2 - centre[0]
    matrix[1, 2] += size[1] / 2 - centre[1]
    return _moved(gray, matrix, size)


def turned(degrees: int) -> Callable[["Gray"], Prepared]:
    """Turned by *degrees* on a larger ground: linear codes are read along their bars only."""

    def prepare(gray: "Gray") -> Prepared:
        import cv2

        height, width = gray.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
        new_width, new_height = int(height * sine + width * cosine), int(height * cosine + width * sine)
        matrix[0, 2] += new_width / 2 - width / 2
        matrix[1, 2] += new_height / 2 - height / 2
        return _moved(gray, matrix, (new_width, new_height))

    return prepare


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


def _array(picture: object) -> "Gray":
    import numpy as np

    return np.ascontiguousarray(picture, dtype=np.uint8)


def _unreadable(path: Path, why: str) -> Broken:
    return Broken(
        "picture_unreadable",
        N_("{file} can't be read as a picture ({why}). Nothing was changed; check the file."),
        file=path.name,
        why=why,
    )


def _too_large(path: Path) -> Broken:
    return Broken(
        "picture_too_large",
        N_("{file} is too large: a picture may have 60 million points and 64 MiB. Nothing was changed."),
        file=path.name,
    )
