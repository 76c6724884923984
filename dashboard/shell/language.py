"""Which language somebody reads: the one kept with their account, else what was chosen at the browser, else what it asks for."""

from typing import Final

from tornado.web import RequestHandler

from dashboard.shell.ground import Registry
from reports.catalogue import LANGUAGES, PSEUDO, Translator, translator

COOKIE: Final = "vigie_language"
KEPT_S: Final = 400 * 24 * 3600  # the longest a browser keeps a cookie
# Each language in itself, the same on every page (`languages.js`).
NAMES: Final = {"fr": "Français", "nl": "Nederlands", "de": "Deutsch", "en": "English"}
_LONGEST: Final = 1000  # characters of what a browser asks for; no browser of a person asks for more


def known(language: str) -> str:
    """The language, if it is one of ours, or the one that shows what is not translated; else ""."""
    return language if language in (*LANGUAGES, PSEUDO) else ""


def asked_for(accept: str) -> str:
    """The first of our languages that a header `Accept-Language` (RFC 9110, 12.5.4) asks for; "" when it asks for none."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept[:_LONGEST].split(",")):
        name, _, more = part.strip().partition(";")
        weight = more.strip().removeprefix("q=") if more else "1"
        try:
            share = float(weight)
        except ValueError:
            continue
        if share > 0 and (language := known(name.strip().lower().partition("-")[0])):
            wanted.append((-share, place, language))
    return min(wanted)[2] if wanted else ""


def of_browser(cookie: str, accept: str, centre: str) -> str:
    """What a browser reads before anybody signed in: what was chosen at it, else what it asks for, else the centre's."""
    return known(cookie) or asked_for(accept) or centre


def of_request(handler: RequestHandler, centre: str, *, keep: bool = False) -> str:
    """The same of a request. `keep`: what its address chooses (`?language=`) goes before, and stays the browser's."""
    chosen = known(handler.get_query_argument("language", "")) if keep else ""
    if chosen:
        handler.set_cookie(COOKIE, chosen, path="/", max_age=KEPT_S, samesite="Lax")
    accept = handler.request.headers.get("Accept-Language", "")
    return chosen or of_browser(handler.get_cookie(COOKIE) or "", accept, centre)


def of_person(signins: Registry | None, token: str) -> str:
    """What who is signed in at a browser prefers; "" where nobody is, or where they never chose."""
    found = signins.of(token) if signins is not None else None
    return known(found.preferences.language) if found is not None and found.preferences is not None else ""


def speak(language: str) -> Translator:
    """The words of one of our languages; English of another."""
    return translator(known(language) or "en")
