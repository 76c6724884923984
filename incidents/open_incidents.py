"""What is going on by a log alone: for who reads it beside a desk, or without one."""

from incidents import events as ev
from incidents.board import Board
from incidents.log import Log


async def board_of_open(log: Log, *more: str) -> Board:
    """A board with every incident that is not closed, folded, and the streams `more`. Raises LogUnavailable."""
    board = Board()
    newest = await log.latest(["raised", "closed", "reopened"])
    for stream in (*(name for name, record in newest.items() if record.type != "closed"), *more):
        for record in await log.stream(stream):
            board.fold(ev.entry(record, log.unseal(record)))
    return board
