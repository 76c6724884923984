"""Bring every catalogue up to date with the code: `python -m tests.words.update`. New sentences wait for their translation.

Words that have a name are written by hand, in `vigie.pot`; the sentences in the code are read from it. Each language's file
follows its template: what is new is there without a text, what is gone is gone, what was changed waits again.
"""

import ast
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from incidents.events import EVENT_TYPES
from incidents.intervals import INTERVALS
from reports.catalogue import FOLDER, ROOMS, ROOT, TEMPLATE, WRITTEN, catalogue, folders
from reports.measures.profiles import PROFILES
from tests.rules.house import tracked
from training.scenarios import SHIPPED, read_scenario, translated
from training.shipped.stories import STORIES

# The functions that are given a sentence, and which of their arguments it is; `Problem` in the room of the exercises alone.
GIVEN = {"_": (0,), "translate": (0,), "_translate": (0,), "ngettext": (0, 1), "counted": (1, 2), "marked": (0,)}
PROBLEM = {"Problem": (1,)}
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural={plural};\\n"

"""

Sentence = str | tuple[str, str]


def updated() -> dict[Path, str]:
    """Every catalogue as it has to be, by its path."""
    found: dict[Path, str] = {}
    spoken = sentences()
    for folder in sorted({*folders(), *spoken}):
        template = _template(folder, spoken.get(folder, []))
        if not any(message.id for message in template):
            continue  # nothing is said there any more
        for language in ("en", *WRITTEN):
            name = TEMPLATE if language == "en" else f"{language}.po"
            found[ROOT / folder / FOLDER / name] = _text(_in(language, folder, template), language)
    return found


def sentences() -> dict[str, list[Sentence]]:
    """The sentences in the code, by the folder whose catalogue has them, in the order in which they stand there."""
    known = folders()
    found: defaultdict[str, dict[Sentence, None]] = defaultdict(dict)
    for path in sorted(tracked("*.py")):
        folder = _folder_of(path.relative_to(ROOT), known)
        if folder:
            found[folder] |= dict.fromkeys(_sentences_in(path))
    for folder, texts in _declared().items():
        found[folder] |= dict.fromkeys(text for text in texts if text)
    return {folder: list(texts) for folder, texts in found.items() if texts}


def _folder_of(path: Path, known: Iterable[str]) -> str:
    """The nearest folder above a file that has a catalogue, else its room; "" outside the rooms that show words."""
    if path.parts[0] not in ROOMS:
        return ""
    above = [parent.as_posix() for parent in path.parents if parent.as_posix() in known]
    return above[0] if above else path.parts[0]


def _sentences_in(path: Path) -> Iterator[Sentence]:
    given = GIVEN | (PROBLEM if path.parent.name == "exercises" else {})
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        texts = [call.args[n] for n in given.get(name, ()) if n < len(call.args)]
        words = [text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)]
        if words and len(words) == len(texts):
            yield words[0] if len(words) == 1 else (words[0], words[1])


def _declared() -> dict[str, list[str]]:
    """Sentences that are facts of a table: what an event says, what an interval is, for whom targets were made."""
    says = [text for kind in EVENT_TYPES.values() for text in (kind.SAYS, *(text for _, text in kind.SAYS_IF))]
    made = [text for profile in PROFILES.values() for text in (profile.made_for, profile.source)]
    return {
        "incidents": says + [interval.definition for interval in INTERVALS],
        "reports": made,
        "training": list(shipped()),
    }


def shipped() -> Iterator[str]:
    """What somebody reads or hears in the scenarios that come with Vigie, and the titles of the recordings that do."""
    found: list[str] = []

    def heard(text: str) -> str:
        found.append(text)
        return text

    for path in sorted(SHIPPED.glob("*.yaml")):
        translated(read_scenario(path.read_text(encoding="utf-8")), heard)
    yield from found
    yield from (story.title for story in STORIES.values())


def _template(folder: str, spoken: Iterable[Sentence]) -> Catalog:
    made = Catalog()
    if folder in folders():
        for message in catalogue("en", folder):
            if message.id and message.context:
                made.add(message.id, context=message.context, user_comments=message.user_comments)
    for text in spoken:
        made.add(text)
    return made


def _in(language: str, folder: str, template: Catalog) -> Catalog:
    """The template with what is translated of it."""
    if language == "en":
        return template
    made, known = read_po(io.StringIO(_header(language)), locale=language), {}  # with the forms that the header names
    if (ROOT / folder / FOLDER / f"{language}.po").exists():
        known = {(m.context, m.id): m.string for m in catalogue(language, folder) if m.id}
    for message in template:
        if message.id:
            kept = known.get((message.context, message.id), "")
            made.add(message.id, kept, context=message.context, user_comments=message.user_comments)
    return made


def _text(made: Catalog, language: str) -> str:
    file = io.BytesIO()
    write_po(file, made, width=120, no_location=True, omit_header=True)
    lines = [line for line in file.getvalue().decode().strip().splitlines() if not line.startswith("#, ")]
    return _header(language) + "\n".join(lines) + "\n"


def _header(language: str) -> str:
    return HEADER.format(language=language, plural="(n > 1)" if language == "fr" else "(n != 1)")


def main() -> None:
    for path, text in updated().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
