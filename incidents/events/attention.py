"""Who was shown an alarm, who has it, who listens, who looked at the case."""

from incidents.events.disclosure import Disclosure
from incidents.events.kinds import PERSON, WATCH, Event


class Presented(Event, frozen=True, kw_only=True, tag="presented"):
    """The alarm was painted on visible pages: first one that can be heard, then a count of those of the next two seconds.

    `first` false and `audible` 0 before any other: only silent pages painted it, which presents it to nobody.
    """

    BY = frozenset({"console"})
    SAYS = "shown on the first page that can be seen and heard"
    SAYS_IF = (
        ({"first": False, "audible": 0}, "shown on silent pages only"),
        ({"first": False}, "shown on all pages of the next two seconds"),
    )
    CHAPTER = "looks"
    consoles: int = 1
    audible: int = 0
    first: bool = True


class Unpresented(Event, frozen=True, kw_only=True, tag="unpresented"):
    """No page that is in sight and can be heard painted the alarm within the limit."""

    BY = WATCH
    SAYS = "SHOWN TO NOBODY in time"
    CHAPTER = "looks"
    after_s: int


class Acknowledged(Event, frozen=True, kw_only=True, tag="acknowledged"):
    """One operator took the alarm."""

    BY = PERSON
    SAYS = "TAKEN"
    NOTICED = True


class Released(Event, frozen=True, kw_only=True, tag="released"):
    """The owner gave the alarm back to everybody."""

    BY = PERSON
    SAYS = "given back to everybody"
    NOTICED = True
    SEALED = frozenset({"reason"})
    reason: str = ""


class Listening(Event, frozen=True, kw_only=True, tag="listening"):
    """A person listens on the open line."""

    BY = PERSON
    SAYS = "listens on the open line"


class CaseOpened(Disclosure, frozen=True, kw_only=True, tag="case_opened"):
    """A person was shown the case, again each time that they chose the alarm. `words`: with its safe word and duress word.

    Sealed: the version of the case, and its `case_digest` (`incidents.case.digest`).
    """

    DISCLOSES = "case"
    STORY = True
    BY = PERSON
    SAYS = "was shown the case"
    CHAPTER = "looks"
    SEALED = frozenset({"reason", "case_version", "case_digest"})
    words: bool = False
    case_version: int | None = None
    case_digest: str = ""


class KeptFrom(Event, frozen=True, kw_only=True, tag="kept_from"):
    """A person whom the case excludes (`to`, a pseudonym; `role`) was before a page: the alarm was kept from them."""

    SAYS = "kept from a person whom the case excludes"
    to: str
    role: str = ""


class TimelineOpened(Disclosure, frozen=True, kw_only=True, tag="timeline_opened"):
    """A person was shown an `incident` (its id) as it went: its device, positions, notes. On the supervisor page its timeline; on
    the operator page what stood chosen, where no case is shown."""

    SAYS = "was shown as it went"
    DISCLOSES = "timeline"
    BY = PERSON
    incident: str


class CaseChanged(Event, frozen=True, kw_only=True, tag="case_changed"):
    """The register took a new version of the case of an open incident."""

    BY = WATCH
    SAYS = "the case has a new version"
    SEALED = frozenset({"case", "case_version"})
    case: str | None = None
    case_version: int | None = None
