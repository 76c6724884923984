"""The page of the cases: a whole life on it, who sees which case, and whatever is typed into its forms."""

import asyncio
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest

from centre import case_import
from centre.assembly import Assembly
from dashboard import keeper
from dashboard.i18n.words import words
from dashboard.keeper.page import FIELDS, id_of
from dashboard.keeper.shown import DATES
from incidents import case_keeping
from incidents import events as ev
from incidents.audit import stream_of
from incidents.bindings import Why
from incidents.case_keeping import NEW_FACTS
from incidents.cases import CaseRegister, import_cases, life
from incidents.cases.bindings import Binding
from incidents.cases.life import FACTS, NEEDS, State, Step
from incidents.desk.zone_presses import zone_stream
from incidents.messages import Fix, FixReport, Message
from incidents.roles import User
from maps.zones import Zones
from reports.catalogue import named
from reports.content import unturned
from tests.dashboard.access.parts import _asked
from tests.dashboard.conftest import START
from tests.dashboard.keeper.conftest import KEPT, NUMBER, OTHER, RISK, CasesHouse
from tests.waiting import LONG_S

CODE = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (case_import, case_keeping, life))
DECIDED = {"office": "Parket Voorbeeld", "reference": "FA 12/2026"}


async def test_a_case_from_its_decision_to_the_return_of_the_device(house: CasesHouse) -> None:
    today = house.today.isoformat()
    taken = house.take

    async def flags(device: str) -> set[str]:
        incident = await house.press(device)
        return {flag for flag in incident.flags if flag.startswith("case_")}

    assert await taken("granted", **DECIDED, day=today, convention=today, zone="5415") == (303, "")
    assert await taken("handed_over", device="AMR-0001", who="Insp. Fictief", day=today) == (303, "")
    assert await flags("AMR-0001") == set()
    # A swap in the night: one person, at once, although an alarm of the old device is open.
    status, said = await taken("replaced", old="AMR-0001", device="AMR-0100")
    assert status == 409 and "Nothing was ever heard" in said
    assert await taken("replaced", old="AMR-0001", device="AMR-0100", sure="1") == (303, "")
    case = house.register.by_device("AMR-0100")
    assert case is not None and case.number == NUMBER and set(case.devices) == {"AMR-0001", "AMR-0100"}
    assert await taken("suspended", reference="FA 13/2026", text="abroad until Monday") == (303, "")
    assert await flags("AMR-0100") == {"case_suspended"}
    assert await taken("resumed") == (303, "")
    # The review 30 days before the end is made, that of 14 days before it is missed.
    house.pass_days(130)
    assert await taken("reviewed", text="nothing changed") == (303, "")
    house.pass_days(26)
    status, page = await house.page(NUMBER)
    assert status == 200
    assert re.findall(r'class="review (\w+)"', page) == ["done", "missed", "due"]
    assert "review missed" in (await house.page())[1]
    house.pass_days(6)
    assert await taken("replaced", old="", device="AMR-0101", sure="1") == (303, "")
    assert await flags("AMR-0101") == {"case_expired"}
    until = (house.today + timedelta(90)).isoformat()
    assert (await taken("renewed", until="2026-01-01", **DECIDED, day=today))[0] == 409
    assert await taken("renewed", until=until, **DECIDED, day=house.today.isoformat()) == (303, "")
    status, said = await taken("ended", reference="FA 14/2027", day=house.today.isoformat())
    assert (status, said[:26]) == (409, "Nothing was noted yet. Thi")
    assert await taken("ended", reference="FA 14/2027", day=house.today.isoformat(), sure="1") == (303, "")
    assert await taken("replaced", old="", device="AMR-0102", sure="1") == (303, "")
    assert await flags("AMR-0102") == {"case_ended"}
    assert await taken("returned", device="AMR-0102", who="Insp. Fictief", day=house.today.isoformat()) == (303, "")
    page = (await house.page(NUMBER))[1]
    assert "device returned" in page and "Parket Voorbeeld" in page and "Gent</dd>" in page
    done = dict(re.findall(r"<strong>(Decided|Ended|Device returned)</strong>(.*?)</p></li>", page))
    said = {kind: re.sub(r"<.*?>", " ", text).split(" · ")[1] for kind, text in done.items()}
    assert all(re.match(r"noted by +Kee Fictief ", text) for text in said.values())
    assert re.search(r"Decided by: +Parket Voorbeeld ", said["Decided"]) and re.search("Decided by: +–", said["Ended"])
    assert re.search(r"Done by: +Insp. Fictief ", said["Device returned"])
    records = [record async for _, record in house.log.records() if record.type == "case_step"]
    assert [record.open["kind"] for record in records] == [step.kind for step in _steps(house)]
    assert {record.open["role"] for record in records} == {"keeper"}
    assert all(NUMBER not in str(record.open) and record.stream.startswith("audit/") for record in records)


