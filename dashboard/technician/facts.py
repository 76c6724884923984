"""What the bench page is told, in plain types: devices, their presses on the way, their tests. Moments in ms since 1970."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from dashboard.components.alert.seen import counted
from dashboard.shell.clock import milliseconds
from dashboard.technician.presses import Way
from dashboard.technician.tests_in_progress import Bench
from dashboard.technician.trial import OF, Trial
from incidents.buttons import Adapter, ButtonHeard

SHOWN = 10  # presses of the selected device


def receiver(adapter: Adapter) -> dict[str, Any]:
    """The receiver as it is."""
    return {
        "state": adapter.state,
        "since": milliseconds(adapter.since),
        "mode": adapter.mode or "",
        "reason": adapter.reason,
    }


def device(button: ButtonHeard) -> dict[str, Any]:
    """A device's row."""
    return {
        "address": button.address,
        "device": button.device,
        "name": button.name,
        "security": button.security,
        "keyed": button.keyed,
        "authenticated": button.authenticated,
        "rssi": button.rssi,
        "battery": button.battery,
        "packets": button.packets,
        "repeated": button.repeated,
        "refused": dict(button.refused),
        "refusing": button.refusing,
        "heard": _at(button.last_heard),
        "lost": button.lost,
        "low": button.low,
    }


def detail(bench: Bench, button: ButtonHeard | None, name: str, account: str) -> dict[str, Any]:
    """More of the selected device; one the receiver does not hear has a name only."""
    found: dict[str, Any] = {"address": button.address if button else "", "device": name}
    if button is not None:
        found |= {
            "signals": [(milliseconds(signal.at), signal.rssi) for signal in button.signals],
            "enrolled_at": _at(button.enrolled_at),
            "enrolled_by": button.enrolled_by,
            "counter": button.counter,
            "packet": button.packet,
        }
    if not name:
        return found
    found["presses"] = [_way(way) for way in bench.presses.of(name)[:SHOWN]]
    if (trial := bench.trial(name)) is not None:
        found["trial"] = _trial(trial)
    found["heard_of"] = bench.cases.heard_of(name, bench.enrolled)
    case = bench.cases.of(name, account)
    found["case"] = None if case is None else {"number": case.number, "name": case.victim.name}
    announced = bench.announced(name)
    if announced is not None:
        who = bench.desk.name_of(announced.by)
        found["announced"] = {"who": who, "until": milliseconds(announced.until), "where": announced.where}
    incident = bench.desk.board.open_press_of(name)
    if incident is not None:
        found["alarm"] = {
            "state": incident.state,
            "since": milliseconds(incident.received_at),
            "presses": incident.presses.count,
            "announced": incident.presses.announced is not None,
        }
    return found


def room(bench: Bench, kept: Callable[[str], bool]) -> dict[str, Any]:
    """Everything but the selected device. `kept`: whether a device is kept from who is here."""
    state = bench.buttons.state
    return {
        "adapter": receiver(state.adapter) if bench.hears else None,
        "store": state.store,
        "store_reason": state.store_reason,
        "unreadable": state.unreadable,
        "devices": [device(button) for button in state.devices if not kept(button.device)],
        "screens": counted(bench.watching()),
        "register": bench.cases.state,
    }


def _way(way: Way) -> dict[str, Any]:
    return {
        "id": way.press.id,
        "at": milliseconds(way.press.at),
        "press": way.press.press,
        "button": way.press.button,
        "authenticated": way.press.authenticated,
        "rssi": way.rssi,
        "screens": way.screens,
        "feed": round(way.feed_ms, 1),
        "logged": _ms(way.logged_ms),
        "held": way.held,
        "alarms": way.alarms,
        "shown": _ms(way.shown_ms),
        "audible": way.audible,
    }


def _trial(trial: Trial) -> dict[str, Any]:
    verdict = trial.verdict
    return {
        "heard": len(trial.ways),
        "of": OF,
        "presses": [_way(way) for way in trial.ways[:OF]],
        "pressed": trial.pressed,
        "began": milliseconds(trial.began),
        "ended": _at(trial.ended),
        "id": trial.id if verdict else "",
        "ok": verdict.ok if verdict else None,
        "why": verdict.why if verdict else (),
        "notes": verdict.notes if verdict else (),
    }


def _at(moment: datetime | None) -> int | None:
    return milliseconds(moment) if moment is not None else None


def _ms(ms: float | None) -> float | None:
    return round(ms, 1) if ms is not None else None
