"""The recordings of a training room: those that came with Vigie, made here, or taken in from elsewhere."""

import contextlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from feeds.recordings.recorded import Happened
from feeds.recordings.recording import Recording, RecordingError, read_recording, recording_of, write_recording
from incidents import events as ev
from incidents.exercises.room import RecordingListed, TrainingError
from training.retention import Kept, Sources

SHIPPED = Path(__file__).parent / "recordings"
ENDING = ".vigierec"
NAME = re.compile(r"[a-z0-9_-]{1,80}")


class Recordings:
    """`folder`'s own beside those shipped, never in their place. Each file is read whole and checked before it is used."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime], shipped: Path = SHIPPED) -> None:
        self._folder, self._shipped, self._now = folder, shipped, now
        self._sources = Sources(folder)
        self._seen: dict[Path, tuple[tuple[int, int], RecordingListed, frozenset[str]]] = {}

    def listed(self) -> Sequence[RecordingListed]:
        """Those that can be played, the shipped ones first, then the newest."""
        found = [listed for _, listed, _ in self._all()]
        return sorted(found, key=lambda one: (not one.shipped, -one.made.timestamp(), one.name))

    def devices(self) -> Mapping[str, Collection[str]]:
        """The devices of each, by its name."""
        return {listed.name: devices for _, listed, devices in self._all()}

    def open(self, name: str) -> Recording:
        """Read one, to be played. Raises TrainingError: unknown, recording_invalid, expired, unmasked."""
        path = self._path(name)
        if path is None:
            raise TrainingError("unknown")
        recording = self._read(path)
        if recording.names_people:  # somebody laid it into the folder: here nobody is asked why, and nobody is excluded
            raise TrainingError("unmasked")
        return recording

    def take_in(self, name: str, raw: bytes) -> RecordingListed:
        """Keep a foreign file, wholly checked first and written anew from what was understood of it.

        Raises TrainingError: name_invalid, shipped, exists, recording_invalid, expired, unmasked (what is not masked comes in
        by no page), not_written.
        """
        self._check_name(name)
        try:
            recording = recording_of(raw, now=self._now())
        except RecordingError as error:
            raise _told(error) from None
        if recording.masking == "none":
            raise TrainingError("unmasked")
        return self._write(name, recording)

    def keep(
        self, name: str, recording: Recording, sources: Sequence[str], enter: Callable[[str], None]
    ) -> RecordingListed:
        """Keep one that was made of these incidents, once `enter` took note of it by its SHA-256; an OSError leaves no file.

        Raises TrainingError: name_invalid, shipped, exists, not_written.
        """
        self._check_name(name)
        assert recording.expires is not None
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._sources.keep(name, Kept(tuple(sources), recording.expires))
        except OSError:
            raise TrainingError("not_written") from None
        return self._write(name, recording, enter)

    def forget(self, name: str, *, played: Collection[str] = ()) -> None:
        """Delete one of the room's own that is not among those `played` now.

        Raises TrainingError: unknown, came_with_vigie, in_use, not_deleted.
        """
        path = self._path(name)
        if path is None:
            raise TrainingError("unknown")
        if path.parent == self._shipped:
            raise TrainingError("came_with_vigie")
        if name in played:
            raise TrainingError("in_use")
        try:
            path.unlink(missing_ok=True)
            self._sources.forget([name])
        except OSError:
            raise TrainingError("not_deleted") from None

    def sources(self, names: Collection[str]) -> Sequence[str]:
        """The incidents of the live log that these were made of, as far as they were made here. Raises OSError."""
        return sorted(
            {source for name, kept in self._sources.all().items() if name in names for source in kept.sources}
        )

    def sweep(self, erased: Collection[str]) -> list[str]:
        """Delete what is over; gives the names of those made here. Raises OSError."""
        known = self._sources.all()
        over = self.over(erased)
        for name in over:
            (self._folder / f"{name}{ENDING}").unlink(missing_ok=True)
        gone = [name for name in over if name in known]
        self._sources.forget(gone)
        return gone

    def over(self, erased: Collection[str]) -> list[str]:
        """The names of what has expired, and of what was made of an incident that was erased. Raises OSError."""
        known = self._sources.all()
        made = (name for name, kept in known.items() if kept.expires <= self._now() or set(kept.sources) & set(erased))
        foreign = (path for path in self._own() if path.name.removesuffix(ENDING) not in known)
        return [*made, *(path.name.removesuffix(ENDING) for path in foreign if self._expired(path))]

    def _expired(self, path: Path) -> bool:
        try:
            read_recording(path, now=self._now())
        except RecordingError as error:
            return _told(error).code == "expired"
        except OSError:  # one that cannot be read keeps none of the others
            return False
        return False

    def free_name(self, wish: str) -> str:
        """A name that nothing bears yet, beginning so."""
        names = (wish if n == 1 else f"{wish}-{n}" for n in range(1, 10_000))
        return next(name for name in names if self._path(name) is None)

    def _all(self) -> Iterator[tuple[Path, RecordingListed, frozenset[str]]]:
        for path in (*sorted(self._shipped.glob(f"*{ENDING}")), *self._own()):
            with contextlib.suppress(TrainingError, OSError):
                stat = path.stat()
                key = (stat.st_mtime_ns, stat.st_size)
                seen = self._seen.get(path)
                if seen is None or seen[0] != key:
                    self._remembered(path, self._read(path))
                    seen = self._seen[path]
                if seen[1].expires is None or seen[1].expires > self._now():
                    yield path, seen[1], seen[2]

    def _own(self) -> list[Path]:
        found = sorted(self._folder.glob(f"*{ENDING}")) if self._folder.is_dir() else []
        return [path for path in found if NAME.fullmatch(path.name.removesuffix(ENDING))]

    def _path(self, name: str) -> Path | None:
        if not NAME.fullmatch(name):
            return None
        found = (folder / f"{name}{ENDING}" for folder in (self._shipped, self._folder))
        return next((path for path in found if path.is_file()), None)

    def _check_name(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise TrainingError("name_invalid")
        if (self._shipped / f"{name}{ENDING}").exists():
            raise TrainingError("shipped")
        if self._path(name) is not None:
            raise TrainingError("exists")

    def _read(self, path: Path) -> Recording:
        try:
            return read_recording(path, now=self._now())
        except RecordingError as error:
            raise _told(error) from None
        except OSError:
            raise TrainingError("unknown") from None

    def _write(
        self, name: str, recording: Recording, enter: Callable[[str], None] = lambda sha256: None
    ) -> RecordingListed:
        path = self._folder / f"{name}{ENDING}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            enter(write_recording(path, recording))
        except OSError:
            path.unlink(missing_ok=True)
            raise TrainingError("not_written") from None
        return self._remembered(path, recording)

    def _remembered(self, path: Path, recording: Recording) -> RecordingListed:
        """What is listed of it; the file is not read again until it changes."""
        listed, stat = self._of(path, recording), path.stat()
        self._seen[path] = ((stat.st_mtime_ns, stat.st_size), listed, _devices(recording))
        return listed

    def _of(self, path: Path, recording: Recording) -> RecordingListed:
        lines = recording.lines
        return RecordingListed(
            name=path.name.removesuffix(ENDING),
            title=recording.title or path.name.removesuffix(ENDING),
            masking=recording.masking,
            made=recording.made,
            expires=recording.expires,
            length_s=recording.length_s,
            messages=len(recording.messages),
            events=sum(isinstance(line, Happened) and line.by.startswith("person") for line in lines),
            incidents=_incidents(recording),
            shipped=path.parent == self._shipped,
        )


def _incidents(recording: Recording) -> int:
    """As many as its entries name; where there are none, as many as devices pressed."""
    named = [line.incident for line in recording.lines if isinstance(line, Happened)]
    pressed = {str(line.message.get("device")) for line in recording.messages if line.message.get("kind") == "press"}
    by_hand = sum(isinstance(line, Happened) and isinstance(line.event, ev.Raised) for line in recording.lines)
    return max(named, default=len(pressed) + by_hand)


def _devices(recording: Recording) -> frozenset[str]:
    return frozenset(
        str(line.message["device"])
        for line in recording.messages
        if line.message["kind"] == "press" and "device" in line.message
    )


def _told(error: RecordingError) -> TrainingError:
    text = str(error)
    return TrainingError("expired") if text.startswith("it expired") else TrainingError("recording_invalid", text)
