"""Whatever happens to a programme file on its way, checking it names places in it and never fails."""

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from loyalty.programme.load import check_programme
from terminal.till_opening import sample_programme

CASES = 5_000 if os.environ.get("REGULARS_LONG") else 300
TRADES = Path(__file__).parents[3] / "docs" / "programmes"
PROGRAMMES = [sample_programme(), *(file.read_text(encoding="utf-8") for file in sorted(TRADES.glob("*.toml")))]
TOKENS = (
    *("[", "[[", "]", "]]", "{", "}", '"', "'", '"""', "'''", "=", ".", ",", "#", "\n", "\r", "\t", "\\", "\x00"),
    *("true", "inf", "-inf", "nan", "-1", "0", ".5", "5.", "1e400", "1e999999999999999999999", "9" * 5_000, "0x1F"),
    *("2026-02-30", "2026-05-31", "08:00", "2026-05-31T08:00:00Z", "[]", "{}", "[[]]", "[{}]", '"x"', "null"),
    *(
        "[[rule]]\n",
        "[tiers]\n",
        "[[reward]]\n",
        "kind",
        "id",
        "rule.x = 1\n",
        "reward = 3\n",
        '"" = 1\n',
        "a.b.c = 1\n",
    ),
    *('when = "a.b.c(d)"\n', 'limits = [{ uses = 1, per = "day" }]\n', "é", "😀", "\u2028", '"\\ud800"'),
    *("[[" * 300, "[" * 3_000 + "]" * 3_000, "{a=" * 2_000 + "1" + "}" * 2_000),
)


@pytest.mark.parametrize("part", range(10))
def test_a_changed_programme_never_breaks_the_check(part: int) -> None:
    for seed in range(part, CASES, 10):
        text = changed(random.Random(seed))
        checked = check_programme(text)
        last_line = text.count("\n") + 1
        for problem in checked.problems:
            assert 1 <= problem.line <= last_line, (seed, problem)
            assert problem.column >= 1, (seed, problem)
            assert str(problem), seed
        assert (checked.programme is None) == bool(checked.errors), seed


def changed(chance: random.Random) -> str:
    """A programme after up to eight accidents."""
    text = chance.choice(PROGRAMMES)
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([1, 1, 3, 10, 50, 300]))
        accident = chance.randrange(5)
        if accident == 0:
            text = text[:start] + text[end:]
        elif accident == 1:
            text = text[:start] + chance.choice(TOKENS) + text[chance.choice([start, end]) :]
        elif accident == 2:
            text = text[:end] + text[start:end] + text[end:]
        else:
            text = "\n".join(changed_lines(chance, text.split("\n"), gives_values=accident == 3))
    return text


def changed_lines(chance: random.Random, lines: list[str], *, gives_values: bool) -> Sequence[str]:
    """*lines* with another value in one, or with two exchanged."""
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    if gives_values:
        key, equals, _ = lines[first].partition("=")
        lines[first] = f"{key}{equals} {chance.choice(TOKENS)}"
    else:
        lines[first], lines[second] = lines[second], lines[first]
    return lines
