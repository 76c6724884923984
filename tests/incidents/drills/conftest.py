"""A desk with people on shift, green health and a chance that is known."""

from collections.abc import AsyncIterator

import pytest

from incidents import commands as cmd
from incidents.drills.fold import Drill
from incidents.roles import Role, User
from tests.incidents.conftest import Floor, Open

ROLES: dict[str, frozenset[Role]] = {
    "trainer": frozenset({"trainer"}),
    "both": frozenset({"trainer", "supervisor"}),
    "supervisor": frozenset({"supervisor"}),
    "ann": frozenset({"dispatcher"}),
    "ben": frozenset({"dispatcher"}),
}


class Crew:
    """People who propose, confirm, take: each by name."""

    def __init__(self, floor: Floor, *, well: bool = True) -> None:
        self.floor = floor
        self.desk = floor.desk
        self.clock = floor.clock
        floor.screens.well = well
        self.here("trainer", "both", "supervisor", "ann", "ben")

    def here(self, *names: str) -> None:
        """These have a page now, and nobody else."""
        self.desk.floor.see({name: ROLES[name] for name in names}, self.clock.now())

    def user(self, name: str) -> User:
        return User(actor=name, roles=ROLES[name])

    def key(self, name: str) -> str:
        return next(person.key for person in self.desk.floor.people if person.actor == name)

    async def ask(self, name: str, command: cmd.Command) -> None:
        await self.desk.command(command, self.user(name))

    async def propose(self, by: str = "trainer", to: tuple[str, ...] = ()) -> Drill:
        keys = tuple(self.key(name) for name in to)
        await self.ask(
            by, cmd.ProposeDrill(id=self.floor.name(), zone="5415", story="A car waits", lat=51.05, lon=3.72, to=keys)
        )
        return list(self.desk.board.drills.drills.values())[-1]

    async def confirm(self, drill: Drill, by: str = "supervisor", within_min: int = 10) -> Drill:
        await self.ask(by, cmd.ConfirmDrill(id=self.floor.name(), drill=drill.id, within_min=within_min))
        return self.now(drill)

    async def live(self, to: tuple[str, ...] = ()) -> Drill:
        """A drill in the queues."""
        drill = await self.confirm(await self.propose(to=to))
        self.clock.pass_s(5 * 60)
        await self.desk.drills.tick()
        assert self.desk.drills.shown is not None
        return self.now(drill)

    def now(self, drill: Drill) -> Drill:
        return self.desk.board.drills.drills[drill.id]

    async def take(self, drill: Drill, by: str = "ann") -> None:
        await self.ask(by, cmd.Acknowledge(id=self.floor.name(), incident=drill.id))


@pytest.fixture
async def crew(open_floor: Open) -> AsyncIterator[Crew]:
    async with open_floor() as floor:
        yield Crew(floor)
