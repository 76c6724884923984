"""What an evidence file holds. These types are its JSON; times in it are as `2026-11-24T20:14:07.412Z`. See docs/evidence.md."""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from incidents import events as ev
from incidents.case import Case
from incidents.incident import Explanation
from incidents.log import Record
from incidents.timeline import Clock, Correction, Offset, Position, Reached, Timeline

FORMAT: Final = "vigie-evidence"
VERSION: Final = 2
RECIPE: Final = Path(__file__).with_name("verify.py.txt")  # printed and carried in each file: nothing of ours is needed
# What a reader of a court's file must not learn of a case: whoever knows it can pass for her, or reach her.
KEPT_BACK: Final = ("safe_word", "duress_word", "safe_numbers")

WhyMissing = Literal[
    "erased",  # the person was erased: sealed facts of so many records are gone for good
    "key_missing",  # the log's keys were not at hand: nothing sealed could be opened, nobody has a name
    "unreadable",  # the sealed facts of so many records could not be opened
    "names_erased",  # the names of so many people were erased, or are not known
    "case_unknown",  # the incident names no case
    "case_unread",  # what would name its case can't be read
    "case_unshown",  # it names a case of which the desk never had a version to show
    "cases_locked",
    "cases_missing",
    "cases_none",  # no case register was given
    "case_gone",  # the register does not have so many of the versions that were shown
    "case_words",  # agreed words and safe numbers are kept back: they protect her from whoever reads this
    "unrecorded",  # so many records were shown and wait to be written: the log can't be written now
    "no_checkpoint",  # no checkpoint seals the last record yet
    "key",  # the incident's key, with which a stranger could open what is sealed
    "call",  # Vigie does not record what is said on the line
    "places",  # so many protected places: whoever reads the file must not learn where they are
    "places_unknown",  # nobody can say which places are protected: no position and no free text stands
    "positions",  # so many positions that may lie within the radius of such a place
    "orders",  # the bodies of so many orders, which name one
    "texts",  # so many notes, reasons, facts of the case that lead to one
]


class Missing(msgspec.Struct, frozen=True):
    """Something that is not in the file, and of how many it is missing (0: it is no number)."""

    what: WhyMissing
    count: int = 0


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """By whom the file was made, when, and how; the digest of the log then, as `log head` prints it."""

    at: dt.datetime
    by: str
    how: Literal["command", "page"]
    centre: str = ""
    digest: str = ""


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """How much is withheld for the sake of protected places; `unknown`: all that might be, for nobody can say what they are."""

    places: int = 0
    positions: int = 0
    orders: int = 0
    texts: int = 0
    unknown: bool = False

    @property
    def any(self) -> bool:
        return self != Withheld()


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A target, and whether this incident was within it; None when it never got there. `share`: for so many it is promised."""

    profile: str
    limit_s: float
    under: bool
    share: float | None
    met: bool | None


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A response time (`incidents.timeline.Span`) beside its targets."""

    name: str
    definition: str
    seconds: float | None
    entered_s: float | None
    clocks: tuple[Clock, Clock] | None
    two_clocks: bool
    original_s: float | None
    targets: tuple[Verdict, ...]


class Profiled(msgspec.Struct, frozen=True, kw_only=True):
    """What a profile's targets were made for, and where they come from."""

    name: str
    made_for: str
    source: str


