"""Pictures of codes, drawn for tests: clean, turned, blurred, noisy, dark; the same for the same seed."""

import io
from pathlib import Path

import barcode
import cv2
import numpy as np
import segno
from barcode.writer import ImageWriter
from numpy.typing import NDArray
from PIL import Image

Gray = NDArray[np.uint8]


def qr(text: str, scale: int = 5) -> Gray:
    """A QR of level Q with its quiet zone."""
    buffer = io.BytesIO()
    segno.make_qr(text, error="q").save(buffer, kind="png", scale=scale)
    return _gray(buffer)


def linear(kind: str, text: str) -> Gray:
    """A Code 128 (``code128``) or EAN-13 (``ean13``)."""
    buffer = io.BytesIO()
    barcode.get(kind, text, writer=ImageWriter()).write(buffer, {"write_text": False})
    return _gray(buffer)


def placed(code: Gray, *, width: int = 1280, height: int = 720, degrees: float = 0.0, ground: int = 150) -> Gray:
    """*code* in the middle of a larger picture, turned by *degrees*."""
    picture = np.full((height, width), ground, np.uint8)
    code = code[: height - 20, : width - 20]
    top, left = (height - code.shape[0]) // 2, (width - code.shape[1]) // 2
    picture[top : top + code.shape[0], left : left + code.shape[1]] = code
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderValue=ground), np.uint8)


def noisy(picture: Gray, sigma: float, seed: int) -> Gray:
    """With the noise of a cheap camera."""
    noise = np.random.default_rng(seed).normal(0, sigma, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def blurred(picture: Gray, sigma: float) -> Gray:
    """Out of focus."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def dark(picture: Gray, share: float) -> Gray:
    """In low light."""
    return (picture * share + 8).astype(np.uint8)


def video(file: Path, frames: list[Gray], fps: int = 15) -> Path:
    """A video file of *frames*."""
    height, width = frames[0].shape
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), fps, (width, height))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
    return file


def _gray(buffer: io.BytesIO) -> Gray:
    buffer.seek(0)
    with Image.open(buffer) as picture:
        return np.asarray(picture.convert("L"), np.uint8).copy()
