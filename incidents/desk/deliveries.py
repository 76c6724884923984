"""What became of an order at its zone's dispatch, as the desk records it."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import datetime

from incidents import events as ev
from incidents.board import Board
from incidents.desk.archive import Archive
from incidents.recorder import Outcome


class Deliveries(Archive):
    """The part of a desk that hears how its orders fare."""

    board: Board

    @abstractmethod
    async def record(
        self,
        stream: str,
        decide: Callable[[], ev.Event | None],
        *,
        id: str,
        actor: str,
        source_at: datetime | None = None,
    ) -> tuple[Outcome, ev.Event | None]:
        """Record what `decide` makes of the present fold, once for its id."""

    async def delivered(self, incident: str, *, order: str, update: int, zone: str, status: int) -> None:
        """The zone's dispatch took an update."""
        event = ev.Delivered(order=order, update=update, zone=zone, status=status)
        await self.record(f"incident/{incident}", lambda: event, id=f"{order}-{update}-delivered", actor="orders")

    async def undelivered(self, incident: str, *, order: str, update: int, zone: str, why: str, final: bool) -> None:
        """An update is late, or given up; one that another server delivered meanwhile is neither."""
        event = ev.Undelivered(order=order, update=update, zone=zone, why=why, final=final)

        def decision() -> ev.Event | None:
            now = self.board.incidents.get(incident)
            outbox = now.order.outbox if now is not None and now.order is not None else ()
            waits = any((one.order, one.update) == (order, update) and one.waits for one in outbox)
            return event if waits else None

        name = f"{order}-{update}-{'failed' if final else 'late'}"
        await self.record(f"incident/{incident}", decision, id=name, actor="orders")

    async def declined(self, incident: str, *, order: str, update: int, reason: str) -> None:
        """The zone's dispatch refused an order as it was sent."""
        event = ev.Declined(order=order, source="zone", reason=reason)
        await self.record(f"incident/{incident}", lambda: event, id=f"{order}-{update}-declined", actor="orders")
