"""Who reads what a command of the desk's staff says: the language asked for, else the centre's, else that of the terminal.

`report`, `evidence` and `devices` speak it. Commands of an administrator, their help, log lines and what a broken file, key or
setting is said to be stay English: who mends it looks it up in documents that are English.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from centre.settings import Settings
    from reports.catalogue import Translator

Language = Annotated[
    str, typer.Option("--language", help="fr, nl, de or en; the centre's (VIGIE_LANGUAGE) by default.")
]


def of_terminal(environ: Mapping[str, str] = os.environ) -> str:
    """The language of ours that the environment asks for (POSIX: LC_ALL, LC_MESSAGES, LANG); English of another."""
    from reports.catalogue import LANGUAGES

    asked = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    language = asked.partition("_")[0].partition(".")[0].lower()
    return language if language in LANGUAGES else "en"


def settings_and_words(language: str = "", given: Mapping[str, Any] | None = None) -> tuple["Settings", "Translator"]:
    """The settings in force, and the words of who reads. `language`: asked for, or "". Raises SettingsError."""
    from centre.settings import load
    from reports.catalogue import translator

    settings = load({**(given or {}), "language": language or None}, otherwise={"language": of_terminal()})
    return settings, translator(settings.language)
