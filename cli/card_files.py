"""Cards as files: one card, or a batch of them with a CSV beside."""

from collections.abc import Sequence
from pathlib import Path

from receipts.cards import CardFace, batch_csv, card_pdf, card_png, card_svg, sheet_pdf


def write_card(face: CardFace, form: str, file: Path, at_ms: int) -> list[str]:
    """One card as *form* (png, svg, pdf) in *file*; the files that were written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_drawn(face, form, at_ms))
    return [str(file)]


def write_batch(faces: Sequence[CardFace], form: str, target: Path, at_ms: int) -> list[str]:
    """A batch: PDF sheets of ten in one file, PNG or SVG in a folder; the numbers as CSV beside them."""
    if form == "pdf":
        sheets = target.with_suffix(".pdf")
        sheets.parent.mkdir(parents=True, exist_ok=True)
        sheets.write_bytes(sheet_pdf(faces, at_ms))
        written = [sheets]
        numbers = target.with_suffix(".csv")
    else:
        target.mkdir(parents=True, exist_ok=True)
        written = []
        for face in faces:
            file = target / f"{face.number_text}.{form}"
            file.write_bytes(_drawn(face, form, at_ms))
            written.append(file)
        numbers = target / "numbers.csv"
    numbers.write_text(batch_csv(faces), encoding="utf-8")
    return [str(file) for file in (*written, numbers)]


def _drawn(face: CardFace, form: str, at_ms: int) -> bytes:
    if form == "pdf":
        return card_pdf(face, at_ms)
    return card_png(face.code) if form == "png" else card_svg(face.code)
