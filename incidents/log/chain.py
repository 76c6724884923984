"""The chain: what ties records together, and what a walk over them finds broken.

Within a stream each record carries the hash of the one before it. Across streams a checkpoint carries the digest of all
heads, the count, and the heads that changed since the checkpoint before it, so that a stream that was removed has a name.
"""

import hashlib
from collections.abc import Iterable
from typing import Literal

import msgspec

from incidents.log import NO_HASH, OpenFacts, Record
from incidents.log.record import CHECKPOINT, BadRecord, check_record, hash_of

Kind = Literal[
    "rewritten", "removed", "tail", "added", "order", "duplicate", "gap", "checkpoint", "heads", "format", "digest",
    "damaged",
]  # fmt: skip

_PREFIX = 16  # hex digits of a hash in a checkpoint's list: 64 bits name a head, the digest binds it


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong. `version` and `position` are 0 when it concerns the stream, or the log, as a whole."""

    kind: Kind
    text: str
    stream: str = ""
    version: int = 0
    position: int = 0

    def __str__(self) -> str:
        return f"{self.kind}: " + (f"record {self.position}: " if self.position else "") + self.text


def head_line(stream: str, version: int, hash_: str) -> str:
    """One line of what a digest of heads is made over."""
    return f"{stream} {version} {hash_}\n"


def heads_digest(lines: Iterable[str]) -> str:
    """SHA-256 over the head lines, sorted by stream (code points), 64 hex digits."""
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def checkpoint_facts(
    lines: list[str], changed: Iterable[tuple[str, int, str]], count: int
) -> OpenFacts:  # fmt: skip
    """A checkpoint's open facts: `lines` are the sorted head lines of all other streams, `count` all records before it."""
    listed = "\n".join(f"{stream} {version} {hash_[:_PREFIX]}" for stream, version, hash_ in changed)
    return {"heads": heads_digest(lines), "count": count, "streams": len(lines), "changed": listed}


class Chain:
    """A walk over records in the order of writing: knows the heads so far, says what does not fit, and goes on."""

    def __init__(self) -> None:
        self.count = 0
        self.heads: dict[str, tuple[int, str]] = {}
        self.checkpoints_ok = 0
        self.checkpoints_bad = 0
        self.last_checkpoint: Record | None = None
        self._sorted: list[str] = []
        self._new: list[str] = []
        self._changed: set[str] = set()

    def add(self, record: Record, position: int) -> list[Finding]:
        """Take the next record; `position` is what findings call it."""
        found: list[Finding] = []
        stream, version = record.stream, record.version

        def say(kind: Kind, text: str) -> None:
            found.append(Finding(kind=kind, stream=stream, version=version, position=position, text=text))

        try:
            check_record(record)
            if hash_of(record) != record.hash:
                say("rewritten", f"{stream} version {version} was rewritten: its hash is not that of its content")
        except BadRecord as error:
            say("format", f"{stream} version {version} is not a record: {error}")
        last, hash_ = self.heads.get(stream, (0, NO_HASH))
        if version > last + 1:
            gone = f"version {last + 1}" if version == last + 2 else f"versions {last + 1} to {version - 1}"
            say("removed", f"{stream} {gone} removed: version {version} follows version {last}")
        elif version <= last:
            say("order", f"{stream} version {version} stands after version {last}")
        elif record.prev != hash_:
            say(
                "rewritten",
                f"{stream} was rewritten: version {version} was not chained to the version {last} before it",
            )
        if stream == CHECKPOINT:
            found += self._check(record, position)
            self.last_checkpoint = record
        else:
            self._changed.add(stream)
        if last == 0:
            self._new.append(stream)
        self.heads[stream] = (version, record.hash)
        self.count += 1
        return found

    def lines(self, *, checkpoints: bool) -> list[str]:
        """The head lines now, sorted by stream, with or without the stream of checkpoints."""
        if self._new:
            self._new.sort()
            self._sorted += self._new  # two sorted runs: merged in one pass
            self._sorted.sort()
            self._new = []
        heads = self.heads
        return [
            f"{stream} {heads[stream][0]} {heads[stream][1]}\n"
            for stream in self._sorted
            if checkpoints or stream != CHECKPOINT
        ]

    def _check(self, record: Record, position: int) -> list[Finding]:
        found = list(self._compare(record, position))
        lines = self.lines(checkpoints=False)
        facts = record.open
        holds = (
            facts.get("heads") == heads_digest(lines)
            and facts.get("count") == self.count
            and facts.get("streams") == len(lines)
        )
        # After the first that fails all later ones must: they are counted, not told one by one.
        if not holds and not found and not self.checkpoints_bad:
            text = (
                f"checkpoint {record.version} of {record.at} does not hold: it counted {facts.get('count')} records in "
                f"{facts.get('streams')} streams before it, there are {self.count} in {len(lines)}"
            )
            found.append(
                Finding(kind="checkpoint", stream=CHECKPOINT, version=record.version, position=position, text=text)
            )
        if holds and not found:
            self.checkpoints_ok += 1
        else:
            self.checkpoints_bad += 1
        self._changed.clear()
        return found

    def _compare(self, record: Record, position: int) -> Iterable[Finding]:
        by = f"(named by checkpoint {record.version} of {record.at})"
        listed = {}
        for line in str(record.open.get("changed", "")).splitlines():
            stream, _, rest = line.rpartition(" ")[0].rpartition(" ")
            if not stream or not rest.isdigit():
                text = f"checkpoint {record.version} lists a line that is no head"
                yield Finding(kind="format", stream=CHECKPOINT, version=record.version, position=position, text=text)
                continue
            listed[stream] = (int(rest), line.rpartition(" ")[2])
        for stream, (version, prefix) in listed.items():
            last, hash_ = self.heads.get(stream, (0, NO_HASH))
            if last == 0:
                text = f"{stream} was removed: all of its {version} records are missing {by}"
                yield Finding(kind="removed", stream=stream, position=position, text=text)
            elif last < version:
                text = f"{stream} was cut: versions {last + 1} to {version} are missing {by}"
                yield Finding(kind="removed", stream=stream, version=last + 1, position=position, text=text)
            elif last == version and not hash_.startswith(prefix):
                text = f"{stream} was rewritten: version {version} is not the one that was written {by}"
                yield Finding(kind="rewritten", stream=stream, version=version, position=position, text=text)
            elif last > version:
                text = f"{stream} versions {version + 1} to {last} were not there yet {by}"
                yield Finding(kind="added", stream=stream, version=version + 1, position=position, text=text)
        for stream in sorted(self._changed - listed.keys()):
            text = f"{stream} is not in the list of what changed: added afterwards {by}"
            yield Finding(kind="added", stream=stream, position=position, text=text)
