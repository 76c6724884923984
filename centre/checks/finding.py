"""What a point of the check found, and what the points are given."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from centre.settings import Settings
from dashboard.access.rules import Account
from incidents.cases.register import RegisterState
from maps.zones import Zones

State = Literal["ok", "warning", "error"]


class Finding(msgspec.Struct, frozen=True):
    """One thing found: how bad, of which point, a sentence, and what to do (empty where nothing is)."""

    state: State
    point: str
    text: str
    todo: str = ""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at: the settings, where each was said, and what was opened by them already.

    `zones`, `accounts` and the `register` (its state, and why it is not open) are None where they can't be read; then `lost` says
    why, by the setting's name.
    """

    settings: Settings
    said: Mapping[str, str]
    now: datetime
    zones: Zones | None = None
    accounts: Sequence[Account] | None = None
    register: tuple[RegisterState, str, int] | None = None
    lost: Mapping[str, str] = {}


Point = Callable[[Subject], Iterator[Finding]]
