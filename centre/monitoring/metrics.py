"""The metrics of one centre, collected when they are asked for from what the desk knows; docs/monitoring.md lists them.

Labels are names of feeds, keys of centres, codes: never of a person, a device, a place or an incident.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily as Counter
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.core import HistogramMetricFamily as Histogram
from prometheus_client.core import InfoMetricFamily as Info
from prometheus_client.core import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from centre.monitoring.start import versions
from centre.monitoring.surroundings import Surroundings
from dashboard.components.alert.seen import counted
from dashboard.consoles import Consoles
from incidents.faults import late_orders, waits_since
from incidents.health import FeedHealth
from incidents.timings import Durations, Timings

OTHERS = "others"  # feeds that are followed no more: a feed may not make labels without end by calling itself anew


class Metrics(Collector):
    """The registry of a centre: its own, so that several may run in one process. On the loop."""

    def __init__(
        self,
        consoles: Consoles,
        timings: Timings,
        around: Surroundings,
        refused: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self._consoles, self._desk, self._timings = consoles, consoles.desk, timings
        self._around, self._refused = around, refused
        self._versions = versions()
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def exposition(self) -> bytes:
        """All metrics as text (version 0.0.4 of the format)."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """As a registry asks for them."""
        yield from (
            *self._feeds(),
            *self._log(),
            *self._alarms(),
            *self._pages(),
            *self._audit(),
            *self._surroundings(),
            *self._times(),
        )
        yield Info("vigie_build", "The versions that run.", value=self._versions)

    def describe(self) -> Iterable[Metric]:
        """Nothing: a registry would collect once at the start only to learn the names."""
        return ()

    def _feeds(self) -> Iterator[Metric]:
        board, now = self._desk.board, self._desk.clock.now()
        feeds = sorted(board.feeds.values(), key=lambda feed: feed.name)
        yield gauge("vigie_feeds", "Feeds that are followed.", len(feeds))

        def of_each(
            kind: type[Gauge | Counter], name: str, says: str, value: Callable[[FeedHealth], float | None]
        ) -> Metric:
            metric = kind(name, says, labels=["feed"])
            for feed in feeds:
                if (number := value(feed)) is not None:
                    metric.add_metric([feed.name], number)
            return metric

        yield of_each(Gauge, "vigie_feed_up", "1 while the feed is live.", lambda feed: feed.state == "live")
        lag = "Age of the newest message when it came, by its source's clock."
        yield of_each(
            Gauge, "vigie_feed_lag_seconds", lag, lambda feed: None if feed.lag_ms is None else feed.lag_ms / 1000
        )
        yield of_each(
            Gauge,
            "vigie_feed_heartbeat_age_seconds",
            "Since the feed's last heartbeat.",
            lambda feed: None if feed.heartbeat_at is None else (now - feed.heartbeat_at).total_seconds(),
        )
        behind = "Messages that the feed has sent and that are not durable here yet."
        yield of_each(Gauge, "vigie_feed_behind_messages", behind, lambda feed: max(0, feed.head - feed.seq))
        broken = "Frames and messages that were not understood."
        yield of_each(Counter, "vigie_feed_malformed", broken, lambda feed: feed.malformed)
        yield of_each(Counter, "vigie_feed_repeated", "Messages that had come before.", lambda feed: feed.repeated)
        yield of_each(Counter, "vigie_feed_dropped", "Messages that say nothing here.", lambda feed: feed.dropped)
        gaps = Gauge("vigie_feed_gaps", "Gaps that nobody has taken note of yet.", labels=["feed"])
        for feed in feeds:
            gaps.add_metric([feed.name], len(board.gaps.get(feed.name, ())))
        if of_others := sum(len(found) for name, found in board.gaps.items() if name not in board.feeds):
            gaps.add_metric([OTHERS], of_others)
        yield gaps

    def _log(self) -> Iterator[Metric]:
        board, file = self._desk.board, self._consoles.services.degraded.health
        yield gauge("vigie_log_writable", "1 while what happens is written to the log.", board.recording == "ok")
        yield gauge("vigie_log_aside", "1 while alarms go into a log aside.", bool(board.aside))
        yield gauge("vigie_log_held_entries", "Entries that wait in memory to be written.", board.held)
        open_ = self._desk.cases.state in ("open", "none")
        yield gauge("vigie_cases_open", "1 while the register of cases is open, or none is set.", open_)
        if file.state != "off":
            yield gauge("vigie_degraded_file_ok", "1 while the degraded-mode file is renewed.", file.state == "ok")

    def _alarms(self) -> Iterator[Metric]:
        board, now = self._desk.board, self._desk.clock.now()
        index = board.index
        unowned = [waits_since(board.incidents[name]) for name in index.unowned]
        oldest_s = (now - min(unowned)).total_seconds() if unowned else 0.0
        yield gauge("vigie_alarms_open", "Incidents that nobody has closed.", len(index.open))
        yield gauge("vigie_alarms_unowned", "Alarms that nobody has.", len(unowned))
        yield gauge(
            "vigie_alarm_oldest_unowned_seconds", "How long the longest of those has waited; 0: none.", oldest_s
        )
        seen = "Open alarms that no page in sight and in earshot showed in time."
        yield gauge("vigie_alarms_unpresented", seen, len(index.unpresented))
        yield gauge("vigie_orders_late", "Orders that were not delivered in time.", sum(1 for _ in late_orders(board)))

    def _pages(self) -> Iterator[Metric]:
        watching = self._consoles.watching()
        pages = counted(watching)
        yield gauge("vigie_sessions", "Operator and supervisor pages that are open.", pages["open"])
        yield gauge("vigie_consoles_watching", "Pages in sight that can be heard.", pages["watching"])
        heard = Gauge(
            "vigie_consoles_heard",
            "Pages in sight that can be heard and cover this centre, at any server.",
            labels=["cic"],
        )
        everywhere = self._consoles.everywhere()  # no server alarms for what another hears
        for cic in self._consoles.services.listening.own:
            heard.add_metric([cic], sum(cic in page.cics for page in everywhere if page.both))
        yield heard
        refused = Counter("vigie_signins_refused", "Sign-ins that were refused, by why.", labels=["why"])
        for why, count in self._refused().items():
            refused.add_metric([why], count)
        yield refused

    def _audit(self) -> Iterator[Metric]:
        if (auditing := self._consoles.services.auditing) is not None:
            waiting = "Notices of the audit that no auditor has dealt with."
            yield gauge("vigie_audit_notices_waiting", waiting, auditing.waiting)

    def _surroundings(self) -> Iterator[Metric]:
        """As they were looked at last."""
        found, faults = self._around.observed, dict(self._around.faults())
        openable = "1 while the log's key and private store are there."
        yield gauge("vigie_log_files_there", openable, "log_files_lost" not in faults)
        clear = "1 while pages are reached, or orders are posted, beyond this machine without TLS."
        yield gauge("vigie_in_the_clear", clear, "in_the_clear" in faults)
        if (replicas := self._around.replicas) is not None:
            lost = "Servers of the cluster that do not keep what is recorded; absent without a cluster."
            yield gauge("vigie_cluster_servers_lost", lost, len(replicas.lost))
        backups = found.backups
        if backups.backed_up_at is not None:
            made = "When the last backup was made, seconds since 1970; absent: none is known of."
            yield gauge("vigie_backup_made_timestamp_seconds", made, backups.backed_up_at.timestamp())
        if backups.tested_at is not None:
            tried = "When a backup was tested last, seconds since 1970; absent: never."
            yield gauge("vigie_backup_tested_timestamp_seconds", tried, backups.tested_at.timestamp())
        if backups.ok is not None:
            yield gauge("vigie_backup_test_ok", "1 where the last test of a backup succeeded.", backups.ok)
        yield from rooms(found.room)
        yield certificates(found.ends)
        if found.clock is not None:
            right, error_ms = found.clock
            yield gauge("vigie_clock_kept", "1 while the system says that something keeps its clock right.", right)
            far = "The largest error of the clock, as the system estimates it."
            yield gauge("vigie_clock_error_seconds", far, error_ms / 1000)

    def _times(self) -> Iterator[Metric]:
        times = self._timings
        yield _histogram("vigie_log_append_seconds", "Until an entry was durable in the log.", times.append)
        yield _histogram("vigie_fold_seconds", "Folding an entry, and telling the pages of it.", times.fold)
        yield _histogram(
            "vigie_press_to_push_seconds", "From a press at the desk until it went to a page.", times.press
        )


def rooms(found: Mapping[str, tuple[int, int]]) -> Iterator[Metric]:
    """Bytes free and in all of the disks, by the kind of folder."""
    free = Gauge("vigie_disk_free_bytes", "Room left on the disk of what is kept there.", labels=["folder"])
    whole = Gauge("vigie_disk_size_bytes", "Size of that disk.", labels=["folder"])
    for kind, (left, size) in found.items():
        free.add_metric([kind], left)
        whole.add_metric([kind], size)
    yield from (free, whole)


def certificates(ends: Mapping[str, datetime]) -> Metric:
    """When the own certificates that are in use end, by their setting."""
    says = "When a certificate of our own that is in use ends, or one of its chain, seconds since 1970."
    found = Gauge("vigie_certificate_end_timestamp_seconds", says, labels=["certificate"])
    for name, end in ends.items():
        found.add_metric([name], end.timestamp())
    return found


def gauge(name: str, says: str, value: float) -> Metric:
    """One number."""
    return Gauge(name, says, value=float(value))


def _histogram(name: str, says: str, durations: Durations) -> Metric:
    bounds = [*map(str, durations.bounds), "+Inf"]
    buckets = list(zip(bounds, map(float, accumulate(durations.counts)), strict=True))
    return Histogram(name, says, buckets=buckets, sum_value=durations.sum_s)
