"""The words that pages and papers are sent, by name: they hold none of their own. `{name}` in a sentence is filled by them."""

from collections.abc import Callable
from functools import cache
from typing import Final

from incidents.events import EVENT_TYPES
from incidents.exercises.debrief import DECISIONS
from incidents.intervals import INTERVALS
from reports.catalogue import language_of, named
from reports.locale_formats import formats
from reports.words import centres, codes

PARTS: Final = "dashboard/components"
# What every live page is sent. Those of the map, of sign-in, of a debrief, of joining, of the degraded file are theirs alone.
SHARED: Final = (
    "dashboard/shell",
    *(
        f"{PARTS}/{part}"
        for part in (
            *("actions", "alert", "backfill", "case", "coverage", "devices", "drills", "escalation", "find"),
            *("mode_banner", "presence", "queue", "reason", "reserved", "shortcuts", "spelling", "timeline", "topbar"),
        )
    ),
    *(f"dashboard/{page}" for page in ("access", "map_window", "supervisor", "supervisor/review", "technician")),
    *("dashboard/trainer", "dashboard/zone"),
)

Words = dict[str, str]
Translate = Callable[[str], str]


def words(_: Translate) -> Words:
    """All words of a page in the translator's language."""
    return _words(_).copy()


@cache
def _words(_: Translate) -> Words:
    found = codes(_) | {f"cic.{key}": name for key, name in centres(_).items()}
    found |= {f"definition.{interval.name}": _(interval.definition) for interval in INTERVALS}
    for folder in SHARED:
        found |= named(_, folder)
    # An exercise that runs says nothing of it.
    return found | {"on_exercise.running": "", "language": language_of(_), "decimal": formats(_).decimal}


def dressed(_: Translate, dress: str) -> Words:
    """What a page that is no live one says in the place of its title and notifications. Nothing for a live page (`dress` "")."""
    if not dress:
        return {}
    own = named(_, f"{PARTS}/mode_banner", "dressed")
    live = {kind: own.pop(f"feed.{kind}") for kind in ("replay", "exercise")}
    gaps = {"dress": named(_, f"{PARTS}/mode_banner")[f"dress.{dress}"], "n": "{n}", "time": "{time}"}
    return {key: text.format(**gaps) for key, text in own.items()} | {"feed.live": live[dress], "degraded.off": ""}


def sign_in_words(_: Translate) -> Words:
    """The sign-in page's: its own, and those of a locked page that are the same."""
    shared = named(_, "dashboard/access")
    same = {name: shared[name] for name in ("user_name", "password", "code", "sign_in", "one_waits", "more_wait")}
    same |= _choice(_)
    told = {"wrong": shared["sign_in_refused"], "busy": shared["sign_in_throttled"]}
    return same | told | named(_, "dashboard/access", "sign_in")


def _choice(_: Translate) -> Words:
    """What the choice of a language is called."""
    return {"choose_language": named(_, "dashboard/shell")["choose_language"]}


def room_words(_: Translate) -> Words:
    """The same for the training room, where no alarm is."""
    return sign_in_words(_) | named(_, "dashboard/access", "room")


def replay_words(_: Translate) -> Words:
    """What happened at each mark of a replay: an event's own sentence."""
    return {f"happened.{tag}": _(kind.SAYS) for tag, kind in EVENT_TYPES.items()}


def join_words(_: Translate) -> Words:
    """The page by which a trainee joins an exercise."""
    return named(_, "dashboard/exercise_join") | _choice(_)


def debrief_words(_: Translate) -> Words:
    """A debrief's; those of times, classes, outcomes and of what was sent beside them. A decision has its event's own sentence
    where a debrief has no shorter one."""
    sent = {k: text for k, text in named(_, "dashboard/trainer").items() if k.startswith(("action.", "said.", "told."))}
    decided = {f"decided.{tag}": _(EVENT_TYPES[tag].SAYS) for tag in sorted(DECISIONS)}
    own = {"language": language_of(_), "colon": named(_, "dashboard/shell")["colon"]}
    return codes(_) | sent | decided | named(_, "dashboard/trainer/debrief") | own


def progress_words(_: Translate) -> Words:
    """Those of progress over exercises."""
    return named(_, "dashboard/trainer/debrief", "progress")


def sheet_words(_: Translate) -> Words:
    """Those of the degraded-mode file; `steps` has one step a line."""
    found = named(_, "dashboard/documents/degraded")
    steps = [found.pop(name) for name in sorted(found) if name.startswith("step.")]
    return found | {"steps": "\n".join(steps)}
