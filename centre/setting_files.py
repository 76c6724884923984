"""The files and folders that settings name: which of them can't be read, by the setting's name."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from centre.setting_sources import fields_of, place_of, value_of
from centre.settings import Settings
from incidents.log.regular_files import open_regular, read_regular

SECRET_FILES = ("secret_file", "passphrase_file", "password_file")  # how the settings are called whose files hold one
OLD_SAMPLES = {"change-this-word"}  # printed by earlier versions


def why_unreadable(path: Path, kind: str = "file") -> str:
    """Why a file or a folder can't be read, with its path; "" where it can."""
    try:
        if kind == "folder":
            os.listdir(path)  # noqa: PTH208 -- nothing else is asked of it
            return ""
        with open_regular(path) as file:
            file.read(1)
        return ""
    except OSError as error:
        return f"{path}: {(error.strerror or type(error).__name__).lower()}"
    except ValueError:  # no system takes such a name
        return f"{path}: it is no path"


def samples(settings: Settings) -> Iterator[tuple[str, str]]:
    """The settings that hold a secret as the documents print it, by itself or in a file: everybody knows it."""
    printed = {field.facts["example"] for field in fields_of(Settings) if field.facts.get("secret")} | OLD_SAMPLES
    for field in fields_of(Settings):
        value = value_of(settings, field.name)
        if field.facts.get("reads") == "file" and field.name.endswith(SECRET_FILES) and value is not None:
            with contextlib.suppress(OSError, ValueError):
                value = read_regular(value).decode().strip()
        elif not field.facts.get("secret"):
            continue
        if value in printed:
            yield field.name, f"{field.name}: it is the sample of the documents: choose one of your own"


def unreadable(settings: Settings, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The settings that name what can't be read, each with a sentence that begins with where it was said.

    Only asked of what is read and never made by a desk (`reads` of `incidents.settings.setting`).
    """
    for field in fields_of(Settings):
        path, kind = value_of(settings, field.name), field.facts.get("reads")
        if kind and path is not None and (why := why_unreadable(path, kind)):
            yield field.name, f"{place_of(field.name, said)}: {why}"
