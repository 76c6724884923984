"""The response times an incident has, by name: their two ends, what they mean, and the targets they are held against."""

import msgspec

from incidents.incident import TimeName


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A response time: from one moment of an incident to a later one.

    `two_clocks`: its ends may be read from different clocks, so their offset is in it: a press, an opened line and a zone's
    report come with the feed's clock, what a person does here with ours. `incidents.timeline` knows those of one incident.
    `either_first`: its end may rightly come before its start; it is not counted then, and nothing is wrong with it.
    """

    start: TimeName
    end: TimeName
    definition: str
    two_clocks: bool = False
    either_first: bool = False

    @property
    def name(self) -> str:
        """As `pressed->on_scene`."""
        return f"{self.start}->{self.end}"


INTERVALS: tuple[Interval, ...] = (
    Interval(
        start="pressed",
        end="received",
        two_clocks=True,
        definition="the feed's clock to ours: transport, and clock offset; only of presses that came through a feed",
    ),
    Interval(start="received", end="presented", definition="received by Vigie to painted on a visible, audible page"),
    Interval(
        start="received", end="acknowledged", definition="received by Vigie to the first acknowledgement by a person"
    ),
    Interval(
        start="acknowledged",
        end="listening",
        two_clocks=True,
        either_first=True,
        definition="acknowledged to listening on the open line; negative where the call was answered first",
    ),
    Interval(start="acknowledged", end="routed", definition="acknowledged to the first order to a police zone"),
    Interval(start="routed", end="accepted", two_clocks=True, definition="the first order to a zone's acceptance"),
    Interval(start="accepted", end="en_route", two_clocks=True, definition="a zone's acceptance to a unit under way"),
    Interval(start="en_route", end="on_scene", two_clocks=True, definition="a unit under way to police on the scene"),
    Interval(
        start="pressed",
        end="on_scene",
        two_clocks=True,
        definition="the press, by the feed's clock, to police on the scene",
    ),
    Interval(start="acknowledged", end="closed", definition="acknowledged to closed by a person"),
)
HELD_UP_S = 30.0  # a press that took longer to reach us was held up on the way, and is named so
RAISERS_S = 1.0  # an alarm raised by hand is given to its raiser in the same breath: there nobody was waited for
BY_NAME: dict[str, Interval] = {interval.name: interval for interval in INTERVALS}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Within `limit_s` seconds, for at least `share` of the counted (0 to 1); None: no share is promised.

    `under`: less than the limit; otherwise the limit itself is within.
    """

    interval: str
    limit_s: float
    share: float | None = None
    under: bool = False


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Named targets, and what they were made for: a figure is only read beside that."""

    name: str
    targets: tuple[Target, ...]
    made_for: str
    source: str
