"""What makes the documents of a centre, as their pages know it: each of these stands in `centre/documents/`."""

from typing import Protocol

from incidents.devices.listing import DeviceLine, DeviceTests
from incidents.events import AggregateMade, DeviceListMade, EvidenceForm, EvidenceMade
from incidents.health import FileHealth
from incidents.roles import User
from reports.catalogue import Translator
from reports.evidence.schema import Withheld


class SealedAnnex(Protocol):
    """A PDF that only the passphrase opens."""

    @property
    def content(self) -> bytes: ...
    @property
    def passphrase(self) -> str: ...


class EvidenceMaker(Protocol):
    """Makes the file, with its sealed annex or without, and the event of that; `user` is who asks, for what a case may keep from
    them; `translate` has the language of who receives it. `withholds`: how much, by kind."""

    async def withholds(self, incident: str, by: str, user: User | None) -> Withheld: ...
    async def make(
        self, incident: str, form: EvidenceForm, by: str, user: User | None, translate: Translator, *, with_annex: bool
    ) -> tuple[bytes, EvidenceMade, SealedAnnex | None]: ...


class AggregateMaker(Protocol):
    """Makes the export, and the event of that."""

    async def make(self, since: str, until: str) -> tuple[str, bytes, AggregateMade]: ...


class Lists(Protocol):
    """What knows the devices."""

    @property
    def times(self) -> DeviceTests: ...
    async def lines(self, user: User | None) -> tuple[DeviceLine, ...]: ...
    def victims(self, user: User | None) -> dict[str, str]: ...
    async def make(self, user: User | None, *, named: bool) -> tuple[str, bytes, DeviceListMade]: ...


class Kept(Protocol):
    """The degraded-mode file."""

    @property
    def health(self) -> FileHealth: ...
    async def copy(self) -> bytes | None: ...


class NotKept:
    """Nobody keeps a degraded-mode file."""

    health = FileHealth()

    async def copy(self) -> bytes | None:
        return None
