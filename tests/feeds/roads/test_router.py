"""Ways by road from a real server on this machine, as OSRM and Valhalla answer by their documentation, and as they should not."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from centre.settings import SettingsError, load
from feeds.roads.router import ANSWER_S, AT_ONCE, Router, router
from feeds.roads.settings import Kind, RoadSettings
from incidents.ports import Leg, NoRoads

HER = (51.0536, 3.7253)
UNITS = ((51.04, 3.71), (51.06, 3.74), (51.1, 3.8))
Answer = Callable[[RequestHandler], Awaitable[None]]


def waypoint(lat: float, lon: float) -> dict[str, Any]:
    return {"hint": "kg8AgP___38", "distance": 4.2, "name": "Veldstraat", "location": [lon, lat]}


def osrm(durations: list[Any], distances: list[Any], **beside: Any) -> dict[str, Any]:
    """project-osrm.org/docs/v5.24.0/api/#table-service"""
    tables = {"code": "Ok", "durations": durations, "distances": distances}
    return tables | {"sources": [waypoint(*u) for u in UNITS], "destinations": [waypoint(*HER)]} | beside


def valhalla(pairs: list[tuple[Any, Any]], **beside: Any) -> dict[str, Any]:
    """valhalla.github.io/valhalla/api/matrix/api-reference"""
    rows = [[{"distance": km, "time": s, "to_index": 0, "from_index": n}] for n, (s, km) in enumerate(pairs)]
    places = [[{"lat": lat, "lon": lon} for lat, lon in UNITS], [{"lat": HER[0], "lon": HER[1]}]]
    return {"sources_to_targets": rows, "units": "kilometers", "sources": places[0], "targets": places[1]} | beside


BRIEF = {
    "algorithm": "costmatrix",
    "units": "kilometers",
    "sources_to_targets": {"durations": [[245], [372], [None]], "distances": [[2.311], [3.9], [None]]},
}
EXPECTED = (Leg(245.0, 2311.0), Leg(372.0, 3900.0), None)


