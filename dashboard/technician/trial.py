"""The ten-press test of a device before it is handed out: what counts, and when it has failed. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Literal

import msgspec

from dashboard.technician.presses import SETTLED_S, Way
from incidents.buttons import ButtonHeard, Refusal

OF = 10
LIMIT = timedelta(minutes=15)  # as long as a test may be announced
WEAK_DBM = -85  # little is left to what common receivers just hear, about -95 dBm: a hand around it is enough

# unheard: fewer were heard than pressed; refused: a packet of it was refused; unlogged: one did not come into the log;
# unshown: an operator's page was in sight and did not show one; no_alarm: none of them was a press that alarms; low: its battery.
Why = Literal["unheard", "refused", "unlogged", "unshown", "no_alarm", "low"]
# What must be said beside it. no_screen: no operator's page was in sight; silent: shown, but nobody could hear it; plain: anybody
# could send the same; weak: it was hardly heard; no_battery: it never said how its battery is; more: it was heard more often.
Note = Literal["no_screen", "silent", "plain", "weak", "no_battery", "more"]

TAMPERED: frozenset[Refusal] = frozenset(
    {"wrong_key", "no_key", "plaintext", "truncated", "version", "unreadable", "locked"}
)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The result, with its reasons."""

    why: tuple[Why, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the device may be handed out."""
        return not self.why


class Trial(msgspec.Struct, kw_only=True):
    """A test under way, or over. `id` is random and names nobody. `by` is the technician's name.

    `pressed`: that it was pressed ten times, the person says or the receiver heard; `ended` and `verdict` when it is judged.
    """

    id: str
    device: str
    address: str
    by: str
    actor: str
    began: datetime
    refused: Mapping[Refusal, int]
    ways: list[Way]
    pressed: bool = False
    ended: datetime | None = None
    verdict: Verdict | None = None
    battery: int | None = None
    security: str = "unknown"

    def over(self, now: datetime, monotonic_s: float) -> bool:
        """Whether it can be judged now."""
        full = len(self.ways) >= OF or self.pressed
        return now - self.began > LIMIT or (full and all(way.settled(monotonic_s) for way in self.ways))


def judge(trial: Trial, button: ButtonHeard | None) -> Verdict:
    """What the presses and the button, as it is now, come to."""
    ways = trial.ways
    refused = button is not None and any(button.refused.get(why, 0) > trial.refused.get(why, 0) for why in TAMPERED)
    alarming = [way for way in ways if way.alarms]
    unshown = [way for way in alarming if way.shown_ms is None or way.shown_ms > SETTLED_S * 1000]
    failed: dict[Why, bool] = {
        "unheard": len(ways) < OF,
        "refused": refused,
        "unlogged": any(way.logged_ms is None for way in ways),
        "unshown": any(way.screens for way in unshown),
        "no_alarm": bool(ways) and not alarming,
        "low": button is not None and button.low,
    }
    signals = [way.rssi for way in ways if way.rssi is not None]
    said: dict[Note, bool] = {
        "no_screen": any(not way.screens for way in unshown),
        "silent": any(way.shown_ms is not None and not way.audible for way in alarming),
        "plain": any(not way.press.authenticated for way in ways),
        "weak": bool(signals) and median(signals) < WEAK_DBM,
        "no_battery": button is None or button.battery is None,
        "more": len(ways) > OF,
    }
    return Verdict(
        why=tuple(code for code, so in failed.items() if so), notes=tuple(code for code, so in said.items() if so)
    )
