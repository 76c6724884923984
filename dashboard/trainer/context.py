"""What the trainer pages of one process share: the training room, who is signed in, the places' names, and the loop."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from dashboard.components.find.part import Asked
from dashboard.components.place_names import Places
from dashboard.consoles import Consoles
from dashboard.page import CommonGround
from dashboard.shell.ground import Registry
from incidents.clock import Clock
from incidents.exercises.room import Exercise, Player, Room, TrainingError
from incidents.roles import User
from maps.zones import Zones
from reports.catalogue import Translator

PAGE = "page trainer"
_Named = TypeVar("_Named", Player[Consoles], Exercise[Consoles])


Searched = Callable[[Asked, User, Translator], Awaitable[dict[str, Any]]]


async def nothing_kept(asked: Asked, user: User, translate: Translator) -> dict[str, Any]:
    """The answer where there is no live log to search."""
    return {"n": asked.n, "refused": "none_kept"}


class TrainerContext(CommonGround):
    """Make it on the running loop. `zones` answers `locate` and knows the names; `cookie` holds a browser's sign-in.

    `debrief` gives the address of an ended exercise's debrief by its id, None where there is none yet. `search` answers a search
    of the live log's incidents.
    """

    def __init__(
        self,
        room: Room[Consoles],
        zones: Zones,
        *,
        clock: Clock,
        signins: Registry | None,
        cookie: str,
        language: str = "en",
        centre: str = "",
        streets_file: Path | None = None,
        debrief: Callable[[str], str | None] = lambda exercise: None,
        search: Searched = nothing_kept,
    ) -> None:
        super().__init__(clock, signins, language)
        self.room = room
        self.zones = zones
        self.places = Places(zones, zones.names.items())
        self.cookie = cookie
        self.centre = centre
        self.streets_file = streets_file
        self.debrief = debrief
        self.search = search  # of the live log's incidents
        self._loop = asyncio.get_running_loop()

    def player(self, id: str) -> Player[Consoles]:
        """A replay that is open. Raises TrainingError("unknown")."""
        return _one(self.room.replays(), id)

    def exercise(self, id: str) -> Exercise[Consoles]:
        """An exercise that is not over. Raises TrainingError("unknown")."""
        return _one(self.room.exercises(), id)


def _one(listed: Sequence[_Named], id: str) -> _Named:
    found = next((one for one in listed if one.id == id), None)
    if found is None:
        raise TrainingError("unknown")
    return found
