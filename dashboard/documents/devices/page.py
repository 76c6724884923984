"""`/devices`: every device with its battery, its last press, its silence, its tests, to read and print; `/devices.csv`: the file.

Its script asks for it anew every few seconds, without the names, and says so where it is not answered.

A technician or a supervisor announces a test here (`POST /devices`). Names of victims are shown to a supervisor who asks for
them and says why, and that is entered in the log.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec

from dashboard.access.guard import SIGN_IN
from dashboard.components.actions import receive
from dashboard.components.devices.standing import TechnicalCount, of_lines, standing, told
from dashboard.documents.makers import Lists
from dashboard.documents.page import DocumentGround, DocumentPage, File, NoDocument, Redaction
from dashboard.shell.clock import BRUSSELS, dated, written
from dashboard.shell.requests import text
from incidents import commands as do
from incidents.devices.listing import DeviceLine, DeviceTests
from incidents.events import DeviceListMade, Need
from incidents.log import LogUnavailable
from incidents.roles import Role, User, may, zone_alone
from reports.catalogue import Translator
from reports.locale_formats import Formats, formats

PAGE, FILE = r"/devices", r"/devices\.csv"
TESTS = ("announce_test", "withdraw_test")  # what may be asked here
BENCH = "bench"  # the draft by which the bench knows what is chosen on it (`technician/page.js`)
MAX_DEVICE = 200  # characters


class _Devices(DocumentPage[DocumentGround]):
    """What both addresses share."""

    discloses = "devices"

    def asks_why(self) -> bool:
        return self.asks or self.get_query_argument("names", "") == "1"

    def check(self, consoles: DocumentGround, roles: frozenset[Role]) -> None:
        super().check(consoles, roles)
        self.named(consoles, roles)

    def lists(self, consoles: DocumentGround) -> Lists:
        """Raises LogUnavailable where nobody keeps the list."""
        if consoles.services.devices is None:
            raise LogUnavailable("no list of devices is kept here")
        return consoles.services.devices

    def named(self, consoles: DocumentGround, roles: frozenset[Role]) -> bool:
        """Whether names were asked for. Raises NoDocument when these roles may not have them."""
        named = self.get_query_argument("names", "") == "1"
        return bool(named and self.allowed(consoles, roles, "names of devices"))


class DevicesPage(_Devices):
    """The page, for a signed-in technician or supervisor; where nobody signs in, for this machine only."""

    page = "page devices"
    sign_in = f".{SIGN_IN}?next={PAGE}"
    need: Need = "duty"

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> str:
        try:
            lists = self.lists(consoles)
            named = self.named(consoles, roles)
            victims = lists.victims(self.user()) if named else None
            listed = await lists.lines(self.user())
            count = of_lines(listed) if zone_alone(self.user(), self.page) else standing(consoles.desk, self.user())
            facts = shown(consoles, listed, lists.times, victims, count, self.translate)
        except LogUnavailable:
            raise NoDocument(503, self.translate("The log can't be read or written now.")) from None
        self.event, self.need = DeviceListMade(form="page", devices=len(listed), names=named), "" if named else "duty"
        return self.filled(
            "documents/devices/page.html",
            consoles,
            **facts,
            may_export=may(roles, "export devices"),
            may_name=may(roles, "names of devices"),
            may_announce=may(roles, "announce_test"),
            may_bench=may(roles, "page bench"),
        )

    async def post(self, *asked: str) -> None:
        """A command of the page: JSON in, the desk's answer as JSON out; or, by a form, why names are asked for."""
        if self.request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            await super().post(*asked)
            return
        consoles = self._consoles()
        roles = self.roles_of_our_page(consoles)
        self.set_header("Content-Type", "application/json")
        self.set_status(200 if roles else 403)
        answer = await self._command(consoles, roles) if roles else receive.Answer(id="", ok=False, code="locked")
        self.finish(msgspec.json.encode(answer))

    async def _command(self, consoles: DocumentGround, roles: frozenset[Role]) -> receive.Answer:
        desk, id = consoles.desk, ""
        try:
            facts = msgspec.json.decode(self.request.body, type=dict[str, Any])
            if facts.get("do") == "choose":  # the bench opens with it
                device, who = text(facts, "device"), self.user()
                chosen = msgspec.json.encode({"address": "", "device": device[:MAX_DEVICE]}).decode()
                consoles.drafts.keep(who.name if who else "", text(facts, "tab")[:64], BENCH, chosen)
                return receive.Answer(id="", ok=True)
            id = str(facts.get("id", ""))[:64]
            if facts.get("do") not in TESTS:
                raise do.Refused("invalid")
            wish = receive.command(facts, None, desk.clock.now())
            asks = self.user()
            user = User(
                actor=desk.pseudonym(self.by(consoles)),
                roles=roles,
                zone=asks.zone if asks is not None else "",
                name=self.by(consoles),
            )
            if consoles.signins is not None:
                consoles.signins.touch(self.token(consoles))
            await desk.command(wish, user)
        except msgspec.MsgspecError:
            return receive.Answer(id=id, ok=False, code="invalid")
        except do.Refused as refused:
            return receive.refusal(id, refused, "")
        except LogUnavailable:
            return receive.Answer(id=id, ok=False, code="failed")
        return receive.Answer(id=id, ok=True)


