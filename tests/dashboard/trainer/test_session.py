"""The trainer page's session: who is told what, and what is wrong with a scenario in words a person fills in a form by."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bokeh.document import Document

from dashboard.components.map import MapView
from dashboard.components.map import view as map_view
from dashboard.trainer.context import TrainerContext
from incidents.exercises.scenario import Scenario
from maps.zones import Zones
from tests.dashboard.conftest import DrivenClock
from tests.dashboard.conftest import House as Centre
from tests.dashboard.trainer.parts import SCENARIO, Desk, SmallRoom, Still, sign_ins


class Room:
    """A house with its room, and pages of it."""

    def __init__(self, folder: Path, zones: Zones, clock: DrivenClock) -> None:
        self.clock = clock
        self.signins = sign_ins(folder / "users", clock)
        self.room = SmallRoom(folder / "scenarios", zones)
        self.house = TrainerContext(self.room, zones, clock=clock, signins=self.signins, cookie="training")  # type: ignore[arg-type]

    def page(self, who: str = "trainer") -> Desk:
        return Desk(self.house, self.signins, who)


@pytest.fixture
async def room(tmp_path: Path, zones: Zones) -> AsyncIterator[Room]:
    made = Room(tmp_path, zones, DrivenClock())
    yield made
    made.signins.close_file()


async def test_a_page_is_sent_what_there_is_and_then_only_what_changed(room: Room) -> None:
    page = room.page()
    page.session.take('{"do": "hello"}')
    first = await page.hear()
    assert first["training"]["scenarios"] == [] and first["training"]["replays"] == []
    assert first["replies"][0]["welcome"]["zones"]
    assert "training" not in await page.hear()
    assert (await page.ask("save", name="gent", scenario=SCENARIO)) == {
        "n": 1,
        "ok": True,
        "problems": [],
        "name": "gent",
    }
    assert [one["name"] for one in page.training["scenarios"]] == ["gent"]


async def test_where_nobody_is_signed_in_nothing_is_told_and_nothing_is_done(room: Room) -> None:
    page = room.page()
    page.signins.lock(page.token)
    page.session.take('{"do": "hello"}')
    assert "training" not in await page.hear()
    assert (await page.ask("save", name="gent", scenario=SCENARIO))["code"] == "locked"
    assert room.room.scenarios("en") == []


async def test_who_is_no_trainer_is_told_nothing(room: Room) -> None:
    page = room.page("dispatcher")
    page.session.take('{"do": "hello"}')
    assert "training" not in await page.hear()
    assert (await page.ask("get", name="gent"))["code"] == "locked"


@pytest.mark.parametrize(
    ("change", "path", "why"),
    [
        ({"title": ""}, "title", "needed"),
        ({"cases": [{"victim": {"name": "C. Verzonnen"}}]}, "cases[0].number", "needed"),
        ({"steps": [{"at": "soon", "what": {"do": "feed", "state": "down"}}]}, "steps[0].at", "not a number"),
        (
            {"tracks": [{"device": "EX-1", "points": [{"at": 0, "lat": 95, "lon": 3}]}]},
            "tracks[0].points[0].lat",
            "out of range",
        ),
        ({"steps": []}, "steps", "nobody presses"),
    ],
)
async def test_what_is_wrong_stands_with_its_field(room: Room, change: dict[str, object], path: str, why: str) -> None:
    problems = (await room.page().ask("check", scenario=SCENARIO | change))["problems"]
    assert problems[0] == {"path": path, "why": why}
    saved = await room.page().ask("save", name="gent", scenario=SCENARIO | change)
    assert saved["problems"] == problems and room.room.scenarios("en") == []


async def test_a_saved_scenario_is_given_back_whole(room: Room) -> None:
    page = room.page()
    await page.ask("save", name="gent", scenario=SCENARIO)
    given = (await page.ask("get", name="gent"))["scenario"]
    assert msgspec.convert(given, Scenario) == msgspec.convert(SCENARIO, Scenario)
    assert (await page.ask("get", name="nothing"))["code"] == "unknown"


async def test_a_place_is_told_by_its_zone_and_abroad_by_none(room: Room) -> None:
    page = room.page()
    gent = await page.ask("where", lat=51.0536, lon=3.7253)
    assert (gent["name"], gent["zone"]) == ("Gent", "5415")
    assert (await page.ask("where", lat=50.63, lon=3.06))["zone"] == ""  # Lille


async def test_a_wish_that_does_not_fit_is_refused_by_its_field_and_quotes_nothing(room: Room) -> None:
    answer = await room.page().ask("replay", id="x" * 200, act="play")
    assert (answer["code"], answer["detail"]) == ("invalid", "id")
    assert (await room.page().ask("run", id="x", act="fire"))["code"] == "invalid"


async def test_a_replay_is_watched_and_moved(room: Room, house: Centre) -> None:
    await house.press()
    still = Still(house.consoles, house.clock)
    room.room.open.append(still)
    page = room.page()
    page.session.take(msgspec.json.encode({"do": "watch", "kind": "replay", "id": still.id}).decode())
    seen = (await page.hear())["training"]
    assert (seen["replay"]["at_s"], seen["marks"]) == (3.0, [[0.0, "press"]])
    assert [row["label"] for row in seen["replay"]["rows"].values()] == ["AMR-00412"]
    page.session.take(msgspec.json.encode({"do": "watch", "kind": "replay", "id": still.id}).decode())
    again = (await page.hear())["training"]  # the page let go of what it knew: the same marks go once more
    assert again["marks"] == seen["marks"]
    assert (await page.ask("replay", id=still.id, act="seek", at_s=12.5))["ok"]
    assert (await page.ask("replay", id=still.id, act="step"))["ok"]
    assert still.did == [12.5, "step"]
    assert (await page.ask("replay", id=still.id, act="speed", speed=7))["code"] == "speed_invalid"
    room.room.open.clear()
    assert (await page.hear())["training"]["gone"] == still.id


async def test_the_map_of_a_replay_is_told_to_follow_and_is_brought_once_to_each_new_alarm(
    room: Room, house: Centre, zones: Zones, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(map_view, "send", lambda frame, document, text: sent.append(msgspec.json.decode(text)))
    still, page = Still(house.consoles, house.clock), room.page()
    room.room.open.append(still)
    view = page.session._view = MapView(zones, words=str)
    document = Document()
    document.add_root(view.root.get_root(document))
    view._obey({"type": "ready"})
    page.session.take(msgspec.json.encode({"do": "watch", "kind": "replay", "id": still.id}).decode())
    await page.hear()
    await page.paper.turn()
    assert sent == [{"follow": True}]
    alarms = []
    for device in ("AMR-00412", "AMR-00777"):
        house.clock.pass_s(1)
        alarms.append((await house.press(device)).id)
        for _ in range(2):
            house.clock.pass_s(1)
            page.session._draw(view)
    assert [one["bring"] for one in sent if "bring" in one] == alarms
    assert {key for one in sent for key in one.get("marks", ())} == set(alarms)
    sent.clear()
    page.signins.lock(page.token)
    page.session._draw(view)
    assert [one["marks"] for one in sent] == [dict.fromkeys(alarms)]
