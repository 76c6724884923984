"""`buttons scan|enrol|list|remove|test|serve`: real buttons, on the machine that has the receiver."""

import asyncio
import platform
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.terminal import answered, fail, say, until_told

if TYPE_CHECKING:
    from centre.settings import Settings
    from feeds.buttons.store import ButtonStore

buttons_app = typer.Typer(no_args_is_help=True, help="Bluetooth buttons, heard by this machine's own receiver.")

StorePath = Annotated[
    Path | None, typer.Option("--store", help="The file of enrolled buttons; vigie.buttons beside the log by default.")
]
Name = Annotated[str, typer.Argument(metavar="DEVICE", help="The name it is enrolled under, such as AMR-00412.")]


@buttons_app.command("scan")
def scan(seconds: Annotated[float, typer.Option(help="How long to listen.")] = 10.0, store: StorePath = None) -> None:
    """Say which buttons are in the air: signal, battery, last heard, whether enrolled. Most send only when they are pressed."""
    from cli.button_lines import heading, row

    async def look() -> None:
        from centre.button_service import listening

        async with listening(_settings(store)) as service:
            with suppress(asyncio.CancelledError):  # told to end: what was heard until then
                await asyncio.sleep(seconds)
            state = service.state
        if state.adapter.state != "scanning":
            fail(f"bluetooth: {state.adapter.state}: {state.adapter.reason}")
        say(heading())
        for one in state.devices:
            if one.packets or one.repeated or one.refused:
                say(row(one))

    with answered():
        asyncio.run(until_told(look()))


@buttons_app.command("enrol")
def enrol(
    address: Annotated[str, typer.Argument(help="The button's address, as `buttons scan` shows it.")],
    device: Name,
    plain: Annotated[
        bool, typer.Option("--plain", help="It has no key: anybody could send the same (unauthenticated).")
    ] = False,
    key_stdin: Annotated[bool, typer.Option("--key-stdin", help="Read the key from standard input.")] = False,
    instead: Annotated[bool, typer.Option("--instead", help="Take out the button that has this name now.")] = False,
    by: Annotated[str, typer.Option(help="Who enrols it; the account of this machine by default.")] = "",
    store: StorePath = None,
) -> None:
    """Take a button into use. Its key is asked for, or read from standard input; never given here. In force within a second."""
    import getpass

    from centre.this_account import this_account
    from incidents.buttons import device_name, key_of

    async def do(key: bytes | None) -> None:
        from feeds.buttons.service import ButtonService
        from incidents.clock import SystemClock

        settings = _settings(store)
        service = ButtonService(None, settings.buttons, store=_store(settings), clock=SystemClock())
        await service.open()
        try:
            await service.enrol(address, device, key=key, by=by or this_account(), instead=instead)
        finally:
            await service.close()

    with answered():
        if plain:
            key = None
        elif key_stdin or not sys.stdin.isatty():
            key = key_of(sys.stdin.readline())
        else:
            key = key_of(getpass.getpass("Key (32 hexadecimal digits): "))
        asyncio.run(do(key))
        say(f"{device_name(device)} is enrolled{': UNAUTHENTICATED, anybody could send the same' if plain else ''}")


@buttons_app.command("list")
def listed(store: StorePath = None) -> None:
    """Say who is enrolled: signal, battery, last heard."""
    from cli.button_lines import enrolled_line

    with answered():
        with closing(_store(_settings(store))) as file:
            rows = file.load()
        if rows is None:
            fail(file.reason)
        for one in rows:
            say(enrolled_line(one))
        if file.state != "open":
            fail(file.reason)


@buttons_app.command("remove")
def remove(device: Name, store: StorePath = None) -> None:
    """Take a button out of use; its key is gone. In force within a second."""
    with answered():
        with closing(_store(_settings(store))) as file:
            found = file.remove(device)
        if not found:
            fail(f"no button is enrolled as {device}")
        say(f"{device} is taken out")


@buttons_app.command("test")
def test(
    device: Name,
    presses: Annotated[int, typer.Option(min=1, help="How many presses to wait for.")] = 1,
    seconds: Annotated[float, typer.Option(help="How long to wait.")] = 60.0,
    store: StorePath = None,
) -> None:
    """Wait for presses of one button and say what is heard. A desk that listens too is alarmed as by any press."""
    from cli.button_lines import press_line, refusals

    async def wait() -> int:
        from centre.button_service import listening

        count = 0
        done = asyncio.Event()
        async with listening(_settings(store)) as service:
            if service.state.of(device) is None:
                fail(service.state.store_reason or f"no button is enrolled as {device}")

            def heard(press: object) -> None:
                nonlocal count
                one = service.state.of(device)
                if one is None or one.last_press is not press:
                    return
                count += 1
                say(press_line(count, one))
                if count >= presses:
                    done.set()

            service.on_press(heard)
            say(f"press {device} now")
            try:
                async with asyncio.timeout(seconds):
                    await done.wait()
            except TimeoutError:
                state = service.state
                if state.adapter.state != "scanning":
                    fail(f"bluetooth: {state.adapter.state}: {state.adapter.reason}")
                fail(f"{count} of {presses} presses heard in {seconds:g} s{refusals(state.of(device))}")
        return count

    with answered():
        asyncio.run(until_told(wait()))


@buttons_app.command("serve")
def serve(
    port: Annotated[int, typer.Option(help="Port of the feed.")] = 8113,
    address: Annotated[str, typer.Option(help="Address to listen on; this machine only by default.")] = "127.0.0.1",
    name: Annotated[
        str, typer.Option(help="The feed's name, for ever the same and no other's; buttons-HOST by default.")
    ] = "",
    store: StorePath = None,
) -> None:
    """Serve what the enrolled buttons say to any desk, as an alarm feed."""
    from centre.access import tls_context
    from centre.button_service import serve as run

    with answered():
        settings = _settings(store)
        name = name or f"buttons-{platform.node() or 'receiver'}"
        tls = tls_context(settings.tls_cert, settings.tls_key)
        asyncio.run(until_told(run(settings, name=name, address=address, port=port, tls=tls)))


def _settings(store: Path | None) -> "Settings":
    from msgspec.structs import replace

    from centre.settings import buttons_file, load

    settings = load({"buttons.store": store})
    return replace(settings, buttons=replace(settings.buttons, store=buttons_file(settings)))


def _store(settings: "Settings") -> "ButtonStore":
    from feeds.buttons.store import ButtonStore

    assert settings.buttons.store is not None
    return ButtonStore(settings.buttons.store, settings.key_file)