class DevicesFile(_Devices):
    """The file, for the same."""

    page = "export devices"
    asks = True

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> File:
        named = self.named(consoles, roles)
        name, content, self.event = await self.lists(consoles).make(self.user(), named=named)
        return File(name, content)


def shown(
    consoles: DocumentGround,
    listed: tuple[DeviceLine, ...],
    times: DeviceTests,
    victims: dict[str, str] | None,
    count: TechnicalCount,
    translate: Translator,
) -> dict[str, Any]:
    """The facts of the page as it is now: texts and codes, moments and days in Belgium."""
    now = consoles.desk.clock.now()
    today = _date(now)
    rows = [_row(line, victims, now, today, consoles.desk.name_of, formats(translate)) for line in listed]
    papers = Redaction(consoles.desk.cases.all(), translate)
    tests = [
        {
            "device": line.device,
            "who": consoles.desk.name_of(test.by),
            "until": written(test.until),
            "where": papers.text(test.where),
        }
        for line in listed
        if (test := line.announced) is not None
    ]
    return {
        "now": dated(now, translate),
        "rows": rows,
        "counted": all(line.counted for line in listed),
        "every_days": times.every_days,
        "overdue": sum(line.overdue for line in listed),
        "technical": told(count, translate),
        "unnoted": count.unnoted,
        "tests": tests,
        "cases": consoles.desk.cases.state,
        "named": victims is not None,
        "script": {"devices": [line.device for line in listed], "tests": tests, "max": do.MAX_TEST_MIN},
    }


def _row(
    line: DeviceLine,
    victims: dict[str, str] | None,
    now: datetime,
    today: date,
    name_of: Callable[[str], str],
    f: Formats,
) -> dict[str, Any]:
    tested = _date(line.last_test) if line.last_test else None
    return {
        "device": line.device,
        "case": line.case,
        "state": line.state,
        "bench": line.bench,
        "victim": (victims or {}).get(line.case, ""),
        "battery": line.battery,
        "battery_at": _short(line.battery_at, today, f),
        "last_press": _short(line.last_press, today, f),
        "press_time": written(line.last_press) if line.last_press and _date(line.last_press) != today else "",
        "last_heard": _short(line.last_heard, today, f),
        "silent": _silence(now, line.last_heard),
        "counted": line.counted,
        "tests": line.tests,
        "real": line.real,
        "last_test": f.day(tested) if tested else "",
        "test_days": (today - tested).days if tested else None,
        "failed": line.failed,
        "due": f.day(line.due) if line.due else "",
        "overdue": line.overdue,
        "sorts": {
            "device": line.device,
            "case": line.case,
            "battery": -1 if line.battery is None else line.battery,
            "last_press": _seconds(line.last_press),
            "last_heard": _seconds(line.last_heard),
            "tests": line.tests,
            "real": line.real,
            "last_test": _seconds(line.last_test),
            "due": line.due.isoformat() if line.due else "",
            "technical": sum(alarm.state == "alarmed" for alarm in line.alarms),
        },
        "wrong": any(alarm.state == "alarmed" for alarm in line.alarms),
        "alarms": [
            {
                "condition": alarm.condition,
                "state": alarm.state,
                "since": _short(alarm.since, today, f),
                "flaps": alarm.changes,
                "returned": _short(alarm.returned_at, today, f),
                "noted": name_of(alarm.acknowledged_by) if alarm.acknowledged_by else "",
            }
            for alarm in line.alarms
        ],
    }


def _seconds(at: datetime | None) -> int:
    """What a column of moments is sorted by: never comes first."""
    return int(at.timestamp()) if at is not None else 0


def _silence(now: datetime, heard: datetime | None) -> tuple[str, int]:
    """How long it has been silent: a word's key and a number."""
    if heard is None:
        return "never", 0
    minutes = max(0, int((now - heard).total_seconds()) // 60)
    if minutes < 60:
        return "min", minutes
    return ("h", minutes // 60) if minutes < 48 * 60 else ("d", minutes // (24 * 60))


def _short(at: datetime | None, today: date, f: Formats) -> str:
    """The day of a moment; of today the time."""
    if at is None:
        return ""
    return written(at) if _date(at) == today else f.day(_date(at))


def _date(at: datetime) -> date:
    return at.astimezone(BRUSSELS).date()