class Server:
    """What a router answers, and what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer | dict[str, Any] | bytes | int = b""
        self.asked: list[tuple[str, str, bytes]] = []
        self.most = self.now = 0
        server = self

        class Any_(RequestHandler):
            async def _reply(self) -> None:
                server.asked.append((self.request.method or "", self.request.uri or "", self.request.body))
                server.now += 1
                server.most = max(server.most, server.now)
                try:
                    answer = server.answer
                    if callable(answer):
                        await answer(self)
                    elif isinstance(answer, int):
                        self.set_status(answer)
                        self.set_header("Location", "/elsewhere")
                    else:
                        self.write(answer if isinstance(answer, bytes) else json.dumps(answer))
                finally:
                    server.now -= 1

            get = post = _reply

        (sock,) = bind_sockets(0, "127.0.0.1", socket.AF_INET)
        self.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        self.server = HTTPServer(Application([(r"/.*", Any_)], log_function=lambda handler: None))
        self.server.add_socket(sock)

    def router(self, kind: Kind) -> Router:
        return Router(RoadSettings(url=self.url, kind=kind))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    yield made
    made.server.stop()
    await made.server.close_all_connections()


async def test_osrm_is_asked_from_each_unit_to_her_and_read_in_seconds_and_metres(server: Server) -> None:
    server.answer = osrm([[245], [372.0], [None]], [[2311], [3900.0], [None]])
    assert await server.router("osrm")(UNITS, HER) == EXPECTED
    [(method, uri, _)] = server.asked
    parts = urlsplit(uri)
    assert method == "GET"
    assert parts.path == "/table/v1/driving/3.71000,51.04000;3.74000,51.06000;3.80000,51.10000;3.72530,51.05360"
    asked = parse_qs(parts.query, separator="&")
    assert asked == {"sources": ["0;1;2"], "destinations": ["3"], "annotations": ["duration,distance"]}


@pytest.mark.parametrize("answer", [valhalla([(245, 2.311), (372, 3.9), (None, None)]), BRIEF])
async def test_valhalla_is_asked_in_a_body_and_read_in_seconds_and_kilometres(
    server: Server, answer: dict[str, Any]
) -> None:
    server.answer = answer
    assert await server.router("valhalla")(UNITS, HER) == EXPECTED
    [(method, uri, body)] = server.asked
    assert (method, uri) == ("POST", "/sources_to_targets")  # where she is stands in no address
    told = json.loads(body)
    assert told["sources"] == [{"lat": lat, "lon": lon} for lat, lon in UNITS]
    assert told["targets"] == [{"lat": HER[0], "lon": HER[1]}]
    assert (told["costing"], told["units"]) == ("auto", "kilometers")


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("osrm", b""),
        ("osrm", b"<html>"),
        ("osrm", b"[" * 40_000),
        ("osrm", b'{"code": "Ok", "durations": [[\xff]]}'),
        ("osrm", {"code": "Ok"}),
        ("osrm", {"code": "NoTable", "message": "No table found"}),
        ("osrm", osrm([[1], [2]], [[1], [2]])),
        ("osrm", osrm([[1, 2], [2, 3], [3, 4]], [[1, 2], [2, 3], [3, 4]])),
        ("osrm", osrm([[1], [2], [3]], [[1], [2]])),
        ("osrm", osrm([[1], [2], ["3"]], [[1], [2], [3]])),
        ("osrm", osrm([[1], [2], [-3]], [[1], [2], [3]])),
        ("osrm", osrm([[1], [2], [3]], [[1], [2], [3]], code="InvalidQuery")),
        ("osrm", valhalla([(1, 1), (2, 2), (3, 3)])),
        ("osrm", 404),
        ("osrm", 302),
        ("osrm", 500),
        ("valhalla", {"error_code": 171, "error": "No suitable edges near location", "status_code": 400}),
        ("valhalla", valhalla([(1, 1), (2, 2)])),
        ("valhalla", valhalla([(1, 1), (2, 2), (3, 3)], units="miles")),
        ("valhalla", valhalla([(1, 1), (2, 2), (3, -1)])),
        ("valhalla", osrm([[1], [2], [3]], [[1], [2], [3]])),
        ("valhalla", 400),
    ],
)
async def test_an_answer_that_is_none_is_told_so_and_nothing_of_it_is_believed(
    server: Server, kind: Kind, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answer = answer
    with pytest.raises(NoRoads) as failure:
        await server.router(kind)(UNITS, HER)
    assert failure.value.why == "unreadable"
    assert len(server.asked) == 1, "a redirect is followed nowhere, and nothing is asked twice"
    assert "51.0" not in caplog.text


async def test_a_way_longer_than_a_patrol_would_drive_is_none(server: Server) -> None:
    server.answer = osrm([[1e12], [90_000], [10]], [[10], [10], [1e12]])
    assert await server.router("osrm")(UNITS, HER) == (None, None, None)


async def _never(handler: RequestHandler) -> None:
    await asyncio.sleep(30)


async def _drips(handler: RequestHandler) -> None:
    for _ in range(600):
        handler.write(b" ")
        await handler.flush()
        await asyncio.sleep(0.05)


async def _huge(handler: RequestHandler) -> None:
    handler.write(b" " * (1 << 20))


@pytest.mark.parametrize("answer", [_never, _drips, _huge])
async def test_a_router_that_is_slow_or_endless_is_left_after_a_second(server: Server, answer: Answer) -> None:
    server.answer = answer
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(NoRoads) as failure:
        await server.router("osrm")(UNITS, HER)
    assert failure.value.why == "no_answer"
    assert loop.time() - began < ANSWER_S + 1


async def test_a_router_that_is_not_there_is_told_so(server: Server) -> None:
    server.server.stop()
    with pytest.raises(NoRoads) as failure:
        await server.router("valhalla")(UNITS, HER)
    assert failure.value.why == "no_answer"


async def test_a_few_questions_are_under_way_at_once_and_those_behind_wait_a_second_at_most(server: Server) -> None:
    server.answer = _never
    ask = server.router("osrm")
    async with asyncio.timeout(ANSWER_S + 2):
        answers = await asyncio.gather(*(ask(UNITS, HER) for _ in range(20)), return_exceptions=True)
    assert all(isinstance(one, NoRoads) for one in answers)
    assert AT_ONCE <= len(server.asked) <= 2 * AT_ONCE  # as a place is left one that gives up may still take it


async def test_nothing_is_asked_about_no_unit_or_without_a_router(server: Server) -> None:
    assert await server.router("osrm")((), HER) == ()
    assert router(RoadSettings()) is None
    assert server.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:5000",
        "http://[::1]:8002/",
        "http://localhost:5000/osrm",
        "http://10.2.3.4:5000",
        "http://192.168.1.9",
        "https://router:5000",
        "http://router.112.internal:5000",
    ],
)
def test_a_router_of_the_centre_is_taken(url: str) -> None:
    assert load({"roads.url": url}, environ={}).roads.url == url


@pytest.mark.parametrize(
    ("url", "remote", "said"),
    [
        ("https://router.example.org", False, "roads.remote"),
        ("https://8.8.8.8", False, "roads.remote"),
        ("http://0.0.0.0:5000", False, "roads.remote"),
        ("http://router.example.org", True, "https://"),
        ("ftp://127.0.0.1", False, "roads.url"),
        ("http://", False, "roads.url"),
        ("http://127.0.0.1:99999", False, "roads.url"),
        ("http://[::1", False, "roads.url"),
        ("http://name:word@127.0.0.1", False, "roads.url"),
        ("http://127.0.0.1/?key=1", False, "roads.url"),
    ],
)
def test_a_router_that_nobody_meant_is_refused_when_the_settings_are_read(url: str, remote: bool, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load({"roads.url": url, "roads.remote": remote}, environ={})


def test_a_remote_router_is_taken_when_somebody_says_so() -> None:
    environ = {"VIGIE_ROADS_URL": "https://router.example.org", "VIGIE_ROADS_REMOTE": "yes"}
    with pytest.raises(SettingsError):
        load(environ=environ)
    found = load(environ=environ | {"VIGIE_ROADS_REMOTE": "true", "VIGIE_ROADS_KIND": "valhalla"}).roads
    assert msgspec.structs.astuple(found) == ("https://router.example.org", "valhalla", True)
    with pytest.raises(SettingsError):
        load(environ={"VIGIE_ROADS_KIND": "google"})
