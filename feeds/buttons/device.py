"""One device that was heard: what it said, what of it was refused, and whether it can protect. Pure: times are handed in."""

import hmac
from collections import Counter, deque
from collections.abc import Set
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from feeds.buttons.deduplication import Memory
from feeds.buttons.packet import Packet, Refused, encrypted, read
from feeds.buttons.store import Enrolled
from incidents.buttons import SIGNALS_KEPT, ButtonHeard, PressHeard, Refusal, Security, Signal
from incidents.messages import PressValue

# Why a device is link_lost: what it sends is refused; its key can't be unsealed; it is not heard; the receiver is deaf.
Cause = Literal["refused", "locked", "silent", "deaf"]

CALM = timedelta(seconds=60)  # after a refusal, before a taken packet makes it linked again
BACK_PCT = 5  # so much above the limit a battery is no longer low
SIGNAL_EVERY = timedelta(milliseconds=250)

Said = Literal["linked", "link_lost", "battery_low"]  # what the feed was told and still holds
Taken = tuple[tuple[int, PressValue], ...]


class Device:
    """`enrolled` None: nobody's. `hear` takes an advertisement; `dirty`, `urgent`: something of it is to be kept."""

    def __init__(self, address: str, enrolled: Enrolled | None, *, now: datetime, now_s: float) -> None:
        self.address = address
        self.enrolled = enrolled
        self.name = enrolled.name if enrolled else ""
        self.battery = enrolled.battery if enrolled else None
        self.rssi = enrolled.rssi if enrolled else None
        self.heard_at = enrolled.heard_at if enrolled else None
        self.seen = now
        self.security: Security = "encrypted" if enrolled and enrolled.keyed else "unknown"
        self.signals: deque[Signal] = deque(maxlen=SIGNALS_KEPT)
        self.packets = self.repeated = 0
        self.refused: Counter[Refusal] = Counter()
        self.refusing: Refusal | None = None
        self.refused_at: datetime | None = None
        self.last_press: PressHeard | None = None
        self.lost_here = False  # link_lost was said by this process, which therefore knows when its cause is gone
        self.said: set[Said] = set(enrolled.said if enrolled else ())
        self.found = Packet()  # the last packet that could be read
        self.back = False  # its counter had gone back
        self.data = b""  # the last packet, taken or not: what the system may give again
        self._loud = False  # whether the last advertisement had a signal strength
        self.dirty = self.urgent = False
        age_s = (now - self.heard_at).total_seconds() if self.heard_at else float("inf")
        self.memory = Memory(enrolled.last if enrolled else None, age_s=age_s, now_s=now_s)

    def hear(self, data: bytes, name: str, rssi: int | None, *, now: datetime, now_s: float) -> Refusal | Taken:
        """Take the service data of one advertisement: the presses in it, or why it is refused. A repeated one has none."""
        if rssi is None and self._loud and data == self.data:
            return ()  # nothing was sent: BlueZ takes the signal back when another program ends its scan
        self.seen, self.data, self._loud = now, data, rssi is not None
        found = self._read(data)
        if isinstance(found, Refused):
            if self.enrolled is None and found.why == "no_key":
                self._present(name, rssi, now)
                self.security = "encrypted"
                self.packets += 1
                return ()
            return self._refuse(found.why, now)
        last = self.memory.last.counter
        verdict = self.memory.judge(found, data, now_s)
        self.found, self.back = found, verdict == "back"
        if self.back:
            # A press that opens with the key is one. Whether it was played again or the button began anew, a person finds out.
            self._refuse("replayed", now)
            if not (found.presses or found.released):
                return "replayed"
        self._present(name, rssi, now)
        if not self.back and found.counter in (None, self.memory.last.counter):
            self.refusing = None
        self.dirty = True
        self.security = "plain" if found.counter is None else "encrypted"
        if verdict == "repeated":
            self.repeated += 1
            self.urgent = self.urgent or found.counter not in (None, last)  # a copy that counts could be recorded too
            return ()
        self.urgent = True
        self.packets += 1
        self.battery = found.battery if found.battery is not None else self.battery
        return self.memory.presses(found, now_s)

    def take_over(self, old: "Device", now_s: float) -> None:
        """Go on from what was heard before it was enrolled: a press of that time is none of now."""
        self.name, self.rssi, self.signals = old.name, old.rssi, old.signals
        if isinstance(found := self._read(old.data), Packet):
            if old.enrolled is None:
                self.memory.judge(found, old.data, now_s)
            else:
                self.memory.enrolled_again(found, old.data, now_s)
            self.battery = found.battery
            self.urgent = True

    def causes(self, now: datetime, *, silent_min: float, deaf: bool) -> Set[Cause]:
        """Why it can't protect now, if it can't."""
        causes: set[Cause] = set()
        if self.enrolled is None:
            return causes
        since = max(self.enrolled.enrolled_at, self.heard_at or self.enrolled.enrolled_at)
        if silent_min and now - since > timedelta(minutes=silent_min):
            causes.add("silent")
        if self.refused_at and (self.refusing or now - self.refused_at < CALM):
            causes.add("refused")
        if self.enrolled.locked:
            causes.add("locked")
        if deaf:
            causes.add("deaf")
        return causes

    def press_id(self, button: int) -> str:
        """Of an encrypted press the same when it is heard again after a crash, so that it is still one; "" of any other."""
        last = self.memory.last
        if last.counter is None or self.enrolled is None or self.back:
            return ""
        return _word(self.enrolled.enrolment, f"{last.wraps} {last.counter} {button}")

    def packet_name(self, button: int) -> str:
        """What the last packet is called, the same for whoever hears it. It tells nobody the button's address."""
        assert self.enrolled is not None
        packet, key = self.found, self.enrolled.key
        if packet.counter is not None and key is not None:
            return _word(key, f"packet {packet.counter} {button}")
        return _word(self.enrolled.device.encode(), f"{self.address} {packet.packet} {packet.events} {button}")

    def low(self, limit_pct: int) -> bool:
        """Whether its battery is low, and not only a little better than it was."""
        if self.battery is None:
            return False
        return self.battery <= limit_pct + (BACK_PCT if "battery_low" in self.said else 0)

    def kept(self) -> Enrolled | None:
        """What is to be kept of it now."""
        if self.enrolled is None:
            return None
        return msgspec.structs.replace(
            self.enrolled,
            last=self.memory.last,
            battery=self.battery,
            rssi=self.rssi,
            name=self.name,
            heard_at=self.heard_at,
            said=tuple(sorted(self.said)),
        )

    def shown(self) -> ButtonHeard:
        """What a page is shown."""
        one = self.enrolled
        return ButtonHeard(
            address=self.address,
            device=one.device if one else "",
            name=self.name,
            security=self.security,
            keyed=one.keyed if one else False,
            enrolled_at=one.enrolled_at if one else None,
            enrolled_by=one.enrolled_by if one else "",
            rssi=self.rssi,
            signals=tuple(self.signals),
            battery=self.battery,
            counter=self.memory.last.counter,
            packet=self.memory.last.packet,
            packets=self.packets,
            repeated=self.repeated,
            refused=dict(self.refused),
            refusing=self.refusing,
            last_heard=self.heard_at,
            last_press=self.last_press,
            lost="link_lost" in self.said,
            low="battery_low" in self.said,
        )

    def _read(self, data: bytes) -> Packet | Refused:
        if self.enrolled is not None and self.enrolled.locked:
            return Refused("locked" if encrypted(data) else "plaintext")
        return read(data, self.address, self.enrolled.key if self.enrolled else None)

    def _refuse(self, why: Refusal, now: datetime) -> Refusal:
        self.refused[why] += 1
        self.refusing, self.refused_at = why, now
        return why

    def _present(self, name: str, rssi: int | None, now: datetime) -> None:
        self.heard_at = now
        self.name = name[:64] if name.isprintable() and name else self.name
        if rssi is not None:
            self.rssi = rssi
            if not self.signals or now - self.signals[-1].at >= SIGNAL_EVERY:
                self.signals.append(Signal(now, rssi))


def _word(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()[:32]
