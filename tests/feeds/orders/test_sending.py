"""Orders over real HTTP: delivered once, in order, late or never, and never to the wrong zone."""

import asyncio
import json
import logging
import random
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from tornado.web import RequestHandler

from feeds.posting import Poster
from feeds.settings import Access
from incidents import commands as cmd
from incidents.messages import Message, UnitReport
from tests.certificates import certificate
from tests.feeds.orders.conftest import ACTOR, Floor, Zone
from tests.incidents.conftest import DrivenClock
from tests.waiting import until


async def test_an_order_arrives_once_with_all_a_patrol_needs(floor: Floor, zones: dict[str, Zone]) -> None:
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    body = zones["5415"].received[0]
    asked = (
        "order update incident zone at device press class fix instructions do_not_call listen_only silent_approach case"
    )
    assert set(asked.split()) <= set(body)
    assert (body["zone"], body["update"], body["why"], body["device"]) == ("5415", 1, "new", "AMR-00412")
    assert zones["5415"].keys == [f"{body['order']}-1"]
    assert floor.sender.health().state == "ok"


async def secured(zones: dict[str, Zone], folder: Path) -> tuple[Zone, tuple[Path, Path], tuple[Path, Path]]:
    """Zone 5416 by TLS for bearers of the centre's certificate, with its certificate and the centre's."""
    server, own = certificate(folder, "zone"), certificate(folder, "centre")
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=own[0])
    serving.load_cert_chain(*server)
    serving.verify_mode = ssl.CERT_REQUIRED
    await zones["5416"].down()
    zones["5416"] = zone = Zone(serving)
    zone.up()
    return zone, server, own


async def test_an_order_goes_by_tls_with_token_certificate_and_a_signature_over_its_bytes(
    open_floor: Callable[..., Any], zones: dict[str, Zone], tmp_path: Path
) -> None:
    zone, server, own = await secured(zones, tmp_path)
    poster = Poster(Access(token="a-token", ca_file=server[0], cert_file=own[0], key_file=own[1]), "orders")
    async with open_floor(poster=poster) as floor:
        incident = await floor.routed("5416")
        await until(lambda: floor.states(incident) == ["delivered"])
    (request,) = zone.requests
    assert request.headers["Authorization"] == "Bearer a-token"
    # As docs/orders.md says it, by hand.
    header, nothing, signature = request.headers["Vigie-Signature"].split(".")
    raw, facts = urlsafe_b64decode(signature + "=="), json.loads(urlsafe_b64decode(header + "=="))
    made = x509.load_pem_x509_certificate(own[0].read_bytes())
    thumbprint = urlsafe_b64encode(made.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    assert facts == {"alg": "ES256", "b64": False, "crit": ["b64"], "typ": "JOSE", "x5t#S256": thumbprint}
    key, points = made.public_key(), encode_dss_signature(*(int.from_bytes(raw[n : n + 32]) for n in (0, 32)))
    assert nothing == "" and isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(points, header.encode() + b"." + request.body, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("broken", ["ca_file", "cert_file", "key_file"])
async def test_with_files_that_cannot_be_used_nobody_is_reached_by_tls_and_it_is_said(
    open_floor: Callable[..., Any],
    zones: dict[str, Zone],
    tmp_path: Path,
    broken: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    zone, server, own = await secured(zones, tmp_path)
    files = {"ca_file": server[0], "cert_file": own[0], "key_file": own[1], broken: Path(__file__)}
    async with open_floor(poster=Poster(Access(**files), "orders")) as floor:
        incident = await floor.routed("5416")
        await until(lambda: floor.sender._followed and next(iter(floor.sender._followed.values())).failure)
        assert floor.states(incident) == ["pending"]
    assert zone.requests == [] and "orders.ca_file, cert_file, key_file" in caplog.text


async def test_updates_arrive_in_order(floor: Floor, zones: dict[str, Zone]) -> None:
    incident = await floor.routed()
    await floor.press()
    await floor.press()
    await floor.do(cmd.CancelOrder, incident, reason="she is safe")
    await until(lambda: len(zones["5415"].received) > 1 and floor.order(incident).outbox[-1].state == "delivered")
    numbers = [update for update, _ in zones["5415"].updates]
    assert numbers == sorted(set(numbers))
    assert zones["5415"].updates[-1] == (4, "cancel")


async def test_a_cancellation_waits_a_moment_for_the_answer_to_what_it_calls_off(
    floor: Floor, zones: dict[str, Zone]
) -> None:
    answered: list[str] = []

    async def slow(handler: RequestHandler) -> None:
        await asyncio.sleep(0.1)
        answered.append("new")

    async def then(handler: RequestHandler) -> None:
        answered.append("cancel")

    zones["5415"].answers += [slow, then]
    incident = await floor.routed()
    await until(lambda: zones["5415"].received)
    await floor.do(cmd.CancelOrder, incident)
    await until(lambda: len(answered) == 2)
    assert (answered, zones["5415"].updates) == (["new", "cancel"], [(1, "new"), (2, "cancel")])


async def test_409_means_the_zone_had_it(floor: Floor, zones: dict[str, Zone]) -> None:
    zones["5415"].answers.append(409)
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    assert len(zones["5415"].received) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"reason": "no unit is free"}', "no unit is free"),
        (json.dumps({"reason": "x" * 5000}).encode(), "x" * 200),
        (b'{"reason": ["<b>"]}', "HTTP 422"),
        (b"<html>", "HTTP 422"),
        (b"[" * 50_000, "HTTP 422"),
        (b"", "HTTP 422"),
    ],
)
async def test_a_refusal_declines_the_order_with_its_reason(
    floor: Floor, zones: dict[str, Zone], body: bytes, reason: str
) -> None:
    zones["5415"].answers.append((422, body))
    incident = await floor.routed()
    await until(lambda: floor.now(incident).realarm == "declined")
    declined = floor.now(incident).history.entries[-1].event
    assert getattr(declined, "reason", None) == reason
    assert (floor.now(incident).state, floor.now(incident).owner) == ("acknowledged", ACTOR)
    await floor.press()
    assert len(zones["5415"].received) == 1, "a declined order gets no updates"


