"""What was heard of one button before: tells a new packet from the same one again, and from a recorded one. Pure.

A button sends each packet several times, and the system may give one again much later. docs/decisions/0011 argues the rules.
"""

from typing import Literal

import msgspec

from feeds.buttons.packet import Packet
from incidents.messages import PressValue

Verdict = Literal["new", "repeated", "back"]  # back: of a counter that went back

SAME_S = 30.0  # BlueZ forgets a device it has not heard for so long: what comes later was sent anew
LONGEST_S = 60.0  # without a packet id: the same event so long after the press is another, whatever was heard between
PACKETS = 256  # ids, then they come round
RING = 64  # packets: so far behind the last one an id is a late copy, any other is ahead
HELD_S = 60.0  # a release within so long of its hold is that hold's end
# What a button may send beside 0x81 when it is let go, and after which hold: a BLU Button1 a long press, and Shelly's
# firmware before 1.0.23 a single one after 0xFE.
LET_GO = {0x04: (0x80, 0xFE), 0x01: (0xFE,)}

_NEVER: tuple[float, int | None, int] = (float("-inf"), None, 0)

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
        self._frames: dict[bytes, float] = {}  # what an encrypted button sent, and when it was last heard
        self._ring: dict[int | None, tuple[tuple[int, ...], float]] = {}
        self._packet = self.last.packet  # of the last press, also of one whose counter went back
        self._pressed_s = now_s
        self._newest_s = now_s - age_s
        self._first = True
        self._held: dict[int, tuple[float, int | None, int]] = {}
        if self.last.events and 0 <= age_s < SAME_S:
            self._ring[self.last.packet] = (self.last.events, now_s - age_s)

    def judge(self, packet: Packet, data: bytes, now_s: float) -> Verdict:
        """What a packet is, `data` its bytes. A new one is remembered. Only what its key opened counts as encrypted."""
        last, counter = self.last, packet.counter
        known = self._repeats(packet, data, now_s)
        self._first = False
        self._again(packet, data, now_s)
        if not known:
            self._packet, self._pressed_s = packet.packet, now_s
        wraps = last.wraps
        if counter is not None and last.counter is None and known:
            return "repeated"  # of before it was taken into use again: its counter begins with what comes
        if counter is not None and last.counter is not None:
            if not newer(counter, last.counter, last.wraps):
                return "repeated" if known else "back"
            wraps += counter < last.counter
        latest = last if known else packet  # a late copy is not the last one
        self._newest_s = self._newest_s if known else now_s
        self.last = Last(counter=counter, wraps=wraps, packet=latest.packet, events=latest.events)
        return "repeated" if known else "new"

    def enrolled_again(self, packet: Packet, data: bytes, now_s: float) -> None:
        """Begin the counter anew; only this last packet of before is known, so that it is no press of now."""
        self._first = False
        self._again(packet, data, now_s)
        self._packet, self._pressed_s = packet.packet, now_s
        self.last = Last(packet=packet.packet, events=packet.events)

    def presses(self, packet: Packet, now_s: float) -> tuple[tuple[int, PressValue], ...]:
        """The presses in a new packet: those it names, and a hold of which only the end was heard. The end of one is no press."""
        found = dict(packet.presses)
        for button, event in enumerate(packet.events, 1):
            if event in LET_GO and self._lets_go(button, event, packet, now_s):
                del found[button]
        for button in packet.released:
            if now_s - self._held.pop(button, _NEVER)[0] >= HELD_S:
                found[button] = "hold"
        for button, press in packet.presses:
            if press == "hold":
                self._held[button] = (now_s, packet.packet, packet.events[button - 1])
        return tuple(sorted(found.items()))

    def _lets_go(self, button: int, event: int, packet: Packet, now_s: float) -> bool:
        """Whether it is the very next packet after the hold of this button: in doubt it is a press."""
        at_s, held, hold = self._held.pop(button, _NEVER)
        next_one = held is None or packet.packet is None or (packet.packet - held) % PACKETS == 1
        return now_s - at_s < HELD_S and next_one and hold in LET_GO[event]

    def _repeats(self, packet: Packet, data: bytes, now_s: float) -> bool:
        if packet.counter is not None and now_s - self._frames.get(data, -SAME_S) < SAME_S:
            return True
        last_one = (self.last.counter, self.last.packet, self.last.events)
        if packet.counter is not None and (packet.counter, packet.packet, packet.events) == last_one:
            again = self._first or now_s - self._newest_s < SAME_S  # the system gives it again when we begin to listen
            self._newest_s = now_s if again else self._newest_s
            return again
        if packet.packet is None and packet.counter is not None:
            return False  # its counter says that it was sent anew
        last = self._packet
        if packet.packet is not None and last is not None and (last - packet.packet) % PACKETS >= RING:
            return False  # ahead of the last one: ids came round, or began anew
        events, heard_s = self._ring.get(packet.packet, ((), 0.0))
        if packet.packet is None and now_s - self._pressed_s >= LONGEST_S:
            return False
        return packet.packet in self._ring and events == packet.events and now_s - heard_s < SAME_S

    def _again(self, packet: Packet, data: bytes, now_s: float) -> None:
        if packet.counter is not None:
            self._frames.pop(data, None)
            self._frames[data] = now_s
            while len(self._frames) > RING:
                self._frames.pop(next(iter(self._frames)))
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
