"""An incident made of facts for a test. A fact of one of its groups is named `group__fact`: `position__fix`."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, fields, replace

from incidents.incident import Incident, PressesOfDevice


def with_facts(incident: Incident, **facts: Any) -> Incident:
    """The incident with other facts."""
    for name, value in facts.items():
        group, _, fact = name.partition("__")
        incident = replace(incident, **{group: replace(getattr(incident, group), **{fact: value}) if fact else value})
    return incident


def incident_of(key: str, at: datetime, **facts: Any) -> Incident:
    """An alarm that was pressed at a moment, of these facts."""
    presses = PressesOfDevice(first_at=at, last_at=at)
    alarm = Incident(id=key, version=1, state="raised", origin="press", received_at=at, changed_at=at, presses=presses)
    return with_facts(alarm, **facts)


GROUPS = {"presses"} | {one.name for one in fields(Incident) if isinstance(one.default, Struct)}


def facts_of(incident: Incident) -> dict[str, Any]:
    """All facts of an incident, each by its name."""
    own = {name: value for name, value in asdict(incident).items() if name not in GROUPS}
    grouped = ((group, asdict(getattr(incident, group))) for group in sorted(GROUPS))
    return own | {f"{group}__{fact}": value for group, facts in grouped for fact, value in facts.items()}
