"""A source read on a thread of its own: whoever looks gets its newest frame, and can leave one that hangs."""

import threading
import time
from collections.abc import Callable, Iterator

from config.errors import N_, Broken, RegularsError
from scanner.frames import Frame
from scanner.sources import Source, unreadable

OPENS_WITHIN_S = 15.0
LOOK_UP_EVERY_S = 0.2


class Newest:
    """Opens and reads one source. A moving picture is replaced by the next; a still one waits until it is taken."""

    def __init__(self, opened: Callable[[], Source]) -> None:
        self._opened = opened
        self._fresh = threading.Condition()
        self._item: Frame | RegularsError | None = None
        self._failure: Exception | None = None
        self._ended = False
        self._closed = threading.Event()
        self._silent_after_s: float | None = OPENS_WITHIN_S
        self._heard_s = time.monotonic()
        self._thread = threading.Thread(target=self._read, name="regulars-camera", daemon=True)
        self._thread.start()

    def frames(self, enough: Callable[[], bool]) -> Iterator[Frame | RegularsError]:
        """Frames until the source ends or *enough* says so.

        Raises what the source failed with; Broken ``camera_lost`` where it ended though it has no end of its own,
        ``camera_silent`` where nothing comes any more: the device's driver may never give its answer.
        """
        while not enough():
            item = self._take()
            if item is not None:
                yield item
            elif self._ended:
                if self._failure is not None:
                    raise self._failure
                return
            elif self._silent_after_s is not None and time.monotonic() - self._heard_s > self._silent_after_s:
                raise Broken(
                    "camera_silent", N_("The camera does not answer. Nothing was lost; pull it and plug it in.")
                )

    def close(self, within_s: float = 0.0) -> bool:
        """Want no more frames; whether the source was let go *within_s*. One that hangs lets go when it answers."""
        self._closed.set()
        with self._fresh:
            self._item = None
            self._fresh.notify_all()
        self._thread.join(within_s)
        return self.gone

    @property
    def gone(self) -> bool:
        """Whether the thread has ended and let go of the source."""
        return not self._thread.is_alive()

    def _take(self) -> Frame | RegularsError | None:
        with self._fresh:
            self._fresh.wait_for(lambda: self._item is not None or self._ended, timeout=LOOK_UP_EVERY_S)
            item, self._item = self._item, None
            self._fresh.notify_all()
            return item

    def _read(self) -> None:
        try:
            source = self._opened()
            try:
                self._silent_after_s = source.silent_after_s
                self._pass_on(source)
            finally:
                source.close()
            if source.lasting:
                raise Broken("camera_lost", N_("The camera is gone. Nothing was lost; plug it in again."))
        except OSError as error:
            self._failure = unreadable(error)
        except Exception as error:
            # The edge of a thread: whoever reads the frames gets it raised there.
            self._failure = error
        finally:
            with self._fresh:
                self._ended = True
                self._fresh.notify_all()

    def _pass_on(self, source: Source) -> None:
        begun_s = self._heard_s = time.monotonic()
        for item in source.frames():
            if source.at_own_rate and isinstance(item, Frame):
                self._closed.wait(max(0.0, begun_s + item.at_ms / 1000 - time.monotonic()))
            self._heard_s = time.monotonic()
            with self._fresh:
                if isinstance(item, RegularsError) or item.still:
                    self._fresh.wait_for(lambda: self._item is None or self._closed.is_set())
                if self._closed.is_set():
                    return
                self._item = item
                self._fresh.notify_all()
