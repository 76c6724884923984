"""Is the log what was written? A walk over all records, without any key, that names what is missing or was changed."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from gettext import ngettext
from pathlib import Path
from typing import Any

import msgspec

from incidents.log import LogUnavailable, Record
from incidents.log.chain import Chain, Finding, heads_digest
from incidents.log.months import month_of_key
from incidents.log.private_file import streams_with_keys
from incidents.log.record import CHECKPOINT, BadRecord
from incidents.log.repeating import mark_within
from incidents.log.schema import COLUMNS, NAME, REPORTED, check_log, record_of
from incidents.log.store import Store

_FINDINGS = 1000
_BACK_S = 60  # a clock that is corrected by less goes back unsaid
_NAMED = 20
_DIGEST = re.compile(r"(\d+)-(\d+)-([0-9a-f]{24})(?:-(\d+)-([0-9a-f]{8}))?(?:-e(\d+-[0-9a-f]{12}))?")


class Digest(msgspec.Struct, frozen=True):
    """What `log head` prints, for the handover sheet: `RECORDS-STREAMS-HEADS[-CHECKPOINTS-LAST][-eERASED]`.

    `heads` is the first 24 hex digits of the digest over the heads of all streams, `last` the first 8 of the newest checkpoint's
    hash; `streams` counts all but the stream of checkpoints. `erased`: how far the register of what was erased
    has come (`mark_of`).
    """

    records: int
    streams: int
    heads: str
    checkpoints: int = 0
    last: str = ""
    erased: str = ""

    def __str__(self) -> str:
        sealed = f"-{self.checkpoints}-{self.last}" if self.checkpoints else ""
        return f"{self.records}-{self.streams}-{self.heads}{sealed}{f'-e{self.erased}' if self.erased else ''}"

    @classmethod
    def parse(cls, text: str) -> "Digest":
        """Raises `ValueError`."""
        match = _DIGEST.fullmatch(text.strip().lower())
        if match is None:
            raise ValueError(
                "not a digest as `log head` prints it: RECORDS-STREAMS-24 hex digits[-CHECKPOINTS-8 hex digits]"
            )
        records, streams, heads, checkpoints, last, erased = match.groups()
        return cls(int(records), int(streams), heads, int(checkpoints or 0), last or "", erased or "")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `verify` saw: counts, the digest now, and what is wrong (the first 1,000; `more` further ones).

    `back`: where the times of entry go back by more than a minute (the first 20 of `steps_back`). That is no finding: a record
    that was held while the log could not be written stands so, and so does one that somebody put in with an earlier time.
    """

    records: int
    streams: int
    checkpoints: int
    head: str
    expected: str
    findings: list[Finding]
    more: int = 0
    back: list[str] = []
    steps_back: int = 0

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def summary(self) -> str:
        """The verdict in one line."""
        records = ngettext("1 record", f"{self.records} records", self.records)
        streams = ngettext("1 stream", f"{self.streams} streams", self.streams)
        sealed = ngettext("1 checkpoint", f"{self.checkpoints} checkpoints", self.checkpoints)
        counted = f"{records} in {streams}, {sealed}"
        if not self.ok:
            n = len(self.findings) + self.more
            return f"NOT VERIFIED: {ngettext('1 finding', f'{n} findings', n)}; {counted}"
        return f"verified: {counted}; digest {self.head}" + ("; holds all of the expected one" if self.expected else "")


