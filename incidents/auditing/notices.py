"""The notices of the log as they stand: what was unusual, and what auditors did about it."""

from collections.abc import Callable, Iterable

import msgspec

from incidents import events as ev
from incidents.log import Record

RAISED, DEALT = "notice_raised", "notice_dealt"


class Dealt(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor did about a notice, when (ms since 1970), and their note. `stream`: where it is recorded."""

    state: ev.NoticeState
    at_ms: int
    who: str
    note: str
    stream: str


class RaisedNotice(msgspec.Struct, kw_only=True):
    """A notice: its record's id and stream, the rule, of whom, about what, when that happened (ms), and what became of it."""

    id: str
    stream: str
    rule: str
    who: str
    about: str
    at_ms: int
    count: int
    dealt: tuple[Dealt, ...] = ()

    @property
    def state(self) -> ev.NoticeState | str:
        """The newest; "new" where nobody did anything."""
        return self.dealt[-1].state if self.dealt else "new"


class Notices:
    """By their ids, in the order in which they were made. One thread takes records; any thread reads."""

    def __init__(self, unseal: Callable[[Record], bytes | None]) -> None:
        self.standing: dict[str, RaisedNotice] = {}
        self.counted: dict[str, tuple[int, ...]] = {}  # the positions of the looks that each counted
        self._unseal = unseal

    def raised(self, record: Record, positions: Callable[[Iterable[str]], Iterable[int]]) -> None:
        entry = ev.entry(record, self._unseal(record))
        event = entry.event
        if isinstance(event, ev.NoticeRaised):
            looks = event.looks or event.of  # an older one says only which was the last
            self.counted[record.id] = tuple(positions(looks.split("\n"))) or (-1,)
            self.standing[record.id] = RaisedNotice(
                id=record.id,
                stream=record.stream,
                rule=event.rule,
                who=event.person,
                about=event.about,
                at_ms=round(entry.source_at.timestamp() * 1000),
                count=event.count,
            )

    def dealt(self, record: Record) -> None:
        entry = ev.entry(record, self._unseal(record))
        event = entry.event
        if isinstance(event, ev.NoticeDealt) and (notice := self.standing.get(event.notice)):
            at_ms = round(entry.at.timestamp() * 1000)
            done = Dealt(state=event.state, at_ms=at_ms, who=record.actor, note=event.note, stream=record.stream)
            notice.dealt = (*notice.dealt, done)

    def forget(self, stream: str) -> None:
        """Of a stream that was erased no notice stays, and no note."""
        self.standing = {id: one for id, one in self.standing.items() if one.stream != stream}
        for one in self.standing.values():
            one.dealt = tuple(
                msgspec.structs.replace(done, note="") if done.stream == stream else done for done in one.dealt
            )