async def test_a_failing_zone_is_asked_again_with_the_same_key(floor: Floor, zones: dict[str, Zone]) -> None:
    zones["5415"].answers.extend([500, 503])
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    assert len(zones["5415"].keys) == 3
    assert len(set(zones["5415"].keys)) == 1


async def test_a_redirect_is_not_followed(floor: Floor, zones: dict[str, Zone]) -> None:
    async def elsewhere(handler: RequestHandler) -> None:
        handler.redirect(zones["5416"].url, status=307)

    zones["5415"].answers.append(elsewhere)
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    assert zones["5416"].received == []
    assert len(zones["5415"].received) == 2


async def test_a_slow_zone_is_asked_again_and_delays_no_other(floor: Floor, zones: dict[str, Zone]) -> None:
    release = asyncio.Event()

    async def slow(handler: RequestHandler) -> None:
        await release.wait()

    zones["5415"].answers.append(slow)
    first = await floor.routed("5415")
    await until(lambda: zones["5415"].received)
    second = await floor.routed("5416", device="AMR-2")
    await until(lambda: floor.states(second) == ["delivered"], 0.9)
    assert floor.states(first) == ["pending"]
    await until(lambda: floor.states(first) == ["delivered"])
    release.set()


async def test_an_endless_answer_is_judged_by_its_status(floor: Floor, zones: dict[str, Zone]) -> None:
    zones["5415"].answers.append((200, b"x" * 3_000_000))
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    assert len(zones["5415"].received) == 1


async def test_an_order_that_cannot_be_delivered_comes_back_on_top_after_15_s(
    floor: Floor, zones: dict[str, Zone], clock: DrivenClock
) -> None:
    await zones["5415"].down()
    incident = await floor.routed()
    await asyncio.sleep(0.5)
    assert (floor.states(incident), floor.sender.health().state) == (["pending"], "ok")
    clock.pass_s(15)
    await until(lambda: floor.states(incident) == ["late"])
    assert floor.now(incident).realarm == "undelivered"
    assert floor.order(incident).outbox[0].reason == "no connection"
    health = floor.sender.health()
    assert (health.state, health.waiting, health.undelivered) == ("failed", 1, 1)


