"""The words of the evidence file: what each code and fact is called in it. English here, through `translate`.

What a record says happened is its event's own sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from incidents.events import EVENT_TYPES, Event
from reports.counted import counted
from reports.evidence.field_words import field_codes, fields
from reports.evidence.schema import Missing, Withheld
from reports.words import centres, codes, flags, span


class Words:
    """The words in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        self._ = _ = translate
        kinds = EVENT_TYPES.values()
        self._what = {
            says: _(says) for kind in kinds for says in (kind.SAYS, *(says for when, says in kind.SAYS_IF)) if says
        }
        self._codes = codes(_) | field_codes(_)
        self._facts = fields(_) | _facts(_)
        self._flags = flags(_)
        self._centres = centres(_)
        self._missing = _gone(_) | _withheld(_)
        self._notes = _notes(_)
        self._parts = {
            "feed": _("the feed"),
            "orders": _("order sender"),
            "watch": _("the watch"),
            "console": _("the consoles"),
            "log": _("the log"),
            "retention": _("the end of its time kept"),
            "register": _("the register of what was erased"),
            "access": _("sign-in"),
        }

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
        _ = self._
        said = {
            "place": counted(_, "{n} place", "{n} places"),
            "position": counted(_, "{n} position", "{n} positions"),
            "order": counted(_, "{n} order", "{n} orders"),
            "text": counted(_, "{n} text", "{n} texts"),
        }[what]
        return said.format(n=count)

    def missing(self, missing: Missing, withheld: Withheld) -> str:
        """Why something is not in the file."""
        unread = f"{missing.what}_unread"
        what = unread if withheld.unknown and unread in self._missing else missing.what
        return self._missing[what].format(n=missing.count)


def _facts(_: Callable[[str], str]) -> dict[str, str]:
    """What the facts of an incident's records are called."""
    return {
        "after_s": _("after, s"),
        "announced_by": _("announced by"),
        "announced_until": _("announced until"),
        "announced_where": _("announced where"),
        "anyway": _("although not yet acknowledged, or a unit was under way"),
        "as_class": _("class"),
        "asked_unit": _("unit asked for"),
        "audible": _("of them with sound"),
        "battery": _("battery, %"),
        "body": _("as it was sent"),
        "call": _("call"),
        "case": _("case"),
        "channel": _("sent by"),
        "cic": _("centre (CIC)"),
        "consoles": _("shown on so many consoles"),
        "desk": _("desk"),
        "device": _("device"),
        "escalated": _("the supervisor was called"),
        "final": _("given up"),
        "fix": _("position"),
        "flags": _("what is odd"),
        "holds": _("holds that were lifted"),
        "how": _("how"),
        "interval": _("interval"),
        "limit": _("limit"),
        "line": _("line"),
        "minutes": _("minutes"),
        "note": _("note"),
        "ok": _("done"),
        "order": _("order"),
        "outcome": _("outcome"),
        "packet": _("radio packet"),
        "place": _("place"),
        "preservation_requested": _("preservation of the call's recording requested"),
        "press": _("kind of press"),
        "previous_zone": _("zone before"),
        "protected": _("place of hers"),
        "reason": _("reason"),
        "recording_reference": _("reference of the call's recording"),
        "reference": _("magistrate's reference"),
        "role": _("role"),
        "rule": _("rule of retention"),
        "source": _("reported by"),
        "state": _("state"),
        "status": _("status"),
        "step": _("step"),
        "text": _("text"),
        "time": _("time"),
        "to": _("to"),
        "transport": _("sent over"),
        "tries": _("tries"),
        "unit": _("unit"),
        "unreadable": _("could not be read"),
        "update": _("update"),
        "verified": _("verified by"),
        "way": _("left or reached"),
        "whole": _("with all of the owner's others"),
        "why": _("why"),
        "zone": _("police zone"),
    }


def _withheld(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "places": _(
            "Protected places of the case (home, school, work, refuge): {n}. Nobody may learn here where they are."
        ),
        "places_unknown": _(
            "Every position and every free text: the case can't be read, so nobody can say what leads to a protected place."
        ),
        "positions": _("Positions that may lie within the radius of a protected place: {n}."),
        "positions_unread": _("Positions, withheld because the case can't be read: {n}."),
        "orders_unread": _("Orders as they were sent, withheld because the case can't be read: {n}."),
        "texts_unread": _("Notes, reasons and facts, withheld because the case can't be read: {n}."),
        "orders": _("Orders that name a protected place or such a position, as they were sent: {n}."),
        "texts": _("Notes, reasons and facts that name a protected place, an address or such a position: {n}."),
    }


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


