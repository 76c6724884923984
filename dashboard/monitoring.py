"""What monitoring asks of a desk: `/live`, `/health` and `/metrics`.

`/live` answers while the loop turns. `/health` gives everybody the verdict, 200 or 503; its details, and the metrics, are for
this machine and for who has the token.
"""

import hmac
from collections.abc import Callable

import msgspec
from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from dashboard.access.guard import from_this_machine
from dashboard.components.alert.seen import counted
from dashboard.components.topbar.health import Health
from dashboard.consoles import Consoles
from dashboard.shell.template import this_server
from incidents.events import stamp
from incidents.faults import Fault, Severity, Status, status

Metrics = Callable[[], bytes]  # in the format below
LIVE = b"live\n"
FORMAT = "text/plain; version=0.0.4; charset=utf-8"  # which every Prometheus reads


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What everybody is told: `ok` (200, else 503) where `status` is, which the worst fault makes."""

    ok: bool
    status: Status


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fault that there is, since when (RFC 3339 UTC); a notice changes no verdict. `about`: a feed, a centre or an incident."""

    what: str
    severity: Severity
    why: str
    since: str
    about: str = ""


class Details(Health, frozen=True, kw_only=True):
    """What they are told who may know: the verdict, its reasons (the worst first), and all that Vigie depends on.

    `reason`: why the log is not written, or is one aside, else ""; `consoles`: pages open, in sight, in earshot, and both.
    """

    ok: bool
    status: Status
    reasons: tuple[Reason, ...]
    reason: str
    consoles: dict[str, int]


def no_metrics() -> bytes:
    """Of pages that no centre stands behind."""
    return b""


def may_know(request: HTTPServerRequest, token: str) -> bool:
    """Whether who asks may know more than the verdict: on this machine and passed on by nobody, or with the token."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    return from_this_machine(request)


class Live(RequestHandler):
    """The loop turns, and whose it is."""

    def get(self) -> None:
        self.set_header("Vigie-Server", this_server())
        self.finish(LIVE)

    head = get


class HealthReport(RequestHandler):
    """Whether Vigie can do its work: its status; what is wrong, to those who may know."""

    def initialize(self, consoles: Callable[[], Consoles], token: str) -> None:
        self._consoles = consoles
        self._token = token

    def get(self) -> None:
        consoles = self._consoles()
        faults = consoles.faults.now()
        verdict = status(faults)
        self.set_status(200 if verdict == "ok" else 503)
        self.set_header("Content-Type", "application/json")
        told: Verdict | Details = Verdict(ok=verdict == "ok", status=verdict)
        if may_know(self.request, self._token):
            board = consoles.desk.board
            told = Details(
                ok=told.ok,
                status=verdict,
                reasons=tuple(map(_reason, faults)),
                reason=board.recording_reason or board.aside,
                consoles=counted(consoles.watching()),
                **msgspec.structs.asdict(consoles.health()),
            )
        self.finish(msgspec.json.encode(told))


class MetricsPage(RequestHandler):
    """The metrics, for Prometheus: 403 for who may not know them."""

    def initialize(self, metrics: Metrics, token: str) -> None:
        self._metrics = metrics
        self._token = token

    def get(self) -> None:
        if not may_know(self.request, self._token):
            raise HTTPError(403, reason="Only for this machine, or with the health token")
        self.set_header("Content-Type", FORMAT)
        self.finish(self._metrics())


def _reason(fault: Fault) -> Reason:
    return Reason(what=fault.what, severity=fault.severity, why=fault.why, since=stamp(fault.since), about=fault.about)
