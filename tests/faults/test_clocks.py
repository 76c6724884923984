"""One server's clock jumps by an hour, under load: nothing is lost, nothing comes twice, and no step of the watch comes early."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.centre.parts import Running
from tests.faults.cluster import Centre, Served, centre
from tests.faults.test_cluster import Say, over

pytestmark = [pytest.mark.timeout(400), pytest.mark.prove]
MORE = 30  # messages
FAKED = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("libfaketime.so.1"))
AGREE_S = 10.0  # records' times and the true one, on a busy machine
PATIENT = {f"VIGIE_WATCH_{step}_S": "1800" for step in ("LOUDER", "EVERYONE", "CONFIRM", "BLIND")}


class FakedClock:
    """The clock of a process, by a file: seconds from the true one."""

    def __init__(self, file: Path, ahead_s: float) -> None:
        self._file = file
        self.set(ahead_s)
        assert FAKED.exists(), "no libfaketime on this machine: `make test` says how to install it"
        self.environ = {
            "LD_PRELOAD": str(FAKED),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, ahead_s: float) -> None:
        """Let the clock jump."""
        whole = self._file.with_suffix(".new")
        whole.write_text(f"{ahead_s:+.0f}\n")
        whole.rename(self._file)


@asynccontextmanager
async def of_which_one_is_clocked(folder: Path, ahead_s: float = 0.0) -> AsyncIterator[tuple[Centre, FakedClock]]:
    """A centre under load, one of its servers with a clock that can be set."""
    async with centre(folder, **PATIENT) as made:
        await made.desks[0].stop()
        clock = FakedClock(folder / "clock", ahead_s)
        server = Served(made.desks[0], **clock.environ)
        try:
            await server.serves()
            made.press_for_ever(10, devices=10)
            await made.answered(MORE)
            yield made, clock
        finally:
            assert await server.stop() == 0


async def says_so(desk: Running) -> bool:
    """Whether a server says that its clock is wrong."""
    health = await asyncio.to_thread(desk.health)
    return "clocks_differ" in {reason["what"] for reason in health["reasons"]}


async def until_it_says(desk: Running, so: bool, within_s: float = 30.0) -> None:
    async with asyncio.timeout(within_s):
        while await says_so(desk) is not so:
            await asyncio.sleep(0.5)


@pytest.mark.parametrize("jump_s", [3600.0, -3600.0], ids=["ahead", "behind"])
async def test_a_clock_that_jumps_by_an_hour_moves_no_time_and_no_step_and_is_said(
    tmp_path: Path, jump_s: float, record_testsuite_property: Say
) -> None:
    began = datetime.now(UTC)
    async with of_which_one_is_clocked(tmp_path) as (made, clock):
        clock.set(jump_s)
        await until_it_says(made.desks[0], so=True)
        await made.answered(MORE)
        await asyncio.sleep(5)
        assert not any([await says_so(desk) for desk in made.desks[1:]])
        clock.set(0)
        await until_it_says(made.desks[0], so=False)
        await over(made, f"a server's clock jumps by {jump_s:+.0f} s", record_testsuite_property)
        written = await made.records()
    wrong = [
        (what, at) for what, at in written if not began.timestamp() - AGREE_S < at.timestamp() < time.time() + AGREE_S
    ]
    assert wrong == []
    assert not [what for what, _ in written if what == "escalated"], "a step came early"


async def test_a_server_that_starts_with_a_wrong_clock_takes_no_step_for_the_others(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    async with of_which_one_is_clocked(tmp_path, 3600.0) as (made, _):
        await until_it_says(made.desks[0], so=True)
        await made.answered(MORE)
        await over(made, "a server starts with a clock an hour ahead", record_testsuite_property)
        assert not [what for what, _ in await made.records() if what == "escalated"], "a step came early"
