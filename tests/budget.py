"""What the tests may cost: `make test` stays within its minutes while no test takes much and all together do not.

Counted is processor time, the tests' own and that of what they start, and how many pages, desks and servers they start, never
what a clock on the wall says: that is the machine's. `tests/conftest.py` hooks it in; `tests/cost.py` counts.
"""

import re
import time
from collections.abc import Generator, Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings

from tests import cost
from tests.cost import Cost, keep

EACH_S = 20.0  # a quiet machine takes a fifth of it, and the costliest test 12 s where others compute beside it
# Those that may take more, and how much.
MORE_S: dict[str, float] = {}
# All together: three times the seconds of processor time of a quiet machine, since a slow one takes twice those; and a third
# more starts than there are, which no machine changes.
OWN_S, BELOW_S = 1390.0, 2450.0
STARTS = {"page": 356, "browser": 44, "desk": 146, "nats-server": 118, "command": 160, "process": 520}
# What a test's file or its fixtures name where it starts processes, or works on a disk.
STARTING = {
    "subprocess",
    "create_subprocess_exec",
    "processes",
    "NatsServer",
    "bluez",
    "frames",
    "NatsCluster",
    "served",
    "strings",
    "key_tables",
}
FILING = {"nats_server", "tmp_path", "tmp_path_factory"}
WHOLE = 100  # examples that a test of drawn ones is tried on, unless it says how many
FEWER = 4  # `make test` draws one of so many of them, other ones each time, and `make quick` one of so many of those


def drawn(whole: int) -> int:
    """How many examples a test draws that `make prove` tries on so many."""
    return max(1, whole * settings.default.max_examples // WHOLE)  # type: ignore[union-attr]


def too_much(nodeid: str, took_s: float) -> str:
    """What is wrong with a test that took so much processor time; "" when nothing is."""
    may_s = MORE_S.get(nodeid, EACH_S)
    if took_s <= may_s:
        return ""
    return (
        f"it took {took_s:.1f} s of processor time, a test of `make test` may take {may_s:.0f} s: "
        "give it a short form and mark the whole one `prove`"
    )


def over_all(costs: Iterable[Cost]) -> Iterator[str]:
    """What is wrong with all tests of a run together."""
    summed = sum(costs, Cost())
    for whose, took_s, may_s in (("the tests", summed.own_s, OWN_S), ("what they started", summed.below_s, BELOW_S)):
        if took_s > may_s:
            yield f"{whose} took {took_s:.0f} s of processor time, together they may take {may_s:.0f} s"
    for kind, count in summed.started.items():
        if count > STARTS.get(kind, 0):
            yield f"the tests started {count} of the kind {kind}, {STARTS.get(kind, 0)} are allowed"


@cache
def _names(file: Path) -> set[str]:
    return {*re.findall(r"\w+", file.read_text(encoding="utf-8"))}


def starts_nothing(item: pytest.Item) -> bool:
    """Whether a test is one of `make quick`: its file has nothing to do with what starts a process, it with no file."""
    named = _names(item.path) & STARTING | {*getattr(item, "fixturenames", ())}
    return not named & (STARTING | FILING) and not any(item.get_closest_marker(name) for name in ("prove", "browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail a test that passed and cost too much, or started what a quick one does not."""
    began, before = time.process_time(), cost.STARTED.total()
    yield
    if item.get_closest_marker("quick") and cost.STARTED.total() > before:
        pytest.fail(
            "a test that starts a process is none of `make quick`: name what it starts in `STARTING`", pytrace=False
        )
    if item.get_closest_marker("prove") is None and (wrong := too_much(item.nodeid, time.process_time() - began)):
        pytest.fail(wrong, pytrace=False)


class Costs:
    """What each test of a run cost, as the process knows it that tells the result."""

    def __init__(self) -> None:
        self.of: dict[str, Cost] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if found := getattr(report, "cost", None):
            self.of[report.nodeid] = msgspec.convert(found, Cost)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        keep(self.of)
        if any(over_all(self.of.values())) and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        summed = sum(self.of.values(), Cost())
        started = ", ".join(f"{count} {kind}" for kind, count in sorted(summed.started.items()))
        terminalreporter.write_line(
            f"{summed.own_s:.0f} s of the tests' own processor, {summed.below_s:.0f} s of what they started ({started}); "
            "python -m tests.cost says more"
        )
        for wrong in over_all(self.of.values()):
            terminalreporter.write_line(wrong, red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Add up where the result is told: not in a worker."""
    cost.pytest_configure(config)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Costs(), "costs")
