"""Scenarios as files: YAML read safely and checked as a whole, with the line of what is wrong.

YAML can name a thing once and repeat it a million times: anchors and aliases are refused, as is a field that stands twice.
"""

import contextlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from centre.spool import write_whole
from incidents.cases.rows import say
from incidents.exercises.check import Problem, check_scenario
from incidents.exercises.room import TrainingError
from incidents.exercises.scenario import Scenario
from incidents.log.regular_files import read_regular
from reports.catalogue import LANGUAGES, translator

SHIPPED = Path(__file__).parent / "scenarios"
MAX_BYTES = 1 << 20
MAX_NODES = 100_000
MAX_DEPTH = 20
MAX_SOUND_BYTES = 8 << 20
NAME = re.compile(r"[a-z0-9_-]{1,80}")
SOUND = re.compile(r"[a-z0-9_-]{1,80}\.(wav|ogg|mp3)")
PEOPLE = ("victim", "suspect")
NAMES = {(person, "name") for person in PEOPLE}  # the same in every language
# The fields that somebody reads or hears.
TEXTS = frozenset(
    [
        *("title", "story", "briefing", "name", "text", "source", "reason", "safe_word", "duress_word", "address"),
        *("script", "sender", "why"),
    ]
)

_FORMS = {
    "device": "not the name of an exercise's device (EX-...)",
    "recording": "not a recording's name",
    "sound": "not a sound file's name (small letters, digits, - and _, then .wav, .ogg or .mp3)",
}
_STEP = re.compile(r"\.?([A-Za-z_]+)|\[(\d+)\]")


class ScenarioShelf:
    """The scenarios of a training room: `folder`'s own over those shipped, never in their place.

    `recordings` gives the devices of each recording by its name, `known_zone` whether the map has a zone.
    """

    def __init__(
        self,
        folder: Path,
        *,
        recordings: Callable[[], Mapping[str, Collection[str]]],
        known_zone: Callable[[str], bool],
        shipped: Path = SHIPPED,
    ) -> None:
        self._folder = folder
        self._shipped = shipped
        self._recordings = recordings
        self._known_zone = known_zone

    def names(self) -> Sequence[tuple[str, bool]]:
        """Every scenario's name, and whether it came with Vigie; those first."""
        shipped = sorted(path.stem for path in self._shipped.glob("*.yaml"))
        own = sorted(path.stem for path in self._folder.glob("*.yaml") if NAME.fullmatch(path.stem))
        return [*((name, True) for name in shipped), *((name, False) for name in own if name not in shipped)]

    def read(self, name: str, language: str) -> Scenario:
        """A scenario, checked: one that came with Vigie in this language, one's own as it was written.

        Raises TrainingError: unknown, scenario_invalid.
        """
        path = self._path(name)
        if path is None:
            raise TrainingError("unknown")
        try:
            text = read_regular(path, MAX_BYTES).decode()
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "the file can't be read"
            raise TrainingError("scenario_invalid", why) from None
        scenario, node = _parse(text)
        if problems := self.problems(scenario):
            first = problems[0]
            raise TrainingError("scenario_invalid", f"line {_line(node, first.path)}, {first.path}: {first.why}")
        return in_language(scenario, language) if path.parent == self._shipped else scenario

    def problems(self, scenario: Scenario) -> tuple[Problem, ...]:
        """Everything that is wrong with a scenario in this room."""
        sounds = {path.name for folder in (self._shipped, self._folder) for path in folder.glob("*.*")}
        return check_scenario(
            scenario,
            recordings=self._recordings(),
            sounds={name for name in sounds if SOUND.fullmatch(name)},
            known_zone=self._known_zone,
        )

    def save(self, name: str, scenario: Scenario) -> None:
        """Write one's own. Raises TrainingError: name_invalid, shipped, scenario_invalid, not_written."""
        if not NAME.fullmatch(name):
            raise TrainingError("name_invalid")
        if (self._shipped / f"{name}.yaml").exists():
            raise TrainingError("shipped")
        try:  # an editor's object may never have met the types' limits
            scenario = msgspec.convert(msgspec.to_builtins(scenario), Scenario)
        except msgspec.ValidationError as error:
            raise TrainingError("scenario_invalid", _said(error)) from None
        if problems := self.problems(scenario):
            raise TrainingError("scenario_invalid", f"{problems[0].path}: {problems[0].why}")
        text = yaml.safe_dump(
            msgspec.to_builtins(scenario), sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
        )
        if len(text.encode()) > MAX_BYTES:
            raise TrainingError("scenario_invalid", "too large")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._folder / f"{name}.yaml", text.encode())
        except OSError:
            raise TrainingError("not_written") from None

    def sound(self, name: str) -> bytes | None:
        """A sound file of this room; None when there is none, or it is too large."""
        if not SOUND.fullmatch(name):
            return None
        for path in (self._folder / name, self._shipped / name):
            with contextlib.suppress(OSError):
                return read_regular(path, MAX_SOUND_BYTES)
        return None

    def _path(self, name: str) -> Path | None:
        if not NAME.fullmatch(name):
            return None
        found = (folder / f"{name}.yaml" for folder in (self._shipped, self._folder))
        return next((path for path in found if path.is_file()), None)


