"""One small centre and a backup of it for all tests that only read them; each takes a copy of what it changes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from centre.backup.making import Made
from centre.settings import Settings
from tests.centre.backup import parts

Copied = Callable[[], tuple[Path, Path]]


@pytest.fixture(scope="package")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return parts.small_centre(tmp_path_factory.mktemp("centre") / "desk")


@pytest.fixture(scope="package")
def made(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return parts.backup(settings, tmp_path_factory.mktemp("made"))


@pytest.fixture
def copied(made: Made, tmp_path: Path) -> tuple[Path, Path]:
    """The backup and its keys, to be damaged."""
    assert made.keys is not None
    found = tmp_path / made.path.name, tmp_path / made.keys.name
    shutil.copytree(made.path, found[0])
    shutil.copytree(made.keys, found[1])
    return found
