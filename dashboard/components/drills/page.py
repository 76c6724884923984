"""`/drills`: a trainer proposes vigilance drills here and sees what became of them; a supervisor sees the same and cancels.

A page of forms that need no script; one (`renew.js`) asks for the list again. What is confirmed is confirmed on the supervisor
page, by another person.
"""

from collections.abc import Callable
from functools import lru_cache, partial
from random import SystemRandom
from uuid import uuid4

import numpy as np
from tornado.httputil import HTTPServerRequest

from dashboard.access.guard import SIGN_IN
from dashboard.components.drills.panel import facts
from dashboard.documents.page import DocumentGround, DocumentPage, NoDocument
from dashboard.shell.clock import dated, written
from dashboard.shell.errands import LOOKS, aside
from incidents import commands as do
from incidents.events import FiguresOpened
from incidents.roles import Role, User, may
from maps.zones import Zones
from reports.locale_formats import formats

ADDRESS = r"/drills"
PAGE = "page drills"
STEP = 0.008  # degrees between the places that may be drawn: some hundred metres
_SAID = ("drill_proposed", "drill_cancelled")


class DrillsPage(DocumentPage[DocumentGround]):
    """For a signed-in trainer or supervisor. Where nobody signs in nobody could be a second person: there are no drills."""

    page = PAGE
    discloses = "figures"
    need = "duty"
    sign_in = f".{SIGN_IN}?next={ADDRESS}"

    def initialize(
        self, consoles: Callable[[], DocumentGround], room: Callable[[HTTPServerRequest], str] = lambda request: ""
    ) -> None:
        """`room`: the address of the training room for who asks, "" where there is none."""
        super().initialize(consoles)
        self._room = room

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> str:
        self.event = FiguresOpened(of="drills")
        said = self.get_query_argument("said", "")
        return self._shown(consoles, roles, said=said if said in _SAID else "")

    async def post(self, *asked: str) -> None:
        consoles = self._consoles()
        try:
            roles = self.allowed(consoles, self.roles_of_our_page(consoles), self.page)
        except NoDocument as none:
            self.say(none)
            return
        user = User(actor=consoles.desk.pseudonym(self.name(consoles)), roles=roles)
        name = self.get_body_argument("drill", "")
        try:
            if name:
                await consoles.desk.command(do.CancelDrill(id=uuid4().hex, drill=name), user)
            else:
                await consoles.desk.command(await self._proposal(consoles), user)
        except do.Refused as refused:
            self.set_status(409)
            self.finish(self._shown(consoles, roles, refused=refused.code))
            return
        # Loaded again it is no second wish.
        self.redirect(f".{ADDRESS}?said={_SAID[bool(name)]}", status=303)

    async def _proposal(self, consoles: DocumentGround) -> do.ProposeDrill:
        zone = self.get_body_argument("zone", "")[:40]
        spot = await aside(LOOKS, drawn, consoles.services.zones, zone)
        return do.ProposeDrill(
            id=uuid4().hex,
            zone=zone,
            lat=spot[0] if spot else None,
            lon=spot[1] if spot else None,
            victim=self.get_body_argument("victim", "")[:80],
            story=self.get_body_argument("story", "")[:600],
            to=tuple(self.get_body_arguments("to")[:100]),
        )

    def _shown(self, consoles: DocumentGround, roles: frozenset[Role], *, said: str = "", refused: str = "") -> str:
        desk = consoles.desk
        name = self.name(consoles)
        kept = {field: self.get_body_argument(field, "") for field in ("zone", "victim", "story")} if refused else {}
        return self.filled(
            "components/drills/drills.html",
            consoles,
            said=said,
            room=self._room(self.request) if may(roles, "page trainer") else "",
            refused=refused,
            kept=kept,
            proposes=may(roles, "propose_drill"),
            zones=_own_zones(consoles),
            people=[(p.key, desk.name_of(p.actor)) for p in desk.floor.people if "dispatcher" in p.roles],
            at=partial(dated, translate=self.translate),
            tenths=formats(self.translate).tenths,
            now=written(desk.clock.now(), "%H:%M:%S"),
            **facts(consoles, desk.pseudonym(name) if name else ""),
        )


def _own_zones(consoles: DocumentGround) -> list[tuple[str, str]]:
    """The zones of the centres this desk answers for, by name."""
    centre_of, own = consoles.services.centres.centre_of, consoles.services.listening.own
    found = [(key, name) for key, name in consoles.services.places.names.items() if centre_of(key) in ("", *own)]
    return sorted(found, key=lambda pair: pair[1].casefold())


def drawn(zones: Zones, zone: str) -> tuple[float, float] | None:
    """A place in a zone, drawn at random; None when the zone is unknown, or too small for the grid."""
    places = _grid(zones).get(zone)
    return SystemRandom().choice(places) if places else None


@lru_cache(maxsize=2)
def _grid(zones: Zones) -> dict[str, list[tuple[float, float]]]:
    """Places all over Belgium by their zone."""
    lats, lons = (part.ravel() for part in np.meshgrid(np.arange(49.49, 51.51, STEP), np.arange(2.54, 6.41, STEP)))
    found: dict[str, list[tuple[float, float]]] = {}
    for lat, lon, zone in zip(lats.tolist(), lons.tolist(), zones.zones_of(lats, lons).tolist(), strict=True):
        if zone:
            found.setdefault(zone, []).append((round(lat, 5), round(lon, 5)))
    return found