async def test_a_refused_replacement_gives_no_device(house: CasesHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, take = Step(kind="suspended", id="first", at=START, by="p-1"), house.register.take_step

    def late(number: str, step: Step, *more: Binding, **seen: Any) -> bool:
        take(number, taken, seen=0)  # by another server, since it was looked at
        return take(number, step, *more, **seen)

    monkeypatch.setattr(house.register, "take_step", late)
    status, said = await house.take("replaced", old="AMR-0001", device="AMR-0100", sure="1")
    assert status == 409 and said
    register = CaseRegister.open(house.file)
    assert register.by_device("AMR-0100") is None and register.by_device("AMR-0001") is not None
    assert not [one async for _, one in house.log.records() if one.type in ("case_step", "device_bound")]


async def test_what_is_kept_and_was_never_told_to_the_log_is_entered_once_at_the_next_start(
    house: CasesHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.press("AMR-0009")
    who = User(actor=house.desk.pseudonym("Kee Fictief"), roles=frozenset({"keeper"}), name="Kee Fictief")
    record = house.desk.record

    async def killed(*words: Any, **more: Any) -> None:
        raise asyncio.CancelledError

    kept = [
        ("replaced", {"old": "AMR-0001", "device": "AMR-0100"}),
        ("suspended", {"reference": "FA 1", "text": "abroad"}),
    ]
    for kind, typed in kept:
        monkeypatch.setattr(house.desk, "record", killed)
        with pytest.raises(asyncio.CancelledError):
            await house.keeping.take(NUMBER, kind, typed, who, id=f"{kind}-wish", sure=True)
        monkeypatch.setattr(house.desk, "record", record)
        house.pass_days(1)
        for _ in range(2):
            await house.keeping.enter_kept(house.log)
    records = [one async for _, one in house.log.records() if one.type.startswith(("case_step", "device_"))]
    assert [(one.type, one.id, one.open.get("kind"), one.open.get("swapped")) for one in records] == [
        ("case_step", "step-replaced-wish", "replaced", None),
        ("device_bound", "replaced-wish-swap", None, True),
        ("device_taken_back", "replaced-wish-swap#2", None, True),
        ("case_step", "step-suspended-wish", "suspended", None),
    ]
    assert {one.actor for one in records} == {who.actor} and NUMBER in str(house.log.unseal(records[2]))


NEW = {"step": "new", "number": "2026-0100", "name": "E. Exemple", "begins": "2026-11-24", "until": "2027-05-24"}
NEW |= {"source": "PZ Gent", "zone": "5415"}


async def test_a_new_case_and_its_device_are_typed_on_a_friday_evening(house: CasesHouse) -> None:
    browser, number = await house.browser(), NEW["number"]
    for _ in range(2):  # sent twice it is one
        assert await house.post(browser, NEW) == (303, "")
    case = house.register.by_number(number)
    assert case is not None and (case.victim.name, case.devices, case.managing_zone) == ("E. Exemple", (), "5415")
    status, said = await house.post(browser, NEW | {"name": "F. Exemple"})
    assert status == 409 and said.startswith("Number of the case") and "another case" in said
    page = (await house.page(number))[1]
    assert "granted, no device yet" in page and "device not handed over" in (await house.page())[1]
    handed = {"device": "AMR-0900", "who": "Insp. Fictief", "day": house.today.isoformat()}
    status, said = await house.take("handed_over", number=number, **handed)
    assert status == 409 and "Nothing was ever heard" in said and house.register.by_device("AMR-0900") is None
    assert (await house.take("handed_over", number=number, **handed | {"device": "AMR-0002"}))[0] == 409, "another's"
    assert await house.take("handed_over", number=number, **handed, sure="1") == (303, "")
    incident = await house.press("AMR-0900")
    assert (incident.case, incident.flags) == (number, frozenset())
    records = [record async for _, record in house.log.records()]
    assert [one.type for one in records if one.type in ("cases_imported", "case_step", "device_bound")] == [
        "cases_imported", "device_bound", "case_step",
    ]  # fmt: skip
    (imported,) = [one for one in records if one.type == "cases_imported"]
    assert house.desk.name_of(imported.actor) == "Kee Fictief"
    assert {"added": 1, "how": "page", "role": "keeper", "need": "duty"}.items() <= imported.open.items()
    for name in ("Zon Fictief", "Dis Fictief"):
        assert (await house.post(await house.browser(name), NEW | {"number": "2026-0101"}))[0] == 403
        assert "Enter a new case" not in (await house.page(name=name))[1]


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [(field, "", "must be filled in") for field in ("number", "name", "begins", "until", "source")]
    + [("number", "a!b", "not understood"), ("name", "x" * 201, "too long"), ("source", "x" * 201, "too long")]
    + [("begins", "soon", "not understood"), ("until", "2026-11-23", "over already"), ("until", "1", "not understood")]
    + [("zone", "9999", "not understood"), ("begins", "2027-06-01", "not understood")],
)
async def test_what_is_wrong_with_a_new_case_is_said_beside_what_was_typed(
    house: CasesHouse, field: str, text: str, why: str
) -> None:
    browser = await house.browser()
    headers = browser._headers() | {"Origin": house.base}
    status, page, _ = await _asked(f"{house.base}/cases", NEW | {field: text}, headers)
    assert status == 409 and why in re.findall(r'class="refused" role="alert">(.*?)</p>', page)[0]
    assert "PZ Gent" in page or field == "source"
    assert house.register.by_number(NEW["number"]) is None


async def test_a_new_case_that_would_let_somebody_see_more_takes_two_people_as_its_import_does(
    house: CasesHouse,
) -> None:
    file = house.file.with_name("withdrawn.json")
    file.write_text(json.dumps({"withdrawn": [NUMBER]}), encoding="utf-8")
    assert (await asyncio.to_thread(import_cases, file, house.file)).withdrawn == (NUMBER,)
    await house.imported()
    status, said = await house.post(await house.browser(), NEW | {"number": NUMBER})
    assert status == 409 and "two people" in said and house.register.by_number(NUMBER) is None


async def test_an_empty_list_says_why(house: CasesHouse) -> None:
    async def empty(name: str, **asked: str) -> str:
        browser = await house.browser(name)
        page = (await _asked(f"{house.base}/cases", asked or None, browser._headers() | {"Origin": house.base}))[1]
        return re.findall(r'<td colspan="7">(.*?)</td>', page)[0]

    assert await empty("Kee Fictief", find="nobody of this name") == "No case fits what was searched for."
    file = house.file.with_name("withdrawn.json")
    file.write_text(json.dumps({"withdrawn": [NUMBER, OTHER, KEPT]}), encoding="utf-8")
    await asyncio.to_thread(import_cases, file, house.file)
    await house.imported()
    assert "Enter the first one above" in await empty("Kee Fictief")
    assert await empty("Zon Fictief") == "Your zone manages no case."
    house.register.state = "none"
    assert await empty("Kee Fictief") == "No case register is used"


async def test_a_press_of_a_device_that_was_given_back_is_an_alarm_and_says_so(house: CasesHouse) -> None:
    day = house.today.isoformat()
    assert await house.take("returned", device="AMR-0001", who="Insp. Fictief", day=day) == (303, "")
    incident = await house.press("AMR-0001")
    assert incident.open and incident.case == NUMBER and {"case_returned"} == set(incident.flags)


async def test_a_zone_sees_the_cases_it_manages_and_changes_none(house: CasesHouse) -> None:
    status, page = await house.page(name="Zon Fictief")
    assert status == 200 and OTHER in page and NUMBER not in page and KEPT not in page, "what excludes it is not there"
    assert (await house.page(NUMBER, name="Zon Fictief"))[0] == (await house.page(KEPT, name="Zon Fictief"))[0] == 404
    status, page = await house.page(OTHER, name="Zon Fictief")
    assert status == 200 and 'name="step"' not in page
    browser = await house.browser("Zon Fictief")
    wish = {"case": id_of(OTHER), "step": "reviewed", "id": "w", "seen": "0"}
    assert (await house.post(browser, wish))[0] == 403
    assert (await house.page(name="Dis Fictief"))[0] == 403


async def test_a_keeper_whom_a_case_excludes_finds_none_of_it(house: CasesHouse) -> None:
    assert NUMBER not in (await house.page(name="Bro Fictief"))[1]
    assert (await house.page(NUMBER, name="Bro Fictief"))[0] == 404
    browser = await house.browser("Bro Fictief")
    wish = {"case": id_of(NUMBER), "step": "reviewed", "id": "w", "seen": "0"}
    assert (await house.post(browser, wish))[0] == 404
    status, _ = await house.post(browser, {"find": NUMBER})
    assert status == 200 and not _steps(house)


async def test_a_form_sent_twice_is_one_step_and_one_of_an_older_look_is_said(house: CasesHouse) -> None:
    browser = await house.browser()
    wish = {"case": id_of(NUMBER), "step": "reviewed", "id": "once", "seen": "0"}
    assert await house.post(browser, wish) == (303, "")
    assert await house.post(browser, wish) == (303, "")
    status, said = await house.post(browser, wish | {"id": "another"})
    assert status == 409 and "meanwhile" in said and len(_steps(house)) == 1
    status, _, _ = await _asked(f"{house.base}/cases", wish, browser._headers() | {"Origin": "http://evil.example"})
    assert status == 403, "a form of another site"


async def test_a_search_finds_a_case_by_number_device_or_name_and_names_none_in_an_address(house: CasesHouse) -> None:
    browser = await house.browser()
    for typed in (OTHER, "amr-0002"):
        headers = browser._headers() | {"Origin": house.base}
        status, page, _ = await _asked(f"{house.base}/cases", {"find": typed}, headers)
        assert status == 200 and OTHER in page and NUMBER not in page
    await house.desk._disclosures.close()
    searched = [one async for _, one in house.desk._log.records() if one.type == "cases_searched"]
    assert [one.open["need"] for one in searched] == ["duty"], "nobody is asked why: it is their work"
    page = (await house.page())[1]
    assert not re.search(rf'(href|action)="[^"]*({NUMBER}|AMR-)', page)
    assert "A. Voorbeeld" not in page, "a list names nobody"
    assert re.findall(r"<title>(.*?)</title>", (await house.page(NUMBER))[1]) == ["A case"]


HOSTILE = (
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'-alert(1)-'",
        "</textarea><svg onload=alert(1)>",
    ),
    *(
        "{{ 7*7 }}",
        "{% raw %}",
        "${7*7}",
        "{0.__class__}",
        "{field}",
        "%s%n",
        "=cmd|' /C calc'!A0",
        "javascript:alert(1)",
    ),
    *("\u202egnp.exe", "\u2066a\u2069", "\ufeffx", "a\u0000b", "e\u0301" * 40, "\U0001f600" * 30, "ﷺ" * 50),
    *("' OR 1=1 --", "'; DROP TABLE steps; --", "../../etc/passwd", "\\\\host\\share", "a\r\nSet-Cookie: x=1"),
    *("&lt;b&gt;", "&#x3c;script&#x3e;", "<!--", "]]>", "<bdo dir=rtl>x", "null"),
)


