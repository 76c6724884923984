"""One record of what holds of many incidents at once, in the watch's stream of the day."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC

from incidents import events as ev
from incidents.board import WATCH
from incidents.desk.desk import Desk
from incidents.escalation.bulk import together
from incidents.recorder import Outcome

Members = Callable[[], Iterator[tuple[str, int]]]  # incidents of which something holds, each with its cause


async def note_together(desk: Desk, event: ev.Event, members: Members) -> tuple[Outcome, list[str]]:
    """Write it; what became of the record, and the incidents that it names: none when another server wrote it.

    `members` is asked again after a conflict.
    """
    now = desk.clock.now()
    stream = f"{WATCH}{now.astimezone(UTC):%Y-%m-%d}"
    named: list[str] = []

    def decision() -> ev.Event | None:
        found = tuple(members())
        named[:] = [name for name, _ in found]
        return together(event, found) if found else None

    first = together(event, members())
    digest = hashlib.sha256(f"{first.what} {first.facts} {first.incidents}".encode()).hexdigest()
    name = f"watch:together:{digest[:32]}"
    outcome, written = await desk.record(stream, decision, id=name, source_at=now, actor="watch")
    return outcome, named if written is not None else []
