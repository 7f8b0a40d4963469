"""Charts in text: bars and a heat map, drawn with blocks that read without colour too."""

from collections.abc import Sequence

from textual.content import Content

EIGHTHS = " ▁▂▃▄▅▆▇█"
SHADES = "·░▒▓█"
BAR_ROWS = 6
WEEKDAYS = 7


def bars(values: Sequence[int], labels: Sequence[str], width: int, top: str, rows: int = BAR_ROWS) -> list[Content]:
    """Upright bars with *labels* below and the greatest value, as *top* says it, above: *width* cells at most.

    Where there are more values than cells, neighbours are added up.
    """
    values, labels = _fitted(values, labels, width)
    step = max(1, min(6, width // len(values)))
    gap = 1 if step > 1 else 0
    greatest = max(1, *values)
    lines = [Content.styled(top, "$muted")]
    for row in reversed(range(rows)):
        cells = (EIGHTHS[max(0, min(8, _eighths(value, greatest, rows) - 8 * row))] for value in values)
        lines.append(Content.styled("".join(cell * (step - gap) + " " * gap for cell in cells), "$primary"))
    lines.append(Content.styled("▔" * (step * len(values)), "$rule"))
    lines.append(Content.styled(_labels(labels, step), "$muted"))
    return lines


def heat_map(
    sales: dict[tuple[int, int], int], weekdays: Sequence[str], width: int, legend: tuple[str, str]
) -> list[Content]:
    """Weekdays by hours, darker where *sales* (by weekday and hour) are more; *legend* names both ends."""
    hours = range(min(hour for _, hour in sales), max(hour for _, hour in sales) + 1)
    margin = max(len(name) for name in weekdays) + 1
    cell = max(1, min(5, (width - margin) // len(hours)))
    greatest = max(1, *sales.values())
    lines = []
    for weekday in range(WEEKDAYS):
        parts: list[tuple[str, str]] = [(f"{weekdays[weekday]:<{margin}}", "$muted")]
        for hour in hours:
            level = _level(sales.get((weekday, hour), 0), greatest)
            text = SHADES[level] * (cell - 1) + " " if cell > 1 else SHADES[level]
            parts.append((text, "$primary" if level else "$rule"))
        lines.append(Content.assemble(*parts))
    lines.append(Content.styled(" " * margin + _labels([str(hour) for hour in hours], cell), "$muted"))
    few, many = legend
    lines.append(Content.styled(f"{' ' * margin}{few} {' '.join(SHADES)} {many}", "$muted"))
    return lines


def share(value: int, greatest: int, width: int) -> str:
    """A lying bar for one row of a table."""
    eighths = max(0, value) * width * 8 // max(1, greatest)
    lying = " ▏▎▍▌▋▊▉█"
    return ("█" * (eighths // 8) + lying[eighths % 8]).strip()[:width]


def _eighths(value: int, greatest: int, rows: int) -> int:
    eighths = max(0, value) * rows * 8 // greatest
    return max(1, eighths) if value > 0 else 0


def _level(value: int, greatest: int) -> int:
    return 0 if value <= 0 else 1 + (value * (len(SHADES) - 1) - 1) // greatest


def _fitted(values: Sequence[int], labels: Sequence[str], width: int) -> tuple[list[int], list[str]]:
    together = -(-len(values) // max(1, width))
    starts = range(0, len(values), together)
    return [sum(values[start : start + together]) for start in starts], [labels[start] for start in starts]


def _labels(labels: Sequence[str], step: int) -> str:
    """Each label below its bar, those that would touch the one before left out."""
    line = ""
    for place, label in enumerate(labels):
        start = place * step
        if label and start >= len(line) and start + len(label) <= step * len(labels) + 3:
            line = line.ljust(start) + label + " "
    return line.rstrip()
