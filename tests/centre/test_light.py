"""What every command pays for: reading the settings, and saying which commands there are, load no web server and no tables."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("tornado", "bokeh", "panel", "pandas", "numpy", "argon2", "jwt", "websockets")


def loads(code: str) -> str:
    """What of the heavy libraries a fresh Python has loaded after this code."""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return ran.stderr.strip()


@pytest.mark.parametrize(
    "code",
    [
        "from centre.settings import load; load({})",
        "import contextlib, runpy, sys; sys.argv = ['app.py', '--help']\n"
        "with contextlib.suppress(SystemExit): runpy.run_path('app.py', run_name='__main__')",
    ],
    ids=["settings", "help"],
)
def test_settings_and_help_load_no_web_server_and_no_tables(code: str) -> None:
    told = f"\nimport sys; print(*sorted(set({HEAVY!r}) & sys.modules.keys()), file=sys.stderr)"
    assert loads(code + told) == ""
    assert loads("import tornado" + told) == "tornado"
