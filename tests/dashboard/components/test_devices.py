"""The page of the devices and what rows say of them, without a browser; the file, and that it was taken."""

import csv
import hashlib
import io
from datetime import UTC, datetime

import msgspec
import pytest

from dashboard.components.devices.standing import TechnicalCount
from dashboard.components.queue.row_cache import SOMEBODY
from dashboard.components.queue.rows import device_row
from dashboard.documents.devices.page import shown
from incidents import commands as do
from incidents.audit import stream_of
from incidents.devices.listing import DeviceLine
from incidents.devices.tally import Tally
from incidents.messages import DeviceReport
from incidents.roles import User
from reports.catalogue import translator
from reports.devices import as_csv
from reports.measures.table import table_of
from reports.measures.tallies import Past
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.conftest import accounts as accounts
from tests.dashboard.access.conftest import base as base
from tests.dashboard.access.conftest import clock as clock
from tests.dashboard.access.parts import Browser
from tests.dashboard.conftest import DEVICE, START, House
from tests.people import dispatcher, technician


def counted(house: House) -> None:
    """As once the (empty) history was folded."""
    tallies = house.tallies
    assert tallies is not None
    tallies.take(Past(table_of([]), ()))
    house.desk.board.listen(tallies.changed)


async def announce(house: House, where: str = "desk 2") -> None:
    command = do.AnnounceTest(id=house.name(), device=DEVICE, minutes=10, where=where)
    await house.desk.command(command, technician(house.desk.pseudonym("Tom")))


async def close_as_test(house: House, incident: str) -> None:
    close = do.Close(
        id=house.name(),
        incident=incident,
        as_class="test",
        outcome="test_ok",
        reason="announced",
        verified="technician_present",
        anyway=True,
    )
    await house.desk.command(close, dispatcher("me"))


async def test_every_console_marks_an_announced_press_and_a_locked_one_names_nobody(house: House) -> None:
    await announce(house)
    incident = await house.press()
    until = int((START.timestamp() + 600) * 1000)
    for _ in range(2):
        row = msgspec.json.decode(house.consoles.rows.encoded(incident.id) or b"")
        assert row["test"] == {"who": "Tom", "until": until, "where": "desk 2"}
        assert row["priority"] == 1 and "as_class" not in {name for name, value in row.items() if value}
    locked = msgspec.json.decode(house.consoles.locked_rows.encoded(incident.id) or b"")
    assert locked["test"] == {"who": SOMEBODY, "until": until, "where": ""}


async def test_two_open_alarms_of_one_woman_say_so_on_both_rows_and_are_called_differently(house: House) -> None:
    first = await house.press()
    assert first.device is not None
    wish = do.Raise(id=house.name(), case=first.device, zone="5415", beside=first.id)
    second = await house.desk.command(wish, dispatcher("me"))
    assert second is not None
    rows = [msgspec.json.decode(house.consoles.rows.encoded(one.id) or b"") for one in (first, second)]
    assert [row["beside"] for row in rows] == [[rows[1]["label"]], [rows[0]["label"]]]
    assert house.consoles.neighbours(second.id) == (first.id,) and rows[0]["label"] != rows[1]["label"]


async def test_a_row_tells_what_its_device_was_used_for_once_it_was_counted(house: House) -> None:
    first = await house.press()
    assert "past" not in msgspec.json.decode(house.consoles.rows.encoded(first.id) or b"")
    counted(house)
    row = msgspec.json.decode(house.consoles.rows.encoded(first.id) or b"")
    assert row["past"] == {"tests": 0, "real": 0, "last_test": None}
    await close_as_test(house, first.id)
    second = await house.press()
    row = msgspec.json.decode(house.consoles.rows.encoded(second.id) or b"")
    assert row["past"] == {"tests": 1, "real": 0, "last_test": int(START.timestamp() * 1000)}


async def test_a_fault_in_counting_keeps_no_alarm_from_a_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(device: str) -> Tally:
        raise RuntimeError

    monkeypatch.setattr(house.tallies, "of", broken)
    incident = await house.press()
    assert house.consoles.rows.encoded(incident.id) is not None


async def test_a_flapping_link_is_one_row_that_stands_as_alarmed(house: House) -> None:
    for state in ("link_lost", "linked", "link_lost", "linked"):
        await house.report(DeviceReport(device=DEVICE, state=state))  # type: ignore[arg-type]
    ((key, alarm),) = house.desk.board.device_alarms.items()
    row = device_row(alarm, house.desk.name_of)
    assert (row.state, row.flaps, row.returned) == ("alarmed", 4, int(START.timestamp() * 1000))
    assert len(house.consoles.devices_of(key[0])) == 1


