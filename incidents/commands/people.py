"""Handing an alarm over, a supervisor's hand, and the shift's sheet.

The owner stays owner until the receiver accepts: at every moment somebody has the alarm, and never two. A supervisor may
take one at once; to give it to somebody else they offer it, for nobody may have an alarm who perhaps does not look.
"""

from incidents import events as ev
from incidents.clock import milliseconds
from incidents.commands import whose
from incidents.commands.kinds import EVER, UNDER_WAY, Circumstances, Decision, OfNoCase, OnIncident
from incidents.incident import OPEN, Incident
from incidents.refusals import Refused
from incidents.users import FLOOR, only


class HandOver(OnIncident, frozen=True, kw_only=True, tag="hand_over"):
    """Offer the own alarm to a person on shift, by the id the page was given for them; it is theirs once they accept."""

    MAY, IN, WHOSE = FLOOR, UNDER_WAY | {"closed"}, whose.owner
    UNFINISHED = True
    to: str
    note: str = ""

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return offer(incident, actor=about.actor, to=about.on_shift(self.to), note=self.note.strip())


class HandOverDesk(OfNoCase, frozen=True, kw_only=True, tag="hand_over_desk"):
    """Offer all own alarms to a person on shift."""

    MAY = FLOOR
    to: str
    note: str = ""


class AcceptHandOver(OnIncident, frozen=True, kw_only=True, tag="accept_hand_over"):
    """Take an alarm that was offered to me."""

    MAY, IN, WHOSE = FLOOR, EVER, whose.acceptable
    TO = {"raised": "acknowledged"}
    UNFINISHED = True

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        # Nobody had it: who accepts is the first to acknowledge it.
        return ev.Acknowledged() if incident.state == "raised" else ev.HandOverAccepted()


class DeclineHandOver(OnIncident, frozen=True, kw_only=True, tag="decline_hand_over"):
    """Leave an alarm that was offered to me with its owner."""

    MAY, IN, WHOSE = FLOOR, EVER, whose.offered
    UNFINISHED = True
    reason: str

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.HandOverDeclined(reason=about.reason(self.reason))


class WithdrawHandOver(OnIncident, frozen=True, kw_only=True, tag="withdraw_hand_over"):
    """Keep the own alarm after all."""

    MAY, IN, WHOSE = FLOOR, EVER, whose.withdrawable
    UNFINISHED = True

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        return ev.HandOverWithdrawn()


class TakeOver(OnIncident, frozen=True, kw_only=True, tag="take_over"):
    """As a supervisor: I take this alarm now, from whoever has it. What nobody has is acknowledged.

    `since` is when the owner whom the page shows came to have it (ms since 1970, 0 not known): it is taken from nobody else.
    """

    MAY, IN, WHOSE = only("supervisor"), OPEN, whose.not_mine
    TO = {"raised": "acknowledged"}
    since: int = 0
    reason: str = ""

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        # One that nobody has is acknowledged, and so is their own that alarmed again.
        if incident.state == "raised" or incident.owner == about.actor:
            return ev.Acknowledged()
        if self.since and incident.ownership.since is not None and self.since != milliseconds(incident.ownership.since):
            raise Refused("taken", who=incident.owner, since=incident.ownership.since)
        return ev.TakenOver(reason=self.reason.strip())


class Assign(OnIncident, frozen=True, kw_only=True, tag="assign"):
    """As a supervisor: offer an alarm to a person on shift; until they accept it stays with its owner, or with nobody."""

    MAY, IN, WHOSE = only("supervisor"), OPEN - {"safe"}, whose.anyone
    to: str
    note: str = ""

    def decide(self, incident: Incident, about: Circumstances) -> Decision:
        to, note = about.on_shift(self.to), self.note.strip()
        if incident.owner == about.actor:
            return offer(incident, actor=about.actor, to=to, note=note)
        _check_receiver(to, about.actor)
        if to == incident.owner:
            raise Refused("taken", who=incident.owner, since=incident.ownership.since)
        known = incident.ownership.offer
        if known is not None and (known.to, known.note, known.by) == (to, note, about.actor):
            return None
        return ev.Assigned(to=str(to), note=note)


class NoteSheet(OfNoCase, frozen=True, kw_only=True, tag="note_sheet"):
    """Write something on the shift's handover sheet."""

    MAY = FLOOR
    text: str


def offer(incident: Incident, *, actor: str, to: str | None, note: str, whole: bool = False) -> Decision:
    """The offer of an alarm to a person on shift; None when it stands already. `to` None: nobody of that id is on shift."""
    _check_receiver(to, actor)
    known = incident.ownership.offer
    if known is not None and (known.to, known.note, known.by) == (to, note, None):
        return None
    return ev.HandOverOffered(to=str(to), note=note, whole=whole)


def _check_receiver(to: str | None, actor: str) -> None:
    if to is None:
        raise Refused("not_present")
    if to == actor:
        raise Refused("to_oneself")
