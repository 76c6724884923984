"""The numbers under which the centre's own CAD has the same events. They are sealed in the log, and stand in no cache."""

from incidents import events as ev
from incidents.log import Log


async def cad_numbers(log: Log) -> dict[str, str]:
    """The number that stands of each incident that has one, by the incident's id. Raises LogUnavailable."""
    found = {}
    for stream, record in (await log.latest(["cad_numbered"])).items():
        event = ev.entry(record, log.unseal(record)).event
        if isinstance(event, ev.CadNumbered) and event.number:
            found[stream.removeprefix("incident/")] = event.number
    return found
