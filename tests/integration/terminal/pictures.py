"""The documentation's pictures: scenes of the real app, as SVG."""

import re
import tempfile
from pathlib import Path

from config.paths import HomePaths
from tests.integration.terminal.scenes import SCENES, furnish
from tests.integration.terminal.shop import Shop, make_home

PICTURES = (
    "sell",
    "sell-choosing",
    "sell-saved",
    "enrol",
    "enrolled",
    "find",
    "why",
    "member",
    "refund",
    "receipt",
    "more",
    "help",
    "reports",
)
SIZE = (80, 24)


async def make_pictures(folder: Path) -> list[Path]:
    """Write every picture into *folder*; those that look as before are left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    return [await _make(folder, name) for name in PICTURES]


async def _make(folder: Path, name: str) -> Path:
    with tempfile.TemporaryDirectory() as home:
        make_home(Path(home) / "till")
        shop = Shop(HomePaths(Path(home) / "till"))
        card = furnish(shop)
        async with shop.app(SIZE) as counter:
            await SCENES[name](counter, card)
            picture = steady(counter.app.export_screenshot(title="Regulars"))
    path = folder / f"{name}.svg"
    if not path.exists() or path.read_text(encoding="utf-8") != picture:
        path.write_text(picture, encoding="utf-8")
    return path


def steady(svg: str) -> str:
    """*svg* with fonts that every machine has, and ids that don't change from run to run."""
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    return re.sub(r"terminal-\d+", "terminal", svg)
