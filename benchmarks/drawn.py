"""Near-limit pictures of cards, drawn from a seed: turned, tilted, blurred, noisy, dark, with glare, partly covered."""

from typing import NamedTuple

import cv2
import numpy as np

from scanner.codes import member_qr
from scanner.issuer import Issuer, code128_form, issue_number
from tests.unit.scanner import drawn

ISSUER = Issuer(b"the benchmark's own issuer's key")
FORMATS = ("QR", "Code128", "EAN13")


class Card(NamedTuple):
    """A card's text and its clean picture."""

    text: str
    picture: drawn.Gray


class Held(NamedTuple):
    """How a card is held: where (in points), at what angle, how large, how far tilted."""

    x: float
    y: float
    degrees: float
    width: float
    tilt: float


def card(kind: str, rng: np.random.Generator) -> Card:
    """A random card of ours in the symbol *kind*."""
    number = issue_number(ISSUER, int(rng.integers(100_000)), int(rng.integers(1_000)))
    if kind == "QR":
        return Card(member_qr(ISSUER, number), drawn.qr(member_qr(ISSUER, number), scale=8))
    if kind == "Code128":
        return Card(code128_form(ISSUER, number), drawn.linear("code128", code128_form(ISSUER, number)))
    return Card(number, drawn.linear("ean13", number[:12]))


def held(rng: np.random.Generator, width: int, height: int, kind: str) -> Held:
    """A random way to hold a card before a camera of *width* × *height*."""
    size = rng.uniform(0.12, 0.25) if kind == "QR" else rng.uniform(0.28, 0.45)
    return Held(
        rng.uniform(0.35, 0.65) * width,
        rng.uniform(0.35, 0.65) * height,
        rng.uniform(-60, 60),
        size * width,
        rng.uniform(0, 0.12),
    )


def counter(rng: np.random.Generator, width: int, height: int) -> drawn.Gray:
    """A counter without a card: a soft texture with a few straight edges on it."""
    coarse = rng.integers(60, 190, (height // 40, width // 40)).astype(np.uint8)
    ground = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    for _ in range(6):
        corners = [tuple(int(value) for value in rng.integers(0, (width, height))) for _ in range(2)]
        cv2.rectangle(ground, corners[0], corners[1], int(rng.integers(30, 220)), int(rng.integers(1, 9)))
    return ground


def shown(picture: drawn.Gray, ground: drawn.Gray, pose: Held) -> drawn.Gray:
    """*picture* laid on *ground* in perspective."""
    high, wide = picture.shape
    half_x, half_y = pose.width / 2, pose.width / 2 * high / wide
    turn = np.deg2rad(pose.degrees)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float) * (half_x, half_y)
    corners *= (1 + pose.tilt * np.sign(corners[:, 1]))[:, None]
    matrix = np.array([(np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))])
    goal = (corners @ matrix.T + (pose.x, pose.y)).astype(np.float32)
    origin = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    size = (ground.shape[1], ground.shape[0])
    warp = cv2.getPerspectiveTransform(origin, goal)
    laid = cv2.warpPerspective(picture, warp, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full_like(picture, 255), warp, size)
    return np.where(mask > 127, laid, ground).astype(np.uint8)


def spoiled(picture: drawn.Gray, rng: np.random.Generator, pose: Held) -> drawn.Gray:
    """*picture* through a cheap camera: two or three faults at once, each near what can still be read."""
    for fault in rng.permutation(5)[: rng.integers(2, 4)]:
        if fault == 0:
            picture = drawn.blurred(picture, rng.uniform(0.6, 1.8))
        elif fault == 1:
            length = int(rng.integers(3, 7))
            kernel = np.eye(length, dtype=np.float32) / length
            picture = np.asarray(cv2.filter2D(picture, -1, kernel), np.uint8)
        elif fault == 2:
            picture = drawn.dark(picture, rng.uniform(0.15, 0.5))
        elif fault == 3:
            spot = tuple(int(value) for value in rng.normal((pose.x, pose.y), pose.width / 4))
            glare = np.zeros_like(picture)
            cv2.circle(glare, spot, int(pose.width * rng.uniform(0.04, 0.1)), 255, -1)
            picture = np.asarray(cv2.add(picture, cv2.GaussianBlur(glare, (0, 0), 6)), np.uint8)
        else:
            picture = picture.copy()
            left, top = int(pose.x + pose.width * 0.3), int(pose.y + pose.width * 0.12)
            cv2.circle(picture, (left, top), int(pose.width * 0.06), 170, -1)
    return drawn.noisy(picture, rng.uniform(2, 9), int(rng.integers(1 << 30)))
