"""How long a server waits for those before it, and when it waits no more."""

from itertools import pairwise
from typing import Any

from incidents.presence.pages import Others
from incidents.presence.turns import ALONE_S, LONGEST_S, WAIT_S, Turns
from tests.incidents.servers import acquainted

DEVICE = "AMR-00001"


class Written:
    """What a server makes of messages, by a clock that goes only while it waits."""

    def __init__(self, before: int) -> None:
        self.at, self.waited_s, self.comes = 0.0, 0.0, True
        known = acquainted("a", "b", "c")
        (own,) = (one for one in known.values() if one.before(DEVICE) == before)
        self.turns = Turns(own, self._wait, lambda: self.at)

    async def _wait(self, record_id: str, within_s: float) -> bool:
        took = 0.01 if self.comes else within_s
        self.at, self.waited_s = self.at + took, self.waited_s + took
        return self.comes

    async def hear(self, outcome: str = "recorded", source: str = "112") -> tuple[Any, float]:
        """Whether the record was there when it was to be written, and how long that was waited for."""
        there, before = [], self.waited_s

        async def write(came: bool) -> str:
            there.append(came)
            return "repeated" if came else outcome

        await self.turns.take(DEVICE, "m", source, write)
        return there[0], round(self.waited_s - before, 2)


async def test_who_stands_first_or_knows_nobody_waits_for_nothing() -> None:
    assert await Written(0).hear() == (False, 0.0)
    alone = Written(1)
    alone.turns = Turns(Others(), alone._wait)
    assert await alone.hear() == (False, 0.0)


async def test_each_that_stands_before_is_waited_for() -> None:
    second, third = Written(1), Written(2)
    assert await second.hear() == await third.hear() == (True, 0.01)
    second.comes = third.comes = False
    assert await second.hear() == (False, WAIT_S) and await third.hear() == (False, 2 * WAIT_S)


async def test_what_was_only_late_is_waited_for_again() -> None:
    second = Written(1)
    second.comes = False
    for _ in range(3):
        assert await second.hear("repeated") == (False, WAIT_S)


async def test_a_source_that_no_other_server_hears_is_waited_for_ever_less_often() -> None:
    second = Written(1)
    second.comes = False
    waits = []
    for _ in range(400):
        if (await second.hear(source="own receiver"))[1]:
            waits.append(second.at)
        second.at += 30
    apart = [later - before for before, later in pairwise(waits)]
    assert len(waits) < 15 and apart == sorted(apart) and ALONE_S < apart[0] < apart[-1] <= LONGEST_S + 60
    assert await second.hear(source="112") == (False, WAIT_S), "another source is another matter"
    second.comes = True
    second.at += LONGEST_S
    assert (await second.hear(source="own receiver"))[0]
    second.comes = False
    await second.hear(source="own receiver")
    second.at += ALONE_S
    assert (await second.hear(source="own receiver"))[1] == WAIT_S, "it begins anew"
