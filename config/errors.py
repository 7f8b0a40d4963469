"""The one exception tree: what went wrong, in a code for programs and a sentence for people.

    RegularsError            title, sentence, exit code
    ├── Refused        (1)   a rule says no: nothing was changed
    ├── WrongUse       (2)   the request itself makes no sense: nothing was changed
    └── Broken         (3)   something outside the rules failed: nothing that was saved is lost

Rooms raise these with a stable ``reason`` code, an English sentence marked by :func:`N_`, and parameters.
The edge (screens, command line, HTTP) translates the sentence and fills in the parameters.
A sentence says what happened, that nothing is lost, and what to do now. Parameters never hold personal data.
"""

from collections.abc import Callable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    REFUSED = 1
    WRONG_USE = 2
    BROKEN = 3


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark *sentence* for translation without translating it yet."""
    return sentence


class RegularsError(Exception):
    """The root of every error that Regulars raises on purpose."""

    exit_code: ExitCode = ExitCode.BROKEN
    title: str = N_("Something went wrong")

    def __init__(self, reason: str, sentence: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = sentence
        self.params = params

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The whole sentence in the language of *translate*."""
        return translate(self.sentence).format(**self.params)

    def __str__(self) -> str:
        return self.message()


class Refused(RegularsError):
    """A rule says no. Nothing was changed."""

    exit_code = ExitCode.REFUSED
    title = N_("Not possible")


class WrongUse(RegularsError):
    """The request makes no sense as it stands. Nothing was changed."""

    exit_code = ExitCode.WRONG_USE
    title = N_("Please check")


class Broken(RegularsError):
    """Something outside the rules failed. What was saved before is safe."""

    exit_code = ExitCode.BROKEN
    title = N_("Something is broken")
