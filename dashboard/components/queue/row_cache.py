"""The encoded rows of all incidents, one for every console; where each is stands in it in the language of who reads."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache

import msgspec

from dashboard.components.actions.routing import plain_until, share_of_named
from dashboard.components.case.facts import CaseBook, warnings
from dashboard.components.place_names import Places
from dashboard.components.queue.rows import Row, RowBoard, closures, label, past_of, row
from dashboard.components.tracks import track
from dashboard.shell.clock import BRUSSELS
from incidents.centres import Belongs
from incidents.clock import Clock
from incidents.devices.tally import Tally
from incidents.escalation.ladder import THERE, Away, WatchTimes
from incidents.incident import Incident
from maps.track import NOWHERE, Track
from reports.catalogue import Translator

# In the place of a name, on a locked page: the page says it in its language (`dashboard/shell/store.js`).
SOMEBODY = "\x1a"


class RowCache:
    """Encoded rows of all incidents: made once for a change, sent to every console. `shown` may withhold facts; without `near`
    none says where."""

    def __init__(
        self,
        board: RowBoard,
        places: Places,
        name_of: Callable[[str], str],
        times: WatchTimes,
        whose: Callable[[Incident], Belongs],
        cases: CaseBook,
        clock: Clock,
        shown: Callable[[Incident, Row], Row] = lambda incident, row: row,
        bench: Iterable[str] = (),
        away: Callable[[str], Away] = lambda actor: THERE,
        outside: bool = False,
        tally: Callable[[str], Tally | None] = lambda device: None,
        excluded_zone: Callable[[Incident, str], bool] = lambda incident, zone: False,
        near: bool = True,
    ) -> None:
        self._board = board
        self._places = places
        self._name_of = name_of
        self._times = times
        self._whose = whose
        self._cases = cases
        self._clock = clock
        self._shown = shown
        self._bench = frozenset(bench)
        self._away = away
        self._outside = outside
        self._tally = tally
        self._excluded_zone = excluded_zone
        self._near = near
        self._rows: dict[str, tuple[tuple[object, ...], msgspec.Raw]] = {}
        # Whose zone is named plainly, open, with a position, and until when nobody need look whether it still is.
        self._plain: dict[str, tuple[Incident, Track, datetime]] = {}

    def encoded(self, incident_id: str, translate: Translator | None = None) -> msgspec.Raw | None:
        """The JSON of an incident's row, with its place in this language, else in the centre's; None when it left the board."""
        raw, near = self._of_all(incident_id), ""
        if self._near and (incident := self._board.incidents.get(incident_id)) is not None and incident.open:
            near = self._places.near(incident, translate)
        return raw if raw is None or not near else msgspec.Raw(bytes(raw)[:-1] + _near(near))

    def outgrown(self) -> tuple[str, ...]:
        """Those whose zone can't be named plainly any more, as their circle has grown: no event tells of it."""
        now = self._clock.now()
        due = [(one, i, of) for one, (i, of, until) in self._plain.items() if until <= now]
        found = [one for one, i, of in due if share_of_named(i, self._places, now, of) is not None]
        for one in found:
            del self._plain[one], self._rows[one]
        return tuple(found)

    def _of_all(self, incident_id: str) -> msgspec.Raw | None:
        incident = self._board.incidents.get(incident_id)
        if incident is None:
            self._rows.pop(incident_id, None)
            self._plain.pop(incident_id, None)
            return None
        before = closures(incident, self._board)
        known = self._rows.get(incident_id)
        away = self._away(incident.owner) if incident.owner else THERE
        past = past_of(self._tally(incident.device)) if incident.device and incident.open else None
        order = incident.order
        misled = order is not None and order.alive and incident.open and self._excluded_zone(incident, order.zone)
        warns: tuple[str, ...] = ()
        beside: tuple[str, ...] = ()
        if incident.open:
            beside = tuple(label(one) for one in self._board.beside(incident))
            warns = warnings(incident, self._cases, self._clock.now().astimezone(BRUSSELS).date())
        made_of = (before, away, past, misled, warns, beside)
        if known is not None and known[0][0] is incident and known[0][1:] == made_of:
            return known[1]
        whose, now = self._whose(incident), self._clock.now()
        of = track(incident) if incident.unfinished else NOWHERE
        facts = row(incident, before, self._places, self._name_of, self._times, whose, of, now, away, self._outside)
        self._plain.pop(incident_id, None)
        if incident.open and incident.position.fix is not None and facts.zone_share is None:
            self._plain[incident_id] = incident, of, plain_until(incident, self._places, of)
        facts = msgspec.structs.replace(
            facts,
            bench=incident.device in self._bench,
            past=past,
            kept_from=len(incident.readers.kept_from),
            order_excluded=misled,
            warns=warns,
            beside=beside,
        )
        raw = msgspec.Raw(msgspec.json.encode(self._shown(incident, facts)))
        self._rows[incident_id] = ((incident, *made_of), raw)
        return raw


@lru_cache(maxsize=4096)
def _near(words: str) -> bytes:
    return b',"near":' + msgspec.json.encode(words) + b"}"
