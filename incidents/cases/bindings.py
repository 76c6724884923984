"""Bindings: which case a device was given to at the bench, or that it was taken back. They stand above what the imports say.

They are kept beside the cases and not in them: importing the same cases again loses none. `incidents.bindings` makes them.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from incidents.case import Case


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """A device's case (its number) since a moment; None: it was taken back and is nobody's. `by` is a pseudonym.

    `id` is of its record in the log, "" where an older version kept it; `was` the case that it was taken back from; `swapped`:
    another device took its place, or it that of another.
    """

    device: str
    case: str | None
    at: datetime
    by: str
    id: str = ""
    was: str = ""
    swapped: bool = False


Bindings = Mapping[str, Binding]


def overlaid(cases: Mapping[str, Case], bindings: Bindings) -> dict[str, Case]:
    """The cases as imported, with the devices they really have. A device bound to a case that is gone is nobody's."""
    given: dict[str, list[str]] = {}
    for binding in sorted(bindings.values(), key=lambda one: one.at):
        if binding.case is not None:
            given.setdefault(binding.case, []).append(binding.device)
    found = dict(cases)
    for number, case in cases.items():
        kept = [device for device in case.devices if _stays(bindings.get(device), number)]
        devices = (*kept, *(device for device in given.get(number, ()) if device not in kept))
        if devices != case.devices:
            found[number] = msgspec.structs.replace(case, devices=devices)
    return found


def given_elsewhere(case: Case, before: Case | None, bindings: Bindings) -> Iterator[str]:
    """Why an import can't give a case its devices: those that are new in it and were bound to another at the bench."""
    for i, device in enumerate(case.devices):
        binding = bindings.get(device)
        if binding is None or binding.case in (None, case.number) or (before is not None and device in before.devices):
            continue
        yield f"devices[{i}]: given to case {binding.case} at the bench; take it back there first"


def ended_by(cases: Iterable[Case], before: Mapping[str, Case], bindings: Bindings) -> list[str]:
    """The devices that had been taken back and are new in an imported case: from now on the import counts again."""
    return [
        device
        for case in cases
        for device in case.devices
        if (binding := bindings.get(device)) is not None and binding.case is None
        if case.number not in before or device not in before[case.number].devices
    ]


def _stays(binding: Binding | None, number: str) -> bool:
    return binding is None or binding.case == number
