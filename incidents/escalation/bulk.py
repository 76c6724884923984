"""What one record tells of many incidents (`together`): its part in each of them.

Such a record stands in a stream of its own, so it may be read after what a person did meanwhile, or twice: each part says what it
follows from (`cause`), and holds only of an incident that still stands there.
"""

from collections.abc import Iterable, Iterator

import msgspec

from incidents import events as ev
from incidents.escalation.ladder import RUNGS, cause_of
from incidents.incident import Incident


def together(event: ev.Event, members: Iterable[tuple[str, int]]) -> ev.Together:
    """One event of all these incidents, each with its cause."""
    facts = msgspec.to_builtins(event)
    what = facts.pop("type")
    named = " ".join(f"{name}:{cause}" for name, cause in members)
    return ev.Together(what=what, facts=msgspec.json.encode(facts, order="sorted").decode(), incidents=named)


def told_of(entry: ev.Entry, only: str = "") -> Iterator[tuple[str, ev.Entry]]:
    """The incidents that an entry tells of, each with its part; of one `only`, when that is given."""
    event = entry.event
    if not isinstance(event, ev.Together) or (kind := ev.EVENT_TYPES.get(event.what)) is None:
        return  # what a newer version tells is not known here
    inner = msgspec.convert(msgspec.json.decode(event.facts) | {"type": event.what}, kind)
    for one in event.incidents.split():
        name, _, cause = one.partition(":")
        if only in ("", name):
            yield (
                name,
                msgspec.structs.replace(
                    entry,
                    stream=f"incident/{name}",
                    version=0,
                    event=inner,
                    recorded=True,  # that it waits is told once, not of each
                    together=True,
                    cause=int(cause or 0),
                ),
            )


def holds(incident: Incident, entry: ev.Entry) -> bool:
    """Whether an incident still stands where its part of a `together` follows from, and has not taken it yet."""
    cause = entry.cause
    match entry.event:
        case ev.Unpresented():
            return incident.open and not incident.attention.unpresented and "presented" not in incident.times
        case ev.TrackingEnded():
            return not incident.position.tracking_ended and incident.version == cause
        case ev.OutsideTold():
            return incident.escalation.rung == "outside" and cause == cause_of(incident, "outside")
        case ev.Escalated(step=step, after_s=after_s):
            # At once: nobody was there whom its case does not exclude.
            at_once = step == "outside" and not after_s and incident.escalation.rung != step
            stands = incident.escalation.waits_since is not None and cause == cause_of(incident, step)
            return stands and (at_once or follows(incident, step))
    return False


def follows(incident: Incident, step: ev.Rung) -> bool:
    """Whether this rung is the next one."""
    if incident.escalation.confirmed_at is not None:
        return step == "confirm"
    rung = incident.escalation.rung
    return step == (RUNGS[0] if not rung else RUNGS[min(RUNGS.index(rung) + 1, len(RUNGS) - 1)])
