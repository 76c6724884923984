"""What a page reports of itself: whether it is in sight, whether it can be heard, whether its sounds were tested.

Only a page that is both counts as a console that watches. A report that is not renewed counts for nothing: a sleeping
laptop, a frozen tab and a half-open line report nothing, and nobody may be thought to listen there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from dashboard.shell.clock import milliseconds
from dashboard.shell.ground import Standing
from incidents.presence.pages import Watching

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


class SoundTest(msgspec.Struct, frozen=True, kw_only=True):
    """The sounds were played and a person said whether all of them were heard."""

    at: datetime
    heard: bool


class ReportingPage(Protocol):
    """A page that reports of itself."""

    @property
    def id(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def desk_name(self) -> str: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def visible(self) -> bool: ...
    @property
    def audible(self) -> bool: ...
    @property
    def covers(self) -> frozenset[str]: ...
    @property
    def browser(self) -> str: ...
    @property
    def sound_tested(self) -> SoundTest | None: ...


def seen(page: ReportingPage) -> Watching:
    """What is to be known of a connected page."""
    now, tested = page.standing, page.sound_tested
    return Watching(
        session=page.id,
        actor=page.actor,
        desk=page.desk_name,
        visible=page.visible,
        audible=page.audible,
        cics=page.covers,
        roles=frozenset() if now.locked else now.roles,
        browser=page.browser,
        tested_at=milliseconds(tested.at) if tested is not None else None,
        sounds=tested is not None and tested.heard,
    )


def counted(pages: Iterable[Watching]) -> dict[str, int]:
    """How many pages are open, in sight, can be heard, and both: for monitoring."""
    pages = tuple(pages)
    return {
        "open": len(pages),
        "visible": sum(page.visible for page in pages),
        "audible": sum(page.audible for page in pages),
        "watching": sum(page.both for page in pages),
    }
