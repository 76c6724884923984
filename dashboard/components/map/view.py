"""The operator's map: every open alarm in its true place and size, on the police zones of Belgium."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from math import cos, radians
from typing import Any, Final

import msgspec
import shapely
from bokeh.models import PanTool, Range1d, WheelZoomTool, WMTSTileSource
from bokeh.plotting import figure
from panel.pane import Bokeh

from dashboard.components.map.alarms import AlarmLayer
from dashboard.components.map.crowd import Cell, GatheredLayer, PageCrowd
from dashboard.components.map.destination import Destination, DestinationLayer
from dashboard.components.map.drawings import Drawings, drawings
from dashboard.components.map.frame import MapFrame
from dashboard.components.map.ground import GroundLayer
from dashboard.components.map.outlines import outlines_in
from dashboard.components.map.palette import PALETTES, Palette, exchanged
from dashboard.components.map.selected import SelectedLayer
from dashboard.components.map.streets import AddressSource, Source, StreetLayer
from dashboard.components.map.titles import Titles
from dashboard.components.map.units import UnitLayer
from dashboard.components.map.viewport import Viewport
from dashboard.components.map.words import words as words_in
from dashboard.components.tracks import grown, track
from dashboard.shell.compat import put, soon
from dashboard.shell.template import Theme
from incidents.bounded import Bounded
from incidents.case import Case
from incidents.desk.by_hand import MAX_ACCURACY_M
from incidents.fold.units import UnitNow
from incidents.incident import Incident
from incidents.messages import Fix
from maps.areas import area
from maps.geodesy import to_wgs84
from maps.overlays import true_circle
from maps.track import NOWHERE
from maps.zones import Location, Zones

PICK_PX: Final = 22
CLICK_PX: Final = 4  # so well a hand points
LEAST_CLICK_M: Final = 5.0  # so well the map itself is drawn
WORTH_SHOWING: Final = 0.005  # a neighbour's share of the circle
AROUND_AREA: Final = 0.1  # of an area, left around it after a flight
NEAREST_FLIGHT_M: Final = 3_000.0  # the view after a flight is at least so wide
VIEWS: Final = 64  # of alarms, as the map was left at them last
LAYERS: Final = ("names", "units", "places", "trail", "legend")

_Latest = tuple[tuple[Incident, ...], tuple[UnitNow, ...], Mapping[str, Case], str | None, datetime, PageCrowd | None]


class MapView:
    """The map of one page. `root` fills its container and is the landmark "Map".

    `words` translates. `basemap_url` is an XYZ address ({X}, {Y}, {Z}) with its attribution; none by default, and then nothing
    is asked of any other server. `streets` opens the lines of streets, and `addresses` their house numbers, once the map was
    first looked at; `credit` then says whose addresses stand on the page.
    The page calls `update` when the board changes and at least once a second (ages and growing circles are as true as its last
    call). `on_pick` and `on_place` hear of clicks, `on_leave` that a place is left. Alarms are no layer: nothing hides them.
    `bare`: without buttons and legend of its own. `apart`: with one for a window of its own (the page's `vigie:map-window`).
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
        self._selected: str | None = None
        self.own = ""  # the alarm that was chosen when this view came about
        self._left: dict[str, Viewport] = Bounded(VIEWS)  # how the map was left at each
        self._wanted = ""  # it is to be shown as soon as it is drawn
        self._away = False  # at a place that somebody flew to: Follow waits
        self._latest: _Latest | None = None
        self._track = NOWHERE  # of the selected alarm

        shared = self._drawings()
        self.ground = GroundLayer(self._outlines, self._palette, over_basemap=basemap_url is not None)
        self.chosen = SelectedLayer(self._palette, self._words)
        self.units = UnitLayer(self._palette, shared)
        self.gathered = GatheredLayer(lambda: self._palette)
        self.alarms = AlarmLayer(self._palette, shared)
        self.figure = self._make_figure()
        layers = dict.fromkeys(LAYERS, True)
        if basemap_url is not None:
            layers["basemap"] = True
            tiles = WMTSTileSource(url=basemap_url, attribution=basemap_attribution)
            self._tiles = self.figure.add_tile(tiles, level="image", alpha=0.7)
        if streets is not None:
            layers["streets"] = basemap_url is None  # over a street map of images they wait to be asked for
        self.destination = DestinationLayer(lambda: self._palette, self.figure)
        for layer in (self.ground, self.chosen, self.units, self.gathered, self.alarms):
            layer.add_to(self.figure)
        self._frame = MapFrame(
            colours=msgspec.structs.asdict(self._palette),
            theme=theme,
            plot=Bokeh(self.figure, sizing_mode="stretch_both"),
            words=self._words,
            home=[self._home.x0, self._home.y0, self._home.x1, self._home.y1],
            names=self.ground.names,
            layers=layers,
            bare=bare,
            apart=apart,
        )
        self._frame.on_msg(self._heard)
        self.streets: StreetLayer | None = None
        if streets is not None:
            self.streets = StreetLayer(lambda: self._palette, streets, credit, self.figure, self._frame, addresses)
        self.root = self._frame

    def speak(self, words: Callable[[str], str]) -> None:
        """Say everything in another language, with the next update."""
        self._frame.words = self._words = words_in(words)
        self._titles = Titles(self._zones, self._words)
        self.chosen.speak(self._words)
        self.units.draw_with(self._drawings())
        self.alarms.draw_with(self._drawings())

    def dress(self, theme: Theme) -> None:
        """Draw everything in another theme: what was drawn keeps its place, its view and its glyphs."""
        before, self._theme = self._palette, theme
        colours = exchanged(before, self._palette)
        for model in self.figure.references():
            for name, value in model.properties_with_values(include_defaults=False).items():
                colour = getattr(value, "value", value)  # what stands for every mark is a `Value`
                if isinstance(colour, str) and colour in colours:
                    setattr(model, name, colours[colour])
        self.units.draw_with(self._drawings())
        self.alarms.draw_with(self._drawings())
        put(self._frame, colours=msgspec.structs.asdict(self._palette), theme=theme)
        self._redraw()

    @property
    def _palette(self) -> Palette:
        return PALETTES[self._theme]

    def _drawings(self) -> Drawings:
        return drawings(self._theme, tuple(sorted(self._words.items())))

    def update(
        self,
        incidents: Iterable[Incident],
        units: Iterable[UnitNow],
        cases: Mapping[str, Case],
        selected: str | None,
        now: datetime,
        crowd: PageCrowd | None = None,
    ) -> None:
        """Take the present state of the board. `cases` holds, by incident, only cases this desk may see.

        `crowd`: all open alarms of the board beside these, when they are too many to be drawn each by itself.

        Cheap when little changed: only cells that differ travel. Never moves the map, unless `follow` is on and the
        selected alarm moves.
        """
        if selected != self._selected:
            if self._selected and self.own == self._selected:
                self._left[self._selected] = self._view  # before Follow moves it
            self._wanted = ""
        self._latest = (tuple(incidents), tuple(units), cases, selected, now, crowd)
        self._redraw()
        if self._wanted and self._wanted == selected:
            self._bring(selected, None)

    def fly_to(self, incident: str) -> None:
        """Show an alarm in the middle, near enough to see its streets and all of its circle; one that has no position by the area
        that was named when it was raised. Nothing if it has neither."""
        self._away, self.own = False, incident
        if (area := self._area_of(incident)) is not None:
            self._show(self._around(shapely.bounds(area)))
            return
        if (drawn := self.alarms.position(incident)) is not None:
            x, y = drawn
            reach = 3 * self.alarms.reach(incident)
        elif (gathered := self._gathered(incident)) is not None:
            (x, y), reach = gathered, 0.0
        else:
            return
        reach = max(reach, self._drawn_m(y, NEAREST_FLIGHT_M / 2))
        self._show(self._view.showing((x - reach, y - reach, x + reach, y + reach)))

    def go_to(self, place: Destination, *, still_following: bool = False) -> None:
        """Show a place and mark it. Nothing is selected. Follow ends, or waits until it is left or an alarm is flown to."""
        self.destination.show(place)
        self._away = True
        self._frame.param.update(destination=place.name, follow=self.following and still_following)
        self._show(self._around(place.extent.box))

    def leave(self) -> None:
        """Mark no place any longer; the map stays where it is."""
        self._away = False
        self.destination.show(None)
        self._frame.destination = ""

    def choose(self, incident: Incident) -> None:
        """Show what somebody chose: as the map was left at it while it is still in that view, else as `fly_to`; one whose place
        nobody knows on the whole country; one that is not drawn yet once it is. Not while a place is pointed at."""
        if self.placing:
            return
        self._away = False
        area = self._area(incident)
        if area is not None or incident.fix is not None:
            self._bring(incident.id, area)
        else:
            self.all_belgium()
        self.own = incident.id

    def _bring(self, incident: str, area: Any | None) -> None:
        before, at = self._left.get(incident), self.alarms.position(incident)
        self._wanted = ""
        if before is not None and at is not None and before.contains(*at):
            self._show(before)
        elif area is not None:
            self._show(self._around(shapely.bounds(area)))
        elif at is not None or self._gathered(incident) is not None:
            self.fly_to(incident)
        else:
            self._wanted = incident

    def forget(self) -> None:
        """The alarm that this view shows is kept from who is here now: nothing leads there."""
        self._left.clear()
        self.own = self._wanted = ""
        self.all_belgium()

    def _gathered(self, incident: str) -> tuple[float, float] | None:
        """Where an alarm stands that is not drawn by itself."""
        crowd = self._latest[-1] if self._latest is not None else None
        return crowd.position(incident) if crowd is not None else None

    def _area_of(self, incident: str) -> Any | None:
        """The outline of where an alarm without a position was said to be."""
        known = self._latest[0] if self._latest is not None else ()
        return next((self._area(one) for one in known if one.id == incident), None)

    def _area(self, incident: Incident) -> Any | None:
        named = incident.fix is None and incident.place and incident.zone
        return area(self._zones, incident.zone, incident.place) if named else None

    def all_belgium(self) -> None:
        """Show the whole country."""
        home = self._home
        self._show(self._view.showing((home.x0, home.y0, home.x1, home.y1)))

    def toggle_layers(self) -> None:
        """Open or close the list of layers."""
        self._frame.layers_open = not self._frame.layers_open

    @property
    def following(self) -> bool:
        """Whether the selected alarm is kept in the middle."""
        return bool(self._frame.follow)

    def follow(self, on: bool) -> None:
        """Keep the selected alarm in the middle, or no longer; a hand that drags the map ends it too."""
        self._away = False
        self._frame.follow = on
        if on:
            self._keep_in_view()

    @property
    def placing(self) -> bool:
        """Whether a click on the map gives a place (`on_place`) instead of picking an alarm (`on_pick`)."""
        return bool(self._frame.placing)

    @placing.setter
    def placing(self, on: bool) -> None:
        self._frame.placing = on

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
        if self._latest is None:
            return
        incidents, units, cases, selected, now, crowd = self._latest
        if crowd is not None:
            incidents = (*incidents, *crowd.each(self._view, selected))
        paper = self.alarms.update(incidents, selected, now, self._view)
        if crowd is not None:
            self.alarms.without_position = crowd.without_position
        cells = tuple(crowd.gathered(self._view, set(self.alarms.drawn))) if crowd is not None else ()
        self.gathered.update(cells)
        chosen = next((i for i in incidents if i.id == selected), None)
        self._track = track(chosen, self._track) if chosen is not None else NOWHERE
        self.chosen.update(chosen, cases.get(selected or ""), self._track, now, self._view, paper)
        busy = {i.unit.unit for i in incidents if i.open and i.unit is not None}
        self.units.update(units, busy, now, self._view, paper)
        self._selected = selected
        here = grown(chosen, self._track, now) if chosen is not None else None
        self._say_where(chosen, here, cells)
        if self.following:
            self._keep_in_view()

    def _say_where(self, incident: Incident | None, here: Fix | None, cells: tuple[Cell, ...]) -> None:
        """What the map shows: the whole country, else the selected alarm's place if it is in view, else what is in the middle."""
        location = self._location(here) if here is not None else None
        named = self._area(incident) if incident is not None else None
        self.ground.mark(_zones(location) if location is not None else (), named)
        view, (x0, y0, x1, y1) = self._view, self._outlines.bounds
        at = self.alarms.position(incident.id) if incident is not None else None
        whole = bool(view.contains(x0, y0) and view.contains(x1, y1))
        if whole:
            place = [self._words["all"]]
        elif location is not None and at is not None and view.contains(*at):
            place = self._titles.where(location)
        elif incident is not None and named is not None and view.contains(*shapely.get_coordinates(named.centroid)[0]):
            place = self._titles.named(incident)
        else:
            lat, lon = to_wgs84((view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2)
            middle = self._location(Fix(lat=lat, lon=lon))
            place = self._titles.where(middle) if middle is not None else []
        count = sum(1 for _ in self.alarms.in_view(view)) + sum(cell.count for cell in cells)
        # A zone is named, what is in view is counted: one that is open beyond the edge is not none.
        missing = self.alarms.without_position
        count += missing if whole else 0
        place.append(self._words["open_n" if whole else "in_view_n"].format(n=count))
        # How many nobody has the page says: it alone knows which are its own.
        notice = self._words["without_position"].format(n=missing) if missing else ""
        put(
            self._frame,
            place=place,
            notice=notice,
            nowhere=whole and incident is not None and here is None and named is None,
        )

    def _location(self, fix: Fix) -> Location | None:
        try:
            return self._locate(fix.lat, fix.lon, fix.radius, fix.confidence)
        except ValueError:  # a position that is none: the alarm is drawn all the same, its zone is not known
            return None

    def _keep_in_view(self) -> None:
        if self._away or self._selected is None or (drawn := self.alarms.position(self._selected)) is None:
            return
        x, y = drawn
        if not self._view.contains(x, y, margin=0.3):
            self._show(self._view.centred(x, y))

    def _around(self, box: Any) -> Viewport:
        """The view of a box with a margin about it."""
        x0, y0, x1, y1 = box
        dx, dy = AROUND_AREA * (x1 - x0), AROUND_AREA * (y1 - y0)
        return self._view.showing((x0 - dx, y0 - dy, x1 + dx, y1 + dy))

    def _show(self, view: Viewport) -> None:
        self._view = view
        self._frame.at_home = False
        # Before the ranges, whose four numbers come one by one: a page that is busy would put half a view right, and stay there.
        self._frame.flight = [self._flights + 1, view.x0, view.x1, view.y0, view.y1]
        self.figure.x_range.update(start=view.x0, end=view.x1)
        self.figure.y_range.update(start=view.y0, end=view.y1)
        self._look(view)

    @property
    def _flights(self) -> int:
        return int(self._frame.flight[0])

    def _look(self, view: Viewport) -> None:
        self._view = view
        self.ground.look(view)
        if self._frame.names != self.ground.names or self._frame.loaded != self.ground.loaded:
            self._frame.param.update(names=self.ground.names, loaded=self.ground.loaded)
        self._redraw()

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
            case {"type": "look", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "width": width, "height": height, **more}:
                # What a page told before it took up where it was sent is over: followed, it would lead back to its scale.
                if more.get("flight", self._flights) == self._flights:
                    self.own = self._selected or self.own
                    self._look(Viewport(x0, x1, y0, y1, width, height))
                if self.streets is not None:
                    self.streets.open()
            case {"type": "streets", "cells": cells} if self.streets is not None:
                self.streets.ask(cells)
            case {"type": "tap", "x": x, "y": y, "m_per_px": per_px}:
                self._tapped(x, y, per_px)
            case {"type": "fly", "incident": incident}:
                self._on_pick(incident)
                self.fly_to(incident)
            case {"type": "theme", "value": "dark" | "light" as theme} if theme != self._theme:
                self.dress(theme)
            case {"type": "leave"}:
                self.leave()
                self._on_leave()
            case {"type": "all"}:
                self.all_belgium()
            case {"type": "follow", "value": bool(on)}:
                self.follow(on)
            case {"type": "layers_open", "value": bool(opened)}:
                self._frame.layers_open = opened
            case {"type": "layer", "name": name, "value": bool(shown)} if name in self._frame.layers:
                self._show_layer(name, shown)

    def _tapped(self, x: float, y: float, m_per_px: float) -> None:
        if self.placing:
            lat, lon = to_wgs84(x, y)
            seen_m = CLICK_PX * max(m_per_px, self._view.m_per_px) * cos(radians(lat))
            self._on_place(lat, lon, min(max(seen_m, LEAST_CLICK_M), MAX_ACCURACY_M))
            return
        incident = self.alarms.nearest(x, y, PICK_PX * self._view.m_per_px)
        if incident is not None:
            self._on_pick(incident)

    def _show_layer(self, name: str, shown: bool) -> None:
        self._frame.layers = {**self._frame.layers, name: shown}
        renderers = {
            "units": self.units.renderers,
            "places": self.chosen.place_renderers,
            "trail": self.chosen.trail_renderers,
            "basemap": (self._tiles,) if name == "basemap" else (),
        }
        for renderer in renderers.get(name, ()):
            renderer.visible = shown

    @staticmethod
    def _drawn_m(y: float, ground_m: float) -> float:
        lat, lon = to_wgs84(0.0, y)
        return true_circle(lat, lon, ground_m).r


def _zones(location: Location) -> tuple[str, ...]:
    """Its zone and the neighbours it may well be in."""
    if not location.inside:
        return ()
    return (location.zone, *(n.zone for n in location.neighbours if n.probability >= WORTH_SHOWING))
