"""The whole of it: three nats-servers, three servers of the log, and an oracle that was not there and reads what is left."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.european_day.plan import DAY, Counts, Plan, write_plan
from bench.european_day.server import Result, number_of, seen_file, written_file
from bench.nats_servers import NatsCluster
from bench.running import ROOT, cpu_s, memory_mb
from incidents import events as ev
from incidents.clock import SystemClock
from incidents.log import LogUnavailable
from incidents.log.jetstream import JetStreamLog
from incidents.log.record import encode
from incidents.log.verify import verify
from maps.zones import Zones

SERVERS = 3
NAME = "EUROPE"
IN_TIME_S = 1.0  # behind the day's clock: then what an append takes is not its wait for those before it
_READY_S = 120.0  # a plan of a hundred megabytes is read
_DONE_S = 3600.0
_BEGINNINGS = 3


_WORDS = {
    "run_s": "took, s",
    "factor": "seconds of the day in a second",
    "records_planned": "records it is made of",
    "records": "records written",
    "verified": "the log verifies",
    "copies_agree": "all three copies are the same",
    "records_a_second": "records a second",
    "busiest_10_s": "records a second, the busiest 10 s",
    "append_p50": "append, p50, ms",
    "append_p99": "append, p99, ms",
    "behind_p99_s": "behind the day's clock, p99, s",
    "in_time": "records while that was under a second",
    "in_time_append_p50": "append of these, p50, ms",
    "in_time_append_p99": "append of these, p99, ms",
    "in_time_follow_p50": "asked to folded elsewhere of these, p50, ms",
    "in_time_follow_p99": "asked to folded elsewhere of these, p99, ms",
    "follow_p50": "asked at one server to folded at another, p50, ms",
    "follow_p99": "asked at one server to folded at another, p99, ms",
    "heard_elsewhere": "told to a server and written by another",
    "held": "appends that waited for the log",
    "line_bytes_an_incident": "bytes an incident, its lines",
    "replica_bytes_an_incident": "bytes an incident, in each replica",
    "copy_bytes_an_incident": "bytes an incident, in each server's copy",
    "replica_mb": "each replica, MB",
    "replica_changes_mb": "each nats-server's own log of changes, MB",
    "copy_mb": "each server's copy, MB",
    "checkpoint_s": "a checkpoint over all of it, s",
    "server_cpu_s": "processor time of the three servers, s",
    "server_memory_mb": "the largest of the three servers, MB",
    "nats_cpu_s": "processor time of the three nats-servers, s",
    "nats_memory_mb": "the largest of the three nats-servers, MB",
}


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What the day came to. Times in ms, of the middle and of 99 in 100; bytes are of each replica, and of each copy."""

    devices: int
    incidents: int
    technical: int
    records_planned: int
    records: int
    lost: int
    twice: int
    verified: bool
    copies_agree: bool
    run_s: float
    factor: float
    records_a_second: float
    busiest_10_s: float
    append_p50: float
    append_p99: float
    behind_p99_s: float
    in_time: int
    in_time_append_p50: float
    in_time_append_p99: float
    in_time_follow_p50: float
    in_time_follow_p99: float
    follow_p50: float
    follow_p99: float
    heard_elsewhere: int
    held: int
    records_an_incident: float
    line_bytes_an_incident: int
    replica_bytes_an_incident: int
    copy_bytes_an_incident: int
    replica_mb: float
    replica_changes_mb: float  # what each nats-server has of its changes beside, until it shortens that
    copy_mb: float
    checkpoint_s: float
    server_cpu_s: float
    server_memory_mb: float
    nats_cpu_s: float
    nats_memory_mb: float

    def told(self) -> dict[str, object]:
        """The figures as people read them: by name and unit."""
        figures = msgspec.to_builtins(self)
        return {
            name: round(value, 2 if value < 10 else 1 if value < 1000 else 0) if isinstance(value, float) else value
            for name, value in ((_WORDS.get(field, field.replace("_", " ")), value) for field, value in figures.items())
        }


