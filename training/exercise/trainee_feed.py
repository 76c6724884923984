"""What an exercise tells its trainees' pages beside the alarms: how it stands, the briefing, words of others, the open line."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dashboard.components.actions.part import ActedOn
from dashboard.shell.clock import milliseconds
from incidents.desk.desk import Desk
from incidents.exercises.room import ExerciseState
from incidents.exercises.scenario import Line, Message, Scenario
from training.exercise.clock import ExerciseClock

MOST = 50  # notices kept for a page


class News:
    """What happened beside the feed. `of` gives it for one page, which is sent it when it differs from what it has."""

    def __init__(
        self, id: str, scenario: Scenario, clock: ExerciseClock, desk: Desk, state: Callable[[], ExerciseState]
    ) -> None:
        self._id = id
        self._scenario = scenario
        self._clock = clock
        self._desk = desk
        self._state = state
        self._notices: list[tuple[int, datetime, Message]] = []
        self._count = 0
        self._lines: dict[str, Line] = {}

    def notice(self, message: Message) -> None:
        """Somebody says something to the trainees."""
        self._count += 1
        self._notices = [*self._notices, (self._count, self._clock.now(), message)][-MOST:]

    def heard(self, line: Line) -> None:
        """A call changed; what is heard on it stays the last that was said until it ends."""
        self._lines[line.device] = line

    def of(self, session: ActedOn) -> dict[str, Any]:
        """For the page of a session: a line is heard by who has its alarm before them, or owns it."""
        return {
            "id": self._id,
            "state": self._state(),
            "title": self._scenario.title,
            "language": self._scenario.language or "",
            "briefing": self._scenario.briefing,
            "out": session.standing.locked,
            "notices": [
                {"n": n, "at": milliseconds(at), "sender": message.sender, "text": message.text}
                for n, at, message in self._notices
            ],
            "lines": [
                {"incident": incident.id, "script": line.script, "sound": line.sound}
                for incident in self._desk.board.incidents.values()
                if incident.open and (line := self._lines.get(incident.device or "")) is not None
                if line.state == "open" and (line.script or line.sound)
                if incident.id == session.selected or (incident.owner and incident.owner == session.actor)
            ],
        }
