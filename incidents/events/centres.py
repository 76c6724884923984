"""Whether anybody listens for a centre's alarms."""

from incidents.events.kinds import Event


class CentreBlind(Event, frozen=True, kw_only=True, tag="centre_blind"):
    """No console that is visible and can be heard covered this centre for longer than its grace."""

    cic: str


class CentreBack(Event, frozen=True, kw_only=True, tag="centre_back"):
    """A console listens for this centre again."""

    cic: str
