"""What a page reports of itself: whether it is in sight, whether it can be heard, whether its sounds were tested.

Only a page that is both counts as a console that watches. A report that is not renewed counts for nothing: a sleeping
laptop, a frozen tab and a half-open line report nothing, and nobody may be thought to listen there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

Sound = Literal["armed", "blocked", "muted"]
# A page reports every 5 s, as the server's heartbeat reaches it: two reports and a heartbeat may go astray.
STALE_S = 12.0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A page's report. `at` in seconds of the loop's clock: the desk's own may be driven."""

    visible: bool
    sound: Sound
    at: float

    def fresh(self, now: float) -> bool:
        """Whether it can still be believed."""
        return now - self.at <= STALE_S


class Watching(msgspec.Struct, frozen=True, kw_only=True):
    """A connected page: who is before it, whether it is in sight and whether it can be heard."""

    session: str
    actor: str
    desk: str
    visible: bool
    audible: bool
    cics: frozenset[str] = frozenset()  # the centres it covers

    @property
    def both(self) -> bool:
        """Whether a press on it is seen and heard: the only screen that counts by the first rule."""
        return self.visible and self.audible


class SoundTest(msgspec.Struct, frozen=True, kw_only=True):
    """The sounds were played and a person said whether all of them were heard."""

    at: datetime
    heard: bool


def counted(pages: Iterable[Watching]) -> dict[str, int]:
    """How many pages are open, in sight, can be heard, and both: for monitoring."""
    pages = tuple(pages)
    return {
        "open": len(pages),
        "visible": sum(page.visible for page in pages),
        "audible": sum(page.audible for page in pages),
        "watching": sum(page.both for page in pages),
    }
