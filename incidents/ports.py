"""What the desk is handed from outside its room: a geography, a case register, and names that reveal nobody."""

from collections.abc import Callable
from typing import Protocol

from incidents.case import Case


class Placed(Protocol):
    """What the desk needs to know of a position."""

    @property
    def zone(self) -> str: ...
    @property
    def cic(self) -> str: ...
    @property
    def inside(self) -> bool: ...


Locate = Callable[[float, float, float | None, float | None], Placed]


class CaseSource(Protocol):
    """The case register as the desk sees it."""

    @property
    def state(self) -> str: ...
    def by_device(self, device: str) -> Case | None: ...
    def by_number(self, number: str) -> Case | None: ...


class Identities(Protocol):
    """The log's private names: ids that reveal no device, pseudonyms that reveal no person."""

    def incident_id(self, device: str, n: int) -> str: ...
    def incident_id_for_message(self, message_id: str) -> str: ...
    def device_id(self, device: str) -> str: ...
    def pseudonym(self, name: str) -> str: ...
    def name_of(self, pseudonym: str) -> str | None: ...
