"""Debriefs of the exercises that are kept, read from their folders, and a trainee's progress over them.

The original of a scenario's recording is played once more, at full speed, on a log of its own: the same fold makes its times.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

import msgspec

from feeds.recordings.recording import RecordingError, read_recording
from incidents.cases.register import brussels_today
from incidents.exercises.debrief import (
    Course,
    Debrief,
    Standing,
    course_of,
    debrief_of,
    in_words,
    standing_of,
    without_places,
)
from incidents.exercises.room import TrainingError
from incidents.exercises.scenario import Scenario
from incidents.intervals import Profile
from incidents.log import LogUnavailable
from incidents.log.master import KeyMismatch
from incidents.log.training import TrainingLog
from incidents.timeline import Timeline, timeline
from incidents.withheld import Withholding
from maps.zones import Zones
from reports.measures.profiles import PROFILES
from training.exercise.archive import (
    ACCOUNT,
    BASES,
    LOG,
    Kept,
    ended_at,
    kept_folders,
    names_of,
    read_kept,
    read_played,
)
from training.replay.run import Run, Stage
from training.replay.schedule import Score

AGAINST: tuple[Profile, ...] = tuple(PROFILES.values())


class Addresses(Protocol):
    """What says the positions in words; each may read files."""

    def words_at(self, lat: float, lon: float, radius_m: float | None) -> str: ...
    def credited(self) -> str: ...


async def read_debrief(
    folder: Path, zones: Zones, *, original: bool = True, addresses: Addresses | None = None
) -> Debrief:
    """The debrief of the exercise kept in this folder; without its originals, and without words for its positions, where nobody
    looks at them, which is quicker.

    Raises TrainingError: unknown, log_unavailable (its log can't be read, or its keys are gone).
    """
    kept, scenario = await asyncio.to_thread(lambda: (read_kept(folder), read_played(folder)))
    if kept.began is None:
        raise TrainingError("unknown")
    began = kept.began
    originals = await _originals(folder, scenario, began, zones) if original else {}
    try:
        log = await TrainingLog.open(folder / LOG, reading=True)
    except (LogUnavailable, KeyMismatch):
        raise TrainingError("log_unavailable") from None
    try:
        name_of = cache(lambda word: (log.vault.name_of(word) or "?") if word else "")
        timelines = await _timelines(log)
        incidents, missed = debrief_of(
            timelines, scenario, began=began, name_of=name_of, profiles=AGAINST, originals=originals
        )
        debrief = Debrief(
            id=kept.id,
            title=kept.title,
            trainer=name_of(kept.trainer),
            trainees=tuple(name_of(trainee.actor) for trainee in kept.trainees),
            began=began,
            length_s=kept.length_s if kept.ended else _until_cut(kept, began, timelines),
            cut_off=kept.ended is None,
            incidents=incidents,
            missed=missed,
            told=kept.told,
            remarks=tuple(msgspec.structs.replace(one, by=name_of(one.by)) for one in kept.remarks),
            halts=tuple(msgspec.structs.replace(one, out=name_of(one.out)) for one in kept.halts),
        )
        return await asyncio.to_thread(_as_shown, debrief, folder, scenario, addresses)
    except LogUnavailable:
        raise TrainingError("log_unavailable") from None
    finally:
        await log.close()


def _as_shown(debrief: Debrief, folder: Path, scenario: Scenario, addresses: Addresses | None) -> Debrief:
    """Without what leads to a protected place, and in words."""
    rule = _withholding(folder, scenario)
    clean = without_places(debrief, rule)
    return in_words(clean, rule, addresses.words_at, addresses.credited()) if addresses is not None else clean


def _withholding(folder: Path, scenario: Scenario) -> Withholding:
    """The rule for what leads to a place of its cases, of an exercise with a recording of what happened, masked or not.

    A scenario and a recording that is made up are about nobody: there nothing is withheld. All of it is where a recording that
    brought cases can't be read any more.
    """
    cases, happened = list(scenario.cases), False
    for base in scenario.base:
        try:
            recording = read_recording(folder / BASES / f"{base.recording}.jsonl")
        except (OSError, RecordingError):
            return Withholding(unknown=True)
        cases += recording.cases
        happened |= recording.expires is not None  # `Recording.expires`
    return Withholding.of_all(cases) if happened else Withholding()


async def progress_of(exercises: Path, account: str, zones: Zones) -> tuple[Standing, ...]:
    """How whoever is signed in under this account did in the exercises they took part in, the earliest first.

    Only they, and the trainers of these exercises, may be shown it.
    """
    found = []
    for folder, kept in await asyncio.to_thread(lambda: sorted(kept_folders(exercises), key=lambda it: ended_at(*it))):
        try:
            who = await asyncio.to_thread(_joined_as, folder, kept, account)
            if who:
                found.append(standing_of(await read_debrief(folder, zones, original=False), who))
        except TrainingError:
            continue
    return tuple(found)


async def progress_under(exercises: Path, trainer: str, zones: Zones) -> dict[str, tuple[Standing, ...]]:
    """By account, how those did who took part, signed in, in the exercises that this trainer trained: in these alone.

    Who joined without an account is not in it: the same name in two exercises may be two people.
    """
    found: dict[str, list[Standing]] = {}
    for folder, kept in await asyncio.to_thread(lambda: sorted(kept_folders(exercises), key=lambda it: ended_at(*it))):
        words = {kept.trainer, *(word for one in kept.trainees if one.account for word in (one.actor, one.account))}
        names = await asyncio.to_thread(names_of, folder, words)
        if trainer in ("", "?") or names[kept.trainer] != trainer:
            continue
        with contextlib.suppress(TrainingError):
            debrief = await read_debrief(folder, zones, original=False)
            for one in kept.trainees:
                if one.account and (account := names[one.account]).startswith(ACCOUNT):
                    standing = standing_of(debrief, names[one.actor])
                    found.setdefault(account.removeprefix(ACCOUNT), []).append(standing)
    return {account: tuple(standings) for account, standings in sorted(found.items())}


def took_part(folder: Path, account: str) -> bool:
    """Whether somebody signed in under this account took part in the exercise kept here. Raises TrainingError("unknown")."""
    return bool(_joined_as(folder, read_kept(folder), account))


def _joined_as(folder: Path, kept: Kept, account: str) -> str:
    """The name under which an account took part; "" when it did not, or nobody can say any more."""
    names = names_of(folder, (word for one in kept.trainees for word in (one.actor, one.account)))
    return next((names[one.actor] for one in kept.trainees if names.get(one.account) == ACCOUNT + account), "")


def _until_cut(kept: Kept, began: datetime, timelines: Sequence[Timeline]) -> float:
    """Where an exercise was cut off, seconds: at the last thing that was written of it."""
    last = [(moment.at - began).total_seconds() for one in timelines for moment in one.moments]
    done = (one.at_s for several in (kept.told, kept.remarks, kept.halts) for one in several)
    return max(kept.length_s, *last, *done, 0.0)


async def _timelines(log: TrainingLog) -> list[Timeline]:
    streams = await log.latest(["raised"])
    return [timeline(await log.stream(stream), log.unseal) for stream in streams]


async def _originals(folder: Path, scenario: Scenario, began: datetime, zones: Zones) -> dict[str, Course]:
    """By device, how it went when it was recorded. A recording that can't be read any more is left out."""
    found: dict[str, Course] = {}
    for base in scenario.base:
        try:
            recording = await asyncio.to_thread(read_recording, folder / BASES / f"{base.recording}.jsonl")
            score = await asyncio.to_thread(Score, recording)
        except (OSError, RecordingError, TrainingError):
            continue
        for course in await _played(score, score.begin - timedelta(seconds=base.at), folder, zones):
            found.setdefault(*course)
    return found


async def _played(score: Score, begin: datetime, folder: Path, zones: Zones) -> list[tuple[str, Course]]:
    stage = Stage(score, zones, today=brussels_today)
    run = await Run.open(stage, folder / f"original-{secrets.token_hex(4)}")
    try:
        await run.advance(len(score.entries))
        name_of = cache(lambda word: run.log.vault.name_of(word) or word)
        return [
            (one.incident.device or "", course_of(one, begin, name_of, AGAINST, scripted=False))
            for one in await _timelines(run.log)
        ]
    finally:
        await run.close()
