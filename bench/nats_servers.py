"""Real nats-servers with JetStream, on this machine alone, which can be killed, stopped for a while and started again."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from dashboard.ports import free_port

PROGRAM = shutil.which("nats-server") or "/usr/sbin/nats-server"
MAX_PAYLOAD = 32 << 20
_ATTEMPTS = 3
_TOGETHER_S = 20.0


class NatsServer:
    """One server; `routes` are the addresses of its cluster's servers among each other, its own among them, and `route` is it.

    `more`: further lines of its configuration. `durable`: on the disk before it answers, as in docs/cluster/nats-server.conf.
    `before`: words before its command, for one that is not where we are.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "n1",
        route: str = "",
        routes: tuple[str, ...] = (),
        more: str = "",
        durable: bool = False,
        host: str = "127.0.0.1",
        before: tuple[str, ...] = (),
    ) -> None:
        self.port, self._host, self._before = free_port(), host, before
        self.store = folder / name
        self._config = folder / f"{name}.conf"
        cluster = ""
        if routes:
            listed = ", ".join(f'"nats://{other}"' for other in routes if other != route)
            cluster = (
                f'cluster {{ name: test, no_advertise: true, pool_size: -1, listen: "{route}", routes: [{listed}] }}\n'
            )
        sync = ", sync_interval: always" if durable else ""
        self._plain = (
            f'server_name: {name}\nlisten: "{host}:{self.port}"\nmax_payload: {MAX_PAYLOAD}\n'
            f'jetstream {{ store_dir: "{self.store}"{sync} }}\n{cluster}'
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.configure(more)
        self.start()

    @property
    def pid(self) -> int:
        """Of its process, which runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def address(self) -> str:
        """Where clients find it."""
        return f"nats://{self._host}:{self.port}"

    def configure(self, more: str) -> None:
        """Write its configuration with these lines, which hold when it starts, or is told to read it again (SIGHUP)."""
        self._config.write_text(f"{self._plain}{more}\n", encoding="utf-8")
        self._by_tls = "handshake_first" in more

    def resume(self) -> None:
        """Let it go on, whether it was stopped or killed."""
        if self._process is None:
            self.start()
        else:
            self._process.send_signal(signal.SIGCONT)

    def start(self) -> None:
        """Start it, with what it has stored, and wait until it answers."""
        with self._config.with_suffix(".out").open("ab") as output:
            self._process = subprocess.Popen(
                [*self._before, PROGRAM, "-c", str(self._config)], stdout=output, stderr=output
            )
        until = time.monotonic() + 20
        while not _answers(self._host, self.port, self._by_tls):
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise RuntimeError(self._config.with_suffix(".out").read_text(encoding="utf-8"))
            time.sleep(0.02)

    def said(self, words: str) -> bool:
        """Whether it wrote these words."""
        return words in self._config.with_suffix(".out").read_text(encoding="utf-8", errors="replace")

    def takes(self, replicas: int) -> bool:
        """Whether a stream with so many replicas can be made by it; it is deleted again."""
        stream = {"name": "PROBE", "subjects": ["PROBE.>"], "num_replicas": replicas}
        with socket.create_connection((self._host, self.port), timeout=5) as line, line.makefile("rb") as said:
            line.sendall(b'CONNECT {"verbose": false}\r\nSUB answer 1\r\n')
            for verb, asked in (("CREATE", json.dumps(stream)), ("DELETE", "")):
                line.sendall(f"PUB $JS.API.STREAM.{verb}.PROBE answer {len(asked)}\r\n{asked}\r\n".encode())
                try:
                    answer = next(text for text in said if text.startswith(b"{"))
                except (StopIteration, TimeoutError):
                    return False
                if b'"error"' in answer:
                    return False
        return True

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; one that is told to stop stands still afterwards."""
        assert self._process is not None
        os.kill(self._process.pid, number)
        while number is signal.SIGSTOP and _state(self._process.pid) != "T":
            time.sleep(0.005)

    def stop(self) -> None:
        """As a service is stopped: it hands on what it leads, and ends."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
            self._process = None

    def kill(self) -> None:
        """As a failure of the machine would end it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class NatsCluster:
    """Three servers that keep everything three times. `durable` as of `NatsServer`."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._durable = durable
        self.servers: dict[str, NatsServer] = {}
        for attempt in range(_ATTEMPTS):
            try:
                self._begin(folder / f"{attempt}")
                return
            except RuntimeError:  # somebody else took one of its ports meanwhile
                self._end()
                if attempt == _ATTEMPTS - 1:
                    raise
            except BaseException:
                self.close()
                raise

    def _begin(self, folder: Path) -> None:
        folder.mkdir()
        self._make(folder)
        self.meet()

    def meet(self) -> None:
        """Wait until the three keep things together. Raises RuntimeError."""
        until = time.monotonic() + _TOGETHER_S
        while not all(server.said("metadata leader") for server in self.servers.values()):
            if time.monotonic() > until:
                raise RuntimeError("the three nats-servers did not find each other")
            time.sleep(0.05)
        # Started in one moment a leader now and then never hears that another has room, and refuses all that is kept three times.
        while not all(server.takes(len(self.servers)) for server in self.servers.values()):
            if time.monotonic() > until:
                raise RuntimeError("the three nats-servers keep nothing together")
            time.sleep(0.1)

    def _make(self, folder: Path) -> None:
        """Start all three."""
        routes = (own(free_port()), own(free_port()), own(free_port()))
        for n, route in enumerate(routes, 1):
            self.servers[f"n{n}"] = NatsServer(folder, name=f"n{n}", route=route, routes=routes, durable=self._durable)

    @property
    def addresses(self) -> list[str]:
        """Where clients find them."""
        return [server.address for server in self.servers.values()]

    def lose(self) -> None:
        """All three with all that they stored are gone; three empty ones stand in their places."""
        self._end()
        for server in self.servers.values():
            shutil.rmtree(server.store)
            server.start()
        self.meet()

    def close(self) -> None:
        """End them all."""
        self._end()

    def _end(self) -> None:
        for server in self.servers.values():
            server.kill()


def own(port: int) -> str:
    """A port of this machine alone."""
    return f"127.0.0.1:{port}"


def _answers(host: str, port: int, by_tls: bool) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1) as line:
            return by_tls or line.recv(4) == b"INFO"  # by TLS the client speaks first
    except OSError:
        return False


def _state(pid: int) -> str:
    """The letter that Linux has for what a process does."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
