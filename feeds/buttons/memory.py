"""What was heard of one button before: tells a new packet from the same one again, and from a recorded one. Pure.

A button sends each packet several times, and the system may give one again much later. docs/decisions/0011 argues the rules.
"""

from typing import Literal

import msgspec

from feeds.buttons.packet import Packet
from incidents.reports import PressValue

Verdict = Literal["new", "repeated", "replayed"]

SAME_S = 30.0  # BlueZ forgets a device it has not heard for so long: what comes later was sent anew
PAUSE_S = 3.0  # without a packet id: what comes after such a pause is another press
PACKETS = 256  # ids, then they come round
RING = 64  # packets: so far behind the last one an id is a late copy, any other is ahead
HELD_S = 60.0  # a release within so long of its hold is that hold's end

COUNTERS = 1 << 32
WRAP = 1 << 16  # counters: from the last so many to the first so many it has come round


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept over a restart: the highest counter and how often it came round, the last packet's id and events."""

    counter: int | None = None
    wraps: int = 0
    packet: int | None = None
    events: tuple[int, ...] = ()


class Memory:
    """One button's. `last` is to be kept after each new packet; `age_s`: how long ago it was heard, when known again."""

    def __init__(self, last: Last | None = None, *, age_s: float = SAME_S, now_s: float = 0.0) -> None:
        self.last = last or Last()
        self._frame = b""
        self._ring: dict[int | None, tuple[tuple[int, ...], float]] = {}
        self._held: dict[int, float] = {}
        if self.last.events and 0 <= age_s < SAME_S:
            self._ring[self.last.packet] = (self.last.events, now_s - age_s)

    def judge(self, packet: Packet, data: bytes, now_s: float) -> Verdict:
        """What a packet is, `data` its bytes. A new one is remembered. Only what its key opened counts as encrypted."""
        last = self.last
        wraps = last.wraps
        if packet.counter is not None:
            if data == self._frame:
                self._again(packet, now_s)
                return "repeated"
            if last.counter is not None and not newer(packet.counter, last.counter, last.wraps):
                return "replayed"
            wraps += last.counter is not None and packet.counter < last.counter
            self._frame = data
        known = self._repeats(packet, now_s)
        self._again(packet, now_s)
        latest = last if known else packet  # a late copy is not the last one
        self.last = Last(counter=packet.counter, wraps=wraps, packet=latest.packet, events=latest.events)
        return "repeated" if known else "new"

    def enrolled_again(self, packet: Packet, data: bytes, now_s: float) -> None:
        """Begin the counter anew; only this last packet of before is known, so that it is no press of now."""
        self._frame = data
        self._again(packet, now_s)
        self.last = Last(packet=packet.packet, events=packet.events)

    def presses(self, packet: Packet, now_s: float) -> tuple[tuple[int, PressValue], ...]:
        """The presses in a new packet: those it names, and a hold of which only the end was heard."""
        found = dict(packet.presses)
        for button in packet.released:
            if now_s - self._held.pop(button, -HELD_S) >= HELD_S:
                found[button] = "hold"
        for button, press in packet.presses:
            if press == "hold":
                self._held[button] = now_s
        return tuple(sorted(found.items()))

    def _repeats(self, packet: Packet, now_s: float) -> bool:
        if packet.packet is None and packet.counter is not None:
            return False  # its counter says that it was sent anew
        last = self.last.packet
        if packet.packet is not None and last is not None and (last - packet.packet) % PACKETS >= RING:
            return False  # ahead of the last one: ids came round, or began anew
        events, heard_s = self._ring.get(packet.packet, ((), 0.0))
        within = SAME_S if packet.packet is not None else PAUSE_S
        return packet.packet in self._ring and events == packet.events and now_s - heard_s < within

    def _again(self, packet: Packet, now_s: float) -> None:
        self._ring.pop(packet.packet, None)
        self._ring[packet.packet] = (packet.events, now_s)
        while len(self._ring) > RING:
            self._ring.pop(next(iter(self._ring)))


def newer(counter: int, last: int, wraps: int) -> bool:
    """Whether an encryption counter is above the last one taken.

    It comes round only from its last 65,536 values to its first; once it did, its upper half is the past until it gets there.
    """
    if last >= COUNTERS - WRAP and counter < WRAP:
        return True
    if wraps and last < COUNTERS // 2 <= counter:
        return False
    return counter > last
