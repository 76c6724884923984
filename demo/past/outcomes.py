"""What becomes of a press: a test, an accident, one that a patrol went to see, a real one; with the usual mishaps."""

import math
import random
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from demo.past.arrivals import Start
from demo.past.feed import FEED, Outage
from demo.past.intervention import Intervention
from demo.past.log_entries import Told
from demo.past.people import Bearer, People
from demo.past.scene import Scene
from demo.towns import moved
from demo.words import WORDS
from incidents import commands as cmd
from incidents import events as ev
from incidents.desk.backfill import paper_events
from incidents.intervals import HELD_UP_S
from incidents.log.vault import Vault
from incidents.messages import Call, Fix
from incidents.ports import Locate, Placed

BY_HAND = 0.015  # of those that are no tests: she called 101 herself


class Closing(TypedDict):
    """How an incident is closed."""

    as_class: ev.Class
    outcome: ev.Outcome
    reason: str
    verified: NotRequired[ev.Verified]


class Life:
    """The life of one incident. `n`: how many its device has had, this one counted.

    `every_s`: how far apart its positions are, in seconds; else they are fewer than a telephone sends, and some 30 at most.
    """

    def __init__(
        self,
        vault: Vault,
        people: People,
        bearer: Bearer,
        n: int,
        start: Start,
        luck: random.Random,
        locate: Locate,
        outage: Outage,
        *,
        closes: bool,
        every_s: tuple[float, float] | None = None,
    ) -> None:
        self._people, self._bearer, self._n, self._start, self._luck = people, bearer, n, start, luck
        self._locate, self._outage, self._closes, self._every_s = locate, outage, closes, every_s
        self._blind = outage.within(start.at)
        self._words = WORDS[bearer.language]
        name = vault.incident_id(bearer.device, n)
        self._scene = Scene(name, start.at, luck, bearer.file, noticed=self._noticed)
        self._me = luck.choice(people.on_duty(start.at))
        self._lat, self._lon = bearer.lat, bearer.lon
        self._calling = False
        if luck.random() < 0.3:  # she is not at home
            self._lat, self._lon = moved(bearer.lat, bearer.lon, luck.uniform(0.5, 6), luck.uniform(0, 360))

    def tell(self) -> list[Told]:
        """All that was entered of it, in order."""
        if self._blind and self._luck.random() < 0.5:
            self._on_paper()
            return self._scene.told
        scene = self._scene
        by_hand = self._start.kind != "test" and self._luck.random() < BY_HAND
        travel_s = self._luck.uniform(60, 900) if self._blind else self._travel_s()
        scene.after(0 if by_hand else max(0.0, travel_s), (self._called_101 if by_hand else self._pressed))
        scene.run()
        if self._closes and scene.incident.open:
            scene.now += timedelta(seconds=30)
            self._close()
        return scene.told

    def _travel_s(self) -> float:
        """Transport by lognormal, and now and then a feed's clock that is ahead of ours: received before it was pressed."""
        if self._luck.random() < 0.004:
            return 0.0
        return self._luck.lognormvariate(math.log(0.6), 0.5)

    def _pressed(self) -> None:
        luck, scene, bearer = self._luck, self._scene, self._bearer
        test = self._start.kind == "test"
        fix = None if luck.random() < 0.04 else self._fix()
        placed = self._placed(fix)
        ahead = scene.now == self._start.at
        pressed = scene.now + timedelta(seconds=luck.uniform(0.5, 4)) if ahead else self._start.at
        delayed = (scene.now - pressed).total_seconds() > HELD_UP_S
        flags = {"delayed": delayed, "no_fix": fix is None, "outside": placed is not None and not placed.inside}
        self._calling = luck.random() < 0.97
        scene.happens(
            ev.Raised(
                origin="press",
                feed=FEED,
                press=luck.choice(("hold", "long") if test else ("hold", "hold", "double", "long")),
                device=bearer.device,
                case=bearer.case,
                case_version=1,
                fix=fix,
                battery=luck.randrange(35, 100),
                transport="ble_phone",
                call=Call("ringing", f"101-{luck.randrange(1, 9)}") if self._calling else None,
                flags=" ".join(flag for flag, raised in flags.items() if raised),
                zone=placed.zone if placed else "",
                cic=placed.cic if placed else "",
                n=self._n,
                drill=test and luck.random() < 0.012,
            ),
            actor="feed",
            source_at=pressed,
        )
        self._go_on()

    def _called_101(self) -> None:
        fix = Fix(self._lat, self._lon, method="hand", time=self._start.at)
        placed = self._placed(fix)
        raised = ev.Raised(
            origin="hand",
            zone=placed.zone if placed else self._bearer.zone,
            cic=placed.cic if placed else "",
            device=self._bearer.device,
            case=self._bearer.case,
            case_version=1,
            fix=fix,
            reason=self._words.called,
        )
        self._scene.happens(raised, actor=self._me, source_at=self._start.at - timedelta(seconds=20))
        self._go_on()

    def _go_on(self) -> None:
        """What follows of itself: it is painted, she is followed, somebody takes it."""
        luck, scene = self._luck, self._scene
        painted_s = luck.uniform(6, 20) if luck.random() < 0.006 else luck.lognormvariate(math.log(0.25), 0.4)
        if painted_s > 5:
            unseen = ev.Unpresented(after_s=5)
            scene.after(5, lambda: scene.happens(unseen, id=f"{scene.name}-unpresented", actor="watch"))
        scene.after(painted_s, lambda: self._presented("presented", ev.Presented(audible=1)))
        pages = luck.randrange(2, 7)
        rest = ev.Presented(consoles=pages, audible=pages, first=False)
        scene.after(painted_s + 2, lambda: self._presented("presented-all", rest))
        self._follow()
        hour = self._start.at.astimezone(ev.BRUSSELS).hour
        night = hour >= 23 or hour < 6
        slower = (1.4 if night else 1.0) * (4.0 if self._blind else 1.0)
        scene.after(painted_s + luck.lognormvariate(math.log(5.5), 0.75) * slower, self._take)

    def _presented(self, name: str, event: ev.Presented) -> None:
        self._scene.happens(event, id=f"{self._scene.name}-{name}", actor="console")

    def _follow(self) -> None:
        """Her positions, for as long as it matters."""
        danger = self._start.kind in ("real", "unknown")
        self._scene.after(self._luck.uniform(*self._every_s or ((10, 30) if danger else (15, 45))), self._moves)

    def _moves(self) -> None:
        incident = self._scene.incident
        if (
            not incident.open
            or incident.state in ("on_scene", "safe")
            or (len(incident.position.trail) > 30 and not self._every_s)
        ):
            return
        if self._start.kind == "real":
            self._lat, self._lon = moved(self._lat, self._lon, self._luck.uniform(0, 0.03), self._luck.uniform(0, 360))
        fix = self._fix()
        placed = self._placed(fix)
        abroad = placed is not None and not placed.inside
        event = ev.Located(zone=placed.zone if placed else "", cic=placed.cic if placed else "", abroad=abroad, fix=fix)
        self._scene.happens(event, actor="feed", source_at=self._scene.now - timedelta(seconds=1))
        self._follow()

    def _take(self) -> None:
        luck, scene = self._luck, self._scene
        if not scene.asked(cmd.Acknowledge(**scene.made()), self._me):
            return
        scene.after(luck.uniform(0.8, 3), lambda: self._say(cmd.OpenCase(**scene.made())))
        lasts_s = luck.uniform(180, 700) if self._start.kind in ("real", "unknown") else luck.uniform(10, 35)
        if self._calling:
            scene.after(luck.uniform(0.4, 6), lambda: self._call("open"))
            scene.after(6 + lasts_s, lambda: self._call("ended"))
        elif luck.random() < 0.8:
            scene.after(luck.uniform(2, 8), lambda: self._say(cmd.Listen(**scene.made())))
        if self._start.kind in ("accident", "checked", "real") and luck.random() < 0.2:
            scene.after(luck.uniform(5, 25), self._pressed_again)
        if self._start.kind in ("test", "accident"):
            scene.after(6 + lasts_s + luck.uniform(1, 6), lambda: self._say(self._classify()))
            scene.after(6 + lasts_s + luck.lognormvariate(math.log(22), 0.5), self._close)
            return
        if luck.random() < 0.6:
            scene.after(
                luck.uniform(10, 30), lambda: self._say(cmd.Note(**scene.made(), text=luck.choice(self._words.notes)))
            )
        zone = scene.incident.zone or self._bearer.zone
        Intervention(scene, luck, self._owner, self._neighbour, zone, self._start.kind, self._close).begin()
        if luck.random() < 0.12:
            scene.after(luck.uniform(60, 280), self._hand_over)

    def _owner(self) -> str:
        return self._me

    def _say(self, command: cmd.Command) -> None:
        self._scene.asked(command, self._me)

    def _call(self, state: str) -> None:
        call = ev.Called(state="open" if state == "open" else "ended", line="101-1", desk="101")
        self._scene.happens(call, actor="feed")

    def _pressed_again(self) -> None:
        if self._scene.incident.open:
            fix = self._fix()
            placed = self._placed(fix)
            event = ev.Pressed(
                feed=FEED,
                press="hold",
                device=self._bearer.device,
                case=self._bearer.case,
                fix=fix,
                zone=placed.zone if placed else "",
                cic=placed.cic if placed else "",
            )
            self._scene.happens(event, actor="feed", source_at=self._scene.now - timedelta(milliseconds=600))

    def _noticed(self, event: ev.Event) -> None:
        """People answer what the watch, the zone and she herself bring up."""
        scene, luck = self._scene, self._luck
        match event:
            case ev.LimitPassed() | ev.Pressed() | ev.Declined() | ev.WatchReleased():
                again = cmd.Acknowledge(**scene.made())
                scene.after(luck.lognormvariate(math.log(7), 0.6), lambda: self._say(again))
            case ev.Escalated(step="confirm"):
                confirm = cmd.ConfirmEscalation(**scene.made())
                supervisor = self._people.supervisor(scene.now)
                scene.after(luck.uniform(3, 20), lambda: scene.asked(confirm, supervisor))

    def _hand_over(self) -> None:
        scene = self._scene
        to = next(name for name in self._people.on_duty(scene.now) if name != self._me)
        if scene.asked(cmd.HandOver(**scene.made(), to=to, note=self._words.relieved), self._me):

            def accept() -> None:
                if scene.asked(cmd.AcceptHandOver(**scene.made()), to):
                    self._me = to

            scene.after(self._luck.uniform(4, 25), accept)

    def _classify(self) -> cmd.Classify:
        return cmd.Classify(**self._scene.made(), as_class="test" if self._start.kind == "test" else "accidental")

    def _close(self) -> None:
        scene = self._scene
        if not self._closes or not scene.incident.open:
            return
        if scene.incident.owner != self._me or scene.incident.realarm:
            scene.asked(cmd.Acknowledge(**scene.made()), self._me)
        for anyway in (False, True):
            closing = self._closing(seen="on_scene" in scene.incident.times)
            if scene.asked(cmd.Close(**scene.made(), anyway=anyway, **closing), self._me):
                return
        raise RuntimeError(f"it could not be closed as {self._start.kind} in the state {scene.incident.state}")

    def _closing(self, *, seen: bool) -> Closing:
        """How it is closed. `seen`: a patrol was there."""
        luck = self._luck
        match self._start.kind:
            case "test":
                ways: tuple[ev.Verified, ...] = ("technician_present", "safe_word", "said_on_line")
                how = luck.choices(ways, (45, 45, 10))[0]
                outcome: ev.Outcome = "test_failed" if luck.random() < 0.03 else "test_ok"
                return Closing(as_class="test", outcome=outcome, verified=how, reason=luck.choice(self._words.tests))
            case "accident" | "checked":
                ways = ("safe_word", "said_on_line", "duplicate")
                how = luck.choices(ways, (70, 25, 5))[0]
                return Closing(
                    as_class="accidental",
                    outcome="victim_safe" if seen else "no_intervention",
                    verified="unit_saw_victim" if seen else how,
                    reason=luck.choice(self._words.accidents),
                )
            case "unknown":
                return Closing(as_class="unknown", outcome="nobody_found", reason=self._words.nobody)
        outcomes: tuple[ev.Outcome, ...] = (
            "victim_safe",
            "suspect_arrested",
            "suspect_gone",
            "nobody_found",
            "handed_to_other_service",
        )
        outcome = luck.choices(outcomes, (42, 22, 22, 8, 6))[0]
        return Closing(as_class="real", outcome=outcome, reason=self._words.patrol_there)

    def _on_paper(self) -> None:
        """The feed was silent: it was done by telephone and radio, and entered once the desk saw again."""
        luck, at = self._luck, self._start.at
        took = {"acknowledged_at": luck.uniform(20, 120)}
        if self._start.kind != "test":
            took |= {"routed_at": luck.uniform(130, 240), "en_route_at": luck.uniform(300, 400)}
            took |= {"on_scene_at": luck.uniform(600, 1100), "safe_at": luck.uniform(1200, 1500)}
        took["closed_at"] = luck.uniform(1600, 2400)
        times = {name: (at + timedelta(seconds=s)).replace(microsecond=0) for name, s in took.items()}
        command = cmd.FromPaper(
            id=self._scene.made()["id"],
            raised_at=at.replace(microsecond=0),
            zone=self._bearer.zone,
            acknowledged_at=times["acknowledged_at"],
            routed_at=times.get("routed_at"),
            en_route_at=times.get("en_route_at"),
            on_scene_at=times.get("on_scene_at"),
            safe_at=times.get("safe_at"),
            closed_at=times["closed_at"],
            **self._closing(seen="on_scene_at" in times),
        )
        placed = self._placed(Fix(self._lat, self._lon))
        raised = ev.Raised(
            origin="hand",
            paper=True,
            zone=self._bearer.zone,
            cic=placed.cic if placed else "",
            device=self._bearer.device,
            case=self._bearer.case,
            flags="no_fix",
            reason=self._words.called_blind,
        )
        entered = self._outage.ends + timedelta(minutes=luck.uniform(5, 40))
        entered = max(entered, times["closed_at"] + timedelta(minutes=1)).replace(microsecond=0)
        for n, (end, happened, event) in enumerate(paper_events(command, raised, self._scene.name)):
            moment = entered + timedelta(milliseconds=8 * n)
            self._scene.happens(event, actor=self._me, id=f"{command.id}{end}", source_at=happened, at=moment)

    def _fix(self) -> Fix:
        luck = self._luck
        lat, lon = moved(self._lat, self._lon, abs(luck.gauss(0, 0.015)), luck.uniform(0, 360))
        radius = round(luck.lognormvariate(math.log(14), 0.6), 1)
        return Fix(lat, lon, radius, 68.0, "gnss", _cut(self._scene.now - timedelta(seconds=2)))

    def _placed(self, fix: Fix | None) -> Placed | None:
        return self._locate(fix.lat, fix.lon, fix.radius, fix.confidence) if fix is not None else None

    def _neighbour(self, zone: str) -> str:
        """A zone beside this one, where another patrol may come from."""
        for _ in range(12):
            lat, lon = moved(self._lat, self._lon, self._luck.uniform(4, 15), self._luck.uniform(0, 360))
            placed = self._locate(lat, lon, None, None)
            if placed.inside and placed.zone not in ("", zone):
                return placed.zone
        return zone


def _cut(at: datetime) -> datetime:
    return at.replace(microsecond=0)
