"""What people may type for an incident's class, outcome or state, or for a day: the words that the pages show for it."""

from collections.abc import Callable

from maps.gazetteer import fold
from reports.catalogue import named
from reports.finding.query import Kind, Words
from reports.words import codes

_SHORTEST = 4  # letters of a word that stands for the whole ("arrested")
_KINDS: dict[str, Kind] = {"class": "class", "outcome": "outcome", "state": "state"}
_NO_STATES = ("state.alarmed", "state.returned")  # of a device's technical alarm


def vocabulary(_: Callable[[str], str]) -> Words:
    """Each whole name, and a longer word of one that is no whole name, by what it means."""
    own = named(_, "dashboard/components/find")
    whole: dict[str, list[tuple[Kind, str]]] = {}
    part: dict[str, list[tuple[Kind, str]]] = {}
    for key, name in codes(_).items():
        group, _dot, value = key.partition(".")
        if group not in _KINDS or key in _NO_STATES:
            continue
        meant = (_KINDS[group], value)
        whole.setdefault(fold(name), []).append(meant)
        for word in fold(name).split():
            if len(word) >= _SHORTEST:
                part.setdefault(word, []).append(meant)
    whole[fold(own["find.word.open"])] = [("state", "open")]
    whole[fold(own["find.word.today"])] = [("days", "0")]
    whole[fold(own["find.word.yesterday"])] = [("days", "1")]
    return part | whole
