"""The operator's map: every open alarm in its true place and size, on the police zones of Belgium."""

from collections.abc import Callable
from functools import lru_cache
from math import cos, radians
from typing import Any, Final

import msgspec
from bokeh.models import PanTool, Range1d, WheelZoomTool, WMTSTileSource
from bokeh.plotting import figure
from panel.pane import Bokeh

from dashboard.components.map.destination import Destination, DestinationLayer
from dashboard.components.map.frame import MapFrame
from dashboard.components.map.ground import GroundLayer
from dashboard.components.map.marks import Chosen, Sight, Told, chosen_of, marks_of
from dashboard.components.map.outlines import outlines_in
from dashboard.components.map.palette import PALETTES, Palette, exchanged
from dashboard.components.map.streets import AddressSource, Source, StreetLayer
from dashboard.components.map.titles import Titles
from dashboard.components.map.viewport import Viewport
from dashboard.components.map.words import words as words_in
from dashboard.components.tracks import grown, track
from dashboard.shell.clock import milliseconds
from dashboard.shell.compat import put, send, soon
from dashboard.shell.template import Theme
from incidents.desk.by_hand import MAX_ACCURACY_M
from incidents.incident import Incident
from incidents.messages import Fix
from maps.areas import area
from maps.geodesy import to_wgs84
from maps.track import NOWHERE
from maps.zones import Location, Zones

CLICK_PX: Final = 4  # so well a hand points
LEAST_CLICK_M: Final = 5.0  # so well the map itself is drawn
WORTH_SHOWING: Final = 0.005  # a neighbour's share of the circle
LAYERS: Final = ("names", "units", "places", "trail", "legend")


