"""How a feed is: live, silent, down or malformed, judged from what was heard and when. No I/O; times are handed in."""

from collections.abc import Callable
from datetime import datetime

from feeds.subscriber.ports import Timing
from incidents.clock import Clock
from incidents.health import FeedHealth, FeedState
from incidents.messages import CallReport, DeviceReport, FixReport, Message, PressReport, Receipt

_OF_A_DEVICE = (PressReport, FixReport, DeviceReport, CallReport)


class Vitals:
    """The signs of life of one feed. `monotonic` gives seconds that never jump; `clock` the moments that are shown."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float], timing: Timing) -> None:
        self.connected = False
        self.head = 0  # as the server says; a message's own number is not believed for it
        self._clock = clock
        self._monotonic = monotonic
        self._timing = timing
        self._reason = "not yet connected"
        self._fault = ""
        self._failed = False
        self._quiet_since: float | None = None
        self._progress_at = self._subscribed_at = monotonic()
        self._malformed_at: float | None = None
        self._heartbeat_at: datetime | None = None
        self._message_at: datetime | None = None
        self._newest: datetime | None = None
        self._lag_ms: int | None = None
        self._repeated = self._dropped = self._malformed = 0
        self._state: FeedState = "down"
        self._since = clock.now()

    def subscribed(self, head: int | None) -> None:
        """The server took our subscription. That alone does not end a silence: only what it sends does."""
        now = self._monotonic()
        self.connected, self._failed = True, False
        self._subscribed_at = self._progress_at = now
        if self._quiet_since is None:
            self._quiet_since = now
        self.head = head or 0  # of this epoch; a server that does not say it here may in its heartbeats

    def lost(self, reason: str, *, silent: bool = False) -> None:
        """The connection ended. `silent`: we ended it ourselves because nothing came, and shall at once try anew."""
        self.connected = False
        self._failed = not silent
        self._reason = reason
        if not silent:
            self._quiet_since = None

    def heard(self) -> None:
        """A frame came."""
        self._quiet_since = self._monotonic()

    def heartbeat(self, head: int | None) -> None:
        """The feed says that it lives."""
        self._heartbeat_at = self._clock.now()
        if head is not None:
            self.head = max(self.head, head)

    def message(self, message: Message, received: datetime) -> None:
        """A message came; the lag is the age of the newest one by its source's clock."""
        self._progress_at = self._monotonic()
        at = min(message.at, received)  # one device whose clock is years ahead must not stay the newest for ever
        if isinstance(message.report, _OF_A_DEVICE) and (self._newest is None or at >= self._newest):
            self._newest, self._message_at = at, received
            self._lag_ms = round((received - at).total_seconds() * 1000)

    def receipt(self, receipt: Receipt) -> None:
        """What became of a message."""
        self._repeated += receipt == "repeated"
        self._dropped += receipt == "dropped"

    def not_understood(self, reason: str) -> None:
        """A frame or a message came that could not be read."""
        self._malformed += 1
        self._malformed_at = self._monotonic()
        self._fault = reason

    @property
    def silent_too_long(self) -> bool:
        """Whether a new connection should be tried."""
        quiet = max(self._quiet_since or self._subscribed_at, self._subscribed_at)
        return self._monotonic() - quiet >= self._timing.reconnect_s

    def idle_s(self) -> float:
        """Seconds since anything but a heartbeat came, or since the subscription."""
        return self._monotonic() - self._progress_at

    def health(self, name: str, seq: int) -> FeedHealth:
        """The feed now; `seq` is its highest contiguous durable number."""
        state, reason = self._judge()
        if state != self._state:
            self._state, self._since = state, self._clock.now()
        return FeedHealth(
            name=name,
            state=state,
            since=self._since,
            heartbeat_at=self._heartbeat_at,
            message_at=self._message_at,
            lag_ms=self._lag_ms,
            seq=seq,
            head=max(self.head, seq),
            repeated=self._repeated,
            dropped=self._dropped,
            malformed=self._malformed,
            reason=reason,
        )

    def _judge(self) -> tuple[FeedState, str]:
        now = self._monotonic()
        quiet_s = 0.0 if self._quiet_since is None else now - self._quiet_since
        if not self.connected and (self._failed or quiet_s < self._timing.silent_s):
            return "down", self._reason
        if quiet_s >= self._timing.silent_s:
            return "silent", "no heartbeat"
        if self._malformed_at is not None and now - self._malformed_at < self._timing.malformed_s:
            return "malformed", self._fault
        return "live", ""
