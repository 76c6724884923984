"""Which version this is: it stands in `pyproject.toml` alone."""

import tomllib
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path

_PROJECT = Path(__file__).parents[1] / "pyproject.toml"


@cache
def version() -> str:
    """The version of the code that runs: of its own `pyproject.toml` in a checkout, else as it was installed.

    Raises PackageNotFoundError when it is neither.
    """
    if _PROJECT.is_file():  # before the metadata: beside a checkout another version may be installed
        return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
    return installed("vigie")
