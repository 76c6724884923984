"""The simulated dispatch: it takes orders as a zone should, and its units drive to where she is."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from tornado.httpclient import AsyncHTTPClient

from feeds.orders.simulated_dispatch import Dispatch
from feeds.posting import SIGNATURE, Poster
from feeds.settings import Access
from incidents import commands as cmd
from incidents.incident import Incident
from tests.certificates import certificate
from tests.feeds.orders.conftest import Zone
from tests.waiting import until

GHENT = {"lat": 51.0536, "lon": 3.7253}


class Wire:
    """What went over the feed."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def publish(self, fields: dict[str, Any], /) -> None:
        self.sent.append(fields)

    def orders(self) -> list[str]:
        return [m["state"] for m in self.sent if m["kind"] == "order"]

    def units(self) -> list[dict[str, Any]]:
        return [m for m in self.sent if m["kind"] == "unit"]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def dispatch(wire: Wire) -> AsyncIterator[Dispatch]:
    dispatch = Dispatch(wire, seed=1, speed=500, declines=0.0, stations={"5415": ((51.03, 3.70),)})
    await dispatch.start()
    yield dispatch
    await dispatch.close()


async def order(dispatch: Dispatch, update: int = 1, why: str = "new", **fields: Any) -> tuple[int, Any]:
    body = {"order": "a-1", "update": update, "incident": "a", "zone": "5415", "why": why, "fix": GHENT} | fields
    return await send(dispatch, json.dumps(body), f"a-1-{update}")


async def send(dispatch: Dispatch, body: str, key: str) -> tuple[int, Any]:
    headers = {"Idempotency-Key": key}
    answer = await AsyncHTTPClient().fetch(dispatch.url, method="POST", body=body, headers=headers, raise_error=False)
    return answer.code, json.loads(answer.body)


def metres(unit: dict[str, Any], place: dict[str, float]) -> float:
    fix = unit["fix"]
    return 111_320 * hypot(fix["lat"] - place["lat"], (fix["lon"] - place["lon"]) * cos(radians(place["lat"])))


async def test_an_intervention_runs_to_its_end(dispatch: Dispatch, wire: Wire) -> None:
    assert await order(dispatch) == (202, {})
    await until(lambda: wire.units()[-1]["status"] == "available" and "done" in wire.orders())
    assert wire.orders() == ["accepted", "en_route", "on_scene", "done"]
    statuses = [unit["status"] for unit in wire.units()]
    assert [s for i, s in enumerate(statuses) if statuses[i - 1 : i] != [s]] == [
        "available", "assigned", "en_route", "on_scene", "available",
    ]  # fmt: skip
    assert {unit["unit"] for unit in wire.units()} == {"5415-1"}
    driving = [metres(unit, GHENT) for unit in wire.units() if unit["status"] == "en_route"]
    assert driving[0] > driving[len(driving) // 2] > driving[-1]
    assert metres(next(unit for unit in wire.units() if unit["status"] == "on_scene"), GHENT) < 41
    speeds = [unit["fix"]["speed"] * 3.6 for unit in wire.units() if unit["status"] == "en_route"]
    assert 59 < min(speeds) < max(speeds) < 91


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=lambda key: type(key).__name__,
)
async def test_only_what_the_centre_signed_is_taken(dispatch: Dispatch, tmp_path: Path, key: Any) -> None:
    own, other = (
        Access(**dict(zip(("cert_file", "key_file"), certificate(tmp_path, name, kind), strict=True)))
        for name, kind in (("own", key), ("other", None))
    )
    assert own.cert_file is not None
    dispatch.certificate = x509.load_pem_x509_certificate(own.cert_file.read_bytes())
    client, body = AsyncHTTPClient(), b'{"order": "a-1", "update": 1, "incident": "a", "zone": "5415"}'

    async def answer(access: Access, body: bytes, **headers: str) -> int:
        request = Poster(access, "orders").request(
            dispatch.url, body, within_s=5, headers={"Idempotency-Key": "a-1-1", **headers}
        )
        return (await client.fetch(request, raise_error=False)).code

    signature = Poster(own, "orders").request(dispatch.url, body, within_s=5).headers[SIGNATURE]
    changed = body.replace(b"5415", b"5416")
    wrong = [(Access(), body, {}), (other, body, {}), (Access(), changed, {SIGNATURE: signature})]
    wrong += [
        (Access(), body, {SIGNATURE: text}) for text in ("", ".", "..", "e30..e30", signature + "A", "\xe9..\xe9")
    ]
    assert [await answer(access, sent, **headers) for access, sent, headers in wrong] == [401] * len(wrong)
    assert await answer(own, body) == 202


async def test_a_unit_follows_the_newest_position(dispatch: Dispatch, wire: Wire) -> None:
    moved = {"lat": 51.07, "lon": 3.76}
    await order(dispatch)
    await until(lambda: "en_route" in wire.orders())
    assert await order(dispatch, 2, "position", fix=moved) == (202, {})
    await until(lambda: "on_scene" in wire.orders())
    on_scene = next(unit for unit in wire.units() if unit["status"] == "on_scene")
    assert metres(on_scene, moved) < 41


