"""What is held under one id, by content and by press: one look-up for a message, however many share its id. No I/O."""

from collections.abc import Hashable, Iterable
from datetime import UTC, datetime

from feeds import decoding as wire
from feeds.gateway.posted import Posted, content_of
from feeds.gateway.store import Published
from incidents.messages import Message, PressReport

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # what is held says its own time
_ANY = ""


class SameId:
    """The numbers under one id. `held` are the messages that are there; those that come are told with `add`."""

    def __init__(self, feed: str, held: Iterable[Published]) -> None:
        self._seqs: dict[Hashable, int] = {}
        for one in held:
            self._add(one, content_of(one.raw), wire.decode_message(feed, one.raw, received=_LONG_AGO))

    def __len__(self) -> int:
        """How many ways to find one it remembers: some of each, also of what is held no more."""
        return len(self._seqs)

    def add(self, published: Published, posted: Posted) -> None:
        """One more is held."""
        self._add(published, posted.content, posted.message)

    def newest(self, oldest: int) -> int | None:
        """The number given last, if it is still held: not below `oldest`."""
        return self._seq(_ANY, oldest)

    def repeated(self, posted: Posted, oldest: int) -> int | None:
        """The number of the message that says the same; its time counts only where it is the sender's own."""
        return self._seq(posted.content if posted.undated else (posted.content, posted.fields["at"]), oldest)

    def contradicted(self, posted: Posted, oldest: int) -> int | None:
        """The number of a message that this one is, in other words: the same press, or anything where it is none.

        A press whose device or time can't be read is never known to be another.
        """
        report = posted.message.report
        if not isinstance(report, PressReport):
            return self.newest(oldest)
        if report.device is None or posted.undated:
            return None
        return self._seq((report.device, posted.message.at), oldest)

    def _add(self, published: Published, content: bytes, message: object) -> None:
        names: list[Hashable] = [_ANY, content, (content, published.at)]
        if isinstance(message, Message) and isinstance(message.report, PressReport) and message.report.device:
            names.append((message.report.device, message.at))
        self._seqs |= dict.fromkeys(names, published.seq)

    def _seq(self, name: Hashable, oldest: int) -> int | None:
        seq = self._seqs.get(name, 0)
        return seq if seq >= max(oldest, 1) else None
