"""Every server that the product starts says which port it could not have, and answers no page of another origin.

What binds a port stands within `listening`: by that each is found.
"""

import ast
import asyncio
import contextlib
import errno
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from subprocess import run
from urllib.parse import urlsplit

import pytest
from bokeh.server.tornado import BokehTornado
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from dashboard.access.guard import Guard, is_ours, strict_headers
from dashboard.access.sign_in import Door
from dashboard.server import listen, routes
from feeds.gateway import Gateway
from feeds.orders.simulated_dispatch import Dispatch
from incidents.listening_port import CannotListen, listening
from tests.feeds.gateway.parts import opened
from tests.rules.house import ROOT, nodes, parsed, sources

BINDS = {"bind_sockets", "create_server", "get_server", "serve", "start_server", "start_unix_server"}
OF_OTHERS = {"tornado.netutil", "panel.io.server", "websockets.asyncio.server", "socket", "asyncio"}


def bare(tree: ast.AST) -> Iterator[int]:
    """The lines on which something binds a port outside of `with listening(...)`."""
    named = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in OF_OTHERS
        for name in node.names
    }
    stack = [(tree, False)]
    while stack:
        node, within = stack.pop()
        if isinstance(node, ast.With | ast.AsyncWith):
            within |= any("listening(" in ast.unparse(item.context_expr) for item in node.items)
        if isinstance(node, ast.Call):
            called = node.func
            own = isinstance(called, ast.Name) and called.id in BINDS & named
            others = (
                isinstance(called, ast.Attribute)
                and called.attr in BINDS | {"bind"}
                and ast.unparse(called.value) in ("socket", "asyncio")
            )
            if (own or others) and not within:
                yield node.lineno
        stack += [(child, within) for child in ast.iter_child_nodes(node)]


def product() -> dict[str, str]:
    return {name: text for name, text in sources("*.py").items() if not name.startswith(("tests/", "bench/"))}


def test_whatever_binds_a_port_stands_within_listening() -> None:
    found = [f"{name}:{line}" for name, text in product().items() for line in bare(parsed(text))]
    assert found == []


@asynccontextmanager
async def feed(folder: Path) -> AsyncIterator[str]:
    gateway = Gateway("112-app")
    await gateway.start()
    try:
        yield gateway.url
    finally:
        await gateway.stop()


@asynccontextmanager
async def door(folder: Path) -> AsyncIterator[str]:
    async with opened(folder / "feed") as here:
        yield here.url


@asynccontextmanager
async def dispatch(folder: Path) -> AsyncIterator[str]:
    made = Dispatch(Gateway("112-app"))
    await made.start()
    try:
        yield made.url
    finally:
        await made.close()


@asynccontextmanager
async def pages(folder: Path) -> AsyncIterator[str]:
    """A desk's or a training room's server: both are made by `listen`."""
    unasked = Door(lambda: None, lambda: pytest.fail("it was asked"))
    server = listen({}, routes(unasked, []), Guard(lambda: None), strict_headers(), port=0)
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.stop()


# What listens, by the function that makes it; and what only tries whether it could.
LISTENERS: dict[str, Callable[[Path], AbstractAsyncContextManager[str]]] = {
    "feeds/gateway/gateway.py start": feed,
    "feeds/gateway/door.py start": door,
    "feeds/orders/simulated_dispatch.py start": dispatch,
    "dashboard/server.py listen": pages,
}
TRIES = {"dashboard/server.py may_listen", "dashboard/ports.py free_port", "demo/centre.py run_demo"}
PATHS = ("/", "/feed", "/v1/messages", "/live", "/health", "/metrics", "/orders", "/operator", "/operator/ws", "/none")
LINE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)


def test_every_listener_there_is_is_asked_below() -> None:
    functions = (
        (name, node)
        for name, text in product().items()
        if "listening(" in text
        for node in nodes(text)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    found = {f"{name} {node.name}" for name, node in functions if any(_listens(inner) for inner in ast.walk(node))}
    assert found == LISTENERS.keys() | TRIES


def _listens(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and any("listening(" in ast.unparse(item.context_expr) for item in node.items)


@pytest.mark.parametrize("kind", LISTENERS)
@pytest.mark.parametrize("headers", [(), LINE], ids=["asked", "a line"])
async def test_no_listener_answers_a_page_of_another_origin(
    kind: str, headers: tuple[str, ...], tmp_path: Path
) -> None:
    async with LISTENERS[kind](tmp_path) as url:
        port = urlsplit(url).port
        for origin in ("https://elsewhere.example", f"http://elsewhere.example:{port}", "null", "http://localhost:1"):
            for path in PATHS:
                for method in ("GET",) if headers or LISTENERS[kind] is feed else ("GET", "POST", "PUT", "OPTIONS"):
                    asked = (f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", f"Origin: {origin}", *headers)
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.write("\r\n".join((*asked, "Content-Length: 0", "", "")).encode())
                    answer = await reader.readline()
                    writer.close()
                    assert answer[9:12] in (b"403", b"404"), (method, path, origin)


@pytest.mark.parametrize(
    ("origin", "protocol", "ours"),
    [
        ("https://desk.example", "https", True),
        ("http://desk.example", "https", False),  # who stands between wrote that page
        ("http://desk.example", "http", True),
        ("https://desk.example", "http", True),  # a proxy that ends TLS and does not say so
        ("ftp://desk.example", "http", False),
        ("https://desk.example@elsewhere.example", "https", False),
    ],
)
def test_an_origin_is_compared_with_its_scheme(origin: str, protocol: str, ours: bool) -> None:
    application = BokehTornado({}, extra_websocket_origins=["desk.example"])
    line = RequestStartLine("GET", "/", "HTTP/1.1")
    request = HTTPServerRequest(start_line=line, headers=HTTPHeaders({"Host": "desk.example", "Origin": origin}))
    request.protocol = protocol
    assert is_ours(application, request) is ours


@pytest.mark.parametrize(
    "text",
    ["import socket\nsocket.create_server(('', 1))", "from websockets.asyncio.server import serve\nserve(f, 'h', 1)"],
)
def test_a_server_without_it_is_found(text: str) -> None:
    assert list(bare(ast.parse(text))) == [2]


def test_a_port_that_is_taken_is_named_with_what_to_do() -> None:
    with contextlib.ExitStack() as held:
        while True:  # a port whose neighbour is free, for the desk
            port = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port - 1)):
                break
        with (
            pytest.raises(
                CannotListen, match=rf"^can't listen on port {port} of 127\.0\.0\.1: another program.*--port"
            ),
            listening("127.0.0.1", port),
        ):
            socket.create_server(("127.0.0.1", port))
    with (
        pytest.raises(CannotListen, match=r"port 80 of 127\.0\.0\.1 for the room: Permission denied; choose another"),
        listening("127.0.0.1", 80, "the room"),
    ):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_demo_whose_training_room_has_no_port_names_it_and_starts_nothing() -> None:
    with contextlib.ExitStack() as held:
        while True:  # a port whose neighbour is free, for the desk
            port = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port - 1)):
                break
        command = [sys.executable, "app.py", "demo", "--port", str(port - 1), "--exit-after", "1"]
        done = run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"vigie: can't listen on port {port} of 127.0.0.1 for the demo's training room: ")
    assert done.stderr.count("\n") == 1
