"""The metrics of one feed gateway, collected when they are asked for; docs/monitoring.md lists them. Nobody is in any."""

from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily as Counter
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from centre.checks.certificates import last_days
from centre.monitoring.metrics import certificates, gauge, rooms
from centre.monitoring.surroundings import Observer, rooms_of
from centre.settings import Settings
from feeds.gateway.door import Door


class GatewayMetrics(Observer, Collector):
    """Those of a door, the feed behind it, and the disk of its file. On the loop."""

    def __init__(self, door: Door, file: Path, settings: Settings) -> None:
        self._door = door
        self._folders = {"feed": file.absolute().parent}
        self._room: dict[str, tuple[int, int]] = {}
        # The one in use until the next start.
        self._ends = {name: end for name, end in last_days(settings).items() if name == "tls_cert"}
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def exposition(self) -> bytes:
        """All metrics as text (version 0.0.4 of the format)."""
        return generate_latest(self._registry)

    def observe(self) -> None:
        self._room = dict(rooms_of(self._folders))

    def forget(self) -> None:
        self._room = {}

    def describe(self) -> Iterable[Metric]:
        """Nothing, as of a desk."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """As a registry asks for them."""
        gateway, feed = self._door.gateway, self._door.feed
        taken = "1 while messages are written, and so taken."
        yield gauge("vigie_gateway_writable", taken, not feed.failed)
        damaged = "1 where the file of before was damaged, and stands aside."
        yield gauge("vigie_gateway_damaged", damaged, feed.damaged)
        yield gauge("vigie_gateway_held_messages", "Messages of the last 24 hours that are held.", len(gateway.store))
        if (newest_s := gateway.store.newest_s) is not None:
            yield gauge("vigie_gateway_newest_age_seconds", "Since the newest of them came; absent: none is.", newest_s)
        yield gauge("vigie_gateway_desks", "Subscriptions that are served.", gateway.clients)
        refused = Counter("vigie_gateway_lines_refused", "Desks' lines that were refused: there were too many.")
        refused.add_metric([], gateway.lines.refused)
        yield refused
        posts = Counter("vigie_gateway_posts", "What was posted, by the status it was answered with.", labels=["code"])
        for code, count in sorted(self._door.answers.items()):
            posts.add_metric([str(code)], count)
        yield posts
        yield from rooms(self._room)
        yield certificates(self._ends)