def live(folder: Path, counts: Counts, *, speed: float) -> Found:
    """Let the day be, `speed` times as fast: as fast as it goes where that is too much."""
    nats = NatsCluster(folder, durable=True)
    try:
        plan = asyncio.run(_plan(folder, nats, counts))
        return asyncio.run(_run(folder, nats, plan, speed))
    finally:
        nats.close()


async def _open(folder: Path, name: str, nats: NatsCluster) -> JetStreamLog:
    (folder / name).mkdir()
    return await JetStreamLog.open(
        folder / name / "vigie.log", nats.addresses, name=NAME, key_file=folder / "master.key"
    )


async def _first(folder: Path, nats: NatsCluster) -> JetStreamLog:
    """The log, begun. On a busy machine nats-servers that have just started find no room for a stream for a minute."""
    for n in range(_BEGINNINGS):
        try:
            return await _open(folder, f"planner-{n}", nats)
        except LogUnavailable:
            if n == _BEGINNINGS - 1:
                raise
    raise AssertionError


async def _plan(folder: Path, nats: NatsCluster, counts: Counts) -> Plan:
    """Everybody of the day comes on duty, so that the log knows their names; then what they do is planned."""
    log = await _first(folder, nats)
    try:
        plan = await asyncio.to_thread(write_plan, folder, SERVERS, counts, log.vault, Zones.load().locate)
        now = SystemClock().now()
        for n, person in enumerate(plan.people):
            draft = ev.draft(ev.Came(role="dispatcher"), id=f"came-{n}", at=now, source_at=now, actor=person)
            await log.append("desk/floor", n, draft)
        return plan
    finally:
        await log.close()


async def _run(folder: Path, nats: NatsCluster, plan: Plan, speed: float) -> Found:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.european_day.server", str(folder), str(n), NAME, *nats.addresses,
            cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        for n in range(SERVERS)
    ]  # fmt: skip
    try:
        await _all(processes, _READY_S)
        used = dict(_nats_cpu(nats))
        began = time.monotonic() + 0.5
        _tell(processes, f"{began} {speed}")
        await _all(processes, _DONE_S)
        log = await _open(folder, "oracle", nats)
        try:
            await log.catch_up()
            _tell(processes, str(await log.position()))
            results = [msgspec.json.decode(line, type=Result) for line in await _all(processes, _DONE_S)]
            nats_cpu_s = sum(cpu - used[name] for name, cpu in _nats_cpu(nats))
            nats_mb = max(memory_mb(server.pid) for server in nats.servers.values())
            return await _judge(folder, nats, plan, log, results, began, nats_cpu_s, nats_mb)
        finally:
            await log.close()
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _judge(
    folder: Path,
    nats: NatsCluster,
    plan: Plan,
    log: JetStreamLog,
    results: list[Result],
    began: float,
    nats_cpu_s: float,
    nats_mb: float,
) -> Found:
    ids: Counter[str] = Counter()
    lines = incident_lines = 0
    async for _, record in log.records():
        ids[record.id] += 1
        size = len(encode(record))
        lines += size
        incident_lines += size if record.stream.startswith("incident/") else 0
    start = time.perf_counter()
    await log.checkpoint(ev.stamp(SystemClock().now()))
    checkpoint_s = time.perf_counter() - start
    await log.catch_up()
    names = [f"server-{n}" for n in range(SERVERS)]
    by_server = [np.load(written_file(folder / name)) for name in names]
    seen = [np.load(seen_file(folder / name)) for name in names]
    written = np.concatenate(by_server)
    answered = np.sort(written["answered"])
    everything = np.sort(np.array([number_of(one) for one in ids.elements()], np.uint64))
    run_s = float(max(answered[-1], *(one["at"][-1] for one in seen)) - began)
    append = 1e3 * (written["answered"] - written["began"])
    late = written["began"] - written["due"]
    in_time = late < IN_TIME_S
    # To the servers that did not write it: a row for each of them.
    others = range(1, SERVERS)
    follow = np.stack(
        [np.concatenate([_lag_ms(by, seen[(n + k) % SERVERS]) for n, by in enumerate(by_server)]) for k in others]
    )
    report = verify(folder / "oracle" / "vigie.log")
    incidents = plan.counts.incidents
    stores = [server.store / "jetstream" for server in nats.servers.values()]
    replica = max(_bytes(store / "$G" / "streams") for store in stores)
    copy = max(_bytes(folder / name, "vigie.log*") for name in names)
    return Found(
        devices=plan.counts.devices,
        incidents=incidents,
        technical=plan.counts.technical,
        records_planned=len(plan.ids),
        records=sum(result.records for result in results),
        lost=len(plan.ids - ids.keys()),
        twice=sum(count - 1 for count in ids.values()) + sum("~" in one for one in ids),
        verified=report.ok and report.checkpoints == 1,
        copies_agree=all(np.array_equal(np.sort(one["id"]), everything) for one in seen),
        run_s=run_s,
        factor=DAY.total_seconds() / run_s,
        records_a_second=len(written) / run_s,
        busiest_10_s=_busiest(answered, 10.0),
        append_p50=_quantile(append, 0.5),
        append_p99=_quantile(append, 0.99),
        behind_p99_s=float(np.quantile(late, 0.99)),
        in_time=int(np.count_nonzero(in_time)),
        in_time_append_p50=_quantile(append[in_time], 0.5),
        in_time_append_p99=_quantile(append[in_time], 0.99),
        in_time_follow_p50=_quantile(follow[:, in_time], 0.5),
        in_time_follow_p99=_quantile(follow[:, in_time], 0.99),
        follow_p50=_quantile(follow, 0.5),
        follow_p99=_quantile(follow, 0.99),
        heard_elsewhere=sum(result.elsewhere for result in results),
        held=sum(result.held for result in results),
        records_an_incident=len(plan.of_incidents) / incidents,
        line_bytes_an_incident=round(incident_lines / incidents),
        replica_bytes_an_incident=round(replica * incident_lines / lines / incidents),
        copy_bytes_an_incident=round(copy * incident_lines / lines / incidents),
        replica_mb=replica / 1e6,
        replica_changes_mb=max(_bytes(store / "$SYS") for store in stores) / 1e6,
        copy_mb=copy / 1e6,
        checkpoint_s=checkpoint_s,
        server_cpu_s=sum(result.cpu_s for result in results),
        server_memory_mb=max(result.memory_mb for result in results),
        nats_cpu_s=nats_cpu_s,
        nats_memory_mb=nats_mb,
    )


