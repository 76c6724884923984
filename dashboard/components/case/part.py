"""One page's part about cases: the selected alarm's facts and what is drawn of its case, and the search of the register."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol
from uuid import uuid4

import msgspec

from dashboard.components.actions.part import ActedOn, Actions, actions
from dashboard.components.case.detail import SHOWN, Detail, detail
from dashboard.components.case.facts import case_of, marked
from dashboard.components.tracks import grown, track
from dashboard.services import Ground
from dashboard.shell.ground import SignedPage
from dashboard.shell.looks import Looks
from dashboard.shell.topics import Hears
from incidents import events as ev
from incidents.audit import role_of, stream_of
from incidents.case import Case, digest
from incidents.cases.life import NotPossible
from incidents.commands import Refused
from incidents.commands.whose import holds
from incidents.incident import Incident
from incidents.log import LogUnavailable
from incidents.messages import Fix
from incidents.need import need_of_device
from incidents.roles import User, may
from maps.track import NOWHERE
from reports.content import unturned

MAX_FOUND = 8  # cases offered by a search
# Who chooses an alarm sooner than WALKS_S after another walks over it, until it has stood chosen for STANDS_S.
WALKS_S, STANDS_S = 1.0, 0.5


class ShownDrill(Protocol):
    """The vigilance drill of one page; None where none is shown."""

    @property
    def incident(self) -> Incident | None: ...
    def detail(self, incident: Incident) -> Detail: ...


class CasePage(SignedPage, ActedOn, Protocol):
    """A page as this part sees it. `selected`: the incident that stands chosen on it."""

    @property
    def desk_name(self) -> str: ...
    @property
    def covers(self) -> frozenset[str]: ...
    @property
    def looks(self) -> Looks: ...
    def keep(self, work: Coroutine[Any, Any, None], /) -> None: ...
    def refresh(self, *changes: Hears) -> None: ...


class CasePart:
    """What this page is shown. `page` is its session, `drill` the part that knows its vigilance drill."""

    def __init__(self, consoles: Ground, page: CasePage, drill: ShownDrill) -> None:
        self._consoles = consoles
        self._page = page
        self._drill = drill
        self._sent: Detail | None = None
        self._of: Incident | None = None  # whose circle grows, how she moves, and the circle that was sent
        self._track = NOWHERE
        self._grown: Fix | None = None
        self._chosen = 0  # counts the choices
        self._passing = False  # what stands chosen was walked over, and has not stood long enough to be looked at

    def choose(self, after_s: float) -> None:
        """Another alarm was chosen on the page, so long after the one before."""
        self.leave()
        self._page.looks.end("device")
        self._chosen += 1
        self._passing = after_s < WALKS_S
        if self._passing:
            self._page.keep(self._stands(self._chosen))

    async def _stands(self, chosen: int) -> None:
        await asyncio.sleep(STANDS_S)
        if self._chosen == chosen:
            self._passing = False
            self._page.refresh("alarm")

    def actions(self) -> Actions | None:
        """What may be done with the selected alarm, on a locked page too."""
        return actions(self._page, self._page.reserved.named(self._page.selected) or self._drilled)

    @property
    def _drilled(self) -> Incident | None:
        """The drill that stands chosen: until somebody has it, it may be done with as an alarm."""
        drill = self._drill.incident
        return drill if drill is not None and drill.id == self._page.selected else None

    def compose(self) -> dict[str, object] | None:
        """What this page shows of the selected alarm, recorded; None where none is chosen, or may be seen."""
        page = self._page
        incident = page.reserved.named(page.selected)
        page.looks.keep("case", {incident.id} if incident is not None and self._may_see() else set())
        if incident is None and (drill := self._drilled) is not None:
            self._sent = None
            self._follow(drill)
            return {**_parts(self._drill.detail(drill)), "id": drill.id}
        if incident is None or not self._may_see():
            self.leave()
            return None
        look = page.looks.of("case", incident.id)
        words = holds(incident, page.actor)
        need = look.need if look is not None and not (words and not look.words) else ""
        if not need:
            need = self._consoles.need(page, incident)
        # What was sent was shown: what is only walked over is not sent, unless it is needed. Nor is what nobody can be named for.
        if look is None and not need and (self._passing or not page.actor):
            self.leave()
            return None
        self._follow(incident)
        new = detail(
            incident, self._consoles.desk, self._consoles.services.places, page.translate, self._track, words=words
        )
        if (keeping := self._consoles.services.keeping) is not None and new.case.state in SHOWN and new.case.number:
            new = msgspec.structs.replace(new, case=marked(new.case, keeping.doubted(new.case.number)))
        self._sent = new
        told, whole = bool(new.case.safe_word or new.case.duress_word), new.case.state in SHOWN
        if look is None or (need and not look.need) or (told and not look.words) or (whole and not look.case):
            self._shown(incident, need, new)
        return {**_parts(new), "id": incident.id, "flags": keeping is not None}

    def _shown(self, incident: Incident, need: ev.Need, shown: Detail) -> None:
        """Record what is shown: the case, or where none is, her track and what was written (docs/decisions/0105)."""
        stream = f"incident/{incident.id}"
        role = role_of(User(actor=self._page.actor, roles=self._page.standing.roles))
        if shown.case.state not in SHOWN:
            track = ev.TimelineOpened(role=role, need=need, incident=incident.id)
            self._page.looks.begin("case", incident.id, stream, track)
            return
        case = case_of(incident, self._consoles.desk.cases)
        opened = ev.CaseOpened(
            role=role,
            need=need,
            words=bool(shown.case.safe_word or shown.case.duress_word),
            case_version=shown.case.version,
            case_digest=digest(case) if case is not None else "",
        )
        self._page.looks.begin("case", incident.id, stream, opened)

    def has_grown(self) -> bool:
        """Whether the circle of her position has grown since it was sent: no event tells of it."""
        now = self._consoles.desk.clock.now()
        return self._of is not None and self._grown != grown(self._of, self._track, now)

    def leave(self) -> None:
        """Nothing is shown here any more."""
        self._sent = self._of = None
        self._track = NOWHERE

    def _follow(self, incident: Incident) -> None:
        self._of, self._track = incident, track(incident, self._track)
        self._grown = grown(incident, self._track, self._consoles.desk.clock.now())

    @property
    def followed(self) -> str | None:
        """What stands chosen, if this page is shown it: the map draws its track. What is only walked over is not."""
        return self._of.id if self._of is not None and self._of.id == self._page.selected else None

    def drawn(self) -> dict[str, Case]:
        """The selected alarm's case by incident, if this page is shown it: the map draws its places."""
        incident = self._page.reserved.named(self._page.selected)
        if incident is None or self._sent is None or self._sent.case.state not in SHOWN or not self._may_see():
            return {}
        case = case_of(incident, self._consoles.desk.cases)
        return {} if case is None else {incident.id: case}

    def found(self, n: int | None, text: str) -> dict[str, Any]:
        """The answer to a search of the register, the `n`-th of the page; each that is carried out is recorded."""
        desk, now = self._consoles.desk, self._page.standing
        if now.locked or not may(now.roles, "search cases"):
            return {"n": n, "cases": [], "refused": "not_allowed"}
        found: list[Case] = []
        if text and desk.cases.state == "open":
            user = User(actor=self._page.actor, roles=now.roles, zone=now.zone, name=self._page.desk_name)
            hits = desk.cases.search(text, limit=MAX_FOUND * 4)
            found = [case for case in hits if not desk.exclusions.case(case, user)][:MAX_FOUND]
            of = desk.searched(user, text, [case.number for case in found])
            if found:
                self._page.looks.entered("search", of, stream_of(desk.clock.now()), row=True)
        return {"n": n, "cases": [{"number": c.number, "victim": c.victim.name, "devices": c.devices} for c in found]}

    def whose(self, key: str) -> dict[str, Any] | None:
        """Whose device a technical alarm is of, and whom to call, recorded; None without a case that who is here may see."""
        desk, page = self._consoles.desk, self._page
        stream, _, condition = key.rpartition("/")
        alarm = next((one for at, one in desk.board.device_alarms.items() if at == (stream, condition)), None)
        if (
            alarm is None
            or alarm.device is None
            or not self._may_see()
            or desk.exclusions.device(alarm.device, page.user)
        ):
            return None
        case = desk.cases.by_device(alarm.device)
        if case is None:
            return None
        if page.looks.of("device", key) is None:
            user = User(actor=page.actor, roles=page.standing.roles)
            shown = ev.DeviceCaseShown(
                role=role_of(user), need=need_of_device(alarm, user), device=alarm.device, case=case.number
            )
            page.looks.begin("device", key, stream, shown)
        return {
            "number": case.number,
            "victim": case.victim.name,
            "safe_numbers": case.safe_numbers,
            "zone": self._consoles.services.places.zone_name(case.home_zone) if case.home_zone else "",
        }

    async def doubt(self, incident: str, fact: str, text: str) -> str:
        """Flag a fact that this page shows as doubtful: "", or the code of why it was not done."""
        keeping, sent = self._consoles.services.keeping, self._sent
        if keeping is None or sent is None or sent.live.id != incident or not self._may_see():
            return "not_allowed"
        # A page has it as it was sent: with the marks that turn a text's direction as their codes.
        texts = {unturned(one.text): one.text for one in (*sent.case.pinned, *sent.case.facts)}
        if fact not in texts:
            return "unknown"
        try:
            user = msgspec.structs.replace(self._page.user, name=self._page.desk_name)
            await keeping.take(sent.case.number, "doubted", {"fact": texts[fact], "text": text}, user, id=uuid4().hex)
        except NotPossible as refused:
            return refused.code
        except (LogUnavailable, Refused):
            return "not_allowed"
        return ""

    def _may_see(self) -> bool:
        now = self._page.standing
        return not now.locked and may(now.roles, "open_case")


def _parts(detail: Detail) -> dict[str, object]:
    return {name: getattr(detail, name) for name in detail.__struct_fields__}
