"""What the tests may cost: `make test` stays within its ten minutes while no test takes much and all together do not.

Counted is the processor time of the tests' own processes, never what a clock on the wall says: that is the machine's.
What a test starts (a browser, a desk) counts for nobody here. `tests/conftest.py` hooks it in.
"""

import time
from collections import Counter
from collections.abc import Generator

import pytest
from hypothesis import settings

EACH_S = 20.0  # a quiet machine takes a fifth of it, and the costliest test 12 s where others compute beside it
ALL_S = 1300.0  # 6,100 tests took 1,120 s on two busy cores; a run that doubles is found
# Those that may take more, and how much.
MORE_S: dict[str, float] = {}
SHOWN = 5
WHOLE = 100  # examples that a test of drawn ones is tried on, unless it says how many
FEWER = 4  # `make test` draws one of so many of them, other ones each time


def drawn(whole: int) -> int:
    """How many examples a test draws that `make prove` tries on so many."""
    return whole if settings.default.max_examples == WHOLE else whole // FEWER  # type: ignore[union-attr]


def too_much(nodeid: str, took_s: float) -> str:
    """What is wrong with a test that took so much processor time; "" when nothing is."""
    may_s = MORE_S.get(nodeid, EACH_S)
    if took_s <= may_s:
        return ""
    return (
        f"it took {took_s:.1f} s of processor time, a test of `make test` may take {may_s:.0f} s: "
        "give it a short form and mark the whole one `prove`"
    )


def over_all(took_s: dict[str, float]) -> str:
    """What is wrong with the processor time of all tests of a run together; "" when nothing is."""
    sum_s = sum(took_s.values())
    return (
        ""
        if sum_s <= ALL_S
        else f"the tests took {sum_s:.0f} s of processor time, together they may take {ALL_S:.0f} s"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Fail a test that passed and cost too much."""
    began = time.process_time()
    yield
    if item.get_closest_marker("prove") is None and (wrong := too_much(item.nodeid, time.process_time() - began)):
        pytest.fail(wrong, pytrace=False)


_BEGAN = pytest.StashKey[float]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Note when a test began: what its fixtures take is its cost too."""
    item.stash[_BEGAN] = time.process_time()
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The last report of a test carries its cost, also from a worker."""
    report = yield
    if report.when == "teardown":
        cost = 0.0 if item.get_closest_marker("prove") else time.process_time() - item.stash[_BEGAN]
        report.processor_s = cost  # type: ignore[attr-defined]
    return report


class Costs:
    """What each test of a run cost, as the process knows it that tells the result."""

    def __init__(self) -> None:
        self.of_s: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.of_s[report.nodeid] += getattr(report, "processor_s", 0.0)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if over_all(self.of_s) and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        most = ", ".join(f"{nodeid} {took_s:.1f}" for nodeid, took_s in self.of_s.most_common(SHOWN))
        terminalreporter.write_line(f"{sum(self.of_s.values()):.0f} s of processor time; most: {most}")
        if wrong := over_all(self.of_s):
            terminalreporter.write_line(wrong, red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Add up where the result is told: not in a worker."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Costs(), "costs")