async def test_a_late_order_is_delivered_when_the_zone_is_back(
    floor: Floor, zones: dict[str, Zone], clock: DrivenClock
) -> None:
    zones["5415"].always = 503
    incident = await floor.routed()
    clock.pass_s(16)
    await until(lambda: floor.states(incident) == ["late"])
    zones["5415"].always = 200
    await until(lambda: floor.states(incident) == ["delivered"])
    assert floor.now(incident).realarm == ""
    assert floor.sender.health().state == "ok"


async def test_after_five_minutes_it_is_never_delivered(
    floor: Floor, zones: dict[str, Zone], clock: DrivenClock
) -> None:
    zones["5415"].always = 503
    incident = await floor.routed()
    await until(lambda: zones["5415"].received)
    clock.pass_s(301)
    await until(lambda: floor.states(incident) == ["failed"])
    zones["5415"].always = 200
    tried = len(zones["5415"].received)
    await floor.press()  # its update must not deliver the order late either
    await asyncio.sleep(1.0)
    assert len(zones["5415"].received) == tried
    assert floor.sender.health().state == "failed"


async def test_once_closed_it_is_never_delivered_and_its_cancellation_is(floor: Floor, zones: dict[str, Zone]) -> None:
    zones["5415"].always = 503
    incident = await floor.routed()
    await until(lambda: zones["5415"].received)
    await floor.close(incident)
    zones["5415"].always = 200
    await until(lambda: [(one.why, one.state) for one in floor.order(incident).outbox] == [("cancel", "delivered")])
    tried = len(zones["5415"].received)
    await asyncio.sleep(1.0)
    assert len(zones["5415"].received) == tried
    assert (floor.now(incident).state, floor.now(incident).realarm) == ("closed", "")


async def test_a_reroute_reaches_the_new_zone_at_once_and_stands_the_old_one_down(
    floor: Floor, zones: dict[str, Zone]
) -> None:
    release = asyncio.Event()

    async def hang(handler: RequestHandler) -> None:
        await release.wait()

    zones["5415"].answers.append(hang)
    incident = await floor.routed("5415")
    await until(lambda: zones["5415"].received)
    await floor.do(cmd.Route, incident, zone="5416")
    await until(lambda: floor.states(incident) == ["delivered"], 0.8)
    release.set()
    await until(lambda: len(zones["5415"].received) == 2)
    assert (zones["5416"].updates, zones["5415"].updates[-1]) == ([(2, "reroute")], (2, "reroute"))
    assert zones["5415"].received[-1]["zone"] == "5416"


async def test_a_zone_that_was_left_can_no_longer_decline(floor: Floor, zones: dict[str, Zone]) -> None:
    zones["5415"].always = 422
    zones["5415"].answers.append(503)
    incident = await floor.routed("5415")
    await until(lambda: zones["5415"].received)
    await floor.do(cmd.Route, incident, zone="5416")
    await until(lambda: floor.states(incident) == ["delivered"] and len(zones["5415"].received) == 2)
    assert (floor.now(incident).state, floor.order(incident).alive) == ("routed", True)


async def test_an_order_survives_a_restart(
    open_floor: Callable[..., Any], zones: dict[str, Zone], clock: DrivenClock
) -> None:
    async with open_floor(sending=False) as before:
        incident = await before.routed()
    assert zones["5415"].received == []
    clock.pass_s(20)
    async with open_floor() as after:
        await until(lambda: after.states(incident) == ["delivered"])
    assert len(zones["5415"].received) == 1
    async with open_floor() as again:
        await asyncio.sleep(0.5)
        assert again.states(incident) == ["delivered"]
    assert len(zones["5415"].received) == 1


async def test_a_restart_in_the_midst_of_retrying_goes_on(
    open_floor: Callable[..., Any], zones: dict[str, Zone]
) -> None:
    zones["5415"].always = 503
    async with open_floor() as before:
        incident = await before.routed()
        await until(lambda: len(zones["5415"].received) >= 2)
    zones["5415"].always = 200
    async with open_floor() as after:
        await until(lambda: after.states(incident) == ["delivered"])
    assert len(set(zones["5415"].keys)) == 1


