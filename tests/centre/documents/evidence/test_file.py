"""An evidence file says what the log says, to the last byte, and a stranger can check it."""

import hashlib
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from dashboard.i18n.words import words
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.events import stamp
from incidents.intervals import INTERVALS
from incidents.log.transfer import export
from incidents.log.verify import verify as verify_log
from incidents.messages import PressReport
from incidents.timeline import NoSuchIncident
from reports.evidence.gather import find_incident
from reports.evidence.schema import RECIPE
from reports.evidence.words import Words
from tests.centre.documents.evidence.parts import (
    NUMBER,
    decoded,
    made,
    pdf_text,
    register,
    report,
    squeezed,
    story,
    verify,
)
from tests.incidents.conftest import DEVICE, DrivenClock, Floor

DOCUMENT = (Path(__file__).parents[4] / "docs" / "evidence.md").read_text(encoding="utf-8")
LOCKED = CaseRegister.open(None)


@pytest.fixture
def cases(tmp_path: Path) -> CaseRegister:
    return register(tmp_path)


async def test_the_json_says_what_the_log_says(floor: Floor, tmp_path: Path, cases: CaseRegister) -> None:
    name = await story(floor)
    file = decoded(await made(floor, tmp_path, name, "json", cases))
    await floor.log.checkpoint(stamp(floor.clock.now()))
    records = await floor.log.stream(f"incident/{name}")
    assert [entry["record"]["hash"] for entry in file["entries"]] == [record.hash for record in records]
    for entry, record in zip(file["entries"], records, strict=True):
        plain = floor.log.unseal(record)
        assert entry["opened"] == (json.loads(plain) if plain else {})
        gap = (datetime.fromisoformat(record.at) - datetime.fromisoformat(record.source_at)).total_seconds()
        assert entry["difference_s"] == gap
    assert (file["summary"]["device"], file["summary"]["case"], file["summary"]["zone_name"]) == (
        DEVICE,
        NUMBER,
        "PZ Gent",
    )
    assert file["summary"]["outcome"] == "suspect_arrested"
    assert sorted(file["people"].values()) == ["Ann Fictief", "Bob Fictief", "Sue Fictief"]
    assert file["explanations"][0]["reason"] == "the only free unit came from the coast"
    assert {entry["who"] for entry in file["entries"]} >= {"Ann Fictief", "Bob Fictief", ""}
    opened = [file["entries"][version - 1] for version in file["looks"]]
    assert {(entry["record"]["type"], entry["who"]) for entry in opened} >= {
        ("case_opened", "Bob Fictief"),
        ("case_opened", "Ann Fictief"),
    }
    assert [p["fix"]["radius"] for p in file["positions"] if p["of"] == "device"] == [18.0, 25.0]
    assert [p["unit"] for p in file["positions"] if p["of"] == "unit"] == ["GT 12"]


async def test_the_measures_stand_beside_their_targets_and_add_up(
    floor: Floor, tmp_path: Path, cases: CaseRegister
) -> None:
    file = decoded(await made(floor, tmp_path, await story(floor), "json", cases))
    times = {time["name"]: time for time in file["times"]}
    assert [measure["name"] for measure in file["measures"]] == [interval.name for interval in INTERVALS]
    for measure in file["measures"]:
        start, _, end = measure["name"].partition("->")

        def between(field: str, start: str = start, end: str = end) -> float:
            first, last = (datetime.fromisoformat(times[name][field]) for name in (start, end))
            return (last - first).total_seconds()

        assert measure["seconds"] == between("at") and measure["entered_s"] == between("entered")
        for target in measure["targets"]:
            assert target["met"] == (measure["seconds"] <= target["limit_s"])
    (scene,) = [measure for measure in file["measures"] if measure["name"] == "pressed->on_scene"]
    assert [(t["profile"], t["limit_s"], t["met"]) for t in scene["targets"]] == [("AMR", 600.0, False)]
    assert scene["original_s"] is not None and scene["original_s"] < 600 < scene["seconds"]
    (offset,) = file["offsets"]
    assert (offset["least_s"], offset["most_s"], offset["held_up"]) == (3.0, 3.0, 0)
    (correction,) = file["corrections"]
    assert (
        correction["reason"] == "the unit pressed the button too early"
        and correction["before"] == times["on_scene"]["original"]
    )


