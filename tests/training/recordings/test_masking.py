"""Masking: nothing of the original is left, what trains is; a strongly masked track can't be told from another."""

import re
import typing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest

from feeds.recordings.recorded import HAPPENS, TEXTS
from feeds.recordings.recording import Happened, Recorded, Recording, read_recording, write_recording
from incidents import events as ev
from incidents.case import Case
from incidents.events import BRUSSELS
from incidents.exercises.check import EXERCISE_DEVICE
from incidents.exercises.room import Masking, TrainingError
from maps.geodesy import GEOD
from maps.zones import Zones
from tests.training.recordings.parts import DEVICE, EVENING, SECRETS, played_back, taken
from training.masking import mask
from training.masking.facts import DROPPED, KEPT, NAMED, PLACED, closed
from training.masking.names import texts_of
from training.masking.places import positions

EXPIRES = datetime(2099, 1, 1, tzinfo=UTC)
HOWS: tuple[Masking, ...] = ("masked", "strong")


@pytest.fixture
async def original(tmp_path: Path, zones: Zones) -> Recording:
    async with taken(EVENING, tmp_path, zones) as (recording, _, _):
        return msgspec.structs.replace(recording, feed="112-app")


def everything(recording: Recording, folder: Path) -> str:
    """The file as text."""
    write_recording(folder / "file", recording)
    return (folder / "file").read_text()


def closed_words() -> set[str]:
    """The words that Vigie's own types list, and nobody's name."""
    found: set[str] = set()

    def look(hint: Any) -> None:
        if typing.get_origin(hint) is typing.Literal:
            found.update(str(word) for word in typing.get_args(hint))
        for inner in typing.get_args(hint):
            look(inner)
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            for name, field in typing.get_type_hints(hint).items():
                if hint is not Case and not name.isupper():
                    look(field)

    from incidents import messages as reports

    for kind in ev.EVENT_TYPES.values():
        look(kind)
        found.add(str(kind.__struct_config__.tag))
    for report in typing.get_args(reports.Report):
        look(report)
        found.add(str(report.__struct_config__.tag))
    look(ev.Flag)
    return found


# An order's language is its zone's.
ALLOWED = {
    "nl",
    "fr",
    "de",
    "en",
    "gnss",
    "cell",
    "watch",
    "console",
    "orders",
    "other",
    "silent_approach",
    "listen_only",
}


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("seed", range(3))
def test_no_name_number_place_or_time_of_the_original_is_left(
    original: Recording, how: Masking, seed: int, tmp_path: Path, zones: Zones
) -> None:
    before = everything(original, tmp_path)
    for secret in SECRETS:
        assert secret in before or secret in ("Nina", "Bart", "Ilse", "Koen", "extra-field")
    masked = mask(original, how=how, zones=zones, expires=EXPIRES, random=Random(seed))
    after = everything(masked, tmp_path)
    plain = after.replace("\\", "").casefold()
    assert [secret for secret in SECRETS if secret.casefold() in plain] == []
    # Every text of the original, whatever field it stands in, and every word of it.
    mine = set(texts_of([msgspec.to_builtins(masked.cases), [msgspec.to_builtins(line) for line in masked.lines]]))
    words = closed_words() | ALLOWED
    theirs = set(
        texts_of([msgspec.to_builtins(original.cases), [msgspec.to_builtins(line) for line in original.lines]])
    )
    left = {text for text in mine & theirs if text and text not in words and not re.fullmatch(r"person-\d", text)}
    assert left == set()
    # Every time of day, to the second, and every day, by UTC and by the clock on the wall.
    times = [datetime.fromisoformat(text) for text in re.findall(r"\d{4}-\d\d-\d\dT[\d:.]+Z", before)]
    clocks = {at.strftime("%H:%M:%S") for at in times}
    assert {text for text in re.findall(r"T(\d\d:\d\d:\d\d)", after) if text in clocks} == set()
    days = {at.astimezone(zone).strftime("%Y-%m-%d") for at in times for zone in (UTC, BRUSSELS)}
    days |= set(re.findall(r"\d{4}-\d\d-\d\d", before))
    assert {day for day in re.findall(r"\d{4}-\d\d-\d\d", after) if day in days} == set()
    causes = re.findall(r'"cause":(\d+)', before)
    assert not any(cause in after for cause in causes)
    # No position, nor one near it, and no zone.
    was = np.array([*positions(original), *((p.lat, p.lon) for case in original.cases for p in case.places)])
    now = np.array(re.findall(r'"lat":(-?[\d.]+),"lon":(-?[\d.]+)', after.replace("\\", "")), dtype=float)
    far = np.hypot((was[:, None, 0] - now[None, :, 0]) * 111, (was[:, None, 1] - now[None, :, 1]) * 70)
    assert far.min() > 1.0
    assert not set(zones.zones_of(was[:, 0], was[:, 1])) & set(zones.zones_of(now[:, 0], now[:, 1])) - {""}
    assert all(EXERCISE_DEVICE.fullmatch(name) for name in re.findall(r'"device":"([^"]*)"', after))
    assert read_recording(tmp_path / "file") == masked
    assert ("Personal data" in after.split("\n", 1)[0]) == (how == "masked")


