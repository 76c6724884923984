"""Three nats-servers on a network each, real: a namespace with one line to the others and one to whoever asks them.

A line is cut as a cable is pulled: nothing comes, and nobody is told. Needs root.
"""

import random
import subprocess
from pathlib import Path

from bench.nats_servers import NatsCluster, NatsServer


def ip(*words: str) -> None:
    """Raises CalledProcessError: without root there is no network of one's own."""
    subprocess.run(("ip", *words), check=True)


class Networks:
    """So many namespaces on two bridges: `routes` between the servers, `clients` to this machine."""

    def __init__(self, count: int) -> None:
        self._mark = f"{random.getrandbits(16):04x}"
        self._net = random.randrange(64, 255)
        self._bridges = {kind: f"vb{kind}{self._mark}" for kind in "rc"}
        self.names = [f"vigie-{self._mark}-{n}" for n in range(count)]

    def make(self) -> None:
        """Make all of it."""
        for place, (kind, bridge) in enumerate(self._bridges.items()):
            ip("link", "add", bridge, "type", "bridge")
            ip("link", "set", bridge, "up")
            if kind == "c":
                ip("address", "add", f"{self.host(place, 99)}/24", "dev", bridge)
        for n, name in enumerate(self.names):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
            for place, (kind, bridge) in enumerate(self._bridges.items()):
                ip("link", "add", self._line(kind, n), "type", "veth", "peer", "name", kind, "netns", name)
                ip("link", "set", self._line(kind, n), "master", bridge, "up")
                ip("-n", name, "address", "add", f"{self.host(place, n)}/24", "dev", kind)
                ip("-n", name, "link", "set", kind, "up")

    def host(self, place: int, n: int) -> str:
        """The address of a server between the servers (0), or to those who ask (1)."""
        return f"10.{self._net}.{place}.{n + 1}"

    def cut(self, n: int, *kinds: str) -> None:
        """Pull the line between this one and the other servers (`r`), or to whoever asks (`c`)."""
        for kind in kinds:
            ip("link", "set", self._line(kind, n), "down")

    def heal(self, n: int) -> None:
        """Both lines are in again."""
        for kind in self._bridges:
            ip("link", "set", self._line(kind, n), "up")

    def _line(self, kind: str, n: int) -> str:
        return f"v{kind}{self._mark}{n}"

    def close(self) -> None:
        """Leave nothing of it."""
        for name in self.names:
            subprocess.run(("ip", "netns", "delete", name), check=False, stderr=subprocess.DEVNULL)
        for bridge in self._bridges.values():
            subprocess.run(("ip", "link", "delete", bridge), check=False, stderr=subprocess.DEVNULL)


class PartedCluster(NatsCluster):
    """Three nats-servers, each on a network of its own."""

    def __init__(self, folder: Path) -> None:
        self.networks = Networks(3)
        try:
            self.networks.make()
            super().__init__(folder)
        except BaseException:
            self.networks.close()
            raise

    def _make(self, folder: Path) -> None:
        routes = tuple(f"{self.networks.host(0, n)}:6222" for n in range(3))
        for n, name in enumerate(self.networks.names):
            inside, host = ("ip", "netns", "exec", name), self.networks.host(1, n)
            server = NatsServer(folder, name=f"n{n + 1}", route=routes[n], routes=routes, host=host, before=inside)
            self.servers[f"n{n + 1}"] = server

    def number(self, server: NatsServer) -> int:
        """Which of them it is, for its networks."""
        return list(self.servers.values()).index(server)

    def close(self) -> None:
        super().close()
        self.networks.close()
