"""What a desk tells of its log without writing: records of any age, whose pseudonym it is, views sealed for an address."""

from collections.abc import Sequence

from incidents import events as ev
from incidents.bulk_records import told_beside
from incidents.incident import Incident
from incidents.log import Log, Record
from incidents.ports import Identities
from incidents.timeline import incident_of


class Archive:
    """The reading half of a desk."""

    def __init__(self, log: Log, identities: Identities) -> None:
        self._log = log
        self._identities = identities

    def pseudonym(self, name: str) -> str:
        """The random name under which the log knows a person or a desk."""
        return self._identities.pseudonym(name)

    def name_of(self, pseudonym: str) -> str:
        """Who a pseudonym is; "?" once that was erased."""
        return self._identities.name_of(pseudonym) or "?"

    def seal_view(self, plain: bytes) -> bytes:
        """What a page looks at, sealed so that an address may carry it."""
        return self._identities.seal_view(plain)

    def open_view(self, sealed: bytes) -> bytes | None:
        """What was sealed here; None when it was changed, or sealed by another centre."""
        return self._identities.open_view(sealed)

    async def incident_of(self, incident: str) -> Incident:
        """An incident of any age, as the log has it now. Raises NoSuchIncident, LogUnavailable."""
        return (await incident_of(self._log, incident))[0]

    async def records_of(self, incident: str) -> tuple[Sequence[Record], Sequence[tuple[Record, ev.Entry]]]:
        """The records of an incident of any age, none when there is none, and what others tell of it. Raises LogUnavailable."""
        records = await self._log.stream(f"incident/{incident}")
        return records, await told_beside(self._log, records)

    def unseal(self, record: Record) -> bytes | None:
        """The sealed facts of a record; None when their key is gone."""
        return self._log.unseal(record)