def test_distances_pace_and_pauses_stay(original: Recording, zones: Zones) -> None:
    masked = mask(original, how="masked", zones=zones, expires=EXPIRES, random=Random(5))
    was, now = np.array(positions(original)), np.array(positions(masked))

    def apart(at: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        n = len(at)
        i, j = np.triu_indices(n, 1)
        return np.asarray(GEOD.inv(at[i, 1], at[i, 0], at[j, 1], at[j, 0])[2])

    assert np.abs(apart(was) - apart(now)).max() < 0.5
    shifts = {mine.at - theirs.at for mine, theirs in zip(masked.lines, original.lines, strict=True)}
    assert len(shifts) == 1
    (shift,) = shifts
    hours = (shift % timedelta(days=1)).total_seconds() / 3600
    assert min(hours, 24 - hours) < 3.01 and shift < timedelta(days=-38)
    assert masked.cases[0].valid_on(masked.lines[0].at.date())


async def test_a_masked_recording_plays_as_the_original_did(original: Recording, tmp_path: Path, zones: Zones) -> None:
    masked = mask(original, how="masked", zones=zones, expires=EXPIRES, random=Random(6))
    (was,), (now,) = [await played_back(one, tmp_path / one.masking, zones) for one in (original, masked)]
    shift = masked.lines[0].at - original.lines[0].at
    assert (now.state, now.judgement.outcome, now.presses.count, now.judgement.as_class) == (
        was.state,
        was.judgement.outcome,
        was.presses.count,
        was.judgement.as_class,
    )
    assert {name: time.at for name, time in now.times.items()} == {
        name: time.at + shift for name, time in was.times.items()
    }
    assert len(now.history.entries) == len(was.history.entries) and now.version == was.version
    assert now.order is not None and zones.known(now.order.zone) and now.case_version == was.case_version
    assert now.flags == was.flags


async def test_a_strongly_masked_recording_plays_to_its_end(original: Recording, tmp_path: Path, zones: Zones) -> None:
    masked = mask(original, how="strong", zones=zones, expires=EXPIRES, random=Random(7))
    (was,), (now,) = [await played_back(one, tmp_path / one.masking, zones) for one in (original, masked)]
    assert (now.state, now.judgement.outcome, now.judgement.as_class, now.presses.count) == (
        was.state,
        was.judgement.outcome,
        was.judgement.as_class,
        was.presses.count,
    )

    def persons(recording: Recording) -> list[tuple[str, type]]:
        lines = [line for line in recording.lines if isinstance(line, Happened)]
        return [(line.by, type(line.event)) for line in lines if line.by.startswith("person")]

    assert persons(masked) == persons(original)


def test_the_same_name_becomes_the_same_name(original: Recording, zones: Zones) -> None:
    masked = mask(original, how="masked", zones=zones, expires=EXPIRES, random=Random(8))
    devices = {line.message["device"] for line in masked.messages if "device" in line.message}
    assert len(devices) == 1 and devices < set(masked.cases[0].devices)
    units = [line.message["unit"] for line in original.messages if "unit" in line.message]
    mine = [line.message["unit"] for line in masked.messages if "unit" in line.message]
    assert len(set(zip(units, mine, strict=True))) == len(set(units)) == len(set(mine)) == 1


def test_a_text_that_a_person_reviewed_is_in_it(original: Recording, zones: Zones) -> None:
    text = "Griet fluistert; zwarte auto voor de achterdeur om 21u04"
    masked = mask(
        original,
        how="masked",
        zones=zones,
        expires=EXPIRES,
        reviewed={text: "She whispers; a car waits."},
        random=Random(9),
    )
    notes = [
        line.event.text for line in masked.lines if isinstance(line, Happened) and isinstance(line.event, ev.Noted)
    ]
    assert notes == ["She whispers; a car waits.", ""]


@pytest.mark.parametrize(
    "words",
    [
        "Denaeyer is bang",
        "ask wouter",
        "a Skoda 1-KLM-482",
        "at 21:04",
        "om 21u04",
        "call 0479 11 22 33",
        "AMR-00412 again",
        "51.0450 3.7250",
        "GENT-12 comes",
    ],
)
def test_reviewed_words_that_name_something_are_refused_unquoted(original: Recording, words: str, zones: Zones) -> None:
    with pytest.raises(TrainingError, match=r"^reviewed_names$"):
        mask(original, how="masked", zones=zones, expires=EXPIRES, reviewed={"x": words}, random=Random(1))
    with pytest.raises(TrainingError, match=r"^reviewed_names$"):
        mask(original, how="masked", zones=zones, expires=EXPIRES, title=words, random=Random(1))


def test_every_fact_of_every_event_is_masked_on_purpose(original: Recording, zones: Zones) -> None:
    """A new event or field is refused by name until somebody says what becomes of it."""

    for tag in sorted(HAPPENS):
        kind = ev.EVENT_TYPES[tag]
        for name in kind.__struct_fields__:
            assert closed(kind, name) or name in {*TEXTS, *KEPT, *DROPPED, *NAMED, *PLACED}, f"{tag}.{name}"


def test_a_message_that_nobody_could_read_stays_one(original: Recording, zones: Zones) -> None:
    odd = Recorded(
        original.lines[0].at,
        {"kind": "press", "id": "odd", "device": DEVICE, "press": "Griet", "battery": "Griet", "fix": {"lat": "Griet"}},
    )
    recording = msgspec.structs.replace(original, lines=(odd, *original.lines))
    masked = mask(recording, how="masked", zones=zones, expires=EXPIRES, random=Random(2))
    assert isinstance(masked.lines[0], Recorded)
    message = masked.lines[0].message
    assert (message["press"], message["battery"], message["fix"]) == ("?", "?", "?")


def test_masked_twice_they_differ(original: Recording, zones: Zones) -> None:
    one, two = (mask(original, how="masked", zones=zones, expires=EXPIRES) for _ in range(2))
    assert one.lines[0].at != two.lines[0].at and positions(one)[0] != positions(two)[0]
