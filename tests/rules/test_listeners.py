"""Every server that the product starts says which port it could not have: what binds one stands within `listening`."""

import ast
import contextlib
import errno
import socket
import sys
from collections.abc import Iterator
from subprocess import run

import pytest

from incidents.listening_port import CannotListen, listening
from tests.rules.house import ROOT, sources

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


def test_whatever_binds_a_port_stands_within_listening() -> None:
    product = {name: text for name, text in sources("*.py").items() if not name.startswith(("tests/", "bench/"))}
    found = [f"{name}:{line}" for name, text in product.items() for line in bare(ast.parse(text))]
    assert product and found == []


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