async def test_the_case_is_the_version_that_was_shown_without_the_words_that_protect_her(
    floor: Floor, tmp_path: Path, cases: CaseRegister
) -> None:
    name = await story(floor)
    now = cases.by_number(NUMBER)
    assert now is not None and now.version == 2
    content = await made(floor, tmp_path, name, "json", cases)
    (shown,) = decoded(content)["cases"]
    assert (shown["version"], shown["content"]["risks"][0]["text"]) == (1, "he threatened her in May")
    pdf = squeezed(pdf_text(await made(floor, tmp_path, name, "pdf", cases)))
    assert "the suspect lives there" in content.decode()
    for secret in ("tulpenbol", "wintertuin", "+32 9 000 00 00", "Bro Fictief", "brother"):
        assert secret not in content.decode() and squeezed(secret) not in pdf
    assert {"what": "case_words", "count": 3} in decoded(content)["missing"]


async def test_the_pdf_says_it_too_on_numbered_pages_and_carries_the_json(
    floor: Floor, tmp_path: Path, cases: CaseRegister
) -> None:
    name = await story(floor)
    await floor.log.checkpoint(stamp(floor.clock.now()))
    pdf = await made(floor, tmp_path, name, "pdf", cases)
    as_json = await made(floor, tmp_path, name, "json", cases)
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.attachments["evidence.json"] == [as_json]
    for number, page in enumerate(reader.pages, 1):
        assert f"page {number} of {len(reader.pages)}" in page.extract_text()
    text = pdf_text(pdf)
    for said in (
        "Police on the scene 13:39 after the press (as first reported: 6:56): AMR, within 10:00: MISSED",
        "24/11 21:14:04.000",  # Belgian time, the feed's clock
        "24/11 21:14:07.000",  # ours
        "Ann Fictief",
        "the only free unit came from the coast",
        "the unit pressed the button too early",
        "she whispers: he is at the door",
        "he threatened her in May",
        "grey van, plate 1-ABC-000",
        "51.05364, 3.72531",
        "GT 12",
        "PZ Gent",
        "101-7",
        "centre (CIC) East Flanders",
        "interval: pressed → on scene",
        "24/11/2026 21:55:03 +01:00",  # the head of each page
        "The track on a map",
        "received by",  # to be signed by hand
    ):
        assert said in text, said
    assert not [key for key in ("cic:", "flags:", "pressed->") if key in text.partition("How to verify")[0]]
    flat = squeezed(text)
    for entry in decoded(as_json)["entries"]:
        assert entry["record"]["hash"] in flat
    assert squeezed(decoded(as_json)["made"]["digest"]) in flat
    assert all(squeezed(line) in flat for line in RECIPE.read_text(encoding="utf-8").splitlines())


async def test_the_same_moment_gives_the_same_bytes(floor: Floor, tmp_path: Path, cases: CaseRegister) -> None:
    name = await story(floor)
    for form in ("pdf", "json"):
        assert await made(floor, tmp_path, name, form, cases) == await made(floor, tmp_path, name, form, cases)  # type: ignore[arg-type]


def recipes(file: bytes) -> list[str]:
    documented = DOCUMENT.partition("```python\n")[2].partition("```")[0]
    return ["\n".join(decoded(file)["verify"]) + "\n", documented]


async def test_a_stranger_verifies_it_with_the_recipe_it_carries(
    floor: Floor, tmp_path: Path, cases: CaseRegister
) -> None:
    name = await story(floor)
    await floor.log.checkpoint(stamp(floor.clock.now()))
    content = await made(floor, tmp_path, name, "json", cases)
    file = tmp_path / "evidence.json"
    file.write_bytes(content)
    own, documented = recipes(content)
    assert own == documented == RECIPE.read_text(encoding="utf-8")
    said = verify(tmp_path, own, file)
    records = await floor.log.stream(f"incident/{name}")
    assert said.returncode == 0, said.stderr
    assert (
        f"{len(records)} records" in said.stdout
        and records[-1].hash in said.stdout
        and "sealed by checkpoint 1" in said.stdout
    )
    export(tmp_path / "vigie.log", tmp_path / "log.jsonl")
    said = verify(tmp_path, own, file, tmp_path / "log.jsonl")
    assert "the log has the same records, and 0 newer ones" in said.stdout, said.stderr
    assert verify_log(tmp_path / "vigie.log", decoded(content)["made"]["digest"]).ok


