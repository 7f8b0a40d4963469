"""How many cards are read, how fast, and whether any is read wrong; beside plain zxing-cpp, pyzbar and OpenCV.

    python -m benchmarks.scanner [--cards 60] [--sessions 20] [--seed 1] [--folder FOLDER]

FOLDER holds pictures, each with its text in a .txt file of the same name (the layout of the zxing project's blackbox
sets, for instance). pyzbar is left out, and said to be, where the system has no libzbar.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from benchmarks import drawn
from config.errors import RegularsError
from scanner.acceptance import Acceptance
from scanner.cascade import Cascade
from scanner.decoders import OpenCv, Zxing, has_zbar
from scanner.pictures import read_picture
from scanner.still import StillReader
from scanner.zbar import Zbar
from tests.unit.scanner.drawn import Gray

SIZES = ((640, 480), (1280, 720), (1920, 1080))
FRAME_MS = 1000 / 30
HAND_FRAMES = 15
BUDGET_MS = 30
TIMED_FRAMES = 60
Reader = Callable[[Gray, list[str]], list[str]]


def readers(zbar: Zbar | None) -> dict[str, Reader]:
    """Each contestant: from a picture and formats to the texts that it believes."""
    zxing, opencv = Zxing(), OpenCv()
    found: dict[str, Reader] = {
        "zxing-cpp": lambda gray, formats: [each.text for each in zxing.read(gray, formats, thorough=True)],
        "OpenCV": lambda gray, formats: [each.text for each in opencv.read(gray, formats)],
    }
    if zbar is not None:
        found["pyzbar"] = lambda gray, formats: [each.text for each in zbar.read(gray, formats)]
    still = StillReader([] if zbar is None else [zbar])
    found["Regulars, any decode"] = lambda gray, formats: [each.text for each in still.read(gray, formats, raw=True)]
    found["Regulars, accepted"] = lambda gray, formats: [each.text for each in still.read(gray, formats)]
    return found


def compare(title: str, pictures: Iterable[tuple[str, list[str], Gray]], zbar: Zbar | None) -> None:
    """One line for each contestant: right, wrong, milliseconds a picture."""
    every = list(pictures)
    print(f"\n{title}: {len(every)} pictures")
    for name, read in readers(zbar).items():
        right = wrong = 0
        begun = time.perf_counter()
        for text, formats, gray in every:
            texts = {each.replace("\r", "").strip().removeprefix("0") for each in read(gray, formats)}
            wanted = text.replace("\r", "").removeprefix("0")
            right += wanted in texts
            wrong += bool(texts - {wanted})
        spent_ms = (time.perf_counter() - begun) * 1000 / max(1, len(every))
        print(f"  {name:22} read {right / max(1, len(every)):6.1%}   wrong {wrong:3}   {spent_ms:6.1f} ms a picture")


def near_limit(kind: str, count: int, rng: np.random.Generator) -> Iterator[tuple[str, list[str], Gray]]:
    """Drawn single frames of 1280 × 720, each fault near what can still be read."""
    for _ in range(count):
        card, pose = drawn.card(kind, rng), drawn.held(rng, 1280, 720, kind)
        frame = drawn.shown(card.picture, drawn.counter(rng, 1280, 720), pose)
        yield card.text, [kind], drawn.spoiled(frame, rng, pose)


def from_folder(folder: Path) -> Iterator[tuple[str, list[str], Gray]]:
    """The pictures in *folder* that have a text beside them. A leading zero (UPC-A) is not counted."""
    for file in sorted(folder.rglob("*")):
        text = file.with_suffix(".txt")
        if file.suffix.lower() not in {".png", ".jpg", ".jpeg", ".gif"} or not text.exists():
            continue
        try:
            yield (
                text.read_text(encoding="utf-8", errors="replace").strip(),
                [*drawn.FORMATS, "UPCA"],
                read_picture(file),
            )
        except RegularsError as error:
            print(f"  {file.name}: {error}")


def hand(kind: str, rng: np.random.Generator) -> tuple[int | None, int, list[float]]:
    """A card moved before the camera: the frame it was accepted in, wrong codes, and milliseconds of each frame."""
    card, pose = drawn.card(kind, rng), drawn.held(rng, 1280, 720, kind)
    ground = drawn.counter(rng, 1280, 720)
    drift = rng.normal(0, 4, 2)
    cascade, acceptance = Cascade(list(drawn.FORMATS), BUDGET_MS), Acceptance()
    cascade.read(ground)
    accepted, wrong, times = None, 0, []
    for number in range(HAND_FRAMES):
        pose = pose._replace(x=pose.x + drift[0], y=pose.y + drift[1], degrees=pose.degrees + rng.normal(0, 3))
        frame = drawn.spoiled(drawn.shown(card.picture, ground, pose), rng, pose)
        begun = time.perf_counter()
        seen = acceptance.look(cascade.read(frame), number * FRAME_MS)
        times.append((time.perf_counter() - begun) * 1000)
        wrong += sum(each.code.text != card.text for each in seen)
        if accepted is None and any(each.code.text == card.text for each in seen):
            accepted = number
    return accepted, wrong, times


def hands(kind: str, sessions: int, rng: np.random.Generator) -> None:
    """How many of the sessions end with an accepted card, how soon, and what a frame costs."""
    results = [hand(kind, rng) for _ in range(sessions)]
    frames = [frame for frame, _, _ in results if frame is not None]
    waits = [frame * FRAME_MS + times[frame] for frame, _, times in results if frame is not None]
    spent = [each for _, _, times in results for each in times]
    print(
        f"  {kind:8} read in {len(frames)} of {sessions}, wrong {sum(wrong for _, wrong, _ in results)}; "
        f"in view → accepted {_p50_p95(waits)} ms; a frame {_p50_p95(spent)} ms"
    )


def speeds(rng: np.random.Generator) -> None:
    """What frames cost at three sizes; with and without a code; beside plain zxing-cpp."""
    zxing = Zxing()

    def bare_read(frame: Gray) -> object:
        return zxing.read(frame, drawn.FORMATS, thorough=True)

    for width, height in SIZES:
        ground = drawn.counter(rng, width, height)
        card = drawn.card("EAN13", rng)
        pose = drawn.held(rng, width, height, "EAN13")._replace(degrees=5, tilt=0)
        for name, picture in (("empty", ground), ("a code", drawn.shown(card.picture, ground, pose))):
            from_camera = [_noisy(picture, rng) for _ in range(TIMED_FRAMES)]
            cascade = Cascade(list(drawn.FORMATS), BUDGET_MS)
            for frame in from_camera[:30]:
                cascade.read(frame)
            ours = _times(cascade.read, from_camera)
            bare = _times(bare_read, from_camera)
            mean = statistics.mean(ours)
            print(
                f"  {width}×{height} {name:7} ours {_p50_p95(ours)} ms, {1000 / mean:4.0f} frames/s, "
                f"{mean / FRAME_MS:4.0%} of a core at 30 frames/s; zxing-cpp {_p50_p95(bare)} ms"
            )


def _noisy(picture: Gray, rng: np.random.Generator) -> Gray:
    return np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def _times(read: Callable[[Gray], object], frames: list[Gray]) -> list[float]:
    times = []
    for frame in frames:
        begun = time.perf_counter()
        read(frame)
        times.append((time.perf_counter() - begun) * 1000)
    return times


def _p50_p95(values: list[float]) -> str:
    if len(values) < 2:
        return "p50 – p95 –"
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return f"p50 {cuts[9]:.1f} p95 {cuts[18]:.1f}"


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=60)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    zbar = Zbar() if has_zbar() else None
    if zbar is None:
        print("pyzbar: left out, this system has no libzbar")
    try:
        if options.folder is not None:
            compare(options.folder.name, from_folder(options.folder), zbar)
        else:
            drawn_figures(options, zbar)
    finally:
        if zbar is not None:
            zbar.close()


def drawn_figures(options: argparse.Namespace, zbar: Zbar | None) -> None:
    """All figures that need no pictures but drawn ones."""
    rng = np.random.default_rng(options.seed)
    for kind in drawn.FORMATS:
        compare(f"{kind}, drawn near the limit", near_limit(kind, options.cards, rng), zbar)
    print(f"\nA hand of {HAND_FRAMES} frames, 1280×720")
    for kind in drawn.FORMATS:
        hands(kind, options.sessions, rng)
    print("\nFrames of a camera that sees the same scene")
    speeds(rng)


if __name__ == "__main__":
    main()
