"""Aggregate exports: who made one, of which months."""

from incidents.events.kinds import Event


class AggregateMade(Event, frozen=True, kw_only=True, tag="aggregate_made"):
    """A person took the Institute's export from a page: months `first` to `last`. `sha256` is that of its figures."""

    first: str
    last: str
    threshold: int
    profile: str
    sha256: str
