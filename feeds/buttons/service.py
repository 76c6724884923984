"""The buttons' service: what the radio hears becomes messages of one feed, served by a gateway like any other.

The port for pages is `incidents.buttons.Buttons`. Log lines name neither address nor device.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from feeds.buttons.device import Device
from feeds.buttons.outbox import Outbox
from feeds.buttons.packet import Refused, encrypted, read
from feeds.buttons.scanner import Scanner
from feeds.buttons.settings import ButtonSettings
from feeds.buttons.store import ButtonStore, Enrolled, new_enrolment
from feeds.gateway import Gateway, message_id
from incidents.buttons import (
    Adapter,
    ButtonsState,
    EnrolError,
    PressHeard,
    Refusal,
    StoreState,
    address_of,
    device_name,
)
from incidents.clock import Clock
from incidents.listeners import tell
from incidents.log import LogUnavailable
from incidents.log.master import KeyMismatch
from incidents.messages import PressValue
from incidents.together import together

FEED = "buttons"
LOOK_S = 1.0
SAVE_EVERY = timedelta(seconds=30)  # what was heard without being new: last heard, signal
SAY_AGAIN = timedelta(seconds=60)  # between two log lines of one device about one reason
STRANGERS = 200
STRANGER_STAYS = timedelta(minutes=10)

# A radio address, or what macOS gives in its place.
_ADDRESS = re.compile(r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_WHY: dict[Refusal, str] = {
    "wrong_key": "it does not open with the button's key",
    "no_key": "it is encrypted, and the button was enrolled without a key",
    "plaintext": "it is not encrypted, and the button has a key",
    "replayed": "its counter went back: a recording, or a button that began anew and must be taken into use again",
    "truncated": "it is cut short",
    "version": "it is not of BTHome 2",
    "unreadable": "it holds what nobody knows",
    "locked": "the button's key can't be unsealed",
}

_logger = logging.getLogger(__name__)


class ButtonService:
    """Implements `incidents.buttons.Buttons`. Start the gateway after `open`, run `run` for ever, `close` at the end.

    Without a gateway it only listens: for a look at what is in the air, beside a service that may run elsewhere. `deaf_s`: so
    long after the radio became unusable every button is `link_lost`; None: somebody else tells of the radio.
    """

    def __init__(
        self,
        gateway: Gateway | None,
        settings: ButtonSettings,
        *,
        store: ButtonStore | None,
        clock: Clock,
        deaf_s: float | None = None,
        changed: Callable[[Adapter], None] = lambda adapter: None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._deaf_s = deaf_s
        self._changed = changed
        self._scanner = Scanner(self.heard, clock=clock, adapter=settings.adapter, changed=self._adapter_is)
        self._outbox = Outbox(gateway, store) if gateway is not None else None
        self._feed = gateway.name if gateway is not None else ""
        self._elsewhere = False
        self._opened = False
        self._loading = asyncio.Lock()
        self._devices: dict[str, Device] = {}
        self._strangers: dict[str, Device] = {}
        self._unreadable = 0
        self._unsaved = ""
        self._file: tuple[StoreState, str] = ("none" if store is None else "missing", "")
        self._deaf_since: datetime | None = clock.now()
        self._saved_at = clock.now()
        self._urgent = asyncio.Event()
        self._listeners: list[Callable[[PressHeard], None]] = []
        self._last_said: dict[tuple[str, Refusal], datetime] = {}

    @property
    def state(self) -> ButtonsState:
        """Everything now."""
        strangers = sorted(self._strangers.values(), key=lambda one: -(one.rssi if one.rssi is not None else -999))
        enrolled = sorted(self._devices.values(), key=lambda one: one.enrolled.device if one.enrolled else "")
        state, reason = self._store_state()
        return ButtonsState(
            adapter=self._scanner.adapter,
            store=state,
            store_reason=reason,
            feed=self._feed,
            devices=tuple(one.shown() for one in (*enrolled, *strangers)),
            unreadable=self._unreadable,
        )

    @property
    def idle(self) -> bool:
        """Whether all that was heard is on the feed."""
        return self._outbox is None or self._outbox.idle

    async def open(self) -> None:
        """Know who is enrolled, and go on with the feed of before; once."""
        if self._opened:
            return
        self._opened = True
        await self._load()
        if self._outbox is not None:
            await self._outbox.resume()
        elif self._store is not None:
            self._elsewhere = await asyncio.to_thread(self._store.served)

    async def run(self) -> None:
        """Listen, publish, keep, look after the silent, for ever."""
        feed = (self._outbox.publish, self._outbox.keep) if self._outbox is not None else ()
        await together(self._scanner.run, self._keep, self._look, *feed)

    async def close(self) -> None:
        """Keep what was heard and said."""
        await self._save()
        if self._outbox is not None:
            # The last word: what is saved writes the feed too, and says that it goes on.
            await self._outbox.written(ended=True)
        if self._store is not None:
            await asyncio.to_thread(self._store.close)

    async def enrol(self, address: str, device: str, *, key: bytes | None, by: str, instead: bool = False) -> None:
        """Take a button into use. Raises EnrolError, also when what it sent last does not fit the key."""
        address, device = address_of(address), device_name(device)
        if not _ADDRESS.fullmatch(address):
            raise EnrolError("an address is six pairs of hexadecimal digits, such as 5C:C7:C1:00:00:01")
        if self._store is None:
            raise EnrolError("no file for buttons is set: [buttons] store")
        known = self._devices.get(address) or self._strangers.get(address)
        if known is not None and known.data:
            _check_key(known.data, address, key)
        row = Enrolled(
            address=address,
            device=device,
            enrolment=new_enrolment(),
            key=key,
            keyed=key is not None,
            name=known.name if known else "",
            enrolled_at=self._clock.now(),
            enrolled_by=by,
        )
        try:
            await asyncio.to_thread(self._store.enrol, row, instead=instead)
        except (LogUnavailable, KeyMismatch, OSError) as failure:
            raise EnrolError(f"it could not be written: {failure}") from None
        await self._load()
        await self._save()

    async def remove(self, device: str) -> bool:
        """Take a button out of use. Raises EnrolError."""
        if self._store is None:
            return False
        try:
            found = await asyncio.to_thread(self._store.remove, device)
        except (LogUnavailable, OSError) as failure:
            raise EnrolError(f"it could not be written: {failure}") from None
        await self._load()
        return found

    def on_press(self, listener: Callable[[PressHeard], None]) -> Callable[[], None]:
        """Hear of each press; call what is returned to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def heard(self, address: str, name: str, data: bytes, rssi: int | None) -> None:
        """Take one advertisement."""
        now, now_s = self._clock.now(), time.monotonic()
        address = address.upper()
        device = self._devices.get(address)
        if device is None:
            self._stranger(address, name, data, rssi, now, now_s)
            return
        found = device.hear(data, name, rssi, now=now, now_s=now_s)
        if isinstance(found, str):
            self._tell_refused(device, found, now)
        else:
            if device.back:
                self._tell_refused(device, "replayed", now)
            for button, press in found:
                self._press(device, button, press, now, now_s)
        self._assess(device, now)
        if device.urgent:
            self._urgent.set()

    def _stranger(self, address: str, name: str, data: bytes, rssi: int | None, now: datetime, now_s: float) -> None:
        device = self._strangers.get(address) or Device(address, None, now=now, now_s=now_s)
        if isinstance(device.hear(data, name, rssi, now=now, now_s=now_s), str):
            self._unreadable += 1
            return
        self._strangers[address] = device
        if len(self._strangers) > STRANGERS:
            del self._strangers[min(self._strangers, key=lambda one: self._strangers[one].seen)]

    def _press(self, device: Device, button: int, press: PressValue, now: datetime, now_s: float) -> None:
        assert device.enrolled is not None
        heard = PressHeard(
            id=device.press_id(button) or message_id(now),
            at=now,
            monotonic_s=now_s,
            address=device.address,
            device=device.enrolled.device,
            press=press,
            button=button,
            authenticated=device.security == "encrypted",
            back=device.back,
        )
        device.last_press = heard
        fields: dict[str, Any] = {
            "kind": "press",
            "id": heard.id,
            "at": now,
            "device": heard.device,
            "press": press,
            "transport": "ble_fixed",
            "authenticated": heard.authenticated,
            "packet": device.packet_name(button),
        }
        if heard.back:
            fields["counter_back"] = True
        if device.battery is not None:
            fields["battery"] = device.battery
        if self._outbox is None:
            self._tell_press(heard)
        else:
            self._outbox.put(fields, lambda _: self._tell_press(heard))

    def _tell_press(self, heard: PressHeard) -> None:
        tell(self._listeners, heard, what="a listener of the buttons")

    def _tell_refused(self, device: Device, why: Refusal, now: datetime) -> None:
        last = self._last_said.get((device.address, why))
        if last is None or now - last >= SAY_AGAIN:
            self._last_said[device.address, why] = now
            _logger.warning("a packet of an enrolled button was refused: %s (%d)", _WHY[why], device.refused[why])

    def _assess(self, device: Device, now: datetime) -> None:
        """Tell the feed what changed about whether a device can protect."""
        if device.enrolled is None or self._outbox is None:
            return
        said = set(device.said)
        lost = bool(device.causes(now, silent_min=self._settings.silent_min, deaf=self._deaf(now)))
        low = device.low(self._settings.battery_low_pct)
        if lost and "link_lost" not in said:
            self._say(device, "link_lost", now)
            device.said = device.said - {"linked"} | {"link_lost"}
            device.lost_here = True
        elif not lost and "linked" not in said and (device.lost_here or device.packets or device.repeated):
            self._say(device, "linked", now)
            device.said = device.said - {"link_lost"} | {"linked"}
            device.lost_here = False
        if low and "battery_low" not in said:
            self._say(device, "battery_low", now)
            device.said.add("battery_low")
        elif not low and "battery_low" in said:
            self._say(device, "ok", now)
            device.said.discard("battery_low")
            if lost:  # `ok` ends all that was said
                self._say(device, "link_lost", now)
        if device.said != said:
            device.urgent = True
            self._urgent.set()

    def _say(self, device: Device, state: str, now: datetime) -> None:
        assert device.enrolled is not None and self._outbox is not None
        fields = {"kind": "device", "at": now, "device": device.enrolled.device, "state": state}
        self._outbox.put(fields if device.battery is None else {**fields, "battery": device.battery})

    def _deaf(self, now: datetime) -> bool:
        if self._deaf_s is None or self._deaf_since is None:
            return False
        return now - self._deaf_since >= timedelta(seconds=self._deaf_s)

    def _adapter_is(self, adapter: Adapter) -> None:
        if adapter.state == "scanning":
            self._deaf_since = None
        else:
            self._deaf_since = self._deaf_since or adapter.since
        self._changed(adapter)

    def _store_state(self) -> tuple[StoreState, str]:
        unwritten = self._unsaved or (self._outbox.failed if self._outbox is not None else "")
        return ("failed", unwritten) if unwritten and self._file[0] == "open" else self._file

    async def _look(self) -> None:
        while True:
            if self._store is not None and await asyncio.to_thread(self._store.changed):
                await self._load()
            now = (
                self._clock.now()
            )  # after the waiting: what was heard meanwhile is not to be judged by an older moment
            for device in tuple(self._devices.values()):
                self._assess(device, now)
            for address in [a for a, one in self._strangers.items() if now - one.seen > STRANGER_STAYS]:
                del self._strangers[address]
            if now - self._saved_at >= SAVE_EVERY:
                self._urgent.set()
            await asyncio.sleep(LOOK_S)

    async def _keep(self) -> None:
        while True:
            await self._urgent.wait()
            self._urgent.clear()
            if not await self._save():
                await asyncio.sleep(LOOK_S)
                self._urgent.set()

    async def _save(self) -> bool:
        """Keep what was heard of whom; whether it could be written."""
        if self._store is None or self._elsewhere:
            return True
        self._saved_at = self._clock.now()
        dirty = [one for one in self._devices.values() if one.dirty or one.urgent]
        for one in dirty:
            one.dirty = one.urgent = False
        waiting = dirty
        try:
            if dirty:
                rows = [row for one in dirty if (row := one.kept()) is not None]
                # A press before its counter: after a crash between the two its copies would be refused, and nobody had it.
                if self._outbox is not None and not await self._outbox.written():
                    return False
                await asyncio.to_thread(self._store.save, rows)
            waiting = []
        except LogUnavailable as failure:
            if not self._unsaved:
                _logger.error("the counters of buttons can't be kept: %s; presses go on the feed all the same", failure)
            self._unsaved = str(failure)
            return False
        finally:
            for one in waiting:
                one.urgent = True
        self._unsaved = ""
        return True

    async def _load(self) -> None:
        """Take who is enrolled from the file. What can't be read leaves everybody as they were."""
        if self._store is None:
            return
        async with self._loading:
            rows = await asyncio.to_thread(self._store.load)
            if self._store.state not in ("open", self._file[0]):
                _logger.error("buttons: %s", self._store.reason)
            if rows is not None:
                self._take(rows)
            self._file = self._store.state, self._store.reason

    def _take(self, rows: Sequence[Enrolled]) -> None:
        now, now_s = self._clock.now(), time.monotonic()
        devices: dict[str, Device] = {}
        for row in rows:
            device = self._devices.get(row.address)
            if device is not None and device.enrolled is not None and device.enrolled.enrolment == row.enrolment:
                if row.locked and device.enrolled.key is not None:  # its key is gone from the file, not from here
                    row = msgspec.structs.replace(row, key=device.enrolled.key, locked=False)
                device.enrolled = row
            else:
                old = device or self._strangers.pop(row.address, None)
                device = Device(row.address, row, now=now, now_s=now_s)
                if old is not None:
                    device.take_over(old, now_s)
            devices[row.address] = device
        self._devices = devices
        if any(one.urgent for one in devices.values()):
            self._urgent.set()


def _check_key(data: bytes, address: str, key: bytes | None) -> None:
    """That a button's last packet fits the key it is to be enrolled with. Raises EnrolError."""
    if key is None and encrypted(data):
        raise EnrolError("this button sends encrypted: give its key")
    if key is not None and not encrypted(data):
        raise EnrolError("this button does not send encrypted: set the key in the button first, or enrol it as plain")
    if isinstance(found := read(data, address, key), Refused) and found.why == "wrong_key":
        raise EnrolError("this key does not open what the button sent last")