async def test_a_repeated_update_is_told_409_and_changes_nothing(dispatch: Dispatch, wire: Wire) -> None:
    assert [(await order(dispatch))[0] for _ in range(3)] == [202, 409, 409]
    await until(lambda: "done" in wire.orders())
    assert wire.orders().count("accepted") == 1


async def test_a_cancelled_order_frees_its_unit(dispatch: Dispatch, wire: Wire) -> None:
    await order(dispatch)
    await until(lambda: "accepted" in wire.orders())
    assert await order(dispatch, 2, "cancel") == (200, {})
    assert wire.units()[-1]["status"] == "available"
    assert (await order(dispatch, 3, "position"))[0] == 202
    assert "on_scene" not in wire.orders()


async def test_an_order_that_its_cancellation_overtook_sends_nobody(dispatch: Dispatch, wire: Wire) -> None:
    assert await order(dispatch, 3, "cancel") == (200, {})
    assert await order(dispatch) == (200, {})
    await asyncio.sleep(0.1)  # 50 s of its own
    assert wire.orders() == ["stood_down"]


async def test_a_rerouted_order_gets_a_unit_of_the_other_zone(dispatch: Dispatch, wire: Wire) -> None:
    await order(dispatch)
    await until(lambda: "accepted" in wire.orders())
    await order(dispatch, 2, "reroute", zone="5416")
    await until(lambda: "on_scene" in wire.orders())
    assert [unit["unit"] for unit in wire.units() if unit["status"] == "on_scene"] == ["5416-1"]


async def test_a_zone_for_which_a_person_answers_is_left_to_them(wire: Wire) -> None:
    manned = {"5415"}
    dispatch = Dispatch(wire, seed=1, speed=500, declines=1.0, manned=manned.__contains__)
    await dispatch.start()
    try:
        assert (await order(dispatch))[0] == 202
        assert (await order(dispatch, 2, "position"))[0] == 202
        assert (await order(dispatch, 3, "cancel"))[0] == 200
        other = {"order": "b-1", "incident": "b", "zone": "5416"}
        body = {"update": 1, "why": "cancel", **other}
        assert (await send(dispatch, json.dumps(body), "b-1-1"))[0] == 200
        await until(lambda: "stood_down" in wire.orders())
        assert [m["order"] for m in wire.sent if m["kind"] == "order"] == ["b-1"], "nothing was answered for the person"
    finally:
        await dispatch.close()


async def test_what_is_no_order_is_refused(dispatch: Dispatch) -> None:
    assert (await send(dispatch, "{", "a-1-1"))[0] == 400
    assert (await send(dispatch, '{"order": 7}', "a-1-1"))[0] == 400
    body = json.dumps({"order": "a-1", "update": 1, "incident": "a", "zone": "5415"})
    assert await send(dispatch, body, "else") == (400, {"reason": "Idempotency-Key is not order and update"})


async def test_now_and_then_it_declines(wire: Wire) -> None:
    dispatch = Dispatch(wire, seed=4, speed=10_000, declines=0.9)
    await dispatch.start()
    answers = []
    for n in range(20):
        body = json.dumps({"order": f"b-{n}", "update": 1, "incident": "b", "zone": "5415", "fix": GHENT})
        answers.append((await send(dispatch, body, f"b-{n}-1"))[0])
    assert {202, 422} == set(answers)
    await until(lambda: "declined" in wire.orders())
    await dispatch.close()


async def test_the_desk_and_the_dispatch_work_together(
    open_floor: Callable[..., Any], zones: dict[str, Zone], dispatch: Dispatch
) -> None:
    zones["5415"].url = dispatch.url
    async with open_floor() as floor:
        incident: Incident = await floor.routed()
        await until(lambda: floor.states(incident) == ["delivered"])
        await floor.do(cmd.CancelOrder, incident)
        await until(lambda: floor.states(incident) == ["delivered", "delivered"])
    assert list(dispatch.taken) == [f"{incident.id}-1-1", f"{incident.id}-1-2"]


@pytest.mark.parametrize(("asked", "goes"), [("5415-2", "5415-2"), ("", "5415-1"), ("GENT-21", "5415-1")])
async def test_the_unit_that_was_asked_for_goes_if_it_is_there(wire: Wire, asked: str, goes: str) -> None:
    dispatch = Dispatch(wire, seed=1, speed=500, declines=0.0, stations={"5415": ((51.03, 3.70), (51.07, 3.75))})
    await dispatch.start()
    try:
        assert (await order(dispatch, asked_unit=asked))[0] == 202
        await until(lambda: "accepted" in wire.orders())
        assert next(m["unit"] for m in wire.sent if m["kind"] == "order") == goes
    finally:
        await dispatch.close()