class Marks(HTMLParser):
    """The elements and attributes of a page, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {f"{tag} {name}" for name, _ in attrs} | {tag}
        self.texts += [value for name, value in attrs if name == "value" and value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


async def test_whatever_a_step_says_is_shown_as_text(house: CasesHouse) -> None:
    """Each of thirty texts in every fact of a step, and some in each kind of step."""
    assert len(HOSTILE) == 30
    said = {field: "x" for field in FIELDS if field not in DATES}
    kinds = [kind for kind in FACTS if kind != "settled"]
    day = dict.fromkeys(DATES, house.today)
    for n, kind in enumerate(kinds):
        house.register.take_step(NUMBER, _step(kind, n, said | day), seen=n)
    for n, text in enumerate(HOSTILE, len(kinds)):
        step = _step(kinds[n % len(kinds)], n, dict.fromkeys(said, text.replace("\u0000", " ")) | day)
        house.register.take_step(OTHER, step, seen=n - len(kinds))
    await asyncio.to_thread(house.register.reload_if_changed)
    plain, hostile = Marks((await house.page(NUMBER))[1]), Marks((await house.page(OTHER))[1])
    assert hostile.found <= plain.found | {"p role", "p"}
    assert {_one_line(text) for text in HOSTILE} <= {_one_line(text) for text in hostile.texts}


FORMS = [*(kind for kind in FACTS if kind not in ("doubted", "settled", "resumed")), "new"]


@pytest.mark.parametrize("kind", FORMS)
async def test_whatever_is_typed_into_a_form_comes_back_as_text(house: CasesHouse, kind: str) -> None:
    """A few of them in every field at once, `test_each_...` all: what is refused stands in the form again, as it was typed."""
    await _typed_into(house, kind, HOSTILE[:3])


@pytest.mark.prove
@pytest.mark.parametrize("kind", FORMS)
async def test_each_hostile_text_in_each_form_comes_back_as_text(house: CasesHouse, kind: str) -> None:
    await _typed_into(house, kind, HOSTILE)


async def _typed_into(house: CasesHouse, kind: str, texts: tuple[str, ...]) -> None:
    browser = await house.browser()
    plain = Marks((await house.page("" if kind == "new" else NUMBER))[1]).found | {
        "p role",
        "details open",
        "option selected",
        "bdi",
    }
    plain |= {f"{field} autofocus" for field in ("input", "select", "textarea")}
    headers = browser._headers() | {"Origin": house.base}
    fields = [fact.rstrip("*") for fact in (NEW_FACTS if kind == "new" else FACTS[kind])]
    for n, text in enumerate(texts):
        wish = {"step": kind, "id": f"{kind}-{n}", "seen": "777"} | dict.fromkeys(fields, text)
        wish |= {} if kind == "new" else {"case": id_of(NUMBER)}
        status, page, _ = await _asked(f"{house.base}/cases", wish, headers)
        found = Marks(page)
        assert status == 409 and found.found <= plain, text
        if {"office", "reference", "who", "text", "source"} & set(fields):
            assert _one_line(text) in {_one_line(one) for one in found.texts}, text
    assert not _steps(house)


def _one_line(text: str) -> str:
    return " ".join(unturned(text.replace("\u0000", " ")).split())


def _step(kind: str, n: int, facts: dict[str, Any]) -> Step:
    return Step(kind=kind, id=f"step-{n}", at=START, by="p-1", **facts)


def _steps(house: CasesHouse) -> tuple[Step, ...]:
    found = house.register.lived(NUMBER)
    assert found is not None
    return found[1]


async def test_a_dispatcher_flags_a_fact_as_doubtful_and_the_keeper_answers(house: CasesHouse) -> None:
    incident = await house.press("AMR-0002")
    browser = await house.browser("Dis Fictief")
    line = await browser.open()

    async def doubt(n: int, fact: str, text: str, of: str = incident.id) -> str:
        await line.say(do="doubt", n=n, incident=of, fact=fact, text=text)
        return str((await line.reply(lambda reply: reply.get("doubted", {}).get("n") == n))["doubted"]["code"])

    async def marked(wanted: bool) -> bool:
        def says(message: dict[str, Any]) -> bool:
            case = (message.get("detail") or {}).get("case") or {}
            facts = [*case.get("pinned", ()), *case.get("facts", ())]
            return {bool(fact.get("doubted")) for fact in facts if fact["text"] == RISK} == {wanted}

        return says(await line.until(says))

    assert await doubt(1, RISK, "sold") == "not_allowed", "its case was not shown here"
    await line.say(do="select", incident=incident.id)
    await line.until(lambda message: bool((message.get("detail") or {}).get("flags")))
    assert await doubt(2, RISK, " ") == "missing"
    assert await doubt(3, "he has a tank", "no") == "unknown"
    assert await doubt(4, RISK, "<b>moved</b> to Liège") == ""
    assert await marked(True), "whoever is shown the fact reads that it is doubted"
    status, page = await house.page(OTHER)
    assert status == 200 and "&lt;b&gt;moved&lt;/b&gt; to Liège" in page and "Dis Fictief" in page
    assert "a fact is doubted" in (await house.page())[1]
    assert await house.take("settled", number=OTHER, text="checked: it is so") == (303, "")
    assert await marked(False)
    assert "a fact is doubted" not in (await house.page())[1]
    # The register keeps who said so; the log that it was said, and not what.
    found = house.register.lived(OTHER)
    assert found is not None
    assert [(step.kind, house.desk.name_of(step.by)) for step in found[1]] == [
        ("doubted", "Dis Fictief"),
        ("settled", "Kee Fictief"),
    ]
    kept = await house.press("AMR-0003")
    assert await doubt(5, RISK, "x", kept.id) == "not_allowed"
    await line.close()


async def test_the_managing_zone_is_told_of_every_press_and_nothing_of_where(house: CasesHouse) -> None:
    """What excludes the zone, and what another manages, is not told; nor does a move of hers send anything."""
    browser = await house.browser("Zon Fictief")
    line = await browser.open()
    assert line.messages[-1]["notices"] == []
    for device in ("AMR-0001", "AMR-0003", "AMR-0002"):
        incident = await house.press(device)
    (told,) = (await line.until(lambda message: bool(message.get("notices"))))["notices"]
    assert (told["case"], told["n"], told["state"]) == (OTHER, 1, "raised")
    before = len(line.messages)
    at = house.clock.now()
    report = FixReport(device="AMR-0002", fix=Fix(51.2, 4.4, 9.0))
    await house.desk.receive(Message(feed="test", id="fix-000001", at=at, report=report, raw=b"{}"))
    await house.press("AMR-0002")
    (told,) = (await line.until(lambda message: any(one["n"] == 2 for one in message.get("notices", ()))))["notices"]
    assert told["id"] == incident.id and len(line.messages) - before <= 2
    said = json.dumps([message.get("notices") for message in line.messages])
    assert not any(word in said for word in ("51.", "4.4", "Gent", "AMR-", NUMBER, KEPT, "A. Voorbeeld"))
    assert all(not message.get("orders") for message in line.messages)
    # That somebody was told is a record: once for each press, in the stream of its incident.
    assert await _presses_told(house, incident.id) == [("zone", "duty", "5415", 1), ("zone", "duty", "5415", 2)]
    # Its devices of the day, and no other's.
    status, page = await browser.get("/devices")
    assert status == 200 and "AMR-0002" in page and "AMR-0001" not in page and "AMR-0003" not in page
    assert "devices.csv" not in page and (await browser.get("/devices.csv"))[0] == 403
    await line.close()


async def _presses_told(house: CasesHouse, incident: str) -> list[tuple[object, ...]]:
    await house.desk._disclosures.close()
    found = [record async for _, record in house.log.records() if record.type == "press_told"]
    entries = [ev.entry(one, house.log.unseal(one)) for one in found]
    assert all(isinstance(one.event, ev.PressTold) and one.event.case == OTHER for one in entries)
    assert {house.desk.name_of(one.actor) for one in entries} <= {"Zon Fictief"}
    assert {record.stream for record in found} <= {f"incident/{incident}", stream_of(house.clock.now())}
    return [tuple(record.open[fact] for fact in ("role", "need", "zone", "presses")) for record in found]


async def test_a_review_missed_stands_before_the_zone_that_manages_the_case_and_is_counted_on_the_floor(
    house: CasesHouse,
) -> None:
    house.clock.at = datetime(2027, 3, 31, 21, 59, 30, tzinfo=UTC)  # 23:59:30 in Belgium, 31 days before the end
    zone, floor = await house.browser("Zon Fictief"), await house.browser("Sup Fictief")
    line, above = await zone.open(), await floor.open("/supervisor")
    assert (await above.reply(lambda reply: "lapsed" in reply))["lapsed"] == {"expired": 0, "review_missed": 0}
    assert all(not message.get("waits") for message in line.messages)
    house.clock.at += timedelta(minutes=1)  # by itself: nothing is changed in the register
    found = await line.until(lambda message: bool(message.get("waits")))
    (due,) = found["waits"]
    assert (due["case"], due["needs"]) == (OTHER, ["review due"]), "of the case that excludes the zone nothing"
    await line.close()
    await above.close()
    house.pass_days(20)
    browser = await house.browser("Zon Fictief")
    line = await browser.open()
    (late,) = (await line.until(lambda message: bool(message.get("waits"))))["waits"]
    assert late["needs"] == ["review missed", "review due"]
    floor = await house.browser("Sup Fictief")
    above = await floor.open("/supervisor")
    # One of three excludes her: of that one she is not told that it is there.
    assert (await above.reply(lambda reply: "lapsed" in reply))["lapsed"] == {"expired": 0, "review_missed": 2}
    await house.desk._disclosures.close()
    kept = [one async for _, one in house.log.records() if one.type == "cases_kept"]
    assert {(one.open["role"], one.open["need"], one.open["shown"]) for one in kept} == {("zone", "duty", 1)}
    assert len(kept) == 2, "one for each who was shown it, not one a second"
    await line.close()
    await above.close()


async def test_a_press_that_came_and_was_closed_while_no_one_was_there_stands_at_its_zone_until_it_is_seen(
    house: CasesHouse, zones: Zones
) -> None:
    incident = await house.press("AMR-0002")
    await house.shut(incident)
    house.pass_days(3)
    house.desk.board.forget(house.clock.now())
    assert incident.id not in house.desk.board.incidents

    async def seen(until: float, count: int = 1) -> list[Any]:
        """What a page that is opened says is new, once somebody there says that they saw what came until a moment."""
        browser = await house.browser("Zon Fictief")
        line = await browser.open()
        found = await line.until(lambda message: sum(one["new"] for one in message.get("notices", ())) == count)
        await line.say(do="presses_seen", until=until)
        await line.close()
        return [one for one in found["notices"] if one["new"]]

    (told,) = await seen(0)
    assert (told["case"], told["state"], told["n"]) == (OTHER, "closed", 1)
    assert await _presses_told(house, incident.id) == [("zone", "duty", "5415", 1)]
    assert incident.id not in house.desk.board.incidents, "nobody's queue has it again"
    await seen(told["last"] - 1)
    later = await house.press("AMR-0002")
    assert {one["id"] for one in await seen(10**15, 2)} == {incident.id, later.id}
    async with asyncio.timeout(LONG_S):
        while not house.desk.board.presses_seen:
            await asyncio.sleep(0.01)
    assert house.desk.board.presses_seen["5415"] <= ev.stamp(house.clock.now()), "never what is to come"
    browser = await house.browser("Zon Fictief")
    line = await browser.open()
    (only,) = (await line.until(lambda message: bool(message.get("notices"))))["notices"]
    assert (only["id"], only["new"]) == (later.id, False), "an open alarm stands there until it is closed"
    await line.close()
    assert await house.desk.missed_presses("5415") == []
    again = Assembly(house.log, zones, house.register, house.clock)
    await again.desk.open()
    assert again.desk.board.presses_seen == house.desk.board.presses_seen, "after a start too"
    seen_again = ev.PressesSeen(zone="5415", until=ev.stamp(house.clock.now()))
    await again.desk.note(zone_stream("5415"), seen_again, id="seen-again", actor="p-1")
    assert again.desk.board.version(zone_stream("5415")) == 3
    await again.desk.close()


def test_every_word_that_the_pages_ask_for_is_there() -> None:
    """By its name, or by the code that it is made of."""
    t = words(str) | named(str, "dashboard/keeper")
    codes: dict[str, Iterable[str]] = {
        "case_state.": ("locked", "missing", "none"),
        "life.": get_args(State),
        "need.": NEEDS,
        "step.": (*FACTS, "newer"),
        "do.": FACTS.keys() - {"doubted"} | {"new"},
        "hint.": FACTS.keys() - {"doubted", "settled"} | {"new"},
        "field.": (*FIELDS, *(fact.rstrip("*") for fact in NEW_FACTS)),
        "keeper.none.": ("found", "yet", "zone"),
        "review.": ("coming", "due", "done", "missed"),
        "no.": {*get_args(Why), *re.findall(r'NotPossible\(\s*"(\w+)"', CODE)} | {"malformed", "too_long"},
        "keeper.col.": (),
    }
    for template in ("list.html", "case.html", "fields.html"):
        html = (Path(keeper.__file__).parent / template).read_text(encoding="utf-8")
        made = re.findall(r't\["([\w.]+)"(?: \+ (\(?[\w.]+))?', html)
        assert {name for name, rest in made if not rest} <= t.keys()
        assert {name for name, rest in made if rest} <= codes.keys()
    assert {start + code for start, every in codes.items() for code in every} - t.keys() == set()
