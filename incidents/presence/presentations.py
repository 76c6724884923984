"""What pages say they painted, as records: the first console that can be heard, and the consoles of the next 2 s."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable

from incidents import events as ev
from incidents.board import Board
from incidents.incident import Incident
from incidents.listeners import tell
from incidents.recorder import Outcome

PRESENTED_TOGETHER_S = 2.0  # the consoles of so long after the first are one record more


class Presentations:
    """Which consoles painted which open alarm. Those who `listen` are told of each, and whether it could be heard.

    `record` is the desk's.
    """

    def __init__(self, board: Board, record: Callable[..., Awaitable[tuple[Outcome, ev.Event | None]]]) -> None:
        self._board = board
        self._record = record
        self._listeners: list[Callable[[str, bool], None]] = []
        self._shown: dict[str, dict[str, bool]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Let go of what is not yet recorded."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def listen(self, listener: Callable[[str, bool], None]) -> Callable[[], None]:
        """Be told of every painting of an alarm. Returns the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def painted(self, incidents: Iterable[str], *, console: str, audible: bool) -> None:
        """A visible page painted these alarms. Presented is an alarm that could be seen and heard.

        The first page that can be heard is a record, the pages until 2 s later one more. What only silent pages painted is
        a record that sets no time: the watch then alarms as if nobody had been shown it.
        """
        for gone in [n for n, pages in self._shown.items() if not any(pages.values()) and not self._open(n)]:
            del self._shown[gone]
        for name in incidents:
            incident = self._board.incidents.get(name)
            if incident is not None:
                tell(self._listeners, name, audible, what="a listener of what was presented")
            if incident is None or not incident.open or ("presented" in incident.times and name not in self._shown):
                continue
            first = name not in self._shown
            shown = self._shown.setdefault(name, {})
            heard = any(shown.values())
            shown[console] = shown.get(console, False) or audible
            if audible and not heard:
                self._start(self._record_presented(incident))
            elif first:
                self._start(self._record_silent(incident))

    def _open(self, name: str) -> bool:
        incident = self._board.incidents.get(name)
        return incident is not None and incident.open

    async def _record_silent(self, incident: Incident) -> None:
        await asyncio.sleep(PRESENTED_TOGETHER_S)
        shown = self._shown.get(incident.id, {})
        if shown and not any(shown.values()) and self._open(incident.id):
            silent = ev.Presented(consoles=len(shown), audible=0, first=False)
            await self._note(incident, silent, "painted")

    async def _record_presented(self, incident: Incident) -> None:
        first = ev.Presented(consoles=1, audible=1, first=True)
        if await self._note(incident, first, "presented") == "repeated":
            self._shown.pop(incident.id, None)  # how many they were is said by the server whose page was first
            return
        await asyncio.sleep(PRESENTED_TOGETHER_S)
        consoles = self._shown.pop(incident.id)
        rest = ev.Presented(consoles=len(consoles), audible=sum(consoles.values()), first=False)
        await self._note(incident, rest, "presented-all")

    async def _note(self, incident: Incident, event: ev.Event, what: str) -> Outcome:
        """Unless the board has it from another server."""
        stream, id = f"incident/{incident.id}", f"{incident.id}-{what}"

        def news() -> ev.Event | None:
            now = self._board.incidents.get(incident.id)
            known = now is not None and any(entry.id == id for entry in reversed(now.history.entries))
            return None if known else event

        return (await self._record(stream, news, id=id, actor="console"))[0]

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
