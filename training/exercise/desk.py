"""The exercise's desk: a desk as any other, which takes no command while the exercise stands and writes nothing after it."""

from collections.abc import Callable, Iterable
from typing import Any

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Refused
from incidents.desk.desk import Desk
from incidents.exercises.room import ExerciseState
from incidents.incident import Incident
from incidents.log import Log
from incidents.recorder import Outcome
from incidents.roles import User


class ExerciseDesk(Desk):
    """`state` says how the exercise stands."""

    def __init__(self, log: Log, *, state: Callable[[], ExerciseState], **parts: Any) -> None:
        super().__init__(log, **parts)
        self._state = state

    async def command(self, command: cmd.Command, user: User) -> Incident | None:
        if self._state() != "running":
            raise Refused("exercise_stands")
        return await super().command(command, user)

    async def record(
        self, stream: str, decide: Callable[[], ev.Event | None], **facts: Any
    ) -> tuple[Outcome, ev.Event | None]:
        if self._state() == "ended":
            return "repeated", None
        return await super().record(stream, decide, **facts)

    def presented(self, incidents: Iterable[str], *, console: str, audible: bool) -> None:
        if self._state() != "ended":
            super().presented(incidents, console=console, audible=audible)
