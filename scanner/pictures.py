"""Picture files as gray arrays: whatever Pillow reads, all their pages, and nothing that harms the reader."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import N_, Broken

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from scanner.frames import Gray

MAX_PICTURE_BYTES = 64 << 20
MAX_PIXELS = 60_000_000
MAX_PAGES = 100
_BLANK_BELOW = 8  # A page whose darkest and brightest points differ by less shows nothing.


def read_picture(path: Path) -> "Gray":
    """The first page of the picture in *path*. Broken ``picture_unreadable``, ``picture_damaged``, ``…_too_large``."""
    return next(read_pages(path))


def read_pages(path: Path) -> Iterator["Gray"]:
    """The pages of a picture file, at most MAX_PAGES: those of a TIFF, the frames of an animated GIF.

    Broken ``picture_unreadable``, ``picture_damaged``, ``picture_too_large``.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(_content(path))) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_large(path)
            for number in range(min(getattr(picture, "n_frames", 1), MAX_PAGES)):
                picture.seek(number)
                yield _gray(picture)
    except Broken:
        raise
    except UnidentifiedImageError as error:
        raise _unreadable(path) from error
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except Exception as error:
        # Pillow's readers raise whatever a broken file leads them into.
        raise _damaged(path) from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        raise _unreadable(path) from error
    if len(content) > MAX_PICTURE_BYTES:
        raise _too_large(path)
    return content


def _gray(page: "Image") -> "Gray":
    import numpy as np

    if page.mode in {"I", "F"} or page.mode.startswith("I;"):
        return _spread(np.asarray(page, dtype=np.float64))
    if page.has_transparency_data:
        return _on_a_ground(page.convert("RGBA"))
    return np.ascontiguousarray(np.asarray(page.convert("L"), dtype=np.uint8))


def _on_a_ground(page: "Image") -> "Gray":
    """A code drawn on nothing is meant to stand on white; a white one, which can't be seen there, on black."""
    import numpy as np
    from PIL import Image

    for ground in ("white", "black"):
        flat = Image.alpha_composite(Image.new("RGBA", page.size, ground), page)
        gray = np.ascontiguousarray(np.asarray(flat.convert("L"), dtype=np.uint8))
        if int(gray.max()) - int(gray.min()) >= _BLANK_BELOW:
            break
    return gray


def _spread(values: "NDArray[Any]") -> "Gray":
    """Sixteen bits and more, or fractions: from the darkest point to the brightest."""
    import numpy as np

    known = np.nan_to_num(values)
    low, high = float(known.min()), float(known.max())
    return np.asarray((known - low) * (255.0 / max(high - low, 1e-9)), np.uint8)


def _unreadable(path: Path) -> Broken:
    return Broken(
        "picture_unreadable", N_("{file} is not a picture that can be read. Nothing was changed."), file=path.name
    )


def _damaged(path: Path) -> Broken:
    return Broken(
        "picture_damaged",
        N_("{file} is damaged or cut off. Nothing was changed; take the picture again."),
        file=path.name,
    )


def _too_large(path: Path) -> Broken:
    return Broken(
        "picture_too_large",
        N_("{file} is too large: a picture may have 60 million points and 64 MiB. Nothing was changed."),
        file=path.name,
    )
