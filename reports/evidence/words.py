"""The words of the evidence file: what each code and fact is called in it, from the catalogues beside it.

What a record says happened is its event's own sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from incidents.events import EVENT_TYPES, Event
from reports.catalogue import named
from reports.evidence.schema import Missing, Withheld
from reports.words import centres, codes, flags, span

_FOLDER = "reports/evidence"


class Words:
    """The words in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._ = _ = translate
        kinds = EVENT_TYPES.values()
        self._what = {
            says: _(says) for kind in kinds for says in (kind.SAYS, *(says for when, says in kind.SAYS_IF)) if says
        }
        self._codes = codes(_) | named(_, _FOLDER, "code")
        self._facts, self._missing, self._notes, self._parts, self._counts = (
            named(_, _FOLDER, part) for part in ("fact", "missing", "note", "actor", "count")
        )
        self._flags = flags(_)
        self._centres = centres(_)

    def what(self, kind: str, facts: Mapping[str, Any]) -> str:
        """What a record says happened; its type when these words are older than it."""
        event = EVENT_TYPES.get(kind, Event)
        whole = {field.name: field.default for field in msgspec.structs.fields(event)} | dict(facts)
        says = next((says for when, says in event.SAYS_IF if when.items() <= whole.items()), event.SAYS)
        about = facts.get(event.COMPLETED_BY, "")
        return (
            self.colon(self._what.get(says, kind), self.code(event.COMPLETED_BY, str(about)))
            if about
            else self._what.get(says, kind)
        )

    def colon(self, a: str, b: str) -> str:
        """Two things with a colon between, as the language sets it."""
        return self._("{a}: {b}").format(a=a, b=b)

    def interval(self, name: str) -> str:
        """A response time by its name: pressed → on scene."""
        return span(name, self._codes)

    def said_by(self, kind: str) -> frozenset[str]:
        """The facts that `what` has said already, or that say nothing to a reader."""
        return _UNTOLD | {EVENT_TYPES.get(kind, Event).COMPLETED_BY}

    def code(self, fact: str, code: str) -> str:
        """The code that is a fact's value, in the words of the pages; itself when they have none."""
        kinds = (f"{kind}.{code}" for kind in _KINDS[fact])
        return next((self._codes[key] for key in kinds if key in self._codes), code.replace("_", " "))

    def coded(self, fact: str) -> bool:
        """Whether a fact's value is a code."""
        return fact in _KINDS

    def fact(self, name: str) -> str:
        """What a fact is called; of one that these words are older than its name in the log, readable."""
        return self._facts.get(name) or name.replace("_", " ")

    def flags(self, flags: Iterable[str]) -> str:
        """What is odd about an incident."""
        return ", ".join(self._flags.get(flag, flag) for flag in flags)

    def centre(self, cic: str) -> str:
        """A centre's name; its key where it is none of the country's."""
        return self._centres.get(cic, cic)

    def part(self, actor: str) -> str:
        """What an actor that is no person is called."""
        return self._parts.get(actor, actor)

    def clock(self, clock: str) -> str:
        return self._codes[f"clock.{clock}"]

    def origin(self, origin: str, paper: bool) -> str:
        if paper:
            return self._("entered afterwards from paper")
        return self._("a press of the button") if origin == "press" else self._("raised by hand, from a call")

    def note(self, name: str) -> str:
        """A longer explanation."""
        return self._notes[name]

    def withheld(self, withheld: Withheld) -> str:
        """In a sentence how much is withheld, by kind."""
        _ = self._
        if withheld.unknown:
            said = _("Withheld: every position and every free text, for nobody can say which places are protected.")
        else:
            places, positions = self._many("place", withheld.places), self._many("position", withheld.positions)
            said = _("{places} and {positions} withheld").format(places=places, positions=positions)
            beside = [self._many(w, n) for w, n in (("order", withheld.orders), ("text", withheld.texts)) if n]
            said += _(", and what leads to them: {what}.").format(what=", ".join(beside)) if beside else "."
        return said

    def annexed(self, annex: str) -> str:
        """Where what is withheld is to be found: in the annex of this SHA-256, if any."""
        if not annex:
            return self._("No sealed annex was made with this file.")
        return self._("The magistrate finds it in the sealed annex, SHA-256 {sha256}.").format(sha256=annex)

    def positions_withheld(self, withheld: Withheld) -> str:
        """Beside the positions: that so many are not among them, and why."""
        positions = self._many("position", withheld.positions)
        if withheld.unknown:
            return self._("{positions} withheld: the case can't be read.").format(positions=positions)
        return self._("{positions} withheld: within the radius of a protected place.").format(positions=positions)

    def instead(self, withheld: Withheld) -> str:
        """What stands where a text or a position is withheld."""
        return self.note("withheld_unknown" if withheld.unknown else "withheld")

    def _many(self, what: str, count: int) -> str:
        return self._counts[what].format(n=count)

    def missing(self, missing: Missing, withheld: Withheld) -> str:
        """Why something is not in the file."""
        unread = f"{missing.what}_unread"
        what = unread if withheld.unknown and unread in self._missing else missing.what
        return self._missing[what].format(n=missing.count)


_UNTOLD = frozenset(
    {"feed", "n", "cause", "first", "origin", "drill", "paper", "case_version", "abroad", "role", "need"}
)


# Under which kinds of `reports.words.codes` the value of a fact is found; of the others the word stands as it is in the log.
_KINDS: dict[str, tuple[str, ...]] = {
    "as_class": ("class",),
    "outcome": ("outcome",),
    "verified": ("verified",),
    "state": ("state", "call"),
    "step": ("state", "ladder"),
    "press": ("press",),
    "source": ("source",),
    "status": ("unit",),
    "time": ("time",),
    "why": ("why",),
    "kind": ("kind",),
    "limit": ("limit",),
    "method": ("method",),
    "channel": ("channel",),
    "how": ("how",),
    "masking": ("masking",),
    "way": ("way",),
    "about": ("about",),
}
