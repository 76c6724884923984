"""Where she is and who was sent are two facts with two names: whatever names her zone names the zone that has the order.

Looked for in everything there is: each document of a desk as each role reads it, each type that a page or a paper is made of,
each script. A new one is looked at by itself.
"""

import re
from datetime import timedelta
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient

from dashboard.components.actions.routing import share_of_named
from dashboard.components.tracks import track
from dashboard.documents.degraded.page import sheet_page
from dashboard.documents.page import DocumentPage
from dashboard.server import desk_routes
from incidents import commands as do
from incidents.degraded.sheet import sheet
from incidents.incident import Incident
from incidents.messages import Fix
from incidents.roles import ROLES
from reports.catalogue import ROOT, translator
from tests.dashboard.access.asked import HER, ROUTES
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.conftest import accounts as accounts
from tests.dashboard.access.conftest import base as base
from tests.dashboard.access.conftest import clock as clock
from tests.dashboard.access.parts import Browser
from tests.dashboard.conftest import START, House
from tests.dashboard.conftest import house as house
from tests.people import dispatcher
from tests.rules.house import classes, sources, tracked
from tests.words.unsaid import of_page, of_pdf

HERS, SENT = ("5339", "Polbru"), ("5408", "AMOW")  # no municipality is called so


def named(text: str) -> bool:
    """Whether a text names her zone, and then the other one too."""
    assert HERS[1] not in text or SENT[1] in text, text[:2000]
    assert HERS[1] not in text or "AMR-9" not in text or re.search(r"12\s*km|12[ .,\s]?000", text), (
        f"how sure: {text[:2000]}"
    )
    return HERS[1] in text


def qualified(text: str) -> None:
    """What is read while she is there names a zone with its share, and a position with its time."""
    assert re.search(rf"{HERS[1]} \d\s%", text) and re.search(r"11\smin ago", text), text[:3000]


async def test_every_document_that_names_the_zone_where_she_is_names_the_one_that_was_sent(
    house: House, base: str
) -> None:
    incident = await house.press("AMR-9", fix=Fix(50.85, 4.35, 12_000.0, time=START - timedelta(seconds=660)))
    assert incident.zone == HERS[0]
    me = dispatcher(house.desk.pseudonym("Desk 1"))
    await house.desk.command(do.Acknowledge(id=house.name(), incident=incident.id), me)
    await house.desk.command(do.Route(id=house.name(), incident=incident.id, zone=SENT[0], anyway=True), me)
    found: dict[str, bool] = {}
    made = [route[0] for route in desk_routes(lambda: house.consoles) if issubclass(route[1], DocumentPage)]
    for role in ROLES:
        browser = Browser(base)
        await browser.sign_in(f"{role} fictief", PASSWORD)
        for path in (path.replace(HER, incident.id) for route in made for path in ROUTES[route]):
            asked: dict[str, Any] = {"headers": {"Cookie": f"{browser.name}={browser.cookie}"}, "raise_error": False}
            answer = await AsyncHTTPClient().fetch(base + path, **asked)
            if b'class="reasons"' in answer.body:
                answer = await AsyncHTTPClient().fetch(base + path, method="POST", body="why=review", **asked)
            pdf = answer.headers.get("Content-Type") == "application/pdf"
            text = of_pdf(answer.body) if pdf else answer.body.decode()
            if path == "/sheet" and answer.code == 200:
                qualified(text)
            found[path] = named(text) or found.get(path, False)
    assert found["/sheet"]
    incidents = house.desk.board.incidents.values()
    zones = dict((HERS, SENT))
    places, where = house.consoles.services.places, house.consoles.services.whereabouts

    def share(one: Incident) -> float | None:
        return share_of_named(one, places, START, track(one))

    says: dict[str, Any] = {"near": lambda one: where.in_full(one, START), "share": share}
    kept = sheet(cases=(), incidents=incidents, zones=zones, radio={}, centre="", now=START, name_of=str, **says)
    text = of_page(sheet_page(kept, translator("en"))).partition("Zones")[0]
    assert named(text)
    qualified(text)


def test_every_type_of_an_alarm_that_names_her_zone_has_the_one_that_was_sent() -> None:
    """Of a page or a paper: `zone` beside who has it, or beside its class."""
    of = classes(sources("dashboard/*.py", "reports/evidence/*.py", "incidents/degraded/*.py"))
    fields = {kind: {*kind.__struct_fields__} for kind in of if issubclass(kind, msgspec.Struct)}
    shown = [kind for kind, has in fields.items() if has & {"zone", "zone_name"} and has & {"as_class", "owner"}]
    assert {kind.__name__ for kind in shown} >= {"Row", "Known", "OpenAlarm", "Summary"}
    assert [kind for kind in shown if "order_zone" not in fields[kind]] == []
    now = [
        kind for kind in shown if fields[kind] & {"near", "where"}
    ]  # as it is now: with the zone's share of her circle
    assert len(now) > 1 and [kind for kind in now if not fields[kind] & {"share", "zone_share"}] == []


def test_every_script_that_names_her_zone_names_the_one_that_was_sent() -> None:
    hers = re.compile(r"\brow\.zone_name|\b(?:zoneOf|whereOf|nearOf)\(|\blast\.zone\b|\bone\.zone, one\.abroad")
    sent = re.compile(r"\border_zone\b|\b(?:sentOf|stepOf)\(")
    scripts = {path: path.read_text(encoding="utf-8") for path in tracked("dashboard/**/*.js")}
    [made] = [path for path, text in scripts.items() if "function zoneOf(" in text]
    shown = {path for path, text in scripts.items() if hers.search(text)} - {made}
    assert {path.name for path in shown} >= {"says.js", "row.js", "alarms.js", "brief.js", "timeline.js"}
    assert [path.relative_to(ROOT) for path in shown if not sent.search(scripts[path])] == []
    plain = [path.name for path, text in scripts.items() if "zone(row.zone_name" in text and path != made]
    assert plain == [], "zoneOf alone says how sure the zone is"
