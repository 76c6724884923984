"""`/handout/ID`: the record of a ten-press test, to be printed and signed when the device is handed out.

Its address holds the test's random id and names nobody. The case stands on it by its number; by the name too when the person who
prints it asks for that.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from dashboard.access.guard import SIGN_IN
from dashboard.documents.page import DocumentGround, DocumentPage, NoDocument
from dashboard.shell.clock import dated, written
from dashboard.technician.presses import Way
from dashboard.technician.requests import PAGE
from dashboard.technician.tests_in_progress import Bench
from dashboard.technician.trial import OF, Trial
from incidents.events import DeviceTestOpened
from incidents.roles import Role

ADDRESS = r"/handout/([0-9a-f]{32})"
_time = partial(written, form="%H:%M:%S")


class HandoutGround(DocumentGround, Protocol):
    """The pages' common ground as this page sees it."""

    @property
    def bench(self) -> Bench | None: ...


class HandoutPage(DocumentPage[HandoutGround]):
    """The record, for a signed-in technician."""

    page = PAGE
    discloses = "devices"
    need = "duty"
    sign_in = f"..{SIGN_IN}"

    async def answer(self, consoles: HandoutGround, roles: frozenset[Role]) -> str:
        bench, (id,) = consoles.bench, self.asked
        trial = bench.record(id) if bench is not None else None
        if bench is None or trial is None or consoles.desk.exclusions.device(trial.device, self.user()):
            raise NoDocument(404, self.translate("There is no such test, or the server was started anew since."))
        named = self.get_query_argument("name", "") == "1"
        self.event = DeviceTestOpened(named=named)
        facts = record(bench, trial, self.name(consoles), self.translate, named=named)
        return self.filled("technician/handout.html", consoles, **facts)


def record(bench: Bench, trial: Trial, account: str, translate: Callable[[str], str], *, named: bool) -> dict[str, Any]:
    """The facts of the record: texts and codes, moments in Belgian time."""
    case = bench.cases.of(trial.device, account)
    ended, verdict = trial.ended, trial.verdict
    assert ended is not None
    assert verdict is not None
    return {
        "device": trial.device,
        "tail": trial.address[-8:],
        "battery": trial.battery,
        "security": "encrypted" if all(way.press.authenticated for way in trial.ways) and trial.ways else "plain",
        "by": trial.by,
        "began": dated(trial.began, translate),
        "ended": _time(ended),
        "ok": verdict.ok,
        "why": verdict.why,
        "notes": verdict.notes,
        "of": OF,
        "heard": len(trial.ways),
        "presses": [_row(n, way) for n, way in enumerate(trial.ways[:OF], 1)],
        "case": case.number if case else "",
        "name": case.victim.name if case and named else "",
        "named": named,
        "made": dated(bench.desk.clock.now(), translate),
    }


def _row(n: int, way: Way) -> dict[str, Any]:
    return {
        "n": n,
        "at": _time(way.press.at),
        "press": way.press.press,
        "rssi": way.rssi,
        "feed": _ms(way.feed_ms),
        "logged": _ms(way.logged_ms),
        "shown": _ms(way.shown_ms),
        "audible": way.audible,
        "alarms": way.alarms,
        "screens": way.screens,
    }


def _ms(ms: float | None) -> str:
    return "" if ms is None else f"{ms:.0f} ms" if ms >= 1 else "< 1 ms"