def _gone(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "erased": counted(
            _,
            "The person was erased: the sealed facts of {n} record (who, where, words) are gone for good.",
            "The person was erased: the sealed facts of {n} records (who, where, words) are gone for good.",
        ),
        "key_missing": counted(
            _,
            "The log's keys were not at hand: nothing sealed could be opened ({n} record), and nobody has a name.",
            "The log's keys were not at hand: nothing sealed could be opened ({n} records), and nobody has a name.",
        ),
        "unreadable": counted(
            _, "The sealed facts of {n} record can't be opened.", "The sealed facts of {n} records can't be opened."
        ),
        "names_erased": counted(
            _,
            "The name of {n} person is not known, or was erased; the pseudonym stands.",
            "The names of {n} people are not known, or were erased; their pseudonyms stand.",
        ),
        "case_unknown": _("No case: the incident names none."),
        "case_unread": _("No case: whether the incident named one can't be read."),
        "case_unshown": _(
            "No case: the incident names one, but no version of it was shown. The register did not have it, or it could not be"
            " opened, as long as the incident was open."
        ),
        "cases_locked": _("Cases locked: the case register, or a part of it, can't be opened."),
        "cases_missing": _("The case register's file is not there."),
        "cases_none": _("No case register was given."),
        "case_gone": _("Of the versions of the case that were shown, {n} could not be read from the register."),
        "case_words": _(
            "Of the case, the safe word, the duress word and the safe numbers are kept back: they protect her."
        ),
        "unrecorded": counted(
            _,
            "{n} record that the desk has shown waits to be written: the log can't be written now.",
            "{n} records that the desk has shown wait to be written: the log can't be written now.",
        ),
        "no_checkpoint": _("No checkpoint of the log seals the last record yet; the digest of the whole log does."),
        "key": _(
            "The incident's key: without it a stranger can verify each record, not that what stands here was sealed in it."
        ),
        "call": _("What was said on the line: Vigie records no calls. The emergency centre may have a recording."),
    }


def _notes(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "annex": _(
            "Not for the file that the parties read: it says where the protected person lives and may be found. Nothing is "
            "withheld here."
        ),
        "below": _("see the orders below"),
        "gone": _("(sealed facts: nobody can open them any more)"),
        "map": _(
            "North is up; grey lines are the borders of police zones. Round marks: the device, with the circle of its accuracy, "
            "joined in the order they were heard; square marks: units. A position that is withheld is not on the map, and the "
            "line does not say where it was."
        ),
        "signatures": _(
            "On paper by hand. Where the centre has a certificate, the file itself is signed with it as well: a PDF reader shows "
            "it, `pdfsig FILE.pdf` checks it."
        ),
        "abroad": _("outside Belgium, nearest {zone}"),
        "withheld": _("[withheld: it leads to a protected place]"),
        "withheld_unknown": _("[withheld: the case can't be read]"),
        "yes": _("yes"),
        "no": _("no"),
        "times": _(
            "Times are Belgian (Europe/Brussels, {offset}). Every fact comes from the desk's append-only log; numbers "
            "in the column # are the records' versions there. The attached {file} holds everything that stands here, "
            "the messages as they came, and the records with their hashes."
        ),
        "measures": _(
            "“As it happened” takes each end by the clock it was read from and as people corrected it; where the "
            "clocks differ it holds their offset too. “As entered” takes both ends from our own clock. A target says "
            "what the profile asks of all its cases together; one incident can't keep or break a share."
        ),
        "offset": _(
            "How much later our clock entered a message than the feed's clock said it happened, for the messages that "
            "were not held up on the way. It is the offset of the clocks and the time of transport together: the log "
            "can't part the two, nor say which clock is right. The least value is the nearest to the offset alone."
        ),
        "limits": _(
            "It shows that each record is the one that was hashed, in its order, and, by a digest that was written down "
            "elsewhere, that none of then is missing or was rewritten. It does not show that what a person wrote is "
            "true, nor who sat before a page: a name is that of the account that was signed in, or the one that was "
            "typed with a command. The time of entry is that of our own machine. Every later act is a record with its "
            "own; that something was erased is one too. Whoever can write the log's file can make hashes and "
            "checkpoints fit anew. What stands against that is a digest kept elsewhere, such as those on the handover "
            "sheets of the shifts that followed: ask for them. Positions are as their source gave them, within their "
            "radius. What was said on the line is not here."
        ),
        "verify": _(
            "1. Take the attachment {file} out of this PDF: most readers list attachments, or `pdfdetach -saveall` of "
            "poppler.\n"
            "2. `openssl dgst -sha256 {file}` prints the SHA-256 that stands at the foot of each page: {sha256}\n"
            "3. The program below (it is also in the file, under `verify`) recomputes each record's hash, its link to "
            "the one before it, and the checkpoint. Given an export of the log it also checks that the log has the "
            "same records, and that it says when this file was made.\n"
            "4. The digest in the summary stands for the whole log when this file was made: `python app.py log verify "
            "--expect DIGEST`, or the program in docs/log.md, shows that no record of then is missing or was "
            "rewritten. Digests that were written on paper at each handover tie the log to a day.\n"
            "The hash of a record covers its sealed facts as they are encrypted. That what is printed is what was "
            "sealed, AES-GCM showed when this file was made; where the file discloses the incident's key,"
            " the program shows it again with openssl."
        ),
    }
