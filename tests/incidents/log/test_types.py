"""One record of each type that any version wrote is read and folded for ever as on the day it was written."""

from pathlib import Path

import pytest

from incidents.events import EVENT_TYPES
from tests.incidents.log.samples import types

VERSIONS = sorted(file.stem for file in types.HERE.glob("*.jsonl"))


def test_this_version_has_a_sample_of_each_type_that_it_writes() -> None:
    lines = (types.HERE / f"{types.VERSION}.txt").read_text(encoding="utf-8").splitlines()
    assert set(lines[::3]) == set(EVENT_TYPES), "python -m tests.incidents.log.samples.types, before it is released"


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_sample_verifies_and_is_read_as_it_was(version: str, tmp_path: Path) -> None:
    assert await types.read(version, tmp_path) == (types.HERE / f"{version}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("tag", sorted(EVENT_TYPES))
def test_a_sample_fills_every_fact(tag: str) -> None:
    """A fact that is left out would be read by anybody."""
    event = types.event_of(tag)
    assert not [name for name in event.__struct_fields__ if getattr(event, name) is None]
