"""Which version this is (it stands in `pyproject.toml` alone), and by what name it is called."""

import tomllib
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path

_PROJECT = Path(__file__).parents[1] / "pyproject.toml"
CHECKOUT = "python app.py"  # how messages name the command line


@cache
def version() -> str:
    """The version of the code that runs: of its own `pyproject.toml` in a checkout, else as it was installed.

    Raises PackageNotFoundError when it is neither.
    """
    if _PROJECT.is_file():  # before the metadata: beside a checkout another version may be installed
        return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
    return installed("vigie")


def as_called(text: str) -> str:
    """A message as it is true here: where Vigie is installed there is no `app.py` to run, and the command is `vigie`."""
    return text if _PROJECT.is_file() else text.replace(f"{CHECKOUT} ", "vigie ")