class ShownCase(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the case as it was shown, from which record on; None when the register does not have it."""

    number: str
    version: int
    record: int
    since: dt.datetime
    content: dict[str, Any] | None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One record, exactly as in the log, and what it says when opened: `opened` None when nobody can open it (any more).

    `withheld` names the facts of `opened` that are not whole (`incidents.withheld`).
    """

    record: Record
    opened: dict[str, Any] | None
    withheld: tuple[str, ...]
    who: str
    clock: Clock
    difference_s: float


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """An evidence file of this incident that was made before."""

    at: dt.datetime
    who: str
    form: str
    sha256: str


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """A person opened its timeline on the supervisor page."""

    at: dt.datetime
    who: str


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The incident in a few words: codes, and names of zones and people."""

    device: str | None
    case: str | None
    cad: str
    origin: str
    drill: bool
    paper: bool
    state: str
    as_class: str | None
    outcome: str | None
    verified: str
    presses: int
    zone: str  # where she was by the last position
    zone_name: str
    order_zone: str  # which was sent last; "" for none
    order_zone_name: str
    abroad: bool
    cic: str
    place: str
    flags: tuple[str, ...]
    erased: bool


class Among(msgspec.Struct, frozen=True, kw_only=True):
    """What one record tells of this incident among many: its part, and where the record stands, which names the others."""

    at: dt.datetime
    what: str
    facts: dict[str, Any]
    stream: str
    version: int
    hash: str


class Nearest(msgspec.Struct, frozen=True, kw_only=True):
    """What the device was near to by the position of a record: words made with the file, which the log does not have."""

    version: int
    at: dt.datetime
    words: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the file says. `people`: the name of each pseudonym, "?" when it is not known (any more).

    `part`: the file that the defence reads too, or the annex, which withholds nothing. `annex` is the sealed annex's SHA-256.
    """

    incident: str
    stream: str
    part: Literal["file", "annex"]
    withheld: Withheld
    annex: str
    made: Made
    summary: Summary
    missing: tuple[Missing, ...]
    measures: tuple[Measure, ...]
    profiles: tuple[Profiled, ...]
    explanations: tuple[Explanation, ...]
    times: tuple[Reached, ...]
    offsets: tuple[Offset, ...]
    looks: tuple[int, ...]  # versions of the records that say who was shown it and who opened what
    reviewed: tuple[Reviewed, ...]
    beside: tuple[Among, ...]
    orders: tuple[int, ...]  # versions of the records of orders and receipts
    positions: tuple[Position, ...]
    nearest: tuple[Nearest, ...]
    addresses: str  # by which addresses `nearest` was made: the day of their import, and whose they are
    corrections: tuple[Correction, ...]
    cases: tuple[ShownCase, ...]
    entries: tuple[Line, ...]
    people: dict[str, str]
    zones: dict[str, str]  # the name of each police zone by its key
    earlier: tuple[Earlier, ...]
    checkpoint: Record | None
    key: str  # the incident's key, 64 hex digits, when it is disclosed
    timeline: Timeline  # what the document is printed from; not in the JSON


def as_json(evidence: Evidence) -> bytes:
    """The file: readable JSON, UTF-8. `sha256` is over all else, as Python's json writes it with sorted names and no spaces."""
    facts = {name: getattr(evidence, name) for name in evidence.__struct_fields__ if name != "timeline"}
    plain: dict[str, Any] = {"format": FORMAT, "version": VERSION, **_plain(facts)}
    plain["verify"] = RECIPE.read_text(encoding="utf-8").splitlines()
    # What text may hold but UTF-8 may not (a lone surrogate) can't have been stored, so it can't be here.
    canonical = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    plain["sha256"] = hashlib.sha256(canonical.encode()).hexdigest()
    return json.dumps(plain, ensure_ascii=False, indent=1).encode() + b"\n"


def case_content(case: Case) -> dict[str, Any]:
    """A case without what is kept back, and without which accounts may not open it, which no screen shows."""
    zones = tuple(msgspec.structs.replace(one, account=None) for one in case.exclusions if one.zone)
    facts: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(case, exclusions=zones))
    return {name: value for name, value in facts.items() if name not in (*KEPT_BACK, "standing")}


def _plain(value: Any) -> Any:
    """JSON values, times as the log writes them."""
    if isinstance(value, dt.datetime):
        return ev.stamp(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, msgspec.Struct):
        return _plain(msgspec.to_builtins(value, builtin_types=(dt.datetime,)))
    return value
