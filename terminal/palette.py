"""The command palette: everything the one who is signed in may do here, found by a few letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from config.i18n import _
from terminal.commands import Command
from terminal.screens.base import TillScreen

if TYPE_CHECKING:
    from terminal.app import RegularsApp


class TillCommands(Provider):
    """The commands of the screen on top."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for command in self._commands():
            yield DiscoveryHit(_(command.label), self._runner(command), help=_(command.help))

    async def search(self, query: str) -> Hits:
        """Those whose label or help matches *query*."""
        matcher = self.matcher(query)
        found = False
        for command in self._commands():
            label = _(command.label)
            score = max(matcher.match(label), matcher.match(_(command.help)) / 2)
            if score > 0:
                found = True
                yield Hit(score, matcher.highlight(label), self._runner(command), help=_(command.help))
        if not found:
            # What the library says itself when there is nothing is English in every language.
            yield Hit(
                1, _("Nothing by that name. Some things are for managers: Ctrl+L, then a manager's PIN."), _nothing
            )

    def _commands(self) -> list[Command]:
        app = cast("RegularsApp", self.app)
        if not isinstance(self.screen, TillScreen):
            return []
        commands = self.screen.ALL_COMMANDS or self.screen.COMMANDS_HERE
        manager = app.session is not None and app.session.role == "manager"
        unique = {command.id: command for command in commands if manager or not command.manager}
        return list(unique.values())

    def _runner(self, command: Command) -> Runner:
        return Runner(self, command)


async def _nothing() -> None:
    """What is done where nothing was found."""


class Runner:
    """Runs one command on the screen that the palette was opened over."""

    def __init__(self, provider: TillCommands, command: Command) -> None:
        self._screen = provider.screen
        self._command = command

    async def __call__(self) -> None:
        """Do it."""
        await cast("TillScreen[object]", self._screen).run_command(self._command.id)
