"""The facts that every record of a press or a position keeps, of the message and of the map."""

import base64
from typing import Any

from incidents.messages import Message, PressReport
from incidents.ports import Placed


def zone_facts(placed: Placed | None) -> dict[str, Any]:
    """The zone of a position and its centre."""
    return {"zone": placed.zone if placed else "", "cic": placed.cic if placed else ""}


def press_facts(message: Message, report: PressReport) -> dict[str, Any]:
    """The facts that any press record keeps."""
    return {
        "feed": message.feed,
        "press": report.press,
        "device": report.device,
        "case": report.case,
        "fix": report.fix,
        "battery": report.battery,
        "transport": report.transport,
        "call": report.call,
        "packet": report.packet,
        "unreadable": report.unreadable,
        "raw": base64.b64encode(message.raw).decode(),
    }
