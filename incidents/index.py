"""What a board must find among thirty thousand incidents without looking at each: kept up to date as each one changes.

Every collection is in the order in which its members came to belong to it: the longest waiting first.
"""

from collections.abc import Callable

from incidents.incident import Incident

_KINDS: dict[str, Callable[[Incident], bool]] = {
    "open": lambda incident: incident.open,
    "closed": lambda incident: not incident.open,
    "unowned": lambda incident: incident.unowned,
    "offered": lambda incident: bool(incident.ownership.gone),
    "unpresented": lambda incident: incident.open and incident.attention.unpresented,
    "ordered": lambda incident: incident.order is not None,
}


class Index:
    """The ids of incidents by what holds of them, of those that have an owner by owner, of those a unit drives to by unit."""

    def __init__(self) -> None:
        self.open: dict[str, None] = {}
        self.closed: dict[str, None] = {}
        self.unowned: dict[str, None] = {}
        self.offered: dict[str, None] = {}  # of those, whose owner is gone
        self.unpresented: dict[str, None] = {}
        self.ordered: dict[str, None] = {}  # with an order, also one that is over
        self.owned: dict[str, dict[str, None]] = {}  # open ones, by owner
        self.driven: dict[str, dict[str, None]] = {}  # open ones, by unit
        self.cases: dict[str, dict[str, None]] = {}  # open ones, by the case that they name

    def put(self, before: Incident | None, incident: Incident) -> None:
        """Take an incident as it is now. Most of what happens moves it nowhere: a position, a note."""
        if before is not None and (
            before.state == incident.state
            and before.owner == incident.owner
            and before.ownership.gone == incident.ownership.gone
            and before.unit == incident.unit
            and before.case == incident.case
            and before.attention.unpresented == incident.attention.unpresented
            and (before.order is None) == (incident.order is None)
        ):
            return
        for kind, holds in _KINDS.items():
            found: dict[str, None] = getattr(self, kind)
            if not holds(incident):
                found.pop(incident.id, None)
            elif incident.id not in found:
                found[incident.id] = None
        if before is not None:
            self._part(before)
        if incident.open and incident.owner:
            self.owned.setdefault(incident.owner, {})[incident.id] = None
        if incident.open and incident.case:
            self.cases.setdefault(incident.case, {})[incident.id] = None
        if incident.open and incident.unit:
            self.driven.setdefault(incident.unit.unit, {})[incident.id] = None

    def drop(self, incident: Incident) -> None:
        """Let go of an incident."""
        for kind in _KINDS:
            getattr(self, kind).pop(incident.id, None)
        self._part(incident)

    def _part(self, incident: Incident) -> None:
        unit = incident.unit.unit if incident.unit else None
        for key, found in ((incident.owner, self.owned), (unit, self.driven), (incident.case, self.cases)):
            if key and incident.id in found.get(key, ()):
                del found[key][incident.id]
                if not found[key]:
                    del found[key]
