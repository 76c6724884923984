"""Taking an alarm and staying at it: claim, line, case, second seat, the watch's questions."""

from typing import Literal

from incidents import events as ev
from incidents.commands import whose
from incidents.commands.kinds import BEFORE_SCENE, EVER, OWNED, Circumstances, Decision, OnIncident, leads_to
from incidents.incident import OPEN, Incident
from incidents.users import FLOOR, only


class Acknowledge(OnIncident, frozen=True, kw_only=True, tag="acknowledge"):
    """Take an alarm nobody has; or, as its owner, answer that it alarmed again."""

    MAY, IN, WHOSE = FLOOR, OPEN, whose.free
    TO = {"raised": "acknowledged"}

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.Acknowledged()


class Release(OnIncident, frozen=True, kw_only=True, tag="release"):
    """Give the own alarm back to everybody."""

    MAY, IN, WHOSE = FLOOR, BEFORE_SCENE, whose.owner
    TO = leads_to("raised")
    reason: str = ""

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.Released(reason=self.reason)


class Listen(OnIncident, frozen=True, kw_only=True, tag="listen"):
    """I listen on the open line; on another's alarm that is its second seat."""

    MAY, IN, WHOSE = FLOOR, OWNED, whose.on_line

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.Listening()


class OpenCase(OnIncident, frozen=True, kw_only=True, tag="open_case"):
    """I was shown the case."""

    MAY, IN, WHOSE = FLOOR, EVER, whose.anyone

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        seen = any(isinstance(e.event, ev.CaseOpened) and e.actor == about.actor for e in incident.history.entries)
        return None if seen else ev.CaseOpened(role=about.role, need=whose.held_as(incident, about.actor))


class StillOnIt(OnIncident, frozen=True, kw_only=True, tag="still_on_it"):
    """I still work on it; or (`how` case) I opened its case again."""

    MAY, IN, WHOSE = FLOOR, OWNED, whose.at_work
    how: Literal["said", "case"] = "said"

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.StillOnIt(how=self.how)


class Help(OnIncident, frozen=True, kw_only=True, tag="help"):
    """Take the second seat at its owner's side, who keeps it: then I may route it too."""

    MAY, IN, WHOSE = FLOOR, OWNED, whose.helpful

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.Helping()


class ConfirmEscalation(OnIncident, frozen=True, kw_only=True, tag="confirm_escalation"):
    """As a supervisor: I see to this alarm that nobody answered."""

    MAY, IN, WHOSE = only("supervisor"), OPEN, whose.to_confirm

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.EscalationConfirmed()
