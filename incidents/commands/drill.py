"""Vigilance drills: proposed by one, confirmed by another, closed by whose desk it was."""

from incidents.commands.kinds import OfNoCase
from incidents.users import FLOOR, only


class OfDrill(OfNoCase, frozen=True, kw_only=True):
    """About a drill, which is no incident."""


class ProposeDrill(OfDrill, frozen=True, kw_only=True, tag="propose_drill"):
    """As a trainer: propose a vigilance drill in a zone, for every desk on shift or for those named; its id is the command's."""

    MAY = only("trainer")
    zone: str
    story: str
    lat: float | None = None
    lon: float | None = None
    victim: str = ""
    to: tuple[str, ...] = ()


class ConfirmDrill(OfDrill, frozen=True, kw_only=True, tag="confirm_drill"):
    """As a supervisor: let a drill somebody else proposed come, at a moment drawn within so many minutes."""

    MAY = only("supervisor")
    drill: str
    within_min: int = 30


class CancelDrill(OfDrill, frozen=True, kw_only=True, tag="cancel_drill"):
    """Take a drill back, or out of the queues."""

    MAY = only("trainer", "supervisor")
    drill: str


class CloseDrill(OfDrill, frozen=True, kw_only=True, tag="close_drill"):
    """Close a drill that says so: the one step it has."""

    MAY = FLOOR
    incident: str
