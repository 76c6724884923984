"""The section `[buttons]` of the settings."""

from pathlib import Path
from typing import Annotated

import msgspec

from incidents.settings import setting


class ButtonSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`store`: the file of enrolled buttons; set, the centre listens itself. `adapter`: which receiver (`hci1`), else the first.

    A button not heard for `silent_min` minutes is `link_lost` (0: never, since most buttons send only when they are pressed); one
    whose battery says `battery_low_pct` or less is `battery_low`.
    """

    store: Annotated[
        Path | None,
        setting(
            "the file of enrolled buttons; set, the desk has a Bluetooth receiver of its own (`docs/buttons.md`)",
            default="none (for the commands `vigie.buttons` beside the log)",
            example="/srv/vigie/vigie.buttons",
        ),
    ] = None
    adapter: Annotated[str, setting("which Bluetooth adapter", default="the first that is on", example="hci1")] = ""
    silent_min: Annotated[float, setting("minutes unheard after which a button is `link_lost`; 0: never", ge=0)] = 0
    battery_low_pct: Annotated[int, setting("per cent at which its battery is low", ge=0, le=100)] = 15
