"""Cameras whose picture stands still, and where something moves."""

from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from config.errors import Broken
from config.scanner_settings import ScannerSettings
from scanner.frames import Frame
from scanner.motion import Motion
from scanner.moving import FROZEN_AFTER_FRAMES, LocalCamera
from tests.unit.scanner import drawn

COUNTER = np.random.default_rng(3).integers(60, 200, (120, 160)).astype(np.uint8)


class Device:
    """What OpenCV gives for a camera: the same picture for ever, as after unplugging, or a new one each time."""

    def __init__(self, *, alive: bool) -> None:
        self._alive = alive
        self._number = 0
        self.released = False

    def read(self) -> tuple[bool, NDArray[np.uint8]]:
        self._number += self._alive
        return True, drawn.noisy(COUNTER, 2, seed=self._number)

    def release(self) -> None:
        self.released = True


def test_a_camera_that_gives_the_same_picture_for_ever_is_opened_again_without_a_word() -> None:
    devices = [Device(alive=False), Device(alive=True)]
    opened: list[Device] = []

    def open_device(_number: int, _settings: ScannerSettings) -> Device:
        opened.append(devices[len(opened)])
        return opened[-1]

    camera = LocalCamera(0, ScannerSettings(), open_device)  # type: ignore[arg-type]
    frames = list(islice(camera.frames(), FROZEN_AFTER_FRAMES * 4))
    assert all(isinstance(frame, Frame) for frame in frames)
    assert len(opened) == 2, "the one that lives is left alone"
    assert opened[0].released


def test_a_camera_that_is_gone_then_is_an_error() -> None:
    devices = [Device(alive=False)]

    def open_device(_number: int, _settings: ScannerSettings) -> Device:
        if not devices:
            raise Broken("camera_missing", "gone")
        return devices.pop()

    camera = LocalCamera(0, ScannerSettings(), open_device)  # type: ignore[arg-type]
    with pytest.raises(Broken, match="gone"):
        list(islice(camera.frames(), FROZEN_AFTER_FRAMES * 4))


def test_noise_does_not_move_and_a_card_shows_where_it_is() -> None:
    counter = np.full((720, 1280), 120, np.uint8)
    motion = Motion()
    motion.look(drawn.noisy(counter, 4, 0))
    for seed in range(1, 5):
        change = motion.look(drawn.noisy(counter, 4, seed))
        assert not change.moved
        assert change.box is None
    card = counter.copy()
    card[300:420, 600:800] = 240
    change = motion.look(drawn.noisy(card, 4, 9))
    assert change.moved
    assert change.box is not None
    left, top, right, bottom = change.box
    assert 500 < left < 600
    assert 800 < right < 900
    assert 220 < top < 300
    assert 420 < bottom < 500
