"""What each test of a run cost: its own processor, that of what it started, its waiting, and what it started.

`python -m tests.cost` prints the last run of this folder: the dearest tests, and the sums by folder and by kind.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

FILE = Path(".pytest_cache") / "cost.json"
TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
QUICK_S = 0.05  # a test this short has started nothing worth a look through the machine's processes
SHOWN = 40
STARTED: Counter[str] = Counter()  # by kind, of this process since it began
DESK_WORDS = {"serve", "train", "demo"}


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Of one test, with its fixtures: seconds of its own processor, of what runs below it, and by the wall; its starts."""

    own_s: float = 0.0
    below_s: float = 0.0
    wall_s: float = 0.0
    started: dict[str, int] = {}

    @property
    def processor_s(self) -> float:
        """All that it took of the machine."""
        return self.own_s + self.below_s

    @property
    def waited_s(self) -> float:
        """Time in which nothing of it computed."""
        return max(0.0, self.wall_s - self.processor_s)

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            own_s=self.own_s + other.own_s,
            below_s=self.below_s + other.below_s,
            wall_s=self.wall_s + other.wall_s,
            started=dict(Counter(self.started) + Counter(other.started)),
        )


def kind_started(words: Iterable[object]) -> str:
    """What a command line starts."""
    named = [Path(os.fsdecode(word)).name if isinstance(word, str | bytes | os.PathLike) else "" for word in words]
    if "nats-server" in named:
        return "nats-server"
    if {"chromium", "firefox-esr"} & {*named} or "node" in named[:1]:
        return "browser"
    return "desk" if DESK_WORDS & {*named} else "process"


def _heard(event: str, about: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        words = about[1]
        if Path(about[0] or "").name == "git":  # asked by a rule for the files there are
            return
        STARTED[kind_started([words] if isinstance(words, str | bytes) else words or [about[0]])] += 1


def count_pages(*of: type) -> None:
    """Count what the pages of these classes of playwright load."""
    for page, name in ((page, name) for page in of for name in ("goto", "reload")):
        load = getattr(page, name)

        def counted(self: object, *words: Any, _load: Any = load, **options: Any) -> Any:
            STARTED["page"] += 1
            return _load(self, *words, **options)

        setattr(page, name, counted)


_FOREIGN: set[str] = set()  # processes that are not below this one, and never will be


def below_s() -> float:
    """Processor seconds of all processes below this one, those that have ended among them."""
    of: dict[str, tuple[str, float]] = {}
    me = str(os.getpid())
    for entry in os.scandir("/proc"):
        if (pid := entry.name).isdecimal() and pid not in _FOREIGN:
            try:
                facts = Path(entry.path, "stat").read_bytes().rpartition(b")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            alive, ended = int(facts[11]) + int(facts[12]), int(facts[13]) + int(facts[14])
            of[pid] = facts[1].decode(), (ended if pid == me else alive + ended) * TICK_S
    ours, grew = {me}, True
    while grew:
        more = {pid for pid, (parent, _) in of.items() if parent in ours} - ours
        ours |= more
        grew = bool(more)
    _FOREIGN.update(of.keys() - ours)
    return sum(of[pid][1] for pid in ours if pid in of)


class Meter:
    """What the tests of this process cost, one after the other."""

    def __init__(self) -> None:
        self._own_s, self._wall_s, self._below_s = time.process_time(), time.perf_counter(), below_s()
        self._started = Counter(STARTED)

    def begins(self) -> None:
        """A test begins: what came before it is nobody's, but for what was started."""
        self._own_s, self._wall_s = time.process_time(), time.perf_counter()

    def ends(self) -> Cost:
        """What it cost."""
        own_s, wall_s = time.process_time() - self._own_s, time.perf_counter() - self._wall_s
        started, self._started = Counter(STARTED) - self._started, Counter(STARTED)
        before_s = self._below_s
        if wall_s > QUICK_S or started:
            self._below_s = below_s()
        return Cost(own_s=own_s, below_s=max(0.0, self._below_s - before_s), wall_s=wall_s, started=dict(started))


_METER = pytest.StashKey[Meter]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Note when a test began: what its fixtures take is its cost too."""
    item.config.stash.setdefault(_METER, Meter()).begins()
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The last report of a test carries its cost, also from a worker."""
    report = yield
    if report.when == "teardown" and item.get_closest_marker("prove") is None:
        report.cost = msgspec.to_builtins(item.config.stash[_METER].ends())  # type: ignore[attr-defined]
    return report


def pytest_configure(config: pytest.Config) -> None:
    """Hear of each process that is started from here on."""
    sys.addaudithook(_heard)


def keep(costs: dict[str, Cost]) -> None:
    """Write a run's costs where the command reads them."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(msgspec.json.encode(costs))


def kind(cost: Cost) -> str:
    """What kind of test it is, by the dearest that it started."""
    dearest = ("page", "browser", "nats-server", "desk", "process", "command")
    return next((kind for kind in dearest if kind in cost.started), "pure")


def table(costs: dict[str, Cost]) -> Iterator[str]:
    """A run in lines: the dearest tests, the sums."""
    head = f"{'processor':>9} {'own':>7} {'below':>7} {'waited':>7} {'wall':>7}  "
    yield head + "test, and what it started"
    dearest = sorted(costs.items(), key=lambda pair: -pair[1].wall_s)[:SHOWN]
    for name, cost in dearest:
        yield _line(cost, name)
    for title, place in (("folder", _folder), ("file", _file), ("kind", lambda _, cost: kind(cost))):
        sums: dict[str, Cost] = {}
        count: Counter[str] = Counter()
        for name, cost in costs.items():
            where = place(name, cost)
            sums[where] = sums.get(where, Cost()) + cost
            count[where] += 1
        yield f"\n{head}{title}, its tests, what they started"
        for where, cost in sorted(sums.items(), key=lambda pair: -pair[1].wall_s)[:SHOWN]:
            yield _line(cost, f"{where} ({count[where]})")
    yield "\n" + _line(sum(costs.values(), Cost()), f"all ({len(costs)})")


def _folder(name: str, _: Cost) -> str:
    return "/".join(name.partition("::")[0].split("/")[:2])


def _file(name: str, _: Cost) -> str:
    return name.partition("::")[0]


def _line(cost: Cost, name: str) -> str:
    started = ", ".join(f"{count} {kind}" for kind, count in sorted(cost.started.items()))
    figures = f"{cost.processor_s:9.1f} {cost.own_s:7.1f} {cost.below_s:7.1f} {cost.waited_s:7.1f} {cost.wall_s:7.1f}"
    return f"{figures}  {name}" + (f": {started}" if started else "")


if __name__ == "__main__":
    print(*table(msgspec.json.decode(FILE.read_bytes(), type=dict[str, Cost])), sep="\n")  # noqa: T201
