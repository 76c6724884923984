"""Where the incidents are, in words of the nearest address: one place that makes them, and keeps each from flipping.

A row never waits for its words: they are made beside the loop, and the pages are told when they came. While the addresses are not
opened yet, or can't be, there are none, and the municipality stands alone.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import msgspec

from dashboard.components.case.motion import doubt_words, time_words
from dashboard.components.map.labels import length
from dashboard.components.nearby import Address, Spoken, address, names_of, near_words
from dashboard.components.tracks import track
from dashboard.shell.errands import TYPED, aside
from incidents.bounded import Bounded
from incidents.events.kinds import PLACE_DOUBTS
from incidents.incident import Incident
from incidents.messages import Fix
from maps.addresses.addresses import Addresses
from maps.addresses.near import Kind, Near, known_radius, steady, still
from maps.streets.street_file import streets_from
from maps.zones import Zones
from reports.catalogue import LANGUAGES, Translator, translator
from reports.locale_formats import formats
from reports.words import codes

MOST = 4_096  # incidents whose words are remembered
# How sure a place of a case is taken to be, which its file gives to some metres: it names the nearest number.
PLACE_M = 10.0
REST_S = 0.05  # a press and its rows go first, and between two batches too
BATCH = 16  # some 10 ms of work

_logger = logging.getLogger(__name__)

Spot = tuple[float, float, float | None]  # latitude and longitude in WGS 84 degrees, the radius in metres


class Known(msgspec.Struct, frozen=True):
    """What lies nearest to a `spot`; it is said in the language of who asks."""

    spot: Spot
    near: Near
    settled: bool = True  # or as it was said of the spot before, until it is looked up


class Whereabouts:
    """`folder` holds a centre's own addresses, `streets` are its drawn streets; without them, those shipped. All but `words_at`
    is asked on the loop.

    It speaks the language of who asks, `translate`; without one, the centre's.
    """

    def __init__(self, zones: Zones, folder: Path | None, translate: Translator, streets: Path | None = None) -> None:
        self._zones, self._folder, self._streets = zones, folder, streets
        self._translate = translate
        self._opened: Addresses | None = None
        self._known: Bounded[str, Known] = Bounded(MOST)
        self._asked: Bounded[str, Spot] = Bounded(MOST)
        self._places: Bounded[tuple[float, float], Near] = Bounded(MOST)
        self._spoken: Bounded[tuple[str, Spot], Spoken] = Bounded(MOST)
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, told: Callable[[Collection[str]], None]) -> None:
        """Open the addresses beside the loop, and tell of which incidents there are new words from then on."""
        self._task = asyncio.get_running_loop().create_task(self._run(told), name="say where incidents are")

    async def stop(self) -> None:
        """Make no more words."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def addresses(self) -> Addresses:
        """The addresses and places as they are now; opened beside the loop when they are first asked for."""
        return await aside(TYPED, self.newest)

    def of(self, incident: Incident, translate: Translator | None = None) -> str:
        """Where it is, for a row; "" while that is not known. It asks for what is not known yet, and never waits."""
        if incident.position.fix is None:
            return ""
        if said := self._raised_at(incident, translate).words:
            return said
        spot, known = _spot(incident.position.fix), self._known.get(incident.id)
        if known is not None and known.spot == spot:
            return self._said(known.near, translate, short=True)
        self._asked[incident.id] = spot
        self._news.set()
        if known is None or (near := still(known.near, *spot)) is None:
            return ""
        self._known[incident.id] = Known(spot, near, settled=False)
        return self._said(near, translate, short=True)

    def now(self, incident: Incident, translate: Translator | None = None) -> str:
        """Where it is, in full, looked up at once (under a millisecond); "" without a position or addresses."""
        if said := self._raised_at(incident, translate).words:
            return said
        if incident.position.fix is None or self._opened is None:
            return ""
        spot, known = _spot(incident.position.fix), self._known.get(incident.id)
        if known is None or known.spot != spot or not known.settled:
            word = self._looked_up(self._opened, spot, known)
            if word is None:
                return ""
            known = self._known[incident.id] = word
        return self._said(known.near, translate)

    def in_full(
        self, incident: Incident, now: datetime, translate: Translator | None = None, *, street: bool = True
    ) -> str:
        """Where it is, for who reads it later and sees no map: with how sure that is, addresses or none, of when, and that it may
        be wrong. Without `street` by its municipality alone; without a position what was said of the place, "" for nothing."""
        where = self.now(incident, translate) if street else ""
        time = time_words(incident.position.at, now, translate or self._translate)
        return self._qualified(incident, where, translate, time)

    def spoken(self, incident: Incident, translate: Translator | None = None) -> Spoken:
        """The same to be read aloud, as its row says it, without its time, which goes with the page's clock; it never waits."""
        said, fix = self._raised_at(incident, translate), incident.position.fix
        known = self._known.get(incident.id)
        if not said.words and fix is not None and known is not None and known.spot == _spot(fix):
            said = Spoken(self._said(known.near, translate), names_of(known.near, self._language(translate)))
        return Spoken(self._qualified(incident, said.words, translate), said.names)

    def address(self, incident: Incident, translate: Translator | None = None) -> Address | None:
        """Where it is at a glance: what a person named as it was named, else what is nearest; None while neither is known."""
        fix, (name, _, town) = incident.position.fix, incident.by_hand.place.partition(", ")
        if name and (fix is None or self._raised_at(incident, translate).words):
            return Address(name=name, town=town)
        known = self._known.get(incident.id)
        if fix is None or known is None or known.spot != _spot(fix):
            return None
        return address(known.near, translate or self._translate, self._language(translate))

    def _qualified(self, incident: Incident, where: str, translate: Translator | None, time: str = "") -> str:
        """Whatever leaves the desk of where it is, is said by this."""
        fix, _ = incident.position.fix, translate or self._translate
        doubts = [codes(_)[f"flag.{one}"] for one in PLACE_DOUBTS if one in incident.flags]
        if fix is None:
            return " · ".join(filter(None, (incident.by_hand.place, *doubts)))
        if not where:
            spot = lat, lon, radius_m = _spot(fix)
            with contextlib.suppress(ValueError):  # nowhere on Earth
                found = self._zones.locate(*spot).municipality
                kind: Kind = "municipality" if found is not None else "outside"
                town = found.name if found is not None else ""
                near = Near(kind=kind, lat=lat, lon=lon, radius_m=radius_m, municipality=town)
                where = self._said(near, translate)
        return " · ".join(filter(None, (where, *doubts, time, doubt_words(track(incident), _)))) if where else ""

    def told(self, incident: Incident, words: str, fix: Fix | None) -> Spoken:
        """Words that a zone was told of a position, to be read aloud: names are spelled of these words and of no others."""
        if fix is None:
            return Spoken(words)
        spoken = [translator(language) for language in LANGUAGES]
        if any(_begins(words, self._raised_at(incident, one).words) for one in spoken):
            return Spoken(words, self._raised_at(incident).names)
        key = words, _spot(fix)
        if key not in self._spoken and self._opened is not None:
            known = self._known.get(incident.id)
            names = self._names(known, words) if known is not None else ()
            self._spoken[key] = Spoken(words, names or self._names(self._looked_up(self._opened, key[1], None), words))
        return self._spoken.get(key, Spoken(words))

    def _names(self, known: Known | None, words: str) -> tuple[str, ...]:
        """What is spelled of words, if they are how this is said in a language."""
        spoken = [translator(language) for language in LANGUAGES if known is not None]
        said = (one for one in spoken if known is not None and _begins(words, self._said(known.near, one)))
        one = next(said, None)
        return names_of(known.near, one.language) if known is not None and one is not None else ()

    def _raised_at(self, incident: Incident, translate: Translator | None = None) -> Spoken:
        """The address at which it was raised by hand, as it was chosen: houses that share its point are not it. Else nothing."""
        fix, place = incident.position.fix, incident.by_hand.place
        if fix is None or fix.method != "address" or not place or fix.radius is None:
            return Spoken()
        _ = translate or self._translate
        radius = _("± {m}").format(m=length(fix.radius, formats(_).decimal))
        return Spoken(f"{place} · {radius}", tuple(place.partition(",")[0].rsplit(" ", 1)))

    def near_place(self, lat: float, lon: float, translate: Translator | None = None) -> str:
        """What lies nearest to a place of a case, for who is shown it; "" without addresses. It is looked up at once."""
        if (lat, lon) not in self._places and self._opened is not None:
            try:
                self._places[lat, lon] = self._opened.nearest(lat, lon, PLACE_M)
            except Exception as error:
                # Its words may quote the place.
                _logger.error("a place of a case could not be said in words: %s", type(error).__name__)
                return ""
        near = self._places.get((lat, lon))
        return self._said(near, translate, short=True, sure=False) if near is not None else ""

    def words_at(self, lat: float, lon: float, radius_m: float | None, translate: Translator | None = None) -> str:
        """What lies nearest to a position of a paper, in full; opens the addresses, so ask in a thread."""
        word = self._looked_up(self.newest(), (lat, lon, known_radius(radius_m)), None)
        return self._said(word.near, translate) if word is not None else ""

    def called(self) -> str:
        """Which addresses those are: the day of their import, and whose they are."""
        newest = self.newest()
        return ", ".join(filter(None, (newest.about.made[:10], "; ".join(newest.about.sources), newest.credit)))

    def credited(self, translate: Translator | None = None) -> str:
        """Whose addresses the words are, for where they stand; "" without any. It opens them, so ask in a thread."""
        return self._credited(self.newest(), translate)

    def holders(self) -> str:
        """Whose addresses they are, by name alone; "" without any. It opens them, so ask in a thread."""
        return self.newest().credit

    def credit(self, translate: Translator | None = None) -> str:
        """The same on the loop; "" while they are not opened."""
        return self._credited(self._opened, translate) if self._opened is not None else ""

    def _credited(self, addresses: Addresses, translate: Translator | None) -> str:
        credit, _ = addresses.credit, translate or self._translate
        return _("Addresses {credit}").format(credit=credit) if credit else ""

    def newest(self) -> Addresses:
        """As `addresses`, in a thread that may wait."""
        return Addresses.of(self._folder, self._zones, streets_from(self._streets))

    def _looked_up(self, addresses: Addresses, spot: Spot, before: Known | None) -> Known | None:
        try:
            near = addresses.nearest(*spot)
        except Exception as error:
            # Its words may quote the position.
            _logger.error("a position could not be said in words: %s", type(error).__name__)
            return None
        return Known(spot, steady(before.near if before is not None else None, near))

    def _said(self, near: Near, translate: Translator | None, *, short: bool = False, sure: bool = True) -> str:
        """In full, for who does not see the map, or `short` for a row."""
        return near_words(near, translate or self._translate, self._language(translate), short=short, sure=sure)

    def _language(self, translate: Translator | None) -> str:
        return (translate or self._translate).language

    async def _run(self, told: Callable[[Collection[str]], None]) -> None:
        try:
            await asyncio.to_thread(self._open)
        except Exception as error:
            _logger.error("positions are not said in words: %s", type(error).__name__)
            return
        while True:
            await self._news.wait()
            self._news.clear()
            while self._asked:
                await asyncio.sleep(REST_S)
                names = list(islice(self._asked, BATCH))
                asked = [(name, self._asked.pop(name), self._known.get(name)) for name in names]
                addresses, made = await asyncio.to_thread(self._made, asked)
                if addresses is not self._opened:
                    self._opened = addresses
                    # They were said of the older ones. What a zone was told stays as it was told.
                    self._places.clear()
                # What was looked up meanwhile is newer.
                new = {
                    name: word for name, before, word in made if word is not None and self._known.get(name) is before
                }
                for name, word in new.items():
                    self._known[name] = word
                if new:
                    told(new)

    def _open(self) -> None:
        opened = self.newest()
        opened.nearest(50.85, 4.35)  # the first question makes what the others use
        self._opened = opened

    def _made(
        self, asked: Sequence[tuple[str, Spot, Known | None]]
    ) -> tuple[Addresses, list[tuple[str, Known | None, Known | None]]]:
        addresses = self.newest()
        return addresses, [(name, before, self._looked_up(addresses, spot, before)) for name, spot, before in asked]


def _begins(words: str, said: str) -> bool:
    """Whether words of an order say where it is so; that the position may be wrong can stand behind it."""
    return bool(said) and f"{words} · ".startswith(f"{said} · ")


def _spot(fix: Fix) -> Spot:
    return fix.lat, fix.lon, known_radius(fix.radius)
