"""A whole country at work on three servers: every press reaches every page of its centre in time, and is recorded once."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.running import cpu_s
from tests.faults.cluster import Centre, centre
from tests.faults.load import A_CENTRE, PLACES, Load, operators

SECONDS = float(os.environ.get("LOAD_S", "600"))  # 60 to try it
BURST_S, SETTLE_S, MORE_S = 10.0, 5.0, 30.0
MORE = (4, 8, 16)  # presses a second
IN_THE_BURST_MS, STEADY_MS = 1000, 200
Say = Callable[[str, object], None]


class Country:
    """The load of a centre's servers, phase by phase: when each began and ended, and what it cost."""

    def __init__(self, made: Centre, load: Load) -> None:
        self._made, self._load = made, load
        self._phases: dict[str, tuple[float, float, str]] = {}

    async def press(self, what: str, seconds: float, a_second: float) -> None:
        """One phase."""
        before, at = self._used(), time.monotonic()
        began, ended = await self._load.press_for(seconds, a_second)
        took = time.monotonic() - at
        cores = ", ".join(f"{name} {(used - before[name]) / took:.2f}" for name, used in self._used().items())
        self._phases[f"{what}, {a_second:g} presses a second"] = began, ended, cores

    def _used(self) -> dict[str, float]:
        """Seconds of processor time until now."""
        return {
            "servers": sum(cpu_s(desk.pid) for desk in self._made.desks),
            "nats-servers": sum(cpu_s(server.pid) for server in self._made.nats.servers.values()),
            "feed and pages": cpu_s(os.getpid()),
        }

    def told(self, say: Say) -> list[int]:
        """Say of each phase the median and the 99th percentile from feed to push; the latter, in ms."""
        for what, (began, ended, cores) in self._phases.items():
            p50, p99 = self._load.ms(0.5, began, ended), self._load.ms(0.99, began, ended)
            say(f"load, {what}: feed to push p50, p99, ms; cores", f"{p50}, {p99}; {cores}")
        return [self._load.ms(0.99, began, ended) for began, ended, _ in self._phases.values()]


@pytest.mark.prove
@pytest.mark.timeout(3600)
async def test_a_country_on_three_servers_is_shown_each_press_in_time_and_records_it_once(
    tmp_path: Path, record_testsuite_property: Say
) -> None:
    async with centre(tmp_path) as made:
        load = Load(made.feed)
        country = Country(made, load)
        async with operators(load, [desk.url for desk in made.desks]):
            await load.press_for(SETTLE_S, 2)
            half = (SECONDS - BURST_S - SETTLE_S) / 2
            await country.press("before the burst", half, 2)
            await country.press("in the burst", BURST_S, 50)
            await country.press("in the 5 s after it", SETTLE_S, 2)
            await country.press("from then on", half, 2)
            await load.all_arrived()
            await load.all_closed()
            for a_second in MORE:
                await country.press(f"for {MORE_S:g} s", MORE_S, a_second)
                await load.all_arrived()
                await load.all_closed()
        told = await made.told()
    say = record_testsuite_property
    say("load: servers, centres, sessions, seconds", f"3, {len(PLACES)}, {A_CENTRE * len(PLACES)}, {SECONDS:g}")
    before, burst, _, after, *_ = country.told(say)
    for name in ("answered", "recorded", "lost", "twice"):
        say(f"load: presses {name}", getattr(told, name))
    assert (told.lost, told.twice) == (0, 0), told
    assert told.recorded == sum(map(len, load.sent.values()))
    assert max(before, after) < STEADY_MS
    assert burst < IN_THE_BURST_MS
