"""How the commands say what is known of a button: one line each, times as they are in Belgium."""

from datetime import datetime
from zoneinfo import ZoneInfo

from feeds.buttons.store import Enrolled
from incidents.buttons import ButtonHeard

_BRUSSELS = ZoneInfo("Europe/Brussels")
_COLUMNS = "{:<36} {:<14} {:<16} {:<12} {:>8} {:>7}  {}"


def heading() -> str:
    """Over the rows of `scan`."""
    return _COLUMNS.format("address", "name", "enrolled as", "packets", "signal", "battery", "last heard").rstrip()


def row(one: ButtonHeard) -> str:
    """One button in the air."""
    security = one.security if not (one.enrolled and one.refusing) else f"REFUSED {one.refusing}"
    return _COLUMNS.format(
        one.address,
        one.name or "-",
        one.device or "-",
        security,
        _dbm(one.rssi),
        _pct(one.battery),
        _at(one.last_heard),
    )


def enrolled_line(one: Enrolled) -> str:
    """One enrolled button, from the file alone."""
    facts = [
        one.address,
        "KEY LOCKED" if one.locked else "encrypted" if one.keyed else "plain, UNAUTHENTICATED",
        f"signal {_dbm(one.rssi)}",
        f"battery {_pct(one.battery)}",
        f"last heard {_at(one.heard_at)}",
        f"enrolled {_at(one.enrolled_at)} by {one.enrolled_by or '-'}",
    ]
    return f"{one.device}: {'; '.join(facts)}"


def press_line(count: int, one: ButtonHeard) -> str:
    """One press heard in a test."""
    press = one.last_press
    assert press is not None
    proof = "encrypted" if press.authenticated else "UNAUTHENTICATED"
    facts = (
        press.press,
        f"button {press.button}",
        _dbm(one.rssi),
        f"battery {_pct(one.battery)}",
        proof,
        _at(press.at),
    )
    return f"{count}: {', '.join(facts)}"


def refusals(one: ButtonHeard | None) -> str:
    """What was refused meanwhile, for the end of a sentence."""
    if one is None or not one.refused:
        return ""
    return "; refused: " + ", ".join(f"{count} {why}" for why, count in sorted(one.refused.items()))


def _dbm(rssi: int | None) -> str:
    return "-" if rssi is None else f"{rssi} dBm"


def _pct(battery: int | None) -> str:
    return "-" if battery is None else f"{battery} %"


def _at(moment: datetime | None) -> str:
    return "never" if moment is None else moment.astimezone(_BRUSSELS).strftime("%Y-%m-%d %H:%M:%S")
