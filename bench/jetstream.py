"""The log in JetStream, on three servers of this machine: appending beside bare `nats-py`, folding beside the log in a file.

Bare `nats-py` publishes as many bytes under the same two conditions: an id that is new, and the end of the subject. Both clients
speak to the server that leads both streams: otherwise who is a hop nearer would be measured. What our copy still takes is waited
for outside the times. Without a nats-server on this machine there are no rows.
"""

import asyncio
import itertools
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nats
from nats.js.api import Header, StreamConfig

from bench.floor import a_past
from bench.log import AT, BATCH, BUDGET, SEALED, STREAMS, places, timed
from bench.nats_servers import PROGRAM, NatsCluster
from bench.rows import Row, median
from incidents import events as ev
from incidents.board import Board
from incidents.log import Draft
from incidents.log.jetstream import JetStreamLog
from incidents.log.servers import WINDOW_S, Servers
from incidents.log.sqlite import LogFile, SqliteLog

SINGLES = 400
BATCHES = 20
RECORD_BYTES = 585  # a line of ours
ROUNDS = 5
INCIDENTS = 200
FOLD_BUDGET = 0.5


def bench_jetstream() -> list[Row]:
    """What one append takes, how many go side by side, and how fast the log is read and folded, and copied anew."""
    if shutil.which(PROGRAM) is None:
        return []
    with tempfile.TemporaryDirectory() as folder, _cluster(Path(folder)) as cluster:
        return [*asyncio.run(_append(cluster, Path(folder))), *asyncio.run(_fold(cluster, Path(folder)))]


@contextmanager
def _cluster(folder: Path) -> Iterator[NatsCluster]:
    (folder / "nats").mkdir()
    cluster = NatsCluster(folder / "nats")
    try:
        yield cluster
    finally:
        cluster.close()


async def _append(cluster: NatsCluster, folder: Path) -> list[Row]:
    log = await JetStreamLog.open(folder / "vigie.log", cluster.addresses, name="LOG")
    await log.close()
    asking = Servers(cluster.addresses)
    leader = (await asking.ask("STREAM.INFO.LOG"))["cluster"]["leader"]
    await asking.close()
    address = cluster.servers[leader].address
    log = await JetStreamLog.open(folder / "vigie.log", [address], name="LOG")
    client = await nats.connect(address)
    stream = client.jetstream()
    while True:
        made = await stream.add_stream(
            StreamConfig(name="BARE", subjects=["BARE.>"], num_replicas=3, duplicate_window=WINDOW_S)
        )
        if made.cluster is not None and made.cluster.leader == leader:
            break
        await stream.delete_stream("BARE")
    at, numbers = places(), itertools.count()
    ends: dict[str, int] = {}

    async def ours() -> None:
        name, version, record_id = next(at)
        draft = Draft(
            id=record_id, at=AT, source_at=AT, actor="someone", type="located", open={"zone": "5415"}, sealed=SEALED
        )
        await log.append(name, version - 1, draft)

    async def bare() -> None:
        n = next(numbers)
        subject = f"BARE.of.{n % STREAMS:064d}"
        conditions = {
            Header.MSG_ID.value: f"{n:064d}",
            Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value: str(ends.get(subject, 0)),
        }
        ends[subject] = (await stream.publish(subject, b"x" * RECORD_BYTES, headers=conditions)).seq

    async def ours_together() -> None:
        await asyncio.gather(*(ours() for _ in range(BATCH)))

    async def bare_together() -> None:
        await asyncio.gather(*(bare() for _ in range(BATCH)))

    try:
        await ours_together()  # the keys are made by the first
        await bare_together()
        single: tuple[list[float], list[float]] = ([], [])
        for _ in range(SINGLES):  # in turn: what else the machine does hits both alike
            single[0].append(await timed(ours))
            await log.catch_up()
            single[1].append(await timed(bare))
        batch: tuple[list[float], list[float]] = ([], [])
        for _ in range(BATCHES):
            batch[0].append(BATCH / await timed(ours_together))
            await log.catch_up()
            batch[1].append(BATCH / await timed(bare_together))
    finally:
        await log.close()
        await client.close()
    return [
        Row(
            name="append to JetStream, three replicas, one at a time, p50",
            value=median(single[0]) * 1e3,
            unit="ms",
            baseline=median(single[1]) * 1e3,
            ratio=median(single[1]) / median(single[0]),
            budget=f"{BUDGET}x the rate of bare nats-py",
        ),
        Row(
            name=f"append to JetStream, {BATCH} callers at a time",
            value=median(batch[0]),
            unit="records/s",
            baseline=median(batch[1]),
            ratio=median([our / other for our, other in zip(*batch, strict=True)]),
            budget=f"{BUDGET}x bare nats-py",  # not met: in one process sealing, hashing and its own copy take their part
        ),
    ]


async def _fold(cluster: NatsCluster, folder: Path) -> list[Row]:
    ours = await JetStreamLog.open(folder / "past.log", cluster.addresses, name="PAST")
    file = await SqliteLog.open(folder / "file.log")
    try:
        for log in (ours, file):
            await a_past(log, incidents=INCIDENTS, fixes=20)
        rates: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            rates[0].append(await _folded(ours))
            rates[1].append(await _folded(file))
    finally:
        await ours.close()
        await file.close()
    start = time.perf_counter()
    again = await JetStreamLog.open(
        folder / "again.log", cluster.addresses, name="PAST", key_file=folder / "past.log.key"
    )
    try:
        await again.catch_up()
        took = time.perf_counter() - start
        copied = sum([1 async for _ in again.records()]) / took
    finally:
        await again.close()
    ratio = median(rates[0]) / median(rates[1])
    return [
        Row(
            name="reading and folding a log of JetStream",
            value=median(rates[0]),
            unit="events/s",
            baseline=median(rates[1]),
            ratio=ratio,
            budget=f"{FOLD_BUDGET}x a log in a file",
            binding=True,
            ok=ratio >= FOLD_BUDGET,
        ),
        Row(name="a new copy, from the cluster", value=copied, unit="records/s", budget="10,000"),
    ]


async def _folded(log: LogFile[Any, Any]) -> float:
    board, count = Board(), 0
    start = time.perf_counter()
    async for _, record in log.records():
        board.fold(ev.entry(record, log.unseal(record)))
        count += 1
    return count / (time.perf_counter() - start)