Change = Any
CHANGES: dict[str, Change] = {
    "an open fact": lambda file: file["entries"][0]["record"]["open"].update(press="test"),
    "a time": lambda file: file["entries"][4]["record"].update(at="2026-11-24T20:14:08.000Z"),
    "what was sealed": lambda file: file["entries"][0]["record"].update(sealed="AAAA"),
    "a record that was left out": lambda file: file["entries"].pop(3),
    "the end": lambda file: file["entries"].pop(),
    "what was opened": lambda file: file["entries"][0]["opened"].update(device="AMR-1"),
    "a measure": lambda file: file["measures"][8].update(seconds=599.0),
    "the explanation": lambda file: file["explanations"][0].update(reason="none"),
    "the checkpoint": lambda file: file["checkpoint"]["open"].update(count=1),
    "the digest": lambda file: file["made"].update(digest="1-1-000000000000000000000000"),
}


@pytest.fixture
async def good(floor: Floor, tmp_path: Path, cases: CaseRegister) -> bytes:
    name = await story(floor)
    await floor.log.checkpoint(stamp(floor.clock.now()))
    return await made(floor, tmp_path, name, "json", cases)


async def test_the_recipe_fails_on_every_change(good: bytes, tmp_path: Path) -> None:
    (own, _), file = recipes(good), tmp_path / "changed.json"
    for what, change in CHANGES.items():
        facts = decoded(good)
        change(facts)
        file.write_text(json.dumps(facts), encoding="utf-8")
        said = verify(tmp_path, own, file)
        assert said.returncode == 1 and "AssertionError" in said.stderr, what


