"""What a person asks of a technical alarm, of a device's test, of a feed's gap: no alarm of somebody in danger."""

from collections.abc import Awaitable, Callable
from typing import Any

from incidents import commands as cmd
from incidents import events as ev
from incidents.board import Board
from incidents.clock import Clock
from incidents.commands import Refused
from incidents.devices.announcing import announce
from incidents.technical import shelved

TechnicalCommand = cmd.AcknowledgeDevice | cmd.ShelveDevice | cmd.AcknowledgeGap | cmd.AnnounceTest | cmd.WithdrawTest
Record = Callable[..., Awaitable[Any]]


class TechnicalDesk:
    """Takes those commands. `record` is the desk's; `device_stream` names the stream of what is logged of a device."""

    def __init__(self, board: Board, clock: Clock, record: Record, device_stream: Callable[[str], str]) -> None:
        self._board = board
        self._clock = clock
        self._record = record
        self._device_stream = device_stream

    async def command(self, command: TechnicalCommand, actor: str) -> None:
        """Carry out what a person asked. Raises Refused."""
        match command:
            case cmd.AcknowledgeDevice() | cmd.ShelveDevice():
                stream, decide = command.stream, self._of_alarm(command)
            case cmd.AcknowledgeGap():
                stream, decide = f"feed/{command.feed}", self._of_gap(command)
            case _:  # whether or not the device was ever heard of: a new button is tested before it is bound
                stream = self._device_stream(command.device.strip())
                decide = self._of_test(command, stream)
        await self._record(stream, decide, id=command.id, actor=actor)

    def _of_alarm(self, command: cmd.AcknowledgeDevice | cmd.ShelveDevice) -> Callable[[], ev.Event | None]:
        key = command.stream, command.condition
        if key not in self._board.device_alarms:
            raise Refused("unknown_incident")

        def decide() -> ev.Event | None:
            alarm = self._board.device_alarms.get(key)
            if isinstance(command, cmd.ShelveDevice):
                if alarm is None:
                    raise Refused("unknown_incident")
                return shelved(alarm, command.reason, command.minutes, self._clock.now())
            if alarm is None or alarm.acknowledged_by is not None:
                return None
            return ev.DeviceAcknowledged(condition=command.condition)

        return decide

    def _of_gap(self, command: cmd.AcknowledgeGap) -> Callable[[], ev.Event | None]:
        return lambda: ev.FeedGapAcknowledged() if command.feed in self._board.gaps else None

    def _of_test(self, command: cmd.AnnounceTest | cmd.WithdrawTest, stream: str) -> Callable[[], ev.Event | None]:
        def decide() -> ev.Event | None:
            if isinstance(command, cmd.AnnounceTest):
                if self._board.alarm_open(command.device.strip()):  # its presses join that one, and are no test
                    raise Refused("device_alarm_open")
                return announce(command, self._clock.now())
            return ev.WithdrawnTest() if stream in self._board.announced else None

        return decide
