"""The section `[buttons]` of the settings."""

from pathlib import Path
from typing import Annotated

import msgspec


class ButtonSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`store`: the file of enrolled buttons; set, the centre listens itself. `adapter`: which receiver (`hci1`), else the first.

    A button not heard for `silent_min` minutes is `link_lost` (0: never, since most buttons send only when they are pressed); one
    whose battery says `battery_low_pct` or less is `battery_low`.
    """

    store: Path | None = None
    adapter: str = ""
    silent_min: Annotated[float, msgspec.Meta(ge=0)] = 0
    battery_low_pct: Annotated[int, msgspec.Meta(ge=0, le=100)] = 15
