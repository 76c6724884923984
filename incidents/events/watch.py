"""What the watch did because nobody did anything, and how people answered it."""

from typing import Literal

from incidents.events.kinds import PERSON, WATCH, Event

Rung = Literal["louder", "everyone", "confirm", "outside"]
Limit = Literal["not_delivered", "not_accepted", "not_en_route", "not_on_scene", "no_fix", "call_ended"]
Where = Literal["place", "zone"]


class Escalated(Event, frozen=True, kw_only=True, tag="escalated"):
    """Nobody answered an alarm for so long: it is louder, on every console, for the supervisor to confirm, told outside."""

    BY = WATCH
    SAYS = "NOBODY ANSWERED: escalated"
    COMPLETED_BY = "step"
    step: Rung
    after_s: int


class Together(Event, frozen=True, kw_only=True, tag="together"):
    """The watch did the same with many alarms at once: `what` (a record's type) and its `facts` (JSON) hold of each.

    `incidents` are their ids, separated by spaces, each with a colon and the cause: the version, or the moment (ms since
    1970), from which the step follows; 0 where it comes once. It stands in `desk/watch-DAY`.
    """

    SAYS = "one entry about several alarms"
    what: str
    facts: str
    incidents: str


class EscalationConfirmed(Event, frozen=True, kw_only=True, tag="escalation_confirmed"):
    """A supervisor confirmed that they see to an alarm that nobody answered."""

    BY = PERSON
    SAYS = "the supervisor sees to it"


class OutsideTold(Event, frozen=True, kw_only=True, tag="outside_told"):
    """The centre's command or webhook was told, or could not be (`ok` false, `why`). `channel` none: no such setting."""

    BY = WATCH
    SAYS = "somebody outside was told"
    channel: Literal["command", "webhook", "none"]
    ok: bool
    tries: int = 0
    why: str = ""


class WatchReleased(Event, frozen=True, kw_only=True, tag="watch_released"):
    """Nobody acted on an acknowledged alarm for so long: it is everybody's again."""

    BY = WATCH
    SAYS = "NOBODY ACTED: everybody's again"
    NOTICED = True
    after_s: int


class StillOnIt(Event, frozen=True, kw_only=True, tag="still_on_it"):
    """A person said that they still work on the alarm, or (`how` case) opened its case again."""

    BY = PERSON
    SAYS = "says: still on it"
    SAYS_IF = (({"how": "case"}, "opened its case again"),)
    CHAPTER = "looks"
    how: Literal["said", "case"] = "said"


class CopiedToSupervisor(Event, frozen=True, kw_only=True, tag="copied_to_supervisor"):
    """Nobody acted for so long, but the owner listens on the line: they keep it, the supervisor sees it, help is offered."""

    BY = WATCH
    SAYS = "the owner only listens: shown to the supervisor"
    after_s: int


class Helping(Event, frozen=True, kw_only=True, tag="helping"):
    """A person joined the owner of an alarm as a helper."""

    BY = PERSON
    SAYS = "helps the owner"
    CHAPTER = "looks"


class LimitPassed(Event, frozen=True, kw_only=True, tag="limit_passed"):
    """A step of the intervention did not come in time (`cause` says which one, in ms since 1970). `escalated`: nor an answer."""

    BY = WATCH
    SAYS = "A STEP DID NOT COME IN TIME"
    NOTICED = True
    limit: Limit
    after_s: int
    cause: int
    escalated: bool = False


class WhereUnanswered(Event, frozen=True, kw_only=True, tag="where_unanswered"):
    """Nobody answered where she went (`about`: a place of hers, a border) for so long: the supervisor is called.

    `cause` says since when it asked, in ms since 1970. It is no `limit_passed`: a version before it passes over it.
    """

    BY = WATCH
    SAYS = "nobody answered where she went: SUPERVISOR CALLED"
    NOTICED = True
    about: Where
    after_s: int
    cause: int


class OfferedToAll(Event, frozen=True, kw_only=True, tag="offered_to_all"):
    """The owner of an alarm signed out, is lost, or is excluded by its case (`excluded`): any other dispatcher may take it.

    `back`: a page of theirs is there again before anybody took it, and the offer is over.
    """

    BY = WATCH
    SAYS = "the owner is gone: offered to all"
    SAYS_IF = (({"why": "back"}, "the owner is back: offered no more"),)
    NOTICED = True
    why: Literal["lost", "signed_out", "excluded", "back"]
