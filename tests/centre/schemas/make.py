"""Writes docs/schemas anew: `python -m tests.centre.schemas.make`."""

from pathlib import Path

from centre.schemas import NAMES, schema

FOLDER = Path(__file__).parents[3] / "docs" / "schemas"


def write() -> None:
    """One file a document; what is no longer one goes."""
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    for name in NAMES:
        (FOLDER / name).write_bytes(schema(name) or b"")


if __name__ == "__main__":
    write()