async def test_the_page_lists_devices_and_names_victims_only_when_asked_and_recorded(house: House, base: str) -> None:
    await announce(house)
    browser = Browser(base)
    await browser.sign_in("technician fictief", PASSWORD)
    status, text = await browser.get("/devices")
    assert status == 200 and DEVICE in text and "2026-0412" in text and "Voorbeeld" not in text and "desk 2" in text
    assert (await browser.get("/devices?names=1"))[0] == 403 and (await browser.get("/devices.csv?names=1"))[0] == 403
    await browser.sign_in("supervisor fictief", PASSWORD)
    assert "Voorbeeld" not in (await browser.get("/devices"))[1]
    assert "Voorbeeld" not in (await browser.get("/devices?names=1"))[1] + (await browser.get("/devices.csv"))[1]
    assert (await browser.take("/devices?names=1", why="other", reason="..."))[0] == 400
    assert "Voorbeeld" in (await browser.take("/devices?names=1", why="other", reason="she moved"))[1]
    status, text = await browser.take("/devices.csv?names=1")
    assert status == 200 and "Voorbeeld" in text
    *duty, looked, taken = await house.log.stream(stream_of(house.clock.now()))
    assert [(one.open["need"], one.open["role"]) for one in duty] == [("duty", "technician"), ("duty", "supervisor")]
    assert looked.open == {"devices": 2, "form": "page", "names": True, "role": "supervisor", "why": "other"}
    assert house.log.unseal(looked) == b'{"reason":"she moved"}'
    assert taken.open["sha256"] == hashlib.sha256(text.encode()).hexdigest() and taken.open["form"] == "csv"
    assert house.desk.name_of(taken.actor) == "supervisor fictief"


async def test_an_account_that_a_case_is_closed_to_is_not_shown_its_name(house: House) -> None:
    lists = house.consoles.services.devices
    assert lists is not None
    sue, desk_9 = (User(actor="", roles=frozenset(), name=name) for name in ("Sue", "Desk 9"))
    assert "A. Voorbeeld" in lists.victims(sue).values() and not lists.victims(desk_9)
    assert b"Voorbeeld" not in (await lists.make(desk_9, named=True))[1]


async def test_a_test_is_announced_from_the_page_and_from_nowhere_else(house: House, base: str) -> None:
    browser = Browser(base)
    command = {"do": "announce_test", "id": "announced-1", "device": DEVICE, "minutes": 10, "where": "desk 2"}

    async def ask(**headers: str) -> tuple[int, dict[str, object]]:
        return await browser.post_json("/devices", command, **headers)

    await browser.sign_in("dispatcher fictief", PASSWORD)
    assert (await ask())[1] == {"id": "announced-1", "ok": False, "code": "not_allowed"}
    await browser.sign_in("technician fictief", PASSWORD)
    assert (await ask(Origin="http://elsewhere.example"))[0] == 403 and not house.desk.board.announced
    assert (await ask())[1] == {"id": "announced-1", "ok": True}
    assert [house.desk.name_of(test.by) for test in house.desk.board.announced.values()] == ["technician fictief"]
    command = {"do": "close", "id": "announced-2", "incident": "x"}
    assert (await ask())[1]["code"] == "invalid"


async def test_the_page_says_of_each_device_what_is_due_and_how_long_it_was_silent(house: House) -> None:
    counted(house)
    await house.report(DeviceReport(device=DEVICE, state="ok", battery=64))
    house.clock.pass_s(50 * 3600)
    lists = house.consoles.services.devices
    assert lists is not None
    facts = shown(
        house.consoles,
        await lists.lines(User(actor="", roles=frozenset(), name="Sue")),
        lists.times,
        None,
        TechnicalCount(),
        translator("en"),
    )
    (row,) = [row for row in facts["rows"] if row["device"] == DEVICE]
    assert (row["battery"], row["silent"], row["overdue"], row["due"]) == (64, ("d", 2), True, "25/10/2026")
    assert facts["overdue"] == 1 and facts["counted"]


def test_the_file_tells_the_two_hours_of_the_night_apart_and_holds_no_formula() -> None:
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    line = DeviceLine(device="=cmd()", case="2026-1", last_heard=twice[0], battery_at=twice[1], counted=False)
    text = as_csv((line,), twice[1], {"2026-1": 'A, "B"'}).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert [row["last_heard"], row["battery_at"]] == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
    assert (row["device"], row["victim"], row["silent_h"], row["tests"]) == ("'=cmd()", 'A, "B"', "1", "")
