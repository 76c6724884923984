"""The order to a zone and what it makes of it: taken or declined, under way, there, safe; by its dispatch or by radio."""

import math
import random
from collections.abc import Callable
from datetime import timedelta

from demo.past.arrivals import Kind
from demo.past.scene import Scene, has_address
from demo.words import words_of
from incidents import commands as cmd
from incidents import events as ev

DECLINED = 0.09  # of first orders
UNREPORTED = 0.07  # a patrol that never said it was under way
CALLED_OFF = 0.07
CORRECTED = 0.10


class Intervention:
    """One order and its outcome, told on a scene. `owner` gives who has the alarm, `close` ends it."""

    def __init__(
        self,
        scene: Scene,
        luck: random.Random,
        owner: Callable[[], str],
        neighbour: Callable[[str], str],
        zone: str,
        kind: Kind,
        close: Callable[[], None],
    ) -> None:
        self._scene, self._luck, self._owner, self._neighbour = scene, luck, owner, neighbour
        self._zone, self._kind, self._close = zone, kind, close
        self._unit = f"P{luck.randrange(11, 60)}"
        self._refused = False

    def begin(self) -> None:
        """The owner routes it once they have heard enough."""
        self._scene.after(self._about(38, 0.5), self._route)

    def _about(self, median_s: float, spread: float) -> float:
        return self._luck.lognormvariate(math.log(median_s), spread)

    def _route(self) -> None:
        scene = self._scene
        if not scene.asked(cmd.Route(**scene.made(), zone=self._zone), self._owner()):
            # Somebody let it slip: it is taken up again.
            scene.asked(cmd.Acknowledge(**scene.made()), self._owner())
            if not scene.asked(cmd.Route(**scene.made(), zone=self._zone), self._owner()):
                return self._close()
        if has_address(self._zone):
            scene.after(self._luck.uniform(0.2, 1.5), self._delivered)
        if not self._refused and self._luck.random() < DECLINED:
            scene.after(self._about(25, 0.5), self._declines)
        elif self._luck.random() < CALLED_OFF:
            scene.after(self._luck.uniform(60, 200), self._call_off)
        else:
            scene.after(self._about(20, 0.6), lambda: self._reports("accepted"))
        return None

    def _delivered(self) -> None:
        order = self._scene.incident.order
        assert order is not None
        event = ev.Delivered(order=order.id, update=order.update, zone=order.zone, status=200)
        self._scene.happens(event, actor="orders", id=f"{order.id}-{order.update}-delivered")

    def _declines(self) -> None:
        scene, order = self._scene, self._scene.incident.order
        if order is None or not order.alive:
            return
        self._refused = True
        if has_address(self._zone):
            scene.happens(
                ev.Declined(order=order.id, source="zone", reason=words_of(self._zone).no_patrol), actor="feed"
            )
        else:
            scene.asked(
                cmd.Progress(**scene.made(), step="declined", reason=words_of(self._zone).no_patrol), self._owner()
            )
        self._zone = self._neighbour(self._zone)
        scene.after(self._luck.uniform(15, 45), self._route)

    def _call_off(self) -> None:
        scene = self._scene
        scene.asked(cmd.CancelOrder(**scene.made(), reason=words_of(self._zone).met_police), self._owner())
        scene.after(self._luck.uniform(30, 200), self._close)

    def _reports(self, step: ev.Step) -> None:
        """By the zone's dispatch, or said on the radio and entered by the owner some seconds later."""
        scene, order = self._scene, self._scene.incident.order
        if order is None or not scene.incident.open:
            return
        if has_address(self._zone):
            event = ev.Progressed(step=step, source="zone", order=order.id, unit=self._unit)
            scene.happens(event, actor="feed", source_at=scene.now - timedelta(milliseconds=400))
        else:
            said_at = max(scene.now - timedelta(seconds=self._luck.randrange(2, 9)), order.at)
            said = cmd.Progress(**scene.made(), step=step, unit=self._unit, happened_at=said_at)
            scene.asked(said, self._owner(), happened_at=said_at)
        match step:
            case "accepted":
                under_way_s, drive_s = self._about(45, 0.6), self._about(375, 0.42)
                if self._luck.random() >= UNREPORTED:
                    scene.after(under_way_s, lambda: self._reports("en_route"))
                scene.after(under_way_s + drive_s, lambda: self._reports("on_scene"))
            case "on_scene":
                scene.after(self._luck.uniform(90, 700), self._safe)

    def _safe(self) -> None:
        scene, luck = self._scene, self._luck
        order, arrived = scene.incident.order, scene.incident.times.get("on_scene")
        assert order is not None
        if luck.random() < 0.9:
            said = cmd.Progress(**scene.made(), step="safe", anyway=True, unit=self._unit)
            scene.asked(said, self._owner())
        left = scene.incident.times.get("en_route")
        if arrived is not None and left is not None and luck.random() < CORRECTED:
            earlier = max(arrived.at - timedelta(seconds=luck.randrange(20, 200)), left.at + timedelta(seconds=45))
            reason = "the patrol said it on the radio before it was entered"
            fix = cmd.CorrectTime(**scene.made(), time="on_scene", to=earlier, reason=reason)
            scene.after(luck.uniform(20, 60), lambda: scene.asked(fix, self._owner()))
        if has_address(self._zone) and luck.random() < 0.6:
            done = ev.OrderDone(order=order.id, unit=self._unit)
            scene.after(luck.uniform(70, 200), lambda: self._finishes(done))
        scene.after(luck.uniform(70, 500), self._close)

    def _finishes(self, done: ev.OrderDone) -> None:
        if self._scene.incident.open:
            self._scene.happens(done, actor="feed")
