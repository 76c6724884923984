"""BlueZ, watched beside bleak, which does not say when a scan has gone deaf: adapter off or gone, service ended or begun anew.

Linux only, and imported there only; even here nothing of D-Bus is imported before it is used.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from feeds.buttons.adapter_errors import Unavailable

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus
    from dbus_fast.message import Message

ANSWER_S = 5.0
LOOK_S = 5.0

_SERVICE = "org.bluez"
_ADAPTER = "org.bluez.Adapter1"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_RULES = (
    f"type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='{_SERVICE}'",
    f"type='signal',interface='{_PROPERTIES}',member='PropertiesChanged',path_namespace='/org/bluez',arg0='{_ADAPTER}'",
    f"type='signal',interface='{_OBJECTS}',member='InterfacesRemoved'",
)


class Bluez:
    """One connection of our own. `adapter` finds the receiver; then `gone` waits until it can't be used any more."""

    def __init__(self, bus: "MessageBus") -> None:
        self._bus = bus
        self._path = ""
        self._trouble: asyncio.Future[Unavailable] = asyncio.get_running_loop().create_future()
        self._left: asyncio.Future[None] = asyncio.ensure_future(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]

    @classmethod
    async def open(cls) -> "Bluez":
        """Connect. Raises what the bus raises; `trouble.of` knows it."""
        from bleak.backends.bluezdbus.utils import get_dbus_authenticator
        from dbus_fast.aio import MessageBus
        from dbus_fast.constants import BusType

        bus = MessageBus(bus_type=BusType.SYSTEM, auth=get_dbus_authenticator())
        try:
            await bus.connect()
        except BaseException:
            bus.disconnect()
            raise
        bluez = cls(bus)
        try:
            bus.add_message_handler(bluez._signal)
            for rule in _RULES:
                await bluez._ask("org.freedesktop.DBus", "/org/freedesktop/DBus", "AddMatch", "s", rule)
        except BaseException:
            await bluez.close()
            raise
        return bluez

    async def close(self) -> None:
        """Leave the bus."""
        self._bus.disconnect()
        await asyncio.wait((self._left,), timeout=1.0)
        if not self._left.cancel() and not self._left.cancelled():
            self._left.exception()  # asked, so that nobody complains that it was not

    async def adapter(self, wanted: str) -> str:
        """The name of the receiver to use (`hci0`): the wanted one, else the first that is on. Raises Unavailable."""
        body = await self._ask(_SERVICE, "/", "GetManagedObjects", interface=_OBJECTS)
        adapters = {path: faces[_ADAPTER] for path, faces in sorted(body.items()) if _ADAPTER in faces}
        if wanted:
            adapters = {path: facts for path, facts in adapters.items() if path.rsplit("/", 1)[-1] == wanted}
        if not adapters:
            raise Unavailable("absent", f"no adapter {wanted}" if wanted else "no adapter")
        for path, facts in adapters.items():
            if "Powered" not in facts or facts["Powered"].value:
                self._path = path
                return str(path.rsplit("/", 1)[-1])
        raise Unavailable("off", "the adapter is off")

    async def gone(self) -> Unavailable:
        """Wait until the receiver can't be used any more, and say why."""
        while True:
            await asyncio.wait((self._trouble, self._left), timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
            if self._trouble.done():
                return self._trouble.result()
            if self._left.done():
                return Unavailable("no_bus", "the D-Bus ended")
            # A service that hangs, or an adapter that changed without a word.
            try:
                if not await self._powered():
                    return Unavailable("off", "the adapter is off")
            except Unavailable as trouble:
                return trouble

    async def _powered(self) -> bool:
        from bleak.exc import BleakDBusError

        try:
            found = await self._ask(_SERVICE, self._path, "Get", "ss", _ADAPTER, "Powered", interface=_PROPERTIES)
            return bool(found.value)
        except BleakDBusError as error:
            if error.dbus_error.rsplit(".", 1)[-1] in ("ServiceUnknown", "NameHasNoOwner", "NoReply"):
                raise Unavailable("no_service", "BlueZ ended") from None
            if error.dbus_error.rsplit(".", 1)[-1] in ("UnknownObject",):
                raise Unavailable("absent", "the adapter is gone") from None
            return True  # it answers, if not this
        except TimeoutError:
            raise Unavailable("no_service", "BlueZ does not answer") from None

    async def _ask(
        self, to: str, path: str, member: str, signature: str = "", *words: str, interface: str = "org.freedesktop.DBus"
    ) -> Any:
        from bleak.backends.bluezdbus.utils import assert_reply
        from dbus_fast.message import Message

        asked = Message(
            destination=to, path=path, interface=interface, member=member, signature=signature, body=list(words)
        )
        async with asyncio.timeout(ANSWER_S):
            reply = await self._bus.call(asked)
        assert reply is not None
        assert_reply(reply)
        return reply.body[0] if reply.body else None

    def _signal(self, message: "Message") -> None:
        trouble: Unavailable | None = None
        body = message.body
        if message.member == "NameOwnerChanged" and body[0] == _SERVICE:
            trouble = Unavailable("no_service", "BlueZ began anew" if body[2] else "BlueZ ended")
        elif message.member == "PropertiesChanged" and message.path == self._path and body[0] == _ADAPTER:
            if (powered := body[1].get("Powered")) is not None and not powered.value:
                trouble = Unavailable("off", "the adapter is off")
        elif message.member == "InterfacesRemoved" and body[0] == self._path and _ADAPTER in body[1]:
            trouble = Unavailable("absent", "the adapter is gone")
        if trouble is not None and self._path and not self._trouble.done():
            self._trouble.set_result(trouble)
