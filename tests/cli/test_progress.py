"""A command that takes over a second shows on a terminal that it works, and how far it is; anywhere else it shows nothing."""

import ast
import contextlib
import inspect
import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

import app
from tests.processes import ROOT

# Commands of less than a second; those that read a log or a file of any size are none of them.
QUICK = {
    *("users add", "users list", "users role", "users disable", "users enable", "users passwd", "users remove"),
    *("users roles", "degraded opened", "buttons enrol", "buttons list", "buttons remove"),
    *("settings template", "settings show", "approve"),
}


def commands(group: typer.Typer = app.app, path: str = "") -> Iterator[tuple[str, Callable[..., object]]]:
    for command in group.registered_commands:
        assert command.callback is not None
        yield path + (command.name or command.callback.__name__), command.callback
    for below in group.registered_groups:
        assert below.typer_instance is not None
        yield from commands(below.typer_instance, f"{below.name} ")


COMMANDS = dict(commands())


def calls(function: Callable[..., object]) -> set[str]:
    """What a function calls by name."""
    tree = ast.parse(inspect.getsource(function))
    return {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_that_it_works_or_runs_until_told_or_is_quick(name: str) -> None:
    ways = {"working", "until_told"} & calls(COMMANDS[name])
    assert bool(ways) != (name in QUICK), f"{name}: give it working(), or name it as a quick one"


def test_the_quick_ones_are_commands() -> None:
    assert COMMANDS.keys() >= QUICK


WORK = """
import sys
from cli import terminal
terminal.SHOWN_AFTER_S = float(sys.argv[1])
with terminal.working() as progress:
    progress(1, 4)
    print("found one")
    sys.stdin.readline()  # at work until it is told that its bar was seen
print("ready")
"""


def run(after_s: float, out: Path, *, terminal: bool = True, until: bytes = b"") -> str:
    """What a command writes to standard error, a terminal or a pipe, while it works until this stands there."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, ours)
        output = stack.enter_context(out.open("wb"))
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", WORK, str(after_s)],
                cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=output, stderr=theirs,
            )
        )  # fmt: skip
        assert process.stdin is not None
        os.close(theirs)
        told = b""
        while True:
            if until in told and not process.stdin.closed:
                process.stdin.close()
            if not select.select([ours], [], [], 30.0)[0]:
                process.kill()
                pytest.fail(f"nothing more came after {told!r}")
            try:
                part = os.read(ours, 4096)
            except OSError:  # the other side of a terminal is closed
                break
            if not part:
                break
            told += part
        assert process.wait(30) == 0
    return told.decode()


def test_on_a_terminal_a_bar_stands_while_it_works_and_a_file_gets_its_output_alone(tmp_path: Path) -> None:
    told = run(0.01, tmp_path / "out", until=b"25%")
    assert "0:00:0" in told
    assert (tmp_path / "out").read_text() == "found one\nready\n"


def test_a_quick_command_shows_nothing_and_so_does_one_without_a_terminal(tmp_path: Path) -> None:
    assert run(60.0, tmp_path / "out") == ""
    assert run(0.0, tmp_path / "out", terminal=False) == ""
    assert (tmp_path / "out").read_text() == "found one\nready\n"