async def test_with_the_key_a_stranger_sees_that_what_is_said_is_what_was_sealed(
    floor: Floor, tmp_path: Path, cases: CaseRegister
) -> None:
    name = await story(floor)
    content = await made(floor, tmp_path, name, "json", cases, with_key=True)
    file, forged = tmp_path / "evidence.json", decoded(content)
    file.write_bytes(content)
    assert "key" not in {m["what"] for m in forged["missing"]}
    said = verify(tmp_path, recipes(content)[0], file)
    assert said.returncode == 0 and "opened again and the same" in said.stdout, said.stderr
    # Somebody who makes the whole file fit again is still found out.
    del forged["sha256"]
    forged["entries"][0]["opened"]["device"] = "AMR-1"
    plain = json.dumps(forged, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    file.write_text(json.dumps(forged | {"sha256": hashlib.sha256(plain.encode()).hexdigest()}), encoding="utf-8")
    said = verify(tmp_path, recipes(content)[0], file)
    assert said.returncode == 1 and "record 1: what is said was not what was sealed" in said.stderr
    # The key opens this incident alone, and is not in a file that did not ask for it.
    assert floor.log.vault.disclose("incident/nobody") == ""
    assert forged["key"] and forged["key"] not in (await made(floor, tmp_path, name, "json", cases)).decode()


async def test_a_hostile_note_is_printed_whole_as_text(floor: Floor, tmp_path: Path, cases: CaseRegister) -> None:
    name = await story(floor)
    long = "<script>alert(1)</script> \u202egnp.exe \x00\x1b[31m " + "salt " * 10_000 + "THE END \U0001f600"
    await floor.desk.note(f"incident/{name}", ev.Noted(text=long), id="hostile-note", actor="ann")
    content = await made(floor, tmp_path, name, "json", cases)
    assert decoded(content)["entries"][-1]["opened"]["text"] == long
    pdf = await made(floor, tmp_path, name, "pdf", cases)
    text = pdf_text(pdf)
    assert "<script>alert(1)</script>" in text and "U+202E" in text and "U+001B" in text and "THE END" in text
    assert "\u202e" not in text and text.count("salt") == 10_000
    assert len(PdfReader(io.BytesIO(pdf)).pages) < 60


async def test_of_an_erased_incident_it_says_that_it_was_erased(
    floor: Floor, tmp_path: Path, cases: CaseRegister
) -> None:
    name = await story(floor)
    await floor.log.erase(f"incident/{name}", id="erase-0001", at=stamp(floor.clock.now()), actor="ann")
    content = await made(floor, tmp_path, name, "json", cases)
    file = decoded(content)
    assert {m["what"] for m in file["missing"]} >= {"erased", "case_unread", "call"}
    assert file["positions"] == [] and file["cases"] == [] and file["summary"]["device"] is None
    assert file["entries"][0]["opened"] is None and file["measures"][8]["seconds"] > 600
    text = pdf_text(await made(floor, tmp_path, name, "pdf", cases))
    assert "The person was erased" in text and "nobody can open them any more" in text
    for gone in (DEVICE, "whispers", "coast", "51.05364"):
        assert gone not in text and gone not in content.decode()
    (tmp_path / "evidence.json").write_bytes(content)
    assert verify(tmp_path, recipes(content)[0], tmp_path / "evidence.json").returncode == 0


async def test_it_says_when_keys_or_cases_are_not_at_hand(floor: Floor, tmp_path: Path, cases: CaseRegister) -> None:
    name = await story(floor)
    file = decoded(await made(floor, tmp_path, name, "json", LOCKED))
    assert {m["what"] for m in file["missing"]} >= {"cases_none", "case_gone"}
    (tmp_path / "cases.db.key").unlink()
    locked = CaseRegister.open(tmp_path / "cases.db")
    file = decoded(await made(floor, tmp_path, name, "json", locked))
    assert {m["what"] for m in file["missing"]} >= {"cases_locked", "case_gone"}
    text = pdf_text(await made(floor, tmp_path, name, "pdf", locked))
    assert "Cases locked" in text and "does not have this version" in text


async def test_the_timeline_has_the_day_where_it_begins_and_where_midnight_passes(
    floor: Floor, tmp_path: Path, cases: CaseRegister
) -> None:
    floor.clock.pass_s(2 * 3600 + 44 * 60)  # 23:58
    name = await story(floor)
    pages = PdfReader(io.BytesIO(await made(floor, tmp_path, name, "pdf", cases))).pages
    text = "\n".join(page.extract_text() for page in pages)
    records = text[text.index("Timeline: every record") : text.index("Who was shown it")]
    assert re.findall(r"^ *(\d\d/\d\d/\d{4}) *$", records, re.MULTILINE) == ["24/11/2026", "25/11/2026"]


async def test_it_says_whether_no_case_was_named_or_the_named_one_could_not_be_shown(
    floor: Floor, tmp_path: Path, cases: CaseRegister
) -> None:
    for device, case, why, says in (
        ("AMR-00777", None, "case_unknown", "the incident names none"),
        ("AMR-00778", "2026-9999", "case_unshown", "the incident names one, but no version of it was shown"),
    ):
        await report(floor, 5, PressReport(device=device, case=case))
        found = floor.desk.board.of_device(device)[0]
        file = decoded(await made(floor, tmp_path, found.id, "json", cases))
        assert file["summary"]["case"] == case and file["cases"] == []
        assert [one["what"] for one in file["missing"] if one["what"].startswith("case")] == [why]
        assert says in pdf_text(await made(floor, tmp_path, found.id, "pdf", cases))


def test_a_code_has_the_same_words_on_the_page_and_in_the_file() -> None:
    paper, page = Words(str), words(str)
    facts = {"state": "state", "as_class": "class", "outcome": "outcome", "verified": "verified", "press": "press"}
    facts |= {"source": "source", "status": "unit", "time": "time", "step": "state"}
    for fact, kind in facts.items():
        codes = [key.removeprefix(f"{kind}.") for key in page if key.startswith(f"{kind}.")]
        assert codes, kind
        for code in set(codes) - {"alarmed", "returned", "shelved", "none"}:  # of technical alarms, and the review's
            assert paper.code(fact, code) == page[f"{kind}.{code}"]
    for clock in ("ours", "feed", "person"):
        assert paper.clock(clock) == page[f"clock.{clock}"]


async def test_in_the_night_of_the_clock_change_each_time_says_its_offset(
    floor: Floor, clock: DrivenClock, tmp_path: Path, cases: CaseRegister
) -> None:
    clock.at = datetime(2026, 10, 25, 0, 58, tzinfo=UTC)  # 02:58 summer time; two minutes later it is 02:00
    name = await story(floor)
    text = pdf_text(await made(floor, tmp_path, name, "pdf", cases))
    assert "UTC+01:00, UTC+02:00" in text
    assert "25/10 02:58:00.000 +02:00" in text and "25/10 02:04:56.000 +01:00" in text
    assert "Police on the scene 13:39 after the press" in text
    file = decoded(await made(floor, tmp_path, name, "json", cases))
    ats = [datetime.fromisoformat(entry["record"]["at"]) for entry in file["entries"]]
    assert ats == sorted(ats) and ats[-1] - ats[0] > timedelta(minutes=20)


async def test_an_incident_is_found_by_the_beginning_of_its_id(floor: Floor) -> None:
    name = await story(floor)
    assert await find_incident(floor.log, name[:8]) == await find_incident(floor.log, name) == name
    for wrong in (name[:3], "zzzzzzzz", "", f"{name}x"):
        with pytest.raises(NoSuchIncident) as said:
            await find_incident(floor.log, wrong)
        assert not wrong or wrong not in str(said.value)
