"""A bench page without a browser: what it is sent, to whom, and what never leaves the server."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher

from dashboard.access.accounts import Accounts
from dashboard.access.sign_in import Door
from dashboard.access.signins import SignIns, page_token
from dashboard.server import serve
from dashboard.technician.session import BenchSession
from incidents.log.sqlite import SqliteLog
from reports.catalogue import PSEUDO
from tests.browser.conftest import HOSTILE
from tests.dashboard.access.parts import Browser
from tests.dashboard.conftest import Paper
from tests.dashboard.technician.conftest import ADDRESS, DEVICE, OLD, TECH, BenchHouse
from tests.dashboard.technician.test_trial import tested
from tests.waiting import until
from tests.words.unsaid import of_page, unsaid

PASSWORD = "geen echt wachtwoord"
KEY = "231d39c1d7cc1ab1aee224cd096db932"


class Page:
    """A bench page of one account, and everything it was ever sent."""

    def __init__(self, house: BenchHouse, signins: SignIns, token: str) -> None:
        self.house, self.signins, self.token = house, signins, token
        self.paper = Paper()
        self.session = BenchSession(house.consoles, self.paper, token)
        self.session.start()

    async def say(self, **message: Any) -> dict[str, Any]:
        running, before = self.session._tasks.copy(), len(self.paper.sent)
        self.session.take(_json(message))
        await self.paper.take(self.session, but=running)
        last = await self.turn()
        return last | {"replies": [reply for sent in self.paper.sent[before:] for reply in sent.get("replies", ())]}

    async def told(self, **message: Any) -> list[dict[str, Any]]:
        """What it is told beside all that stands."""
        return list((await self.say(**message))["replies"])

    async def turn(self) -> dict[str, Any]:
        self.session.push(urgent=True)
        return await self.paper.turn()

    async def search(self, n: int, text: str) -> list[dict[str, str]]:
        """The cases that a search found."""
        [found] = [r["found"] for r in await self.told(do="search", n=n, text=text) if r.get("found", {}).get("n") == n]
        return list(found["cases"])

    async def wish(self, do: str, **facts: Any) -> dict[str, Any]:
        """A wish and its answer."""
        id = self.house.id()
        replies = await self.told(do="command", command={"do": do, "id": id, **facts})
        [answer] = [r["answer"] for r in replies if r.get("answer", {}).get("id") == id]
        return dict(answer)


def _json(message: dict[str, Any]) -> str:
    return msgspec.json.encode(message).decode()


@pytest.fixture
async def signins(house: BenchHouse, tmp_path: Path) -> AsyncIterator[SignIns]:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts(tmp_path / "vigie.users", hasher=hasher, now=lambda: house.clock.now().timestamp())
    accounts.add(TECH, ["technician"], PASSWORD)
    accounts.add("Mieke Voorbeeld", ["dispatcher"], PASSWORD)
    accounts.add("Beheer Fictief", ["auditor"], PASSWORD)
    signins = SignIns(accounts, clock=house.clock)
    house.consoles.signins = signins
    yield signins
    signins.close_file()


@pytest.fixture
async def base(house: BenchHouse, signins: SignIns) -> AsyncIterator[str]:
    server = serve(house.consoles, door=Door(lambda: signins, lambda: house.desk), port=0)
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


async def test_a_key_goes_in_and_never_comes_out_nor_into_a_line_of_the_log(
    base: str, house: BenchHouse, caplog: pytest.LogCaptureFixture
) -> None:
    house.radio.now(device="", keyed=False)
    browser = Browser(base)
    await browser.sign_in(TECH, PASSWORD)
    page = await browser.open("/operator")  # where a technician lands
    await page.say(do="select", address=ADDRESS, device="")

    async def enrol(**facts: str) -> dict[str, Any]:
        id = house.id()
        wish = {"do": "bench_enrol", "id": id, "address": ADDRESS, "device": DEVICE, "key": KEY, **facts}
        with caplog.at_level(logging.DEBUG):
            await page.say(do="command", command=wish)
        reply = await page.reply(lambda reply: reply.get("answer", {}).get("id") == id)
        return dict(reply["answer"])

    assert (await enrol(key=KEY[:-1]))["code"] == "bench_key"
    assert (await enrol(device=" \n"))["code"] == "bench_name"
    assert (await enrol(address="another"))["code"] == "bench_enrol"
    assert (await enrol())["ok"]
    assert house.radio.keys == [bytes.fromhex(KEY)]
    told = await page.until(lambda message: (message.get("selected") or {}).get("device") == DEVICE)
    assert told["bench"]["devices"][0]["keyed"] is True
    await page.close()
    sent = "".join(page.raw)
    lines = "".join(record.getMessage() for record in caplog.records)
    log = "".join([str(record) async for _, record in house.desk._log.records()])
    assert KEY not in sent + lines + log
    assert KEY[:-1] not in sent + lines + log
    assert "button_enrolled" in log


async def test_who_has_not_the_page_gets_none_of_it(base: str, house: BenchHouse) -> None:
    for name in ("Mieke Voorbeeld", "Beheer Fictief"):
        browser = Browser(base)
        await browser.sign_in(name, PASSWORD)
        status, text = await browser.get("/bench")
        assert status == 200
        assert "needs one of these roles: technician." in text
        assert "bench-page" not in text
        assert (await browser.get(f"/handout/{'0' * 32}"))[0] == 403
    assert (await Browser(base).get("/bench"))[0] == 302


async def test_a_locked_page_is_sent_no_device_and_grants_no_wish(house: BenchHouse, signins: SignIns) -> None:
    account = signins.accounts.get(TECH)
    assert account is not None
    page = Page(house, signins, page_token(signins.open(account)))
    first = await page.say(do="select", address=ADDRESS, device=DEVICE)
    assert first["selected"]["device"] == DEVICE
    house.clock.pass_s(signins.times.idle_min * 60 + 1)
    after = await page.turn()
    assert (after["access"]["state"], "bench" in after, "selected" in after) == ("locked", False, False)
    assert (await page.wish("bench_take_back", device=OLD))["code"] == "locked"
    assert await page.search(1, "voorbeeld") == []
    page.session.end()


async def test_what_is_shown_of_a_case_is_its_number_and_name(house: BenchHouse, signins: SignIns) -> None:
    account = signins.accounts.get(TECH)
    assert account is not None
    page = Page(house, signins, page_token(signins.open(account)))
    found = await page.search(7, "voorbeeld")
    assert [set(case) for case in found] == [{"number", "name"}] * 2
    assert (await page.wish("bench_bind", device=DEVICE, number="2026-0412"))["ok"]
    shown = await page.say(do="select", address="", device=DEVICE)
    assert shown["selected"]["case"] == {"number": "2026-0412", "name": "A. Voorbeeld"}
    await page.turn()
    stream = house.cases.stream_of(DEVICE)
    await until(lambda: house.desk.board.version(stream) == 2)
    kinds = [r.type async for _, r in house.desk._log.records()]
    assert kinds.count("device_case_shown") == 1, "once, however often it is sent"
    assert (await page.wish("bench_bind", device=DEVICE, number="2026-0413"))["code"] == "bench_bound"
    assert (await page.wish("bench_nothing", device=DEVICE))["code"] == "invalid"
    slip = await page.wish("bench_swap", old=DEVICE, device="AMR-NEW")
    assert (slip["code"], slip["case"]) == ("bench_unheard", "2026-0412")
    assert not (await page.say(do="select", address="", device="AMR-NEW"))["selected"]["heard_of"]
    assert (await page.wish("bench_swap", old=DEVICE, device="AMR-NEW", sure=True))["ok"]
    assert (await page.say(do="select", address="", device=DEVICE))["selected"]["case"] is None
    assert (await page.wish("bench_take_back", device="AMR-NEW"))["ok"]
    assert (await page.wish("bench_take_back", device="AMR-NEW"))["code"] == "bench_not_bound"
    assert (await page.wish("bench_test", device=DEVICE, step="finish"))["code"] == "bench_test"
    assert (await page.wish("bench_test", device=DEVICE, step="begin"))["ok"]
    assert (await page.turn())["selected"]["trial"]["heard"] == 0
    assert (await page.wish("bench_remove", device=DEVICE))["ok"]
    assert house.radio.state.of(DEVICE) is None
    page.session.end()


async def test_the_record_names_the_case_by_number_and_the_person_only_when_asked(
    base: str, house: BenchHouse, signins: SignIns
) -> None:
    house.console()
    house.radio.now(device=HOSTILE[:64])
    assert house.bench.begin(HOSTILE[:64], by=TECH, actor=house.tech.actor)
    house.radio.now(device=DEVICE)
    await house.cases.bind(DEVICE, "2026-0412", house.tech, TECH, id=house.id(), enrolled=[DEVICE])
    trial = await tested(house)
    browser = Browser(base)
    assert (await browser.get(f"/handout/{trial.id}"))[0] == 302
    await browser.sign_in(TECH, PASSWORD)
    status, text = await browser.get(f"/handout/{trial.id}")
    log = await SqliteLog.open(house.path.with_name("vigie.log"), reading=True)
    opened = [one async for _, one in log.records() if one.type == "device_test_opened"]
    await log.close()
    assert [(one.open["need"], one.open["role"]) for one in opened] == [("duty", "technician")]
    assert status == 200
    for wanted in (DEVICE, "00:00:01", "81 %", "2026-0412", TECH, "IN ORDER: presses heard, 10 of 10", "−60 dBm"):
        assert wanted in text, wanted
    assert "A. Voorbeeld" not in text
    assert ADDRESS not in text
    assert text.count("<td>hold</td>") == 10
    assert "2026-0412 · A. Voorbeeld" in (await browser.get(f"/handout/{trial.id}?name=1"))[1]
    assert (await browser.get(f"/handout/{'0' * 32}"))[0] == 404
    for path in (trial.id, f"{trial.id}?name=1", "0" * 32):
        cookie = f"{browser.name}={browser.cookie}; vigie_language={PSEUDO}"
        _, text = await browser.get(f"/handout/{path}", Cookie=cookie)
        assert unsaid(of_page(text), TECH, HOSTILE[:64], "A. Voorbeeld") == set()
