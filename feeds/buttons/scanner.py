"""The radio: hears every BTHome advertisement, and says how the adapter is. What fails is tried again for ever.

It only listens: nothing here ever connects to a button. Passive where the system allows (no button is asked anything), else
active. On Linux BlueZ is watched beside bleak.
"""

import asyncio
import contextlib
import logging
import random
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

from bleak import BleakScanner
from bleak.args.bluez import OrPattern
from bleak.assigned_numbers import AdvertisementDataType
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError

from feeds.buttons.adapter_errors import Unavailable, of
from feeds.buttons.packet import SERVICE
from incidents.buttons import Adapter, AdapterState, ScanMode
from incidents.clock import Clock

FIRST_S, LONGEST_S = 0.25, 2.0  # pauses between two tries
BEGIN_S = 15.0  # for a scan to begin: the system may ask other programs
END_S = 3.0
# A scan that heard nothing for so long is begun anew, the other way: sooner where nobody tells that the adapter went off.
DEAF_S = 600.0 if sys.platform == "linux" else 60.0
UNKNOWN_RSSI = -127

# Service data of a 16-bit UUID, begun by BTHome's in little endian: all that passive scanning lets through.
_PATTERN = OrPattern(0, AdvertisementDataType.SERVICE_DATA_UUID16, b"\xd2\xfc")

Heard = Callable[[str, str, bytes, int | None], None]

_logger = logging.getLogger(__name__)


class Scanner:
    """`heard` is given address, name, service data and signal strength (dBm) of each advertisement; `changed` each new state."""

    def __init__(
        self,
        heard: Heard,
        *,
        clock: Clock,
        adapter: str = "",
        changed: Callable[[Adapter], None] = lambda adapter: None,
    ) -> None:
        self._heard = heard
        self._clock = clock
        self._wanted = adapter
        self._changed = changed
        self._count = 0
        self._passive_first = True
        self.adapter = Adapter(since=clock.now())

    async def run(self) -> None:
        """Listen until cancelled. Nothing the radio or the system does ends it."""
        failures = 0
        while True:
            try:
                async with self._scan() as trouble:
                    failures = 0
                    gone = await trouble
            except Exception as error:
                failures += 1
                gone = of(error)
            if gone is None:
                continue
            self._say(gone.state, gone.reason)
            longest = min(LONGEST_S, FIRST_S * 2 ** min(failures, 16))
            await asyncio.sleep(longest * random.uniform(0.5, 1.0))

    @contextlib.asynccontextmanager
    async def _scan(self) -> AsyncIterator[Any]:
        """One scan. Gives what to wait for: what ended it, None when it is only to begin anew."""
        async with contextlib.AsyncExitStack() as stack:
            async with asyncio.timeout(BEGIN_S):
                options: dict[str, str] = {}
                bluez = None
                if sys.platform == "linux":
                    from feeds.buttons.bluez import Bluez

                    bluez = await Bluez.open()
                    stack.push_async_callback(bluez.close)
                    options["adapter"] = await bluez.adapter(self._wanted)
                scanner, mode = await self._begin(options)
            stack.push_async_callback(_end, scanner)
            self._say("scanning", mode=mode)
            yield self._until_gone(bluez.gone() if bluez is not None else asyncio.Event().wait())

    async def _begin(self, options: dict[str, str]) -> tuple[BleakScanner, ScanMode]:
        modes: tuple[ScanMode, ScanMode] = ("passive", "active") if self._passive_first else ("active", "passive")
        try:
            return await self._begin_one(modes[0], options), modes[0]
        except BleakBluetoothNotAvailableError:
            raise
        except Exception:
            return await self._begin_one(modes[1], options), modes[1]

    async def _begin_one(self, mode: ScanMode, options: dict[str, str]) -> BleakScanner:
        bluez: Any = {**options, "or_patterns": [_PATTERN]} if mode == "passive" else dict(options)
        scanner = BleakScanner(self._advertisement, scanning_mode=mode, bluez=bluez)
        await scanner.start()
        return scanner

    async def _until_gone(self, gone: Any) -> Unavailable | None:
        waiting = asyncio.ensure_future(gone)
        try:
            while True:
                count = self._count
                done, _ = await asyncio.wait((waiting,), timeout=DEAF_S)
                if done:
                    trouble: Unavailable | None = waiting.result()
                    return trouble
                if count == self._count:
                    self._passive_first = not self._passive_first
                    return None
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    def _advertisement(self, device: BLEDevice, said: AdvertisementData) -> None:
        try:
            data = said.service_data.get(SERVICE)
            if data is None:
                return
            self._count += 1
            name = said.local_name or device.name
            known = isinstance(said.rssi, int) and said.rssi != UNKNOWN_RSSI
            self._heard(
                device.address, name if isinstance(name, str) else "", bytes(data), said.rssi if known else None
            )
        except Exception as error:  # one advertisement must never keep the next from being heard
            _logger.error("an advertisement was not taken: %s", type(error).__name__)

    def _say(self, state: AdapterState, reason: str = "", mode: ScanMode | None = None) -> None:
        now = self.adapter
        if (now.state, now.mode, now.reason) == (state, mode, reason):
            return
        since = now.since if now.state == state else self._clock.now()
        self.adapter = Adapter(state=state, since=since, mode=mode, reason=reason)
        self._changed(self.adapter)


async def _end(scanner: BleakScanner) -> None:
    """Stop a scan; what it listened to may be gone, and may not answer."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(END_S):
            await scanner.stop()
