"""A network that parts: what is on the wrong side says so and loses nothing, and once it heals all servers show one board."""

import asyncio
from pathlib import Path

import pytest

from tests.browser.proxy import Proxy
from tests.faults.cluster import Centre, alarms, centre
from tests.faults.networks import PartedCluster
from tests.faults.test_cluster import Say, over
from tests.waiting import until

pytestmark = [pytest.mark.timeout(400), pytest.mark.prove]
MORE = 30  # messages
WITHOUT_S = 30.0  # of service: what is meant is in docs/reliability.md
CUT_S = 12.0


@pytest.mark.parametrize("which", ["leader", "follower"])
@pytest.mark.parametrize(
    ("kinds", "how"),
    [(("r",), "cut from the two others and not from the servers"), (("r", "c"), "cut from everybody")],
    ids=["from-the-others", "from-everybody"],
)
async def test_a_nats_server_that_is_cut_off_loses_nothing(
    tmp_path: Path, which: str, kinds: tuple[str, ...], how: str, record_testsuite_property: Say
) -> None:
    async with centre(tmp_path, make=PartedCluster) as made:
        assert isinstance(made.nats, PartedCluster)
        made.press_for_ever(10, devices=10)
        await made.answered(MORE)
        number = made.nats.number(await (made.leader() if which == "leader" else made.follower()))
        made.nats.networks.cut(number, *kinds)
        await made.answered(MORE)  # by the others
        await asyncio.sleep(CUT_S)
        made.nats.networks.heal(number)
        await made.answered(MORE)
        await over(made, f"a nats-server {how}, the {which}", record_testsuite_property, without_s=WITHOUT_S)


async def test_a_server_cut_off_from_all_nats_servers_shows_presses_says_so_and_is_one_board_with_the_others_again(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    lines: list[Proxy] = []

    def way(n: int, addresses: list[str]) -> list[str]:
        """The first server finds each of them by a line that can be cut."""
        if n:
            return addresses
        for address in addresses:
            lines.append(Proxy())
            lines[-1].lead_to(int(address.rpartition(":")[2]))
        return [f"nats://127.0.0.1:{line.port}" for line in lines]

    try:
        async with centre(tmp_path, way=way) as made:
            made.press_for_ever(10, devices=10)
            await made.answered(MORE)
            for line in lines:
                line.dies()
            await until(lambda: writable(made) == [False, True, True], within_s=40)
            before = alarms(made.desks[0])["vigie_alarms_open"]
            for n in range(1000, 1005):
                made.feed.press(f"AMR-{n:05d}")  # devices that it can have from its feed alone
            await until(lambda: alarms(made.desks[0])["vigie_alarms_open"] >= before + 5, within_s=30)
            await asyncio.sleep(CUT_S)
            for line in lines:
                line.resumes()
            await until(lambda: writable(made) == [True, True, True], within_s=60)
            what = "a server cut off from all nats-servers"
            await over(made, what, record_testsuite_property, without_s=WITHOUT_S)
    finally:
        for line in lines:
            line.end()


def writable(made: Centre) -> list[bool]:
    """Whether each server says that what is done is recorded."""
    return [alarms(desk)["vigie_log_writable"] == 1 for desk in made.desks]
