"""A debrief as one HTML file: style, script and data are in it, it asks nothing of any address, and opens from a disk.

Its own policy, in the file and in the answer's headers alike, runs the one script and takes the one style that it was made with
(docs/decisions/0006 does the same). The data travels as JSON in which nothing can end the element it stands in.
"""

import re
from functools import cache
from pathlib import Path

import msgspec
from markupsafe import Markup

from dashboard.components.place_names import Places
from dashboard.documents.degraded.page import digest
from dashboard.i18n.words import debrief_words
from dashboard.shell.bundle import bundle
from dashboard.shell.clock import BRUSSELS
from dashboard.shell.template import TEMPLATES
from dashboard.trainer.debrief.view import in_words, person, shown, ticking, told_and_remarked
from incidents.exercises.debrief import Debrief
from reports.catalogue import translator
from reports.locale_formats import formats_of

HERE = Path(__file__).parent
SHELL = HERE.parents[1] / "shell"

# What HTML or a script's own text could read as markup, written as JSON's own escapes.
_ESCAPED = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
_LIGHT = re.compile(r':root\[data-theme="light"\] (\{.*?\})', re.S)


def debrief_page(
    debrief: Debrief, places: Places, folder: Path, *, language: str = "en", theme: str = "", download: str = ""
) -> str:
    """The whole page. `folder` has the map's data; `download` is the way to the file, "" in the file itself.

    `theme` is dark or light; without one the reader's own machine says which.
    """
    _ = translator(language)
    t, codes = debrief_words(_), msgspec.to_builtins(debrief)
    debrief = in_words(debrief, _("[withheld: it leads to a protected place]"))
    incidents = shown(debrief, folder, places, t)
    data = {
        "debrief": codes,
        "incidents": [incident["facts"] for incident in incidents],
        "words": t,
    }
    began = debrief.began.astimezone(BRUSSELS)
    return TEMPLATES.get_template("trainer/debrief/debrief.html").render(
        t=t,
        language=language,
        theme=theme,
        download=download,
        policy=_meta_policy(),
        style=Markup(_style()),
        script=Markup(_script()),
        data=embedded(data),
        title=t["title"].format(title=debrief.title),
        debrief=debrief,
        day=f"{formats_of(t['language']).day(began)} {began:%H:%M}",
        length=ticking(debrief.length_s),
        trainer=person(debrief.trainer, t),
        trainees=[person(name, t) for name in debrief.trainees],
        incidents=incidents,
        told=told_and_remarked(debrief, t),
    )


def embedded(data: object) -> Markup:
    """JSON for a script element: no text in it, whatever it is, ends the element or begins a comment."""
    return Markup(msgspec.json.encode(data).decode().translate(_ESCAPED))


def policy() -> str:
    """The policy that the page is served with: it runs its own script and nothing else, and asks for nothing."""
    return f"{_meta_policy()}; frame-ancestors 'none'"


@cache
def _meta_policy() -> str:
    return (
        f"default-src 'none'; style-src '{digest(_style())}'; script-src '{digest(_script())}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


@cache
def _style() -> str:
    theme = (SHELL / "theme.css").read_text(encoding="utf-8")
    found = _LIGHT.search(theme)
    assert found is not None, "theme.css has a light theme"
    light = (
        f"@media (prefers-color-scheme: light) {{ :root:not([data-theme]) {found[1]} }}\n"
        f"@media print {{ :root, :root[data-theme] {found[1]} }}\n"
    )
    return f"\n{theme}{light}{(HERE / 'debrief.css').read_text(encoding='utf-8')}"


@cache
def _script() -> str:
    """The modules as one: a file that is opened from a disk can import none."""
    return f"\n{bundle('trainer/debrief/debrief.js')}"
