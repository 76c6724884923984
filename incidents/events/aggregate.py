"""Aggregate exports: who made one, of which months."""

from incidents.events.disclosure import Disclosure


class AggregateMade(Disclosure, frozen=True, kw_only=True, tag="aggregate_made"):
    """A person took the Institute's export from a page: months `first` to `last`. `sha256` is that of its figures."""

    DISCLOSES = "aggregate"
    first: str
    last: str
    threshold: int
    profile: str
    sha256: str
