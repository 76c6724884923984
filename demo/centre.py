"""The demo: a feed with simulated presses, a zone dispatch that answers, fictional cases, a colleague, and the desk itself."""

import asyncio
import contextlib
import socket
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from centre.runtime import Centre
from centre.serving import serve_pages
from centre.setting_sections import Degraded, Orders, Training
from centre.settings import Settings
from dashboard.access.signins import SignIns
from demo.accounts import OFFERED, PASSWORD, demo_accounts
from demo.bench_device import press_bench
from demo.cases import demo_cases, demo_steps, stations, take_steps, write_cases
from demo.colleague import NAME as COLLEAGUE
from demo.colleague import Colleague
from demo.devices import demo_devices, report
from demo.past import cases_of, generate
from demo.training import training_room
from feeds.gateway import Gateway
from feeds.orders.simulated_dispatch import Dispatch
from feeds.simulator import simulate
from incidents.cases import CaseRegister, import_cases
from incidents.cases.register import brussels_today
from incidents.clock import SystemClock
from incidents.listening_port import listening
from maps.zones import Zones

PAST = 600  # incidents of the year before, in a log that is new


async def run_demo(*, port: int, seed: int, data: Path | None) -> None:
    """Run until cancelled. Without a folder for its data it leaves none behind.

    It takes `port` and, for its training room, the next one. Raises CannotListen.
    """
    if port:  # a demo without its training room would not say why
        for wanted, what in ((port, ""), (port + 1, "the demo's training room")):
            with listening("127.0.0.1", wanted, what), socket.create_server(("127.0.0.1", wanted)):
                pass
    with contextlib.ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vigie-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        # Not among the data: a centre that serves these shall not find accounts whose password everybody knows.
        accounts = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vigie-demo-")))
        await _run(folder, accounts / "vigie.users", port=port, seed=seed)


async def _run(folder: Path, users: Path, *, port: int, seed: int) -> None:
    today, zones = brussels_today(), await asyncio.to_thread(Zones.load)
    cases = cases_of(datetime.now(UTC), zones.locate, seed)
    write_cases(folder / "cases.json", cases)
    import_cases(folder / "cases.json", folder / "cases.db")
    take_steps(CaseRegister.open(folder / "cases.db"), demo_steps(cases, today))
    (folder / "degraded.passphrase").write_text("vigie-demo-vigie\n", encoding="utf-8")
    if not (folder / "vigie.log").exists():
        past = partial(generate, incidents=PAST, seed=seed, locate=zones.locate)
        await asyncio.to_thread(past, folder / "vigie.log")
    clock = SystemClock()
    gateway = Gateway("112-app")
    signins = SignIns(demo_accounts(users), clock=clock)
    manned = partial(answered_by_a_person, signins)
    dispatch = Dispatch(gateway, seed=seed, stations=stations(), manned=manned, clock=clock)
    async with contextlib.AsyncExitStack() as running:
        await gateway.start("127.0.0.1", 0)
        running.push_async_callback(gateway.stop)
        devices = demo_devices(demo_cases(today, seed))
        await report(gateway, devices, seed)
        await dispatch.start()
        running.push_async_callback(dispatch.close)
        settings = Settings(
            feed=(gateway.url,),
            log=folder / "vigie.log",
            cases=folder / "cases.db",
            port=port,
            orders=Orders(url=dispatch.url),
            degraded=Degraded(passphrase_file=folder / "degraded.passphrase"),
            training=Training(origins=(f"localhost:{port + 1}",) if port else ()),
            centre="Demo",
        )
        centre = await Centre.open(settings, signins=signins, pageless=(COLLEAGUE,))
        running.push_async_callback(centre.close)
        colleague = Colleague(centre.desk, seed=seed)
        centre.start()
        server = serve_pages(centre, offered=OFFERED)
        running.callback(server.stop)
        print(
            f"Vigie's demo serves http://localhost:{server.port}/operator  (all persons are fictional; Ctrl+C ends it)\n"
            f"Sign in with one of the page's buttons; every account's password is {PASSWORD}\n"
            "To try a zone's desk: sign in as zone in another browser or a private window, and route an alarm to PZ Gent"
            " as dispatcher.\n"
            "While somebody is signed in there, the simulated dispatch leaves that zone's orders to them.",
            flush=True,
        )
        await running.enter_async_context(training_room(folder, users, server.port + 1))
        await asyncio.gather(
            simulate(gateway, devices, seed=seed, clock=clock),
            colleague.run(),
            press_bench(gateway, centre.consoles),
        )


def answered_by_a_person(signins: SignIns, zone: str) -> bool:
    """Whether somebody is signed in for a zone's desk: whoever tries that page answers its orders themselves."""
    return any(one.zone == zone and "zone" in one.roles for one in signins.all())
