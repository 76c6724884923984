"""Takes what a person asks of a technical alarm, of a device's test, of a feed's gap: no alarm of somebody in danger."""

from collections.abc import Awaitable, Callable
from typing import Any

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import Board
from incidents.clock import Clock
from incidents.commands import Decision, Refused

Record = Callable[..., Awaitable[Any]]


class TechnicalDesk:
    """`record` is the desk's; `device_stream` names the stream of what is logged of a device."""

    def __init__(self, board: Board, clock: Clock, record: Record, device_stream: Callable[[str], str]) -> None:
        self._board = board
        self._clock = clock
        self._record = record
        self._device_stream = device_stream

    async def command(self, command: cmd.OnTechnicalAlarm | cmd.OnTest | cmd.AcknowledgeGap, actor: str) -> None:
        """Carry out what a person asked. Raises Refused."""
        match command:
            case cmd.OnTechnicalAlarm():
                stream, decide = command.stream, self._of_alarm(command)
            case cmd.OnTest():
                stream = self._device_stream(command.device.strip())
                decide = self._of_test(command, stream)
            case cmd.AcknowledgeGap():
                stream, decide = f"feed/{command.feed}", self._of_gap(command)
        await self._record(stream, decide, id=command.id, actor=actor)

    def _of_alarm(self, command: cmd.OnTechnicalAlarm) -> Callable[[], Decision]:
        key, alarms = (command.stream, command.condition), self._board.device_alarms
        if key not in alarms:
            raise Refused("unknown_incident")
        return lambda: command.decide(alarms.get(key), self._clock.now())

    def _of_test(self, command: cmd.OnTest, stream: str) -> Callable[[], Decision]:
        return lambda: command.decide(
            alarmed=bool(self._board.alarm_open(command.device.strip())),
            announced=stream in self._board.announced,
            now=self._clock.now(),
        )

    def _of_gap(self, command: cmd.AcknowledgeGap) -> Callable[[], Decision]:
        return lambda: ev.FeedGapAcknowledged() if command.feed in self._board.gaps else None