def _lag_ms(written: NDArray[np.void], seen: NDArray[np.void]) -> NDArray[np.float64]:
    """From when one server asked for a record to when another had folded it."""
    order = np.argsort(seen["id"])
    place = np.searchsorted(seen["id"], written["id"], sorter=order)
    lag: NDArray[np.float64] = 1e3 * (seen["at"][order[np.minimum(place, len(order) - 1)]] - written["began"])
    return lag


def _quantile(values: NDArray[np.float64], share: float) -> float:
    return float(np.quantile(values, share)) if values.size else 0.0


def _busiest(answered: NDArray[np.float64], span_s: float) -> float:
    """The most records a second in any so many seconds."""
    until = np.searchsorted(answered, answered + span_s)
    return float(np.max(until - np.arange(len(answered))) / span_s)


def _bytes(folder: Path, pattern: str = "**/*") -> int:
    """What these files take."""
    return sum(file.stat().st_size for file in folder.glob(pattern) if file.is_file())


def _nats_cpu(nats: NatsCluster) -> list[tuple[str, float]]:
    return [(name, cpu_s(server.pid)) for name, server in nats.servers.items()]


async def _line(process: asyncio.subprocess.Process) -> bytes:
    """Its next one. Raises RuntimeError when it ended."""
    assert process.stdout is not None
    if not (line := await process.stdout.readline()):
        raise RuntimeError("a server of the day ended")
    return line


async def _all(processes: Sequence[asyncio.subprocess.Process], within_s: float) -> list[bytes]:
    """What each says next."""
    async with asyncio.timeout(within_s):
        return await asyncio.gather(*map(_line, processes))


def _tell(processes: Sequence[asyncio.subprocess.Process], word: str) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{word}\n".encode())
