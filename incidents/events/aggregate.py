"""Aggregate exports: who made one, of which months."""

from incidents.events.disclosure import Disclosure


class AggregateMade(Disclosure, frozen=True, kw_only=True, tag="aggregate_made"):
    """A person took the Institute's export: months `first` to `last`. `sha256` is that of the figures of the incidents.

    `cases`: so many were read to be counted, those that are erased too; `cases_sha256` is that of the figures of cases and
    devices ("" where there is no case register).
    """

    SAYS = "figures for the Institute were made"
    DISCLOSES = "aggregate"
    first: str
    last: str
    threshold: int
    profile: str
    sha256: str
    cases: int = 0
    cases_sha256: str = ""
