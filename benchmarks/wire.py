"""Bytes per entry on the wire, beside the same entries as plain JSON, compressed one by one and as lines.

Run: python -m benchmarks.wire
"""

import zstandard

from benchmarks.exchange_sales import sales
from sync.wire import Push, encode, pack_entries

ENTRIES = 500


def measure(name: str, *, skus: bool, goal: int) -> None:
    """Print one line of the comparison."""
    texts, head = sales(ENTRIES, skus=skus)
    push = Push(1, 1, 1, b"\x00" * 32, pack_entries(texts), head, b"\x00" * 64)
    compressor = zstandard.ZstdCompressor(level=1)
    by_column = len(encode(push)) / ENTRIES
    gzipped = len(encode(push, "gzip")) / ENTRIES
    lines = len(compressor.compress(b"\n".join(texts))) / ENTRIES
    alone = sum(len(compressor.compress(text)) for text in texts) / ENTRIES
    plain = sum(map(len, texts)) / ENTRIES
    print(
        f"{name:36} {by_column:7.1f} bytes an entry by column (goal ≤ {goal}), gzip {gzipped:.1f};"
        f" as lines {lines:.1f}, one by one {alone:.1f}, uncompressed {plain:.0f}"
    )


def main() -> None:
    """Measure both kinds of sales."""
    measure("sales by category, 3 lines", skus=False, goal=60)
    measure("sales with SKUs, 10 lines, ≤ 4 lots", skus=True, goal=120)


if __name__ == "__main__":
    main()
