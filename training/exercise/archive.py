"""An exercise as its folder keeps it, for the debrief and until it is deleted.

`FOLDER/exercises/ID/` holds:
- `exercise.json`: a `Kept`, whose persons are pseudonyms of the exercise's own log;
- `scenario.json`: the `Scenario` as it was played (JSON of the type, whatever becomes of its YAML file);
- `exercise.log` with `.private` and `.key` beside it: the log that the trainees' decisions stand in, a log as docs/log.md has it
  but marked as an exercise's; its actors are the pseudonyms, `Vault.name_of` tells who they are until that is erased;
- `bases/NAME.jsonl`: the recordings the scenario was made of, as they were then.

The log's `at` is the exercise's clock: `began` and the seconds gone by, pauses left out. Deleting the folder deletes it all.
"""

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from centre.spool import write_whole
from feeds.recordings.recording import Recording, write_recording
from incidents.exercises.room import Halt, Remark, Told, TrainingError
from incidents.exercises.scenario import Scenario
from incidents.log import LogUnavailable
from incidents.log.master import KeyMismatch
from incidents.log.training import TrainingVault

LOG = "exercise.log"
ACCOUNT = "account "  # before an account's name, which may be the name somebody else joined by
FACTS = "exercise.json"
SCENARIO = "scenario.json"
BASES = "bases"


class KeptTrainee(msgspec.Struct, frozen=True, kw_only=True):
    """A trainee by pseudonyms: of the name they joined by, and of their account where they were signed in."""

    actor: str
    account: str = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What `exercise.json` says. `ended` None: it was cut off, by a crash or a power cut; `length_s` is where it ended."""

    format: Literal["vigie-exercise"] = "vigie-exercise"
    version: Literal[1] = 1
    id: str
    title: str
    language: str = ""  # what it was played in; "" where its scenario does not say
    scenario: str  # its name in the room
    trainer: str  # a pseudonym of the exercise's log
    began: datetime | None = None  # the first moment of the exercise's clock
    ended: datetime | None = None  # by the clock on the wall
    length_s: float = 0.0
    trainees: tuple[KeptTrainee, ...] = ()
    told: tuple[Told, ...] = ()
    bases_expire: datetime | None = None  # when a recording it was made of must be gone, and with it what came of it
    sources: tuple[str, ...] = ()  # the incidents of the live log that its recordings were made of
    remarks: tuple[Remark, ...] = ()  # of the trainer, `by` a pseudonym too
    halts: tuple[Halt, ...] = ()  # `out` a pseudonym


def write_kept(folder: Path, kept: Kept) -> None:
    """Write `exercise.json`, whole. Raises OSError."""
    write_whole(folder / FACTS, msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def read_kept(folder: Path) -> Kept:
    """Raises TrainingError("unknown") when there is none that can be read."""
    try:
        return msgspec.json.decode((folder / FACTS).read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise TrainingError("unknown") from None


def write_scenario(folder: Path, scenario: Scenario) -> None:
    """Write `scenario.json`, whole. Raises OSError."""
    write_whole(folder / SCENARIO, msgspec.json.format(msgspec.json.encode(scenario), indent=1) + b"\n")


def write_bases(folder: Path, recordings: Mapping[str, Recording]) -> None:
    """Write the recordings that an exercise is made of. Raises OSError."""
    if recordings:
        (folder / BASES).mkdir(mode=0o700)
    for name, recording in recordings.items():
        write_recording(folder / BASES / f"{name}.jsonl", recording)


def read_played(folder: Path) -> Scenario:
    """The scenario of a kept exercise. Raises TrainingError("unknown")."""
    try:
        return msgspec.json.decode((folder / SCENARIO).read_bytes(), type=Scenario)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        raise TrainingError("unknown") from None


def kept_folders(exercises: Path) -> Iterator[tuple[Path, Kept]]:
    """Every kept exercise of a room, the newest first; what can't be read is passed over."""
    found = []
    for folder in exercises.iterdir() if exercises.is_dir() else ():
        try:
            found.append((folder, read_kept(folder)))
        except TrainingError:
            continue
    yield from sorted(found, key=lambda item: ended_at(*item), reverse=True)


def ended_at(folder: Path, kept: Kept) -> datetime:
    """When an exercise ended; one that was cut off ended when its folder was last written."""
    return kept.ended or datetime.fromtimestamp((folder / FACTS).stat().st_mtime, UTC)


def names_of(folder: Path, pseudonyms: Iterable[str]) -> dict[str, str]:
    """Who the pseudonyms of a kept exercise's log are; "?" once that was erased or can't be read, "" is nobody."""
    names = dict.fromkeys(pseudonyms, "?") | {"": ""}
    try:
        vault = TrainingVault.open(folder / LOG, reading=True)
    except (LogUnavailable, KeyMismatch):
        return names
    try:
        return {word: (vault.name_of(word) or "?") if word else "" for word in names}
    finally:
        vault.close()


def expires_at(folder: Path, kept: Kept, keep_days: int) -> datetime:
    """When an exercise is deleted: so many days after its end, and not later than a recording it was made of."""
    ends = ended_at(folder, kept) + timedelta(days=keep_days)
    return min(ends, kept.bases_expire or ends)


def overdue(exercises: Path, now: datetime, keep_days: int) -> list[Path]:
    """The folders whose time is over."""
    return [folder for folder, kept in kept_folders(exercises) if expires_at(folder, kept, keep_days) < now]


def over(exercises: Path, now: datetime, keep_days: int, erased: Collection[str]) -> list[Path]:
    """The folders whose time is over, that came of an incident that was `erased`, or that a crash left before it began."""
    found = kept_folders(exercises)
    gone = [folder for folder, kept in found if kept.began is None or not set(kept.sources).isdisjoint(erased)]
    return list({*gone, *overdue(exercises, now, keep_days)})


def delete(folder: Path) -> None:
    """Delete an exercise: the keys first, so that what a failure leaves can't be read. Raises OSError."""
    for name in (f"{LOG}.key", f"{LOG}.private"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder)
