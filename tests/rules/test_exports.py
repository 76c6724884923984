"""Tables for a spreadsheet are written in one place, which takes the formulas from each cell."""

import io
import re
import unicodedata
from contextlib import redirect_stderr, redirect_stdout

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from cli.terminal import fail, say
from tests.rules.house import sources

WRITES = re.compile(r"\bcsv\.writer\(|\bDictWriter\(|\.to_csv\(|\bto_excel\(")


def test_every_table_for_a_spreadsheet_is_written_in_one_place() -> None:
    writers = [path for path, text in sources("*.py").items() if WRITES.search(text)]
    assert [path for path in writers if not path.startswith(("tests/", "bench/"))] == ["reports/tables.py"]


def test_every_line_of_a_command_is_said_by_the_one_function_that_lets_nothing_steer_a_terminal() -> None:
    cli = {path: text for path, text in sources("*.py").items() if path.startswith("cli/")}
    said = re.compile(r"(?<![\w.])print\(|\becho\(|stdout\.write\(")
    found = [f"{path}: {at.group()}" for path, text in cli.items() for at in said.finditer(text)]
    assert len(cli) > 25 and found == ["cli/terminal.py: echo("]


@given(
    text=st.text()
    | st.sampled_from(
        ["\x1b]0;owned\x07", "a\nvigie: all is well", "\u202egnp.exe", "\x9b31m", "\ud800", "a\u2028vigie: b"]
    )
)
def test_no_text_steers_a_terminal_or_makes_a_line_of_its_own(text: str) -> None:
    out = io.StringIO()
    with redirect_stdout(out):
        say(f"vigie: {text}")
    assert out.getvalue().count("\n") == 1 and out.getvalue().endswith("\n")
    err = io.StringIO()
    with redirect_stderr(err), pytest.raises(typer.Exit):
        fail(text)  # its own message may have several lines
    assert err.getvalue().count("\n") == text.count("\n") + 1
    for said in (out, err):
        assert not [
            c for c in said.getvalue() if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        ]
