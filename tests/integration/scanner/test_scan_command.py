"""``regulars scan`` in a process of its own: one document, its exit code, and nothing else on the terminal."""

from pathlib import Path

import cv2
import numpy as np

from tests.e2e.cli.shell import Shell
from tests.integration.scanner.network_camera import NetworkCamera
from tests.unit.scanner import drawn

CARD = "2112345678900"


def test_one_document_tells_of_every_source(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "no till here")
    both = np.full((300, 900), 255, np.uint8)
    qr, bars = drawn.qr("HELLO", scale=4), drawn.linear("ean13", CARD[:12])
    both[20 : 20 + qr.shape[0], 20 : 20 + qr.shape[1]] = qr
    both[20 : 20 + min(bars.shape[0], 260), 300 : 300 + bars.shape[1]] = bars[:260]
    cv2.imwrite(str(tmp_path / "both.png"), both)
    film = drawn.video(tmp_path / "film.avi", [drawn.placed(bars, width=640, height=480)] * 6)
    (tmp_path / "cut.avi").write_bytes(film.read_bytes()[:100])
    names = [str(tmp_path / name) for name in ("both.png", "film.avi", "cut.avi", "missing.png")]
    done = shell.run("scan", *names, "--json")
    assert done.stderr == "", "the libraries below keep silent"
    picture, video, cut, missing = shell.json("scan", *names)["sources"]
    assert [source["source"] for source in (picture, video, cut, missing)] == names
    assert {(code["text"], code["format"]) for code in picture["codes"]} == {("HELLO", "QR"), (CARD, "EAN13")}
    assert set(picture["codes"][0]) == {"text", "format", "decoder", "quad", "ms"}
    assert [len(corner) for corner in picture["codes"][0]["quad"]] == [2, 2, 2, 2]
    assert [code["text"] for code in video["codes"]] == [CARD]
    assert video["frames"] == 6
    assert video["fps"] > 0
    assert cut["error"]["reason"] == "video_unreadable"
    assert missing["error"]["reason"] == "source_missing"


def test_nothing_read_is_exit_code_one_and_wrong_use_two(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    blank = str(tmp_path / "blank.png")
    cv2.imwrite(blank, np.full((100, 100), 255, np.uint8))
    assert shell.json("scan", blank, check=1)["sources"][0]["codes"] == []
    assert shell.refused("scan", blank, "--formats", "QR,Hologram", check=2) == "unknown_format"
    assert shell.refused("scan", check=2) == "scan_needs_source"
    assert isinstance(shell.json("scan", "--list")["cameras"], list)


def test_once_gives_one_code_and_a_network_camera_ends_in_time(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "home")
    card = drawn.placed(drawn.qr("HELLO"), width=640, height=480)
    with NetworkCamera(lambda number: drawn.noisy(card, 3, seed=number)) as camera:
        (source,) = shell.json("scan", camera.address, "--once", "--timeout", "30")["sources"]
        assert [code["text"] for code in source["codes"]] == ["HELLO"]
        (other,) = shell.json("scan", camera.address, "--formats", "EAN13", "--timeout", "1", check=1)["sources"]
        assert other["codes"] == []
        assert other["frames"] > 0
    assert (
        shell.json("scan", camera.address, "--timeout", "2", check=1)["sources"][0]["error"]["reason"] == "stream_lost"
    )
