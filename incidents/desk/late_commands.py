"""What is still written to an incident that the board has let go of: decided on its records in the log, not on the board."""

from collections.abc import Callable
from datetime import datetime, timedelta

from incidents import events as ev
from incidents.clock import Clock
from incidents.commands import Refused
from incidents.fold import apply
from incidents.incident import Incident
from incidents.log import AlreadyRecorded, Log, LogUnavailable, VersionConflict
from incidents.recorder import CONFLICT_S
from incidents.timeline import NoSuchIncident, incident_of


async def record_past(
    log: Log,
    clock: Clock,
    incident: str,
    decide: Callable[[Incident], ev.Event | None],
    *,
    id: str,
    source_at: datetime,
    actor: str,
) -> Incident:
    """Write the event that `decide` makes of the incident as the log has it (None: nothing to do); the incident after it.

    Nobody waits for it, so it is never held. Raises Refused: unknown_incident; busy, also when the log can't be written now.
    """
    stream = f"incident/{incident}"
    deadline = clock.now() + timedelta(seconds=CONFLICT_S)
    while True:
        try:
            before, _ = await incident_of(log, incident)
            event = decide(before)
            if event is None:
                return before
            draft = ev.draft(event, id=id, at=clock.now(), source_at=source_at, actor=actor)
            record = await log.append(stream, before.version, draft)
            return apply(before, ev.entry(record, draft.sealed))
        except AlreadyRecorded:
            return before
        except VersionConflict:
            if clock.now() > deadline:
                raise Refused("busy") from None
        except NoSuchIncident:
            raise Refused("unknown_incident") from None
        except LogUnavailable:
            raise Refused("busy") from None
