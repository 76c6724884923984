"""The desk as the pages of a replay have it: they see what it saw, and can do nothing. What is looked at is in no log."""

import hashlib
from collections.abc import Callable, Iterable

from incidents import events as ev
from incidents.board import Board
from incidents.cases import CaseRegister
from incidents.commands import Command, Refused
from incidents.exclusion import Exclusions
from incidents.log.late import NoVault
from incidents.presence.on_shift import OnShift
from incidents.recorder import Outcome
from incidents.roles import User
from training.replay.clock import ReplayClock


class NoDrills:
    """No vigilance drill comes to a replay."""

    shown = None

    def presented(self, actor: str, ids: Iterable[str], *, audible: bool) -> None:
        """There is none that could be painted."""


class WatchedDesk:
    """`named` says who a pseudonym of the recording is. A viewer's own pseudonym is made here and written nowhere."""

    records_looks = False  # so nothing asks why either

    def __init__(
        self, board: Board, clock: ReplayClock, cases: CaseRegister, named: Callable[[str], str | None]
    ) -> None:
        self.board = board
        self.clock = clock
        self.cases = cases
        # Its cases are masked or invented: they exclude nobody who looks on.
        self.exclusions = Exclusions(CaseRegister.of(()), board, NoVault())
        self.floor = OnShift()
        self.drills = NoDrills()
        self._named = named
        self._viewers: dict[str, str] = {}

    async def command(self, command: Command, user: User) -> None:
        """Refused, whatever it is. Raises Refused("recording")."""
        raise Refused("recording")

    async def note(self, stream: str, event: ev.Event, *, id: str, actor: str) -> None:
        """Who looks at a replay, and for how long, is none of its recording."""

    async def record(
        self, stream: str, decide: Callable[[], ev.Event | None], *, id: str, actor: str
    ) -> tuple[Outcome, ev.Event | None]:
        """Nor is who listens."""
        return "repeated", None

    def presented(self, incidents: Iterable[str], *, console: str, audible: bool) -> None:
        """When it was painted then is in the recording; that it is painted now is not."""

    def pushed(self, incidents: Iterable[str]) -> None:
        """How long it takes to a page of a replay is counted nowhere."""

    def pseudonym(self, name: str) -> str:
        """A viewer's."""
        made = f"viewer-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
        self._viewers[made] = name
        return made

    def name_of(self, pseudonym: str) -> str:
        """Who it is."""
        return self._viewers.get(pseudonym) or self._named(pseudonym) or "?"