async def test_a_zone_that_never_had_the_order_has_nothing_to_cancel(floor: Floor, zones: dict[str, Zone]) -> None:
    zones["5415"].answers.extend([200, 404])
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    await floor.do(cmd.CancelOrder, incident)
    await until(lambda: floor.states(incident) == ["delivered", "delivered"])


async def test_a_refused_cancellation_is_told(floor: Floor, zones: dict[str, Zone]) -> None:
    zones["5415"].answers.extend([200, 403])
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    await floor.do(cmd.CancelOrder, incident)
    await until(lambda: floor.states(incident) == ["delivered", "failed"])
    assert floor.now(incident).realarm == "undelivered"


async def test_a_cancellation_is_sent_even_after_closing(floor: Floor, zones: dict[str, Zone]) -> None:
    incident = await floor.routed()
    await until(lambda: floor.states(incident) == ["delivered"])
    zones["5415"].always = 503
    await floor.do(cmd.CancelOrder, incident)
    await floor.close(incident)
    zones["5415"].always = 200
    await until(lambda: floor.states(incident) == ["delivered", "delivered"])
    assert zones["5415"].updates[-1] == (2, "cancel")


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_a_zone_answers_each_update_is_settled_in_order(
    floor: Floor, zones: dict[str, Zone], seed: int
) -> None:
    moods = random.Random(seed)
    zones["5415"].answers.extend(moods.choice([200, 202, 409, 500, 503, 302]) for _ in range(8))
    incident = await floor.routed()
    for _ in range(3):
        await floor.press()
    await until(lambda: floor.states(incident) == ["delivered"] * 4)
    numbers = [update for update, _ in zones["5415"].updates]
    assert (numbers, set(numbers)) == (sorted(numbers), {1, 2, 3, 4})


async def test_a_zone_without_an_address_is_not_sent_to(floor: Floor, zones: dict[str, Zone]) -> None:
    incident = await floor.routed("5417")
    assert (floor.order(incident).delivery, floor.sender.health().waiting) == ("radio", 0)


async def test_an_address_that_vanished_is_reported_late(
    open_floor: Callable[..., Any], zones: dict[str, Zone], clock: DrivenClock
) -> None:
    async with open_floor(sending=False) as before:
        incident = await before.routed()
    await zones.pop("5415").down()
    async with open_floor() as after:
        await asyncio.sleep(0.5)
        clock.pass_s(16)
        await until(lambda: after.states(incident) == ["late"])
        assert after.order(incident).outbox[0].reason == "no address"


async def test_nothing_of_a_person_is_logged(
    floor: Floor, zones: dict[str, Zone], clock: DrivenClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    zones["5415"].answers.extend(
        [(500, b"A. Voorbeeld"), (302, b""), (422, b'{"reason": "A. Voorbeeld is known here"}')]
    )
    incident = await floor.routed()
    await until(lambda: floor.now(incident).realarm == "declined")
    for secret in ("Voorbeeld", "AMR-00412", "2026-0412", "51.05"):
        assert secret not in caplog.text


async def test_a_unit_that_is_asked_for_is_said_in_every_update_and_an_order_elsewhere_has_its_own(
    floor: Floor, zones: dict[str, Zone]
) -> None:
    incident = await floor.alarm()
    report = UnitReport(unit="GENT-21", zone="5415", status="available")
    await floor.desk.receive(Message(feed="test", id=floor.name(), at=floor.clock.now(), report=report))
    await floor.do(cmd.Route, incident, zone="5415", asked_unit=" GENT-21 ")
    await floor.press()
    await until(lambda: len(zones["5415"].received) == 2)
    assert [body["asked_unit"] for body in zones["5415"].received] == ["GENT-21", "GENT-21"]
    await floor.do(cmd.Route, incident, zone="5416", anyway=True)
    await until(lambda: zones["5416"].received)
    assert "asked_unit" not in zones["5416"].received[0]
    asked = [getattr(entry.event, "asked_unit", None) for entry in floor.now(incident).history.entries]
    assert [one for one in asked if one is not None] == ["GENT-21", "", ""]
