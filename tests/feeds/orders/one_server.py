"""A server with a sender, as a process of its own that a test kills; its arguments are those of `serve`."""

import asyncio
import sys
from pathlib import Path

from centre.assembly import Core
from incidents.clock import SystemClock
from incidents.log.jetstream import JetStreamLog
from tests.incidents.conftest import FewCases, FewZones


async def serve(path: Path, key: Path, address: str, name: str, url: str) -> None:
    log = await JetStreamLog.open(path, [address], name=name, replicas=1, key_file=key)
    core = Core(log, FewZones(), FewCases(), SystemClock(), addresses=lambda zone: url)
    await core.desk.open()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.gather(core.desk.follow(), core.orders.run())


def main() -> None:
    """Serve by the arguments of the command line."""
    path, key, *others = sys.argv[1:]
    asyncio.run(serve(Path(path), Path(key), *others))