def in_language(scenario: Scenario, language: str) -> Scenario:
    """A scenario that came with Vigie, in a language of the catalogues: who speaks in it speaks that one first."""
    facts = translated(scenario, translator(language))
    if language in LANGUAGES:  # not the one that is none
        facts["language"] = language
        for case in facts.get("cases", ()):
            case["language"] = language
            for person in (case[one] for one in PEOPLE if one in case):
                spoken = person.get("languages", ())
                person["languages"] = [language, *(one for one in spoken if one != language)]
    return msgspec.convert(facts, Scenario)


def translated(scenario: Scenario, translate: Callable[[str], str]) -> dict[str, Any]:
    """The facts of a scenario; `translate` is given every text that somebody reads or hears in it."""

    def each(facts: Any, field: str) -> Any:
        if isinstance(facts, dict):
            return {name: value if (field, name) in NAMES else each(value, name) for name, value in facts.items()}
        if isinstance(facts, list | tuple):
            return [each(one, field) for one in facts]
        return translate(facts) if field in TEXTS and facts else facts

    made: dict[str, Any] = each(msgspec.to_builtins(scenario), "")
    return made


def read_scenario(text: str) -> Scenario:
    """A scenario of a YAML text, checked by its types alone. Raises TrainingError("scenario_invalid", "line N, FIELD: ...")."""
    return _parse(text)[0]


def _parse(text: str) -> tuple[Scenario, yaml.Node]:
    if len(text.encode()) > MAX_BYTES:
        raise TrainingError("scenario_invalid", f"larger than {MAX_BYTES >> 20} MiB")
    try:
        _refuse_bombs(text)
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise TrainingError("scenario_invalid", "line 1: empty")
            _refuse_twice(node)
            return msgspec.convert(loader.construct_document(node), Scenario), node
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"line {mark.line + 1}: " if mark is not None else ""
        raise TrainingError("scenario_invalid", f"{line}not YAML") from None
    except msgspec.ValidationError as error:
        said = _said(error)
        raise TrainingError("scenario_invalid", f"line {_line(node, said.partition(': ')[0])}, {said}") from None
    except (yaml.YAMLError, ValueError, OverflowError):  # of digits without end, too
        raise TrainingError("scenario_invalid", "not YAML") from None


def _refuse_bombs(text: str) -> None:
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise TrainingError("scenario_invalid", f"line {line}: anchors and aliases are not read")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise TrainingError("scenario_invalid", f"line {line}: too much, or nested too deeply")


def _refuse_twice(node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        names = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in names:
                raise TrainingError("scenario_invalid", f"line {key.start_mark.line + 1}: a field stands twice")
            names.add(key.value)
            _refuse_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_twice(value)


def _said(error: msgspec.ValidationError) -> str:
    """`steps[3].what.device: not an exercise's device`."""
    said = say(error).removeprefix(".")
    path, _, why = said.partition(": ")
    if "matching regex" in str(error) and (field := path.rpartition(".")[2]) in _FORMS:
        why = _FORMS[field]
    elif why.startswith("invalid value"):
        why = "not one of the values allowed"
    return f"{path or 'the file'}: {why}"


def _line(node: yaml.Node, path: str) -> int:
    """The line on which what a path names begins, or the nearest thing around it."""
    for name, index in _STEP.findall(path):
        inner = None
        if isinstance(node, yaml.MappingNode):
            inner = next((value for key, value in node.value if key.value == name), None)
        elif isinstance(node, yaml.SequenceNode) and index and int(index) < len(node.value):
            inner = node.value[int(index)]
        if inner is None:
            break
        node = inner
    return int(node.start_mark.line) + 1