def verify(
    path: Path, expect: str | None = None, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> Report:
    """Check every hash, link, version, id, position, checkpoint and head, and the digest of an earlier `log head`.

    Works on a log in use; `progress` is called with the position that was read and the last one. Raises `LogUnavailable` when
    there is no readable log, and `ValueError` for a text that is no digest.
    """
    expected = (
        msgspec.structs.replace(Digest.parse(expect), erased="") if expect else None
    )  # the log says nothing of it
    walk = _Walk(expected)
    with Store(path, NAME, writing=False) as store:
        check_log(store)
        try:
            with store.use() as db:
                db.execute("BEGIN")
                walk.records(db, progress)
                walk.tables(db)
                db.execute("COMMIT")
        except LogUnavailable as error:
            walk.say(Finding(kind="damaged", position=walk.position, text=f"reading stopped: {error}"))
    walk.judge(path)
    chain = walk.chain
    return Report(
        records=chain.count,
        streams=len(chain.heads.keys() - {CHECKPOINT}),
        checkpoints=chain.heads.get(CHECKPOINT, (0, ""))[0],
        head=str(_digest(chain)),
        expected=expect or "",
        findings=walk.findings[:_FINDINGS],
        more=max(0, len(walk.findings) - _FINDINGS) + walk.more,
        back=walk.back,
        steps_back=walk.steps_back,
    )


def head(path: Path, register: Path | None = None) -> str:
    """The digest of the log as it is now, and of a `register` of what was erased. Raises `LogUnavailable`."""
    with Store(path, NAME, writing=False) as store:
        check_log(store)
        with store.use() as db:
            db.execute("BEGIN")
            records = db.execute("SELECT count(*) FROM records").fetchone()[0]
            # SQLite takes the other columns from the row that has the maximum.
            query = "SELECT stream, max(version), hash FROM records GROUP BY stream ORDER BY stream"
            heads = {stream: (version, hash_) for stream, version, hash_ in db.execute(query)}
            db.execute("COMMIT")
    lines = [f"{stream} {version} {hash_}\n" for stream, (version, hash_) in heads.items()]
    erased = mark_within(register) if register is not None else ""
    return str(msgspec.structs.replace(_make(records, heads, lines), erased=erased))


def begun(path: Path) -> str:
    """When the first record was written (RFC 3339, UTC); "" where there is none. Raises `LogUnavailable`."""
    with Store(path, NAME, writing=False) as store:
        check_log(store)
        with store.use() as db:
            row = db.execute("SELECT at FROM records ORDER BY seq LIMIT 1").fetchone()
    return str(row[0]) if row else ""


class _Walk:
    """One pass over the records, then what the other tables and the digest have to say."""

    def __init__(self, expected: Digest | None) -> None:
        self.chain = Chain()
        self.findings: list[Finding] = []
        self.more = 0
        self.back: list[str] = []
        self.steps_back = 0
        self.position = 0
        self._expected = expected
        self._then = _digest(self.chain) if expected and not expected.records else None
        self._anchor: Record | None = None
        self._last: Record | None = None
        self._named: dict[tuple[str, str], None] = {}

    def say(self, finding: Finding) -> None:
        if len(self.findings) >= _FINDINGS:
            self.more += 1
        else:
            self.findings.append(finding)
        if finding.stream:
            self._named[(finding.kind, finding.stream)] = None

    def records(self, db: sqlite3.Connection, progress: Callable[[int, int], None]) -> None:
        expected, chain = self._expected, self.chain
        last = db.execute("SELECT max(seq) FROM records").fetchone()[0]
        for position, row in _rows(db):
            if position != self.position + 1:
                text = f"the records at positions {self.position + 1} to {position - 1} were removed"
                self.say(Finding(kind="gap", position=position, text=text))
            self.position = position
            if position % REPORTED == 0:
                progress(position, last)
            try:
                record = record_of(row)
            except (BadRecord, TypeError) as error:
                self.say(Finding(kind="format", position=position, text=f"not a record: {error}"))
                continue
            for finding in chain.add(record, position):
                self.say(finding)
            self._look_back(record)
            self._last = record
            if expected is not None:
                if chain.count == expected.records:
                    self._then = _digest(chain)
                if record.stream == CHECKPOINT and record.version == expected.checkpoints:
                    self._anchor = record

    def _look_back(self, record: Record) -> None:
        last = self._last
        if last is None or record.at >= last.at:
            return
        try:
            by = datetime.fromisoformat(last.at) - datetime.fromisoformat(record.at)
        except (ValueError, TypeError):  # no time: its hash says that it was changed
            return
        if by.total_seconds() > _BACK_S:
            self.steps_back += 1
            if len(self.back) < _NAMED:
                self.back.append(
                    f"{record.stream} version {record.version} of {record.at} stands after"
                    f" {last.stream} version {last.version} of {last.at}"
                )

    def tables(self, db: sqlite3.Connection) -> None:
        """Ids, the highest position ever used, and the table of heads."""
        for record_id, count in db.execute("SELECT id, count(*) FROM records GROUP BY id HAVING count(*) > 1"):
            first = db.execute("SELECT seq, stream FROM records WHERE id = ?", (record_id,)).fetchone()
            text = f"an id occurs {count} times, first in {first[1]}"
            self.say(Finding(kind="duplicate", stream=first[1], position=first[0], text=text))
        heads = self.chain.heads
        kept = {row[0]: (row[1], row[2]) for row in db.execute("SELECT stream, version, hash FROM heads")}
        for stream, (version, hash_) in kept.items():
            last, found = heads.get(stream, (0, ""))
            if last == 0:
                text = f"{stream} was removed: all of its {version} records are missing (named by the table of heads)"
                self._once(Finding(kind="removed", stream=stream, text=text))
            elif last < version:
                text = f"{stream} was cut: versions {last + 1} to {version} are missing (named by the table of heads)"
                self._once(Finding(kind="removed", stream=stream, version=last + 1, text=text))
            elif last == version and found != hash_:
                text = f"{stream} was rewritten: its version {version} is not the one the table of heads holds"
                self._once(Finding(kind="rewritten", stream=stream, version=version, text=text))
            elif last > version:
                text = f"{stream} has version {last}, the table of heads stops at {version}"
                self._once(Finding(kind="heads", stream=stream, version=version, text=text))
        for stream in sorted(heads.keys() - kept.keys()):
            self._once(Finding(kind="heads", stream=stream, text=f"{stream} is not in the table of heads"))
        highest = db.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'records'").fetchone()[0] or 0
        if highest > self.position:
            self._tail(highest - self.position)

    def judge(self, path: Path) -> None:
        """Compare with the expected digest; when it fails, say what happened as exactly as what is left allows."""
        expected, then = self._expected, self._then
        if expected is None:
            return
        # A digest without its last two parts (they may be left out on paper) is judged by the first three.
        if then is not None and str(then).startswith(str(expected)):
            return
        missing = expected.records - self.chain.count
        named = {stream for kind, stream in self._named if kind in ("removed", "rewritten", "added")}
        known = any(finding.kind in ("gap", "tail") for finding in self.findings)
        if missing > 0 and not known and not self._anchor_lost() and not self._middle():
            self._tail(missing)
        if missing > 0 or not named:
            keyed = {month_of_key(key)[0] for key in streams_with_keys(path)}
            for stream in sorted(keyed - self.chain.heads.keys()):
                text = f"{stream} was removed: the private store holds its key, the log no record of it"
                self._once(Finding(kind="removed", stream=stream, text=text))
        self.say(Finding(kind="digest", text=self._difference(expected, then)))

    def _difference(self, expected: Digest, then: Digest | None) -> str:
        text = f"the digest stood for {expected.records} records in {expected.streams} streams; "
        if then is None:
            text += (
                f"there are {self.chain.count} in {len(self.chain.heads.keys() - {CHECKPOINT})}: records are missing"
            )
        elif then.streams < expected.streams:
            text += f"the first {then.records} are in {then.streams}: whole streams are missing"
        else:
            text += f"the first {then.records}, in {then.streams} streams, are not the same ones: removed or rewritten"
        if expected.checkpoints:
            if self._anchor_lost():
                text += f"; checkpoint {expected.checkpoints} is not the one of then: look for the change before it"
            elif self._anchor is not None:
                text += f"; up to checkpoint {expected.checkpoints} of {self._anchor.at} the history is the one of then"
        return text + ". The first digest of earlier handover sheets that fails tells when"

    def _anchor_lost(self) -> bool:
        expected = self._expected
        if expected is None or self._anchor is None or not expected.last:
            return False
        return not self._anchor.hash.startswith(expected.last)

    def _middle(self) -> bool:
        """Whether a checkpoint that is still there names something: then it was not merely the end that went."""
        return self.chain.checkpoints_bad > 0

    def _tail(self, missing: int) -> None:
        last = self._last
        after = f"after {last.stream} version {last.version} of {last.at}" if last else "and nothing is left"
        text = f"the tail was removed: {missing} records are missing at the end, {after}"
        self.say(Finding(kind="tail", position=self.position, text=text))

    def _once(self, finding: Finding) -> None:
        if (finding.kind, finding.stream) not in self._named:
            self.say(finding)


def _rows(db: sqlite3.Connection) -> Iterator[tuple[int, Any]]:
    for row in db.execute(f"SELECT seq, {COLUMNS} FROM records ORDER BY seq"):
        yield row[0], row[1:]


def _digest(chain: Chain) -> Digest:
    return _make(chain.count, chain.heads, chain.lines(checkpoints=True))


def _make(records: int, heads: dict[str, tuple[int, str]], lines: list[str]) -> Digest:
    checkpoints, last = heads.get(CHECKPOINT, (0, ""))
    return Digest(records, len(heads.keys() - {CHECKPOINT}), heads_digest(lines)[:24], checkpoints, last[:8])
