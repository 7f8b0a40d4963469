"""How many cards are read, how fast, and whether any is read wrong; beside plain zxing-cpp, pyzbar and OpenCV.

    python -m benchmarks.scanner [--cards 60] [--sessions 20] [--seed 1] [--folder FOLDER]

FOLDER holds pictures, each with its text in a .txt file of the same name (the layout of the zxing project's blackbox
sets, for instance); "wrong" counts pictures in which another text was read, which may be a second code of theirs.
``--cards 0 --sessions 170`` looks at 10,000 frames near the limit. pyzbar is left out, and said to be, where the system
has no libzbar.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import cv2
import numpy as np

from benchmarks import drawn
from config.errors import RegularsError
from config.scanner_settings import ScannerSettings
from config.seams import SystemClock
from scanner.acceptance import Acceptance
from scanner.cascade import Cascade
from scanner.decoders import OpenCv, Zxing, has_zbar
from scanner.live import LiveScanner, ScannerEvent
from scanner.pictures import read_picture
from scanner.still import StillReader
from scanner.zbar import Zbar
from tests.unit.scanner.drawn import Gray, video

SIZES = ((640, 480), (1280, 720), (1920, 1080))
FRAME_MS = 1000 / 30
HAND_FRAMES = 15
BUDGET_MS = 30
TIMED_FRAMES = 60
WHOLE_PATH_S = 8
SHOWN = 5
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
        surprising = set()
        begun = time.perf_counter()
        for text, formats, gray in every:
            texts = {each.replace("\r", "").strip().removeprefix("0") for each in read(gray, formats)}
            wanted = text.replace("\r", "").removeprefix("0")
            right += wanted in texts
            wrong += bool(texts - {wanted})
            surprising |= {f"{wanted!r:.40} was read as {other!r:.40}" for other in texts - {wanted}}
        spent_ms = (time.perf_counter() - begun) * 1000 / max(1, len(every))
        print(f"  {name:22} read {right / max(1, len(every)):6.1%}   wrong {wrong:3}   {spent_ms:6.1f} ms a picture")
        for each in sorted(surprising)[:SHOWN]:
            print(f"      {each}")


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


class Session(NamedTuple):
    """A card held up: when it was accepted (ms, None: never), wrong codes, and the processor ms of each frame."""

    accepted_ms: float | None
    wrong: int
    spent_ms: list[float]


def hand(kind: str, rng: np.random.Generator) -> Session:
    """A card moved before the camera for half a second; while one frame is looked at, others are missed."""
    card, pose = drawn.card(kind, rng), drawn.held(rng, 1280, 720, kind)
    ground = drawn.counter(rng, 1280, 720)
    drift = rng.normal(0, 4, 2)
    cascade, acceptance = Cascade(list(drawn.FORMATS), BUDGET_MS), Acceptance()
    cascade.read(ground)
    now_ms, accepted_ms, wrong, spent_ms = 0.0, None, 0, []
    for number in range(HAND_FRAMES):
        pose = pose._replace(x=pose.x + drift[0], y=pose.y + drift[1], degrees=pose.degrees + rng.normal(0, 3))
        if now_ms > number * FRAME_MS:
            continue
        frame = drawn.spoiled(drawn.shown(card.picture, ground, pose), rng, pose)
        begun = time.thread_time()
        seen = acceptance.look(cascade.read(frame), number * FRAME_MS)
        spent_ms.append((time.thread_time() - begun) * 1000)
        now_ms = number * FRAME_MS + spent_ms[-1]
        wrong += sum(each.code.text != card.text for each in seen)
        if accepted_ms is None and any(each.code.text == card.text for each in seen):
            accepted_ms = now_ms
    return Session(accepted_ms, wrong, spent_ms)


def hands(kind: str, sessions: int, rng: np.random.Generator) -> None:
    """How many of the sessions end with an accepted card, how soon, and what a frame costs."""
    results = [hand(kind, rng) for _ in range(sessions)]
    waits = [each.accepted_ms for each in results if each.accepted_ms is not None]
    spent = [each for result in results for each in result.spent_ms]
    print(
        f"  {kind:8} read in {len(waits)} of {sessions}, wrong {sum(each.wrong for each in results)} "
        f"of {len(spent)} frames; in view → accepted {_p50_p95(waits)} ms; a frame {_p50_p95(spent)} ms"
    )


def without_a_card(sessions: int, rng: np.random.Generator) -> None:
    """Frames in which bars that are no code move: whatever is accepted is wrong."""
    wrong = frames = 0
    for _ in range(sessions):
        ground = drawn.counter(rng, 1280, 720)
        bars = np.tile(np.repeat(rng.integers(0, 2, 95) * 255, 4).astype(np.uint8), (160, 1))
        cascade, acceptance = Cascade(list(drawn.FORMATS), BUDGET_MS), Acceptance()
        for number in range(HAND_FRAMES):
            pose = drawn.held(rng, 1280, 720, "EAN13")
            frame = drawn.spoiled(drawn.shown(bars, ground, pose), rng, pose)
            wrong += len(acceptance.look(cascade.read(frame), number * FRAME_MS))
            frames += 1
    print(f"  no card  wrong {wrong} of {frames} frames")


def speeds(rng: np.random.Generator) -> None:
    """What frames cost at three sizes: a counter at rest, a hand without a card, a card; beside plain zxing-cpp."""
    zxing = Zxing()

    def bare_read(frame: Gray) -> object:
        return zxing.read(frame, drawn.FORMATS, thorough=True)

    for width, height in SIZES:
        for name, from_camera in scenes(width, height, rng).items():
            cascade = Cascade(list(drawn.FORMATS), BUDGET_MS)
            for frame in from_camera[: TIMED_FRAMES // 2]:
                cascade.read(frame)
            ours, bare = _times(cascade.read, from_camera), _times(bare_read, from_camera)
            mean = statistics.mean(ours)
            print(
                f"  {width}×{height} {name:7} ours {_p50_p95(ours)} ms, {1000 / mean:4.0f} frames/s, "
                f"{mean / FRAME_MS:4.0%} of a core at 30 frames/s; zxing-cpp {_p50_p95(bare)} ms"
            )


def scenes(width: int, height: int, rng: np.random.Generator) -> dict[str, list[Gray]]:
    """Frames of a camera, with its noise."""
    ground = drawn.counter(rng, width, height)
    pose = drawn.held(rng, width, height, "EAN13")._replace(degrees=5, tilt=0)
    blob = np.full((height // 3, width // 4), 200, np.uint8)
    moving = [
        drawn.shown(blob, ground, pose._replace(x=width * (0.2 + 0.6 * number / TIMED_FRAMES)))
        for number in range(TIMED_FRAMES)
    ]
    return {
        "empty": [_noisy(ground, rng) for _ in range(TIMED_FRAMES)],
        "a hand": [_noisy(each, rng) for each in moving],
        "a card": [_noisy(drawn.shown(drawn.card("EAN13", rng).picture, ground, pose), rng)] * TIMED_FRAMES,
    }


def whole_path(rng: np.random.Generator) -> None:
    """A video of 1280 × 720 at 30 frames/s through threads, decoding, preview and reading: its share of one core."""
    ground = drawn.counter(rng, 1280, 720)
    pose = drawn.held(rng, 1280, 720, "EAN13")._replace(degrees=5, tilt=0)
    with TemporaryDirectory() as folder:
        for name, picture in (
            ("empty", ground),
            ("a card", drawn.shown(drawn.card("EAN13", rng).picture, ground, pose)),
        ):
            film = video(Path(folder) / "film.avi", [_noisy(picture, rng) for _ in range(TIMED_FRAMES)], fps=30)
            seen: list[ScannerEvent] = []
            scanner = LiveScanner(str(film), ScannerSettings(), SystemClock(), seen.append)
            scanner.start()
            time.sleep(1)  # Libraries load.
            begun, spent = time.perf_counter(), time.process_time()
            time.sleep(WHOLE_PATH_S)
            share = (time.process_time() - spent) / (time.perf_counter() - begun)
            scanner.stop()
            print(f"  1280×720 {name:7} {share:4.0%} of a core, decoding of the video and preview included")


def _noisy(picture: Gray, rng: np.random.Generator) -> Gray:
    return np.clip(picture + rng.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def _times(read: Callable[[Gray], object], frames: list[Gray]) -> list[float]:
    times = []
    for frame in frames:
        begun = time.thread_time()
        read(frame)
        times.append((time.thread_time() - begun) * 1000)
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
    for kind in drawn.FORMATS if options.cards else ():
        compare(f"{kind}, drawn near the limit", near_limit(kind, options.cards, rng), zbar)
    print(f"\nA hand of {HAND_FRAMES} frames, 1280×720, near the limit; times are the processor's")
    for kind in drawn.FORMATS:
        hands(kind, options.sessions, rng)
    without_a_card(options.sessions, rng)
    print("\nFrames of a camera that sees the same scene; times are the processor's")
    speeds(rng)
    print("\nThe whole path, a video at 30 frames/s")
    whole_path(rng)


if __name__ == "__main__":
    main()
