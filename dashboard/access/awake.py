"""Listening is work: who listens on the open line of their alarm touches no key, and their page does not go idle."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

from dashboard.shell.ground import Registry, Standing
from incidents.board import Board
from incidents.clock import Clock

EXACT = timedelta(minutes=1)  # how exactly it is kept when somebody was last at work


class AwakePage(Protocol):
    """A page as the idle limit sees it."""

    @property
    def connected(self) -> bool: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def actor(self) -> str: ...
    @property
    def token(self) -> str: ...


def keep_awake(sessions: Iterable[AwakePage], signins: Registry | None, board: Board, clock: Clock) -> None:
    """Put the idle limit off on every page whose person owns an alarm that they listen to; a shift's end stays where it is."""
    busy = {who for who, own in board.index.owned.items() if any(board.incidents[name].listening for name in own)}
    if signins is None or not busy:
        return
    for session in sessions:
        now = session.standing
        if now.idle_at is None or not session.connected or session.actor not in busy:
            continue
        if now.idle_at - clock.now() < timedelta(minutes=now.idle_min) - EXACT:
            signins.touch(session.token)
