"""Three nats-servers, three application servers, Caddy before them, a feed and a dispatch that are made up, at one address."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from dashboard.ports import free_port
from dashboard.server import may_listen
from demo.accounts import PASSWORD, demo_accounts
from demo.cases import demo_cases, demo_steps, stations, take_steps, write_cases
from demo.cluster.members import ClusterError, Member, State, claim, write
from demo.cluster.processes import Process, answers, program
from demo.devices import demo_devices, report
from feeds.gateway import Gateway
from feeds.orders.simulated_dispatch import Dispatch
from feeds.simulator import simulate
from incidents.cases import CaseRegister, import_cases
from incidents.cases.register import brussels_today
from incidents.clock import SystemClock
from incidents.log import LogUnavailable
from incidents.log.jetstream import REPLICAS, make_streams
from incidents.log.servers import Servers

ROOT = Path(__file__).parents[2]
CADDYFILE = ROOT / "docs" / "cluster" / "Caddyfile"
STREAM = "VIGIE"
MAX_PAYLOAD = 32 << 20
HOST = "127.0.0.1"
_ATTEMPTS, _TOGETHER_S, _EVERY_S = 3, 20.0, 0.2
# Of the file for three machines, what another machine has and this one has not.
_NOT_HERE = (
    "\ttls /etc/ssl/vigie/fullchain.pem /etc/ssl/vigie/key.pem\n",
    "\t\t\ttls\n\t\t\ttls_server_name vigie.example\n\t\t\ttls_trusted_ca_certs /etc/ssl/vigie/authority.pem\n",
)


async def run_cluster(*, port: int, seed: int, folder: Path) -> None:
    """Run until cancelled, and leave nothing behind; `folder` is absolute. Raises ClusterError, CannotListen."""
    programs = program("nats-server"), program("caddy")
    if not CADDYFILE.exists():
        raise ClusterError(f"{CADDYFILE} is not there: the cluster's demo runs in a checkout")
    may_listen(HOST, port)
    claim(folder)
    try:
        await _Cluster(folder, port, *programs).run(seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def caddyfile_here(port: int, desks: Sequence[int]) -> str:
    """The file for three machines, of which all is on this one, at these ports, and nothing by TLS. Raises ClusterError."""
    text = CADDYFILE.read_text(encoding="utf-8")
    here = {
        "https://vigie.example:443": f"http://localhost:{port}",
        ":443 {": f":{port} {{",
        **dict.fromkeys(_NOT_HERE, ""),
    }
    here |= {f"10.0.0.{n}:5006": f"{HOST}:{desk}" for n, desk in enumerate(desks, 1)}
    for old, new in here.items():
        if old not in text:
            raise ClusterError(f"{CADDYFILE}: there is no {old.strip()} in it")
        text = text.replace(old, new)
    return text


class _Cluster:
    def __init__(self, folder: Path, port: int, nats_program: str, caddy_program: str) -> None:
        self._folder = folder
        self._address = f"http://localhost:{port}/operator"
        ports = [free_port(HOST) for _ in range(9)]
        clients, routes, desks = ports[:3], ports[3:6], ports[6:]
        self._nats_addresses = tuple(f"nats://{HOST}:{one}" for one in clients)
        self._nats = [self._nats_server(nats_program, n, clients[n], routes) for n in range(3)]
        self._proxy = self._caddy(caddy_program, port, desks)
        self._desks, self._port = desks, port
        self._mending = asyncio.Lock()

    async def run(self, seed: int) -> None:
        """Start all, say where it is, and go on until cancelled."""
        print("Vigie's cluster starts: seven programs, some 20 s; then it says here where it serves", flush=True)
        gateway, clock = Gateway("112-app"), SystemClock()
        dispatch = Dispatch(gateway, seed=seed, stations=stations(), clock=clock)
        cases = demo_cases(brussels_today(), seed)
        devices = demo_devices(cases)
        async with contextlib.AsyncExitStack() as running:
            await gateway.start(HOST, 0)
            running.push_async_callback(gateway.stop)
            await report(gateway, devices, seed)
            await dispatch.start()
            running.push_async_callback(dispatch.close)
            register = await asyncio.to_thread(self._make_files, seed)
            servers = [self._server(n, gateway.url, dispatch.url, register) for n in range(3)]
            self._all = (*self._nats, *servers, self._proxy)
            for together in (self._nats, servers, [self._proxy]):
                running.push_async_callback(_end, together)
                await (self._start_together() if together is self._nats else _start(together))
            mending: set[asyncio.Task[None]] = set()
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGUSR1, lambda: mending.add(loop.create_task(self._mend())))
            running.callback(loop.remove_signal_handler, signal.SIGUSR1)
            self._write()
            print(
                f"Vigie's cluster serves {self._address}  (all persons are fictional; Ctrl+C ends it)\n"
                f"Sign in as dispatcher, dispatcher2 or supervisor; every account's password is {PASSWORD}\n"
                "Open two browsers, or private windows: the proxy sends each to one of the three servers, two may be at one.\n"
                "What to break while you watch: python app.py cluster break",
                flush=True,
            )
            await simulate(gateway, devices, seed=seed, clock=clock)

    async def _start_together(self) -> None:
        """The nats-servers, anew where they keep nothing together. Raises ClusterError.

        Started in one moment a leader now and then never hears that another has room, and refuses all that is kept three times.
        """
        for _ in range(_ATTEMPTS):
            await _start(self._nats)
            servers = Servers(self._nats_addresses)
            try:
                async with asyncio.timeout(_TOGETHER_S):
                    while True:
                        with contextlib.suppress(LogUnavailable):
                            return await make_streams(servers, STREAM, REPLICAS)
                        await asyncio.sleep(_EVERY_S)
            except TimeoutError:
                await _end(self._nats)
            finally:
                await servers.close()
        raise ClusterError("the nats-servers keep nothing together")

    def _make_files(self, seed: int) -> Path:
        """The accounts and cases that the cluster begins with, under the one master key that all servers have."""
        made = self._folder / "made"
        made.mkdir()
        demo_accounts(made / "vigie.users")
        today = brussels_today()
        cases = demo_cases(today, seed)
        write_cases(made / "cases.json", cases)
        key_file = self._folder / "vigie.key"
        import_cases(made / "cases.json", made / "cases.db", key_file=key_file)
        take_steps(CaseRegister.open(made / "cases.db", key_file=key_file), demo_steps(cases, today))
        return made

    def _server(self, number: int, feed: str, orders: str, register: Path) -> Process:
        name, port = f"server-{number + 1}", self._desks[number]
        folder = self._folder / name
        if number == 0:  # the others take over what the first one has
            shutil.copytree(register, folder)
        environ = {
            "VIGIE_LOG": str(folder / "vigie.log"),
            "VIGIE_CASES": str(folder / "cases.db"),
            "VIGIE_KEY_FILE": str(self._folder / "vigie.key"),
            "VIGIE_CLUSTER_SERVERS": ",".join(self._nats_addresses),
            "VIGIE_CLUSTER_NAME": STREAM,
            "VIGIE_FEED": feed,
            "VIGIE_ORDERS_URL": orders,
            "VIGIE_PORT": str(port),
            "VIGIE_BEHIND_PROXY": "1",
            "VIGIE_ORIGINS": f"localhost:{self._port}",
            "VIGIE_CENTRE": f"Demo {number + 1}",
        }
        command = (sys.executable, str(ROOT / "app.py"), "serve")
        return Process(name, command, folder, partial(_lives, port), environ)

    def _nats_server(self, command: str, number: int, port: int, routes: list[int]) -> Process:
        name, route = f"nats-{number + 1}", routes[number]
        listed = ", ".join(f'"nats://{HOST}:{other}"' for other in routes if other != route)
        config = self._folder / f"{name}.conf"
        config.write_text(
            f'server_name: {name}\nlisten: "{HOST}:{port}"\nmax_payload: {MAX_PAYLOAD}\n'
            f'jetstream {{ store_dir: "{self._folder / name}" }}\n'
            f'cluster {{ name: vigie, pool_size: -1, listen: "{HOST}:{route}", routes: [{listed}] }}\n',
            encoding="utf-8",
        )
        return Process(name, (command, "-c", str(config)), self._folder / name, partial(answers, port, b"", b"INFO"))

    def _caddy(self, command: str, port: int, desks: list[int]) -> Process:
        (config := self._folder / "Caddyfile").write_text(caddyfile_here(port, desks), encoding="utf-8")
        own = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(self._folder / "proxy"))
        line = (command, "run", "--config", str(config), "--adapter", "caddyfile")
        return Process("proxy", line, self._folder / "proxy", partial(_lives, port), own)

    def _write(self) -> None:
        state = State(
            runner=Member.of("runner", os.getpid()),
            address=self._address,
            nats=self._nats_addresses,
            stream=STREAM,
            members=tuple(process.member for process in self._all),
        )
        write(self._folder, state)

    async def _mend(self) -> None:
        """Start what was killed, let go on what was stopped."""
        async with self._mending:
            try:
                for process in self._all:
                    await process.start()
                    self._write()
            except ClusterError as error:
                print(f"vigie: {error}", file=sys.stderr, flush=True)


async def _lives(port: int) -> bool:
    return await answers(port, b"GET /live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", b"HTTP/1.1 200")


async def _start(processes: list[Process]) -> None:
    await asyncio.gather(*(process.start() for process in processes))


async def _end(processes: list[Process]) -> None:
    await asyncio.gather(*(process.end() for process in processes))
