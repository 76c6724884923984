"""Servers that are ended in order and begun again, one after the other, as for an upgrade: nobody before a page notices."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.consoles import Console
from centre.leaving import GONE_S
from dashboard.ports import free_port
from tests.faults.cluster import Centre, Served, centre
from tests.faults.front import NAMES, Operator, operators, proxy
from tests.faults.test_cluster import Say, over
from tests.processes import ROOT

pytestmark = [pytest.mark.timeout(600), pytest.mark.browser]
BANNER_S = 3.0  # promised
MORE = 20  # messages
UNKNOWN = "access_settings_anew"


@asynccontextmanager
async def worked_at(folder: Path, names: tuple[str, ...] = NAMES) -> AsyncIterator[tuple[Centre, list[Operator]]]:
    """A centre whose operators are signed in behind Caddy, under load."""
    port = free_port()
    environ = {"VIGIE_BEHIND_PROXY": "1", "VIGIE_ORIGINS": f"localhost:{port}"}
    async with (
        centre(folder, people=names, **environ) as made,
        proxy(folder / "proxy", port, made) as base,
        operators(base, names) as people,
    ):
        made.press_for_ever(3, devices=6)
        await made.answered(MORE)
        yield made, people


async def unnoticed(people: list[Operator], fault: str, say: Say) -> None:
    """Nobody saw a banner of more than 3 s, or signed in anew."""
    longest = max([await person.banner_s() for person in people])
    say(f"{fault}: longest time in which a page said that it was not live, s", round(longest, 1))
    assert all([await person.is_as_before() for person in people]), "a page was loaded anew"
    assert longest <= BANNER_S, longest


async def test_a_server_that_is_ended_sends_its_pages_to_another_and_serves_them_until_they_went(
    tmp_path: Path,
) -> None:
    async with centre(tmp_path, servers=2) as made:
        ends, _ = made.desks
        async with Console.opened(ends.url, "page") as page:
            await asyncio.sleep(1.5)  # it hears of the other
            stopping = asyncio.create_task(ends.stop())
            await asyncio.wait_for(page.hear("elsewhere"), 10)
            made.feed.press("AMR-00001")
            await asyncio.wait_for(page.hear("AMR-00001"), 10)
            assert not stopping.done(), "it ended under its page"
        began = time.monotonic()
        assert await stopping == 0
        assert time.monotonic() - began < GONE_S, "it waited for a page that had gone"


@pytest.mark.prove
async def test_a_rolling_restart_of_the_servers_is_noticed_by_nobody(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    async with worked_at(tmp_path) as (made, people):
        for desk in made.desks:
            assert await desk.stop() == 0
            await made.answered(MORE)  # by the others
            await desk.start()
            await made.answered(MORE)
        await over(made, "a rolling restart of the servers", record_testsuite_property)
        await unnoticed(people, "a rolling restart of the servers", record_testsuite_property)


@pytest.mark.prove
async def test_a_rolling_restart_of_the_nats_servers_is_noticed_by_nobody(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    async with worked_at(tmp_path) as (made, people):
        for server in made.nats.servers.values():
            await asyncio.to_thread(server.stop)
            await made.answered(MORE)
            await asyncio.to_thread(server.start)
            await made.answered(MORE)
        await over(made, "a rolling restart of the nats-servers", record_testsuite_property)
        await unnoticed(people, "a rolling restart of the nats-servers", record_testsuite_property)


def newer(folder: Path) -> Path:
    """A copy of the product of a higher version, which writes a type of record that this one does not know."""
    tree = folder / "newer"
    tree.mkdir()
    listed = (
        subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    )
    for name in {name.partition("/")[0] for name in listed if name} - {"tests", "docs"}:
        subprocess.run(["cp", "-al", str(ROOT / name), str(tree / name)], check=True)
    for name, old, new in (
        ("pyproject.toml", 'version = "0.', 'version = "9.'),
        ("incidents/events/changes.py", '"access_settings"', f'"{UNKNOWN}"'),
        ("centre/changes.py", '"access_settings"', f'"{UNKNOWN}"'),
    ):
        text = (tree / name).read_text()
        assert old in text
        (tree / name).unlink()  # it is the very file of this tree
        (tree / name).write_text(text.replace(old, new))
    return tree


@pytest.mark.prove
async def test_a_rolling_upgrade_is_noticed_by_nobody_and_the_old_servers_pass_over_what_they_do_not_know(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    tree, upgraded = newer(tmp_path), list[Served]()
    async with worked_at(tmp_path) as (made, people):
        try:
            for desk in made.desks:
                assert await desk.stop() == 0
                await made.answered(MORE)  # by the others
                upgraded.append(Served(desk, tree=tree))
                await upgraded[-1].serves()
                await made.answered(MORE)
                await made.one_board()
            assert UNKNOWN in {what for what, _ in await made.records()}
            await over(made, "a rolling upgrade", record_testsuite_property)
            await unnoticed(people, "a rolling upgrade", record_testsuite_property)
        finally:
            for server in upgraded:
                await server.stop()
