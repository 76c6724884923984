"""What stands in the place of a page that can't be made: a sentence, never an error with the paths of the server."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import panel as pn

from dashboard.i18n.words import words
from incidents.listeners import without_values
from reports.catalogue import translator

_logger = logging.getLogger(__name__)


def notice(word: str, *, language: str = "en", theme: str = "dark") -> pn.Template:
    """A page that says one thing. `word` is the key of what it says."""
    return sentences(words(translator(language))[word], language=language, theme=theme)


def sentences(heading: str, said: Sequence[str] = (), **variables: Any) -> pn.Template:
    """A page of a heading and some sentences; `variables` are its `language` and `theme`, and the ways out (`notice.html`)."""
    template = pn.Template((Path(__file__).parent / "notice.html").read_text(encoding="utf-8"))
    for name, value in {"heading": heading, "said": said, "root": pn.state.base_url, **variables}.items():
        template.add_variable(name, value)
    return template


def or_notice(make: Callable[[], Any]) -> Callable[[], Any]:
    """A page as `make` makes it. Where that fails, Panel would show the error itself, so it is logged and a sentence is shown."""

    def page() -> Any:
        try:
            return make()
        except Exception as error:
            _logger.error("a page could not be made", exc_info=without_values(error))
            return notice("page_failed")

    return page