class MapView:
    """The map of one page. `root` fills its container and is the landmark "Map".

    `words` translates. `basemap_url` is an XYZ address ({X}, {Y}, {Z}) with its attribution; none by default, and then nothing
    is asked of any other server. `streets` opens the lines of streets, and `addresses` their house numbers, once the map was
    first looked at; `credit` then says whose addresses stand on the page.
    What lies still is drawn here; of what moves the page is told facts (`marks`), which it draws, and it leads its own view. The
    session calls `show` when the board changes and every few seconds. `on_pick` and `on_place` hear of clicks, `on_leave` that a
    place is left. Alarms are no layer: nothing hides them. `bare`: without buttons and legend of its own. `apart`: with one for a
    window of its own (the page's `vigie:map-window`). `follow`: whether it begins by following what stands chosen.
    """

    def __init__(
        self,
        zones: Zones,
        *,
        words: Callable[[str], str],
        basemap_url: str | None = None,
        basemap_attribution: str = "",
        streets: Source | None = None,
        addresses: AddressSource | None = None,
        credit: Callable[[], str] = lambda: "",
        theme: Theme = "dark",
        bare: bool = False,
        apart: bool = False,
        follow: bool = False,
        on_pick: Callable[[str], object] = lambda incident: None,
        on_place: Callable[[float, float, float], object] = lambda lat, lon, accuracy_m: None,
        on_leave: Callable[[], object] = lambda: None,
    ) -> None:
        self._on_pick, self._on_place, self._on_leave = on_pick, on_place, on_leave
        self._words = words_in(words)
        self._theme: Theme = theme
        self._zones = zones
        self._titles = Titles(zones, self._words)
        self._locate = lru_cache(maxsize=256)(zones.locate)
        self._outlines = outlines_in(zones.folder)
        x0, y0, x1, y1 = self._outlines.bounds
        # Below stand the scale and the legend, above the buttons.
        up, down = 0.05 * (y1 - y0), 0.11 * (y1 - y0)
        self._home = Viewport(x0, x1, y0 - down, y1 + up).widened(1.03)
        self._view = self._home.showing((self._home.x0, self._home.y0, self._home.x1, self._home.y1))
        self._sight: Callable[[], Sight] | None = None
        self._track = NOWHERE  # of the selected alarm
        self._told = Told()
        self._ready = False  # the page is drawn, and hears
        self._waiting: dict[str, Any] = {}

        self.ground = GroundLayer(self._outlines, self._palette, over_basemap=basemap_url is not None)
        self.figure = self._make_figure()
        layers = dict.fromkeys(LAYERS, True)
        if basemap_url is not None:
            layers["basemap"] = True
            tiles = WMTSTileSource(url=basemap_url, attribution=basemap_attribution)
            self.figure.add_tile(tiles, level="image", alpha=0.7, name="basemap")
        if streets is not None:
            layers["streets"] = basemap_url is None  # over a street map of images they wait to be asked for
        self.destination = DestinationLayer(lambda: self._palette, self.figure)
        self.ground.add_to(self.figure)
        self._frame = MapFrame(
            colours=msgspec.structs.asdict(self._palette),
            theme=theme,
            plot=Bokeh(self.figure, sizing_mode="stretch_both"),
            words=self._words,
            country=[x0, y0, x1, y1],
            home=[self._home.x0, self._home.y0, self._home.x1, self._home.y1],
            names=self.ground.names,
            layers=layers,
            bare=bare,
            apart=apart,
            follow=follow,
        )
        self._frame.on_msg(self._heard)
        self.streets: StreetLayer | None = None
        if streets is not None:
            self.streets = StreetLayer(streets, credit, self.figure, self._frame, addresses)
        self.root = self._frame

    def speak(self, words: Callable[[str], str]) -> None:
        """Say everything in another language."""
        self._frame.words = self._words = words_in(words)
        self._titles = Titles(self._zones, self._words)
        self._look(self._view)
        self._redraw()

    def dress(self, theme: Theme) -> None:
        """Draw everything in another theme: what was drawn keeps its place, its view and its glyphs."""
        before, self._theme = self._palette, theme
        colours = exchanged(before, self._palette)
        for model in self.figure.references():
            for name, value in model.properties_with_values(include_defaults=False).items():
                colour = getattr(value, "value", value)  # what stands for every mark is a `Value`
                if isinstance(colour, str) and colour in colours:
                    setattr(model, name, colours[colour])
        put(self._frame, colours=msgspec.structs.asdict(self._palette), theme=theme)

    @property
    def _palette(self) -> Palette:
        return PALETTES[self._theme]

    def show(self, sight: Callable[[], Sight]) -> None:
        """Show what may be shown now; `sight` is asked again when the page comes, or speaks another language. Cheap when little
        changed: only what differs travels. Never moves the map, unless it follows the selected alarm and that moves."""
        self._sight = sight
        self._redraw()

    def go_to(self, place: Destination, *, still_following: bool = False) -> None:
        """Show a place and mark it. Nothing is selected. Follow ends, or waits until it is left or an alarm is flown to."""
        self.destination.show(place)
        self._frame.destination = place.name
        self._tell({"go": place.extent.box, "still": still_following})

    def leave(self) -> None:
        """Mark no place any longer; the map stays where it is."""
        self.destination.show(None)
        self._frame.destination = ""
        self._tell({"left": True})

    def bring(self, incident: str) -> None:
        """Show an alarm as if somebody at the page had chosen it, while the map follows what stands chosen."""
        self._tell({"bring": incident})

    def follow(self, on: bool) -> None:
        """Keep the selected alarm in the middle, or no longer; a hand that drags the map ends it too."""
        self._tell({"follow": on})

    def _make_figure(self) -> figure:
        wheel = WheelZoomTool(zoom_on_axis=False)
        pan = PanTool()
        fig = figure(
            x_range=Range1d(start=self._view.x0, end=self._view.x1),
            y_range=Range1d(start=self._view.y0, end=self._view.y1),
            tools=[pan, wheel],
            active_drag=pan,
            active_scroll=wheel,
            toolbar_location=None,
            x_axis_type=None,
            y_axis_type=None,
            sizing_mode="stretch_both",
            min_border=0,
            outline_line_color=None,
            background_fill_color=self._palette.ground,
            border_fill_color=self._palette.ground,
            hold_render=True,  # until the page has given the view its own proportions
        )
        fig.toolbar.logo = None
        return fig

    def _redraw(self) -> None:
        if self._sight is None:
            return
        sight = self._sight()
        incident = sight.chosen
        self._track = track(incident, self._track) if incident is not None else NOWHERE
        self._say_where(incident, grown(incident, self._track, sight.now) if incident is not None else None)
        if not self._ready:
            return
        of = marks_of(sight.board, self._zones) if sight.board is not None else None
        chosen = chosen_of(incident, self._track, sight.case, sight.now) if incident is not None else Chosen()
        if news := self._told.news(sight, of, chosen):
            self._tell(news | {"now": milliseconds(sight.now)})

    def _say_where(self, incident: Incident | None, here: Fix | None) -> None:
        """Where the selected alarm is, and its zones on the ground."""
        location = self._location(here) if here is not None else None
        named = self._area(incident) if incident is not None else None
        self.ground.mark(_zones(location) if location is not None else (), named)
        place: list[str] = []
        if location is not None:
            place = self._titles.where(location)
        elif incident is not None and named is not None:
            place = self._titles.named(incident)
        put(self._frame, place=place)

    def _area(self, incident: Incident) -> Any | None:
        named = incident.position.fix is None and incident.by_hand.place and incident.zone
        return area(self._zones, incident.zone, incident.by_hand.place) if named else None

    def _location(self, fix: Fix) -> Location | None:
        try:
            return self._locate(fix.lat, fix.lon, fix.radius, fix.confidence)
        except ValueError:  # a position that is none: the alarm is drawn all the same, its zone is not known
            return None

    def _look(self, view: Viewport) -> None:
        self._view = view
        self.ground.look(view)
        lat, lon = to_wgs84((view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2)
        middle = self._location(Fix(lat=lat, lon=lon))
        put(
            self._frame,
            names=self.ground.names,
            loaded=self.ground.loaded,
            middle=self._titles.where(middle) if middle is not None else [],
        )

    def _tell(self, news: dict[str, Any]) -> None:
        if (document := self.figure.document) is None or not self._ready:
            self._waiting |= news
            return
        send(self._frame, document, msgspec.json.encode(news).decode())

    async def _heard(self, event: Any) -> None:
        document = self.figure.document
        if document is None:
            return

        async def obey() -> None:
            self._obey(event.data)

        # A message comes without the document's lock, and what it asks for changes the document.
        soon(document, obey)

    def _obey(self, message: object) -> None:
        """What the browser says. Its numbers are only ever used to draw for it."""
        match message:
            case {"type": "ready"}:
                self._ready, self._told = True, Told()
                self._redraw()
                waiting, self._waiting = self._waiting, {}
                if waiting:
                    self._tell(waiting)
            case {"type": "look", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "width": width, "height": height}:
                self._look(Viewport(x0, x1, y0, y1, width, height))
                if self.streets is not None:
                    self.streets.open()
            case {"type": "streets", "cells": cells} if self.streets is not None:
                self.streets.ask(cells)
            case {"type": "place", "x": x, "y": y, "m_per_px": m_per_px}:
                lat, lon = to_wgs84(x, y)
                seen_m = CLICK_PX * max(m_per_px, self._view.m_per_px) * cos(radians(lat))
                self._on_place(lat, lon, min(max(seen_m, LEAST_CLICK_M), MAX_ACCURACY_M))
            case {"type": "pick", "incident": str(incident)}:
                self._on_pick(incident)
            case {"type": "theme", "value": "dark" | "light" as theme} if theme != self._theme:
                self.dress(theme)
            case {"type": "leave"}:
                self.leave()
                self._on_leave()


def _zones(location: Location) -> tuple[str, ...]:
    """Its zone and the neighbours it may well be in."""
    if not location.inside:
        return ()
    return (location.zone, *(n.zone for n in location.neighbours if n.probability >= WORTH_SHOWING))
