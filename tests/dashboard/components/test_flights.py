"""Flying to a place by words, without a browser: what is marked, where the maps are sent, and how it ends."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from bokeh.document import Document

from dashboard.components.map import MapView
from dashboard.components.map import view as map_view
from dashboard.map_window.session import MapSession
from dashboard.operator.session import Session
from maps.geodesy import to_mercator
from tests.dashboard.conftest import House, Paper
from tests.waiting import LONG_S

VELDSTRAAT_12 = to_mercator(51.05321, 3.72195)


class Desk:
    """An operator page with its map, and a map window of the same browser."""

    def __init__(self, house: House, went: dict[object, list[dict[str, Any]]]) -> None:
        self.papers = (Paper(), Paper())
        left = lambda: self.page.flights.left()  # noqa: E731
        self.view = MapView(house.consoles.services.zones, words=str, on_leave=left)
        self.window = MapView(house.consoles.services.zones, words=str, follow=True)
        self.went = went
        for view in (self.view, self.window):
            document = Document()
            document.add_root(view.root.get_root(document))
            view._obey({"type": "ready"})
        self.page = Session(house.consoles, self.papers[0], self.view)
        house.consoles.enter(self.page, "Desk 1", "b")
        self.follower = MapSession(house.consoles, self.papers[1], self.window)
        self.follower.start()

    async def say(self, **wish: Any) -> None:
        self.page.take(json.dumps(wish))

    async def until(self, true: Callable[[], Any]) -> Any:
        async with asyncio.timeout(LONG_S):
            while not (found := true()):
                for paper in self.papers:
                    await paper.turn()
                await asyncio.sleep(0.01)
        return found

    def sent_to(self, view: MapView) -> list[dict[str, Any]]:
        """Where a map was led."""
        return [one for one in self.went.get(view.root, ()) if one.keys() & {"go", "left", "bring"}]

    def told(self, kind: str) -> list[Any]:
        return [reply[kind] for sent in self.papers[0].sent for reply in sent.get("replies", ()) if kind in reply]

    async def finds(self, text: str, n: int, first: str) -> int:
        """The answer in which it is the first."""
        await self.say(do="find", n=n, text=text)

        def there() -> list[int]:
            told = [a for a in self.told("destinations") if a["n"] == n and a["found"]]
            return [a["answer"] for a in told if a["found"][0]["name"] == first]

        found: list[int] = await self.until(there)
        return found[-1]


@pytest.fixture
async def desk(house: House, monkeypatch: pytest.MonkeyPatch) -> Desk:
    went: dict[object, list[dict[str, Any]]] = {}
    tell = lambda frame, document, text: went.setdefault(frame, []).append(json.loads(text))  # noqa: E731
    monkeypatch.setattr(map_view, "send", tell)
    desk = Desk(house, went)
    desk.follower.take('{"do": "hello", "browser": "b"}')
    await asyncio.sleep(0)
    return desk


def middle(of: dict[str, Any]) -> tuple[float, float]:
    x0, y0, x1, y1 = of["go"]
    return (x0 + x1) / 2, (y0 + y1) / 2


async def test_a_place_is_marked_and_shown_here_and_in_the_window_and_nothing_is_selected_or_recorded(
    house: House, desk: Desk
) -> None:
    alarm = await house.press()
    before = {stream: len(await house.log.stream(stream)) for stream in (f"incident/{alarm.id}",)}
    answer = await desk.finds("veldstrat 12 gent", 1, "Veldstraat 12 · 9000 Gent")
    await desk.say(do="go_to", answer=answer, at=0)
    (went,) = await desk.until(lambda: desk.told("went"))
    assert went == {"ok": True, "windows": 1}
    await desk.until(lambda: desk.window.root.destination)
    for view, still in ((desk.view, False), (desk.window, True)):  # here Follow would lead away again
        assert view.root.destination == "Veldstraat 12 · 9000 Gent"
        assert view.destination.mark.data["label"] == ["Veldstraat 12, Gent"]
        (led,) = desk.sent_to(view)
        assert middle(led) == pytest.approx(VELDSTRAAT_12, abs=1.0) and led["still"] == still
    assert desk.page.selected is None
    assert {stream: len(await house.log.stream(stream)) for stream in before} == before
    # An alarm that is chosen then is brought to the window, and the place stays marked until it is left.
    await desk.say(do="select", incident=alarm.id)
    await desk.until(lambda: desk.sent_to(desk.window)[1:] == [{"bring": alarm.id}])
    assert desk.window.root.destination
    desk.view._obey({"type": "leave"})
    await desk.until(lambda: not desk.view.root.destination and not desk.window.root.destination)
    assert desk.view.destination.mark.data["label"] == []
    assert desk.sent_to(desk.window)[2:] == [{"left": True}]


async def test_what_nobody_offered_is_flown_to_by_nobody(desk: Desk) -> None:
    last = await desk.finds("gare de namur", 1, "Namur / Namen")
    for wish in (
        {"answer": last + 1, "at": 0},
        {"answer": last - 1, "at": 0},
        {"answer": last, "at": 99},
        {"answer": last, "at": -1},
        {"answer": last},
        {"answer": "x", "at": []},
        {},
    ):
        told = len(desk.told("went"))
        await desk.say(do="go_to", **wish)
        await desk.until(lambda told=told: len(desk.told("went")) > told)
        assert desk.told("went")[-1] == {"ok": False}
    assert desk.page.flights.place is None
    assert not desk.sent_to(desk.view)


async def test_more_places_than_are_shown_are_said(desk: Desk) -> None:
    for n, (text, more) in enumerate((("kerkstraat", True), ("9000 gent veldstraat 12", False)), start=1):
        await desk.say(do="find", n=n, text=text)
        told = await desk.until(lambda n=n: [a for a in desk.told("destinations") if a["n"] == n and a["found"]])
        assert (told[-1]["more"], len(told[-1]["found"])) == (more, 5 if more else 1)


async def test_hostile_words_find_nothing_and_text_is_cut(desk: Desk) -> None:
    for n, text in enumerate(("<b>" * 400, "\x00\u202e", " ", "'; drop table"), start=1):
        await desk.say(do="find", n=n, text=text)
        await desk.until(lambda n=n: any(a["n"] == n for a in desk.told("destinations")))
    assert all("<b>" not in json.dumps(answer) for answer in desk.told("destinations"))
