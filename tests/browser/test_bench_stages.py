"""The bench's stages on the real desk in Chromium: a door that nobody passes any more is found here."""

import pytest

from bench.stages import STAGES, ways

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


async def test_each_press_passes_every_door_one_after_the_other() -> None:
    for way in await ways(6):
        assert way.keys() == {*STAGES}, way
        *known, taken, painted = (way[stage] for stage in STAGES)
        assert [0.0, *known] == sorted([0.0, *known])
        assert way["changed"] <= taken <= painted
