"""Reading sources to their end, or to the first code: what ``regulars scan`` does."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from config.errors import N_, RegularsError, WrongUse
from config.scanner_settings import ScannerSettings
from config.seams import Clock
from scanner.acceptance import Acceptance
from scanner.cascade import Cascade
from scanner.decoders import FORMATS, Decoded, has_zbar
from scanner.frames import Frame, Quad
from scanner.newest import Newest
from scanner.sources import Source, open_source, unreadable
from scanner.still import StillReader
from scanner.zbar import Zbar

MAX_SOURCES = 10_000
MAX_CODES = 10_000
CAMERA_TIMEOUT_S = 30.0
CLOSES_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """*formats* None: the settings'. *raw*: any text, without the rule that keeps misreads out."""

    formats: tuple[str, ...] | None = None
    raw: bool = False
    once: bool = False
    timeout_s: float | None = None
    loop: bool = False
    watch: bool = False


@dataclass(frozen=True, slots=True)
class ReadCode:
    """A code that was read; *ms* into the video, or what it took where a picture stands alone."""

    text: str
    format: str
    decoder: str
    quad: Quad
    ms: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class ScanError:
    """Why a source, or one of its pictures, could not be read."""

    reason: str
    sentence: str
    params: dict[str, Any]


@dataclass(slots=True)
class ScannedSource:
    """One source: its codes, how many pictures were looked at, and how many a second."""

    source: str
    codes: list[ReadCode] = field(default_factory=list)
    frames: int = 0
    fps: float = 0.0
    error: ScanError | None = None


@dataclass(frozen=True, slots=True)
class ScanDocument:
    """All sources in order."""

    sources: tuple[ScannedSource, ...]

    @property
    def found(self) -> bool:
        """Whether anything was read."""
        return any(source.codes for source in self.sources)


def parse_formats(text: str) -> tuple[str, ...]:
    """Formats from ``QR,EAN13``, in any case. WrongUse ``unknown_format``."""
    known = {name.casefold(): name for name in FORMATS}
    names = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in names if name.casefold().replace("-", "") not in known]
    if unknown or not names:
        raise WrongUse(
            "unknown_format",
            N_("There is no format {unknown}. Nothing was read; choose from {formats}."),
            unknown=", ".join(unknown) or "“”",
            formats=", ".join(FORMATS),
        )
    return tuple(dict.fromkeys(known[name.casefold().replace("-", "")] for name in names))


def scan(sources: Sequence[str], options: ScanOptions, settings: ScannerSettings, clock: Clock) -> ScanDocument:
    """Read each of *sources*; one that can't be read says so, and the others are read all the same."""
    if len(sources) > MAX_SOURCES:
        raise WrongUse("too_many_sources", N_("At most {limit} sources at once. Nothing was read."), limit=MAX_SOURCES)
    zbar = Zbar() if has_zbar() else None
    try:
        scanner = _Scanner(options, settings, clock, [] if zbar is None else [zbar])
        return ScanDocument(tuple(scanner.scan(source) for source in sources))
    finally:
        if zbar is not None:
            zbar.close()


def scan_json(document: ScanDocument, translate: Callable[[str], str] = str) -> dict[str, Any]:
    """The document as ``--json`` prints it."""
    return {"sources": [_source_json(source, translate) for source in document.sources]}


class _Scanner:
    def __init__(self, options: ScanOptions, settings: ScannerSettings, clock: Clock, others: list[Zbar]) -> None:
        self._options = options
        self._settings = settings
        self._clock = clock
        self._formats = options.formats or settings.formats
        self._others = others
        self._stills = StillReader(others)

    def scan(self, text: str) -> ScannedSource:
        result = ScannedSource(text)
        begun = time.perf_counter()
        try:
            self._read(open_source(text, self._settings, loop=self._options.loop, watch=self._options.watch), result)
        except RegularsError as error:
            result.error = _error(error)
        except OSError as error:
            result.error = _error(unreadable(error))
        spent = time.perf_counter() - begun
        result.fps = round(result.frames / spent, 1) if spent > 0 and result.frames else 0.0
        return result

    def _read(self, source: Source, result: ScannedSource) -> None:
        cascade = Cascade(self._formats, self._settings.budget_ms, self._others)
        acceptance = Acceptance(self._settings.same_code_after_ms, raw=self._options.raw)
        enough = self._enough(source, result)
        with closing(_frames(source, enough)) as frames:
            for frame in frames:
                if isinstance(frame, RegularsError):
                    result.error = result.error or _error(frame)
                else:
                    result.frames += 1
                    _keep(result, self._still(frame) if frame.still else self._moving(frame, cascade, acceptance))
                if enough():
                    break
        if self._options.once:
            del result.codes[1:]

    def _enough(self, source: Source, result: ScannedSource) -> Callable[[], bool]:
        """Whether *source* has been read for long enough, or has given enough."""
        limit = 1 if self._options.once else MAX_CODES
        until_ms = self._deadline_ms(source)

        def enough() -> bool:
            return len(result.codes) >= limit or (until_ms is not None and self._clock.monotonic_ms() >= until_ms)

        return enough

    def _deadline_ms(self, source: Source) -> int | None:
        timeout_s = self._options.timeout_s
        if timeout_s is None and source.silent_after_s is not None:
            timeout_s = CAMERA_TIMEOUT_S
        return None if timeout_s is None else self._clock.monotonic_ms() + int(timeout_s * 1000)

    def _still(self, frame: Frame) -> list[ReadCode]:
        begun = time.perf_counter()
        found = self._stills.read(frame.gray, self._formats, raw=self._options.raw, once=self._options.once)
        spent = int((time.perf_counter() - begun) * 1000)
        return [_code(each, spent, frame.name) for each in found]

    def _moving(self, frame: Frame, cascade: Cascade, acceptance: Acceptance) -> list[ReadCode]:
        accepted = acceptance.look(cascade.read(frame.gray), frame.at_ms)
        return [_code(each.code, int(frame.at_ms), "") for each in accepted]


def _frames(source: Source, enough: Callable[[], bool]) -> Generator[Frame | RegularsError]:
    """Every picture of a source that has an end; of the others the newest, so that none holds the program up."""
    if not source.lasting:
        with closing(source):
            yield from source.frames()
        return
    newest = Newest(lambda: source)
    try:
        yield from newest.frames(enough)
    finally:
        newest.close(within_s=CLOSES_WITHIN_S)


def _keep(result: ScannedSource, codes: Sequence[ReadCode]) -> None:
    """Each text of a source once, with the place where it was read first."""
    known = {(code.text, code.format, code.name) for code in result.codes}
    result.codes += [code for code in codes if (code.text, code.format, code.name) not in known]


def _code(found: Decoded, ms: int, name: str) -> ReadCode:
    return ReadCode(found.text, found.format, found.decoder, found.quad, ms, name)


def _error(error: RegularsError) -> ScanError:
    return ScanError(error.reason, error.sentence, dict(error.params))


def _source_json(source: ScannedSource, translate: Callable[[str], str]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "source": source.source,
        "codes": [_code_json(code) for code in source.codes],
        "frames": source.frames,
        "fps": source.fps,
    }
    if source.error is not None:
        message = translate(source.error.sentence).format(**source.error.params)
        document["error"] = {"reason": source.error.reason, "message": message}
    return document


def _code_json(code: ReadCode) -> dict[str, Any]:
    document: dict[str, Any] = {
        "text": code.text,
        "format": code.format,
        "decoder": code.decoder,
        "quad": [list(corner) for corner in code.quad],
        "ms": code.ms,
    }
    if code.name:
        document["file"] = code.name
    return document
