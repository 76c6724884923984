"""The ladder alone: whatever people do and leave undone, nobody is forgotten, and nobody who listens is interrupted."""

import itertools
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import commands as cmd
from incidents import events as ev
from incidents.commands import Refused
from incidents.desk.decisions import decide
from incidents.escalation.ladder import Away, Step, WatchTimes, event_of, id_of, loudness, missed, steps
from incidents.fold import apply
from incidents.incident import Incident
from incidents.messages import Call, Fix
from tests.budget import drawn
from tests.incidents.conftest import START, circumstances

TIMES = WatchTimes()
PEOPLE = ("ann", "ben", "eve")


class Life:
    """One incident, driven by people, a feed and the watch, without a log."""

    def __init__(self, times: WatchTimes = TIMES, device: str | None = "AMR-00001") -> None:
        self.times = times
        self.now = START
        self.away = Away()
        self.taken: list[tuple[Incident, Step, ev.Event]] = []
        self.ids: set[str] = set()
        self.incident: Incident = apply(
            None, self._entry(ev.Raised(origin="press", device=device, press="hold"), "feed", 1)
        )
        self.fold(ev.Located(zone="5415", fix=Fix(51.0, 3.7, 10.0)), "feed")

    def _entry(self, event: ev.Event, actor: str, version: int) -> ev.Entry:
        stream, at = "incident/one", self.now
        return ev.Entry(stream=stream, version=version, id=f"e{version}", at=at, source_at=at, actor=actor, event=event)

    def fold(self, event: ev.Event, actor: str) -> None:
        self.incident = apply(self.incident, self._entry(event, actor, self.incident.version + 1))

    def ask(self, actor: str, do: type[cmd.OnIncident], **facts: Any) -> bool:
        try:
            event = decide(self.incident, do(id="asked-it", incident="one", **facts), circumstances(actor, self.now))
        except Refused:
            return False
        if event is not None:
            self.fold(event, actor)
        return True

    def watch(self) -> None:
        """Take what is due, as the watch does."""
        for _ in range(100):
            due = [s for s in steps(self.incident, self.times, self.away) if s.at <= self.now]
            if not due:
                return
            event = event_of(due[0], self.away)
            name = id_of(self.incident, due[0])
            assert name not in self.ids, "a step would be taken for a repetition of another"
            self.ids.add(name)
            self.taken.append((self.incident, due[0], event))
            self.fold(event, "watch")
        raise AssertionError("the watch never rests")

    def pass_s(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.now += timedelta(seconds=1)
            self.watch()

    @property
    def did(self) -> list[str]:
        return [step.limit or step.what for _, step, _ in self.taken]


ACTIONS: dict[str, Any] = {
    "acknowledge": lambda life, who: life.ask(who, cmd.Acknowledge),
    "release": lambda life, who: life.ask(who, cmd.Release),
    "note": lambda life, who: life.ask(who, cmd.Note, text="words"),
    "still": lambda life, who: life.ask(who, cmd.StillOnIt),
    "help": lambda life, who: life.ask(who, cmd.Help),
    "listen": lambda life, who: life.ask(who, cmd.Listen),
    "confirm": lambda life, who: life.ask(who, cmd.ConfirmEscalation),
    "route": lambda life, who: life.ask(who, cmd.Route, zone="5415"),
    "cancel": lambda life, who: life.ask(who, cmd.CancelOrder),
    "en_route": lambda life, who: life.ask(who, cmd.Progress, step="en_route"),
    "declined": lambda life, who: life.ask(who, cmd.Progress, step="declined"),
    "press": lambda life, who: life.fold(ev.Pressed(press="hold"), "feed"),
    "call_open": lambda life, who: life.fold(ev.Called(state="open"), "feed"),
    "call_ended": lambda life, who: life.fold(ev.Called(state="ended"), "feed"),
    "fix": lambda life, who: life.fold(ev.Located(zone="5415", fix=Fix(51.0, 3.7)), "feed"),
    "page_gone": lambda life, who: setattr(life, "away", Away(since=life.now)),
    "page_back": lambda life, who: setattr(life, "away", Away(back=life.now)),
}


def test_no_position_is_waited_for_of_an_alarm_that_was_raised_without_a_device() -> None:
    waits = []
    for device in ("AMR-00001", None):
        life = Life(device=device)
        life.ask("ann", cmd.Acknowledge)
        waits.append("no_fix" in [step.limit for step in steps(life.incident, TIMES)])
    assert waits == [True, False]


def test_the_limits_of_an_alarm_that_is_opened_again_count_from_then_and_its_age_does_not() -> None:
    life = Life()
    life.ask("ann", cmd.Acknowledge)
    life.ask("ann", cmd.Route, zone="5415")
    life.ask("ann", cmd.Close, as_class="real", outcome="other", reason="over", verified="none", anyway=True)
    assert not life.incident.open
    life.now += timedelta(hours=1)
    assert life.ask("ann", cmd.Reopen, reason="she rang again")
    life.watch()
    assert life.did == [] and life.incident.received_at == START
    order = life.incident.order
    waits = {step.limit: (step.at - life.now).total_seconds() for step in steps(life.incident, TIMES) if step.limit}
    due = {"not_on_scene": TIMES.on_scene_s, "no_fix": TIMES.fix_s}
    assert waits == due | ({"not_accepted": TIMES.accepted_s} if order is not None and order.alive else {})
    assert order is not None and order.alive, "its order still stands"
    life.fold(ev.Progressed(step="accepted", source="zone", order=order.id), "feed")
    late = next(step for step in steps(life.incident, TIMES) if step.limit == "not_en_route")
    assert (late.at - life.now).total_seconds() == TIMES.en_route_s


@settings(max_examples=drawn(150), deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(ACTIONS)), st.sampled_from(PEOPLE), st.integers(0, 90)),
        min_size=1,
        max_size=25,
    )
)
def test_whatever_happens_somebody_has_it_or_is_called(life: list[tuple[str, str, int]]) -> None:
    one = Life()
    for action, who, seconds in life:
        ACTIONS[action](one, who)
        one.watch()
        held(one)
        one.pass_s(seconds)
        held(one)
    rungs_in_order(one)
    for before, step, event in one.taken:
        assert not (isinstance(event, ev.WatchReleased) and before.listening), "taken from an owner who listens"
        assert step.at <= one.now
    limits = [(e.limit, e.cause, e.escalated) for _, _, e in one.taken if isinstance(e, ev.LimitPassed)]
    assert len(limits) == len(set(limits)), "a limit is told once for its cause"


def held(life: Life) -> None:
    """Exactly one has it, or it is everybody's; and whoever should look is called or will be."""
    incident = life.incident
    waiting = steps(incident, life.times, life.away)
    assert (incident.owner is None) == (incident.state == "raised")
    if incident.state == "raised" or incident.ownership.gone:
        assert incident.escalation.waits_since is not None and loudness(incident) >= 1
        assert incident.escalation.rung == "outside" or any(
            s.what in ("louder", "everyone", "confirm", "outside") for s in waiting
        )
    if incident.state == "acknowledged":
        assert incident.copied or any(s.what in ("release", "copy") for s in waiting)
    if incident.escalation.waits_since is None and not incident.realarm:
        assert incident.escalation.rung == ""


def rungs_in_order(life: Life) -> None:
    climbs: dict[int, list[str]] = {}
    for before, _, event in life.taken:
        if isinstance(event, ev.Escalated):
            climbs.setdefault(before.escalation.waits_from, []).append(event.step)
    for climb in climbs.values():
        assert climb[:3] == ["louder", "everyone", "confirm"][: len(climb)]
        assert set(climb[3:]) <= {"confirm", "outside"}


def test_an_unanswered_alarm_climbs_at_15_30_60_and_90_seconds() -> None:
    one = Life()
    seen = []
    for second in range(1, 200):
        one.pass_s(1)
        if len(one.taken) > len(seen):
            seen.append((second, one.did[-1], loudness(one.incident)))
    assert seen == [(15, "louder", 2), (30, "everyone", 3), (60, "confirm", 4), (90, "outside", 4)]


def test_each_step_is_known_before_it_strikes() -> None:
    one = Life()
    shown: dict[str, Any] = {}
    while len(one.taken) < 4:
        upcoming = steps(one.incident, TIMES)[0]
        shown[upcoming.what] = upcoming.at
        one.pass_s(1)
    assert [shown[step.what] for _, step, _ in one.taken] == [step.at for _, step, _ in one.taken]


def test_a_confirmation_holds_a_minute_and_no_longer() -> None:
    one = Life()
    one.pass_s(61)
    assert one.ask("eve", cmd.ConfirmEscalation)
    one.pass_s(58)
    assert one.did == ["louder", "everyone", "confirm"]
    one.pass_s(3)
    assert one.did[3:] == ["confirm"]
    one.pass_s(30)
    assert one.did[4:] == ["outside"]


def test_she_presses_every_ten_seconds_and_the_ladder_climbs_all_the_same() -> None:
    one = Life()
    one.ask("ann", cmd.Acknowledge)
    for _ in range(9):
        one.fold(ev.Pressed(press="hold"), "feed")
        one.pass_s(10)
    assert [name for name in one.did if name != "no_fix"] == ["louder", "everyone", "confirm", "release", "outside"]


def test_settings_out_of_order_still_climb_in_order() -> None:
    one = Life(msgspec.structs.replace(TIMES, louder_s=50, everyone_s=10, confirm_s=5))
    one.pass_s(55)
    assert one.did == ["louder", "everyone", "confirm"]


def test_a_call_that_ends_gives_its_owner_a_whole_minute() -> None:
    one = Life(msgspec.structs.replace(TIMES, fix_s=10_000))
    one.fold(ev.Called(state="open"), "feed")
    one.ask("ann", cmd.Acknowledge)
    one.pass_s(300)
    assert one.did == ["copy"] and one.incident.owner == "ann" and one.incident.for_supervisor
    one.fold(ev.Called(state="ended"), "feed")
    one.pass_s(59)
    assert one.did == ["copy", "call_ended", "call_ended"], "the owner is told at once, the supervisor 30 s later"
    one.pass_s(2)
    assert one.did[3:] == ["release"] and one.incident.realarm == "forgotten"


def test_an_order_that_dies_calls_its_owner_then_the_supervisor() -> None:
    one = Life(msgspec.structs.replace(TIMES, fix_s=10_000))
    one.ask("ann", cmd.Acknowledge)
    one.ask("ann", cmd.Route, zone="5415")
    one.pass_s(60)
    assert one.did == ["not_accepted"] and one.incident.realarm == "not_accepted"
    assert not one.incident.for_supervisor
    one.pass_s(30)
    assert one.did == ["not_accepted"] * 2 and one.incident.for_supervisor and loudness(one.incident) == 1
    one.ask("ann", cmd.StillOnIt)
    assert not one.incident.for_supervisor and one.incident.realarm == ""
    one.pass_s(59)
    assert one.did == ["not_accepted"] * 2, "once for its cause"
    one.ask("ann", cmd.Progress, step="accepted")
    one.pass_s(119)
    assert one.did[2:] == []
    one.pass_s(2)
    assert one.did[2:] == ["not_en_route"]
    one.ask("ann", cmd.Progress, step="en_route")
    one.pass_s(600)
    assert one.did[3:] == ["not_on_scene", "not_on_scene"]
    assert one.taken[-2][1].at == START + timedelta(seconds=600), "ten minutes from the press"


def test_an_answered_limit_does_not_reach_the_supervisor() -> None:
    one = Life(msgspec.structs.replace(TIMES, fix_s=10_000))
    one.ask("ann", cmd.Acknowledge)
    one.ask("ann", cmd.Route, zone="5415")
    one.pass_s(70)
    one.ask("ann", cmd.Note, text="called them on the radio")
    one.pass_s(59)
    assert one.did == ["not_accepted"]


QUIET = msgspec.structs.replace(TIMES, fix_s=10_000, on_scene_s=10_000)


def routed() -> Life:
    one = Life(QUIET)
    one.ask("ann", cmd.Acknowledge)
    one.ask("ann", cmd.Route, zone="5415")
    return one


def test_a_zone_that_stays_silent_is_asked_for_again_after_each_answer_and_ever_more_slowly() -> None:
    one, answers = routed(), []
    for _ in range(1800):
        one.pass_s(1)
        if one.incident.realarm:
            answers.append((one.now - START).total_seconds())
            one.pass_s(5)
            one.ask("eve", cmd.Note, text="calling them")
    assert set(one.did) == {"not_accepted"} and not one.incident.for_supervisor
    waits = [b - a - 5 for a, b in itertools.pairwise(answers)]
    assert waits == [60, 120, 240, 300, 300, 300, 300], "no storm, and never silent for more than five minutes"


def test_an_asking_that_comes_again_and_is_not_answered_calls_the_supervisor_again() -> None:
    one = routed()
    one.pass_s(65)
    one.ask("ann", cmd.StillOnIt)
    one.pass_s(60)
    assert one.incident.realarm == "not_accepted" and not one.incident.for_supervisor
    one.pass_s(30)
    assert one.incident.for_supervisor


def test_that_a_step_was_missed_holds_through_answers_until_the_step_or_another_order() -> None:
    def waits(life: Life) -> list[str]:
        return [limit for limit, _ in missed(life.incident, life.times)]

    for ends in ("accepted", "rerouted", "declined", "by radio"):
        one = routed()
        assert waits(one) == []
        given = one.now
        one.pass_s(65)
        one.ask("ann", cmd.StillOnIt)
        one.pass_s(20)
        assert missed(one.incident, one.times) == (("not_accepted", given),), ends
        order = one.incident.order
        assert order is not None
        match ends:
            case "accepted":
                one.fold(ev.Progressed(step="accepted", source="zone", order=order.id), "feed")
            case "rerouted":
                assert one.ask("ann", cmd.Route, zone="5406", anyway=True)
            case "declined":
                assert one.ask("ann", cmd.Progress, step="declined", reason="no patrol")
            case "by radio":
                assert one.ask("ann", cmd.Progress, step="en_route")
        assert waits(one) == [], ends
        if ends == "accepted":
            one.pass_s(121)
            one.ask("ann", cmd.StillOnIt)
            assert waits(one) == ["not_en_route"]


def test_that_nobody_is_on_scene_stays_said_until_somebody_is() -> None:
    one = Life(msgspec.structs.replace(TIMES, fix_s=10_000))
    one.ask("ann", cmd.Acknowledge)
    one.ask("ann", cmd.Route, zone="5415")
    one.ask("ann", cmd.Progress, step="en_route")
    one.pass_s(605)
    one.ask("ann", cmd.StillOnIt)
    assert missed(one.incident, one.times) == (("not_on_scene", START),)
    one.pass_s(601)
    assert one.did.count("not_on_scene") == 2 and one.incident.realarm == "not_on_scene"
    one.ask("ann", cmd.Progress, step="on_scene")
    assert missed(one.incident, one.times) == ()


def test_a_call_state_of_a_press_counts_like_one_of_its_own() -> None:
    one = Life()
    one.ask("ann", cmd.Acknowledge)
    one.fold(ev.Pressed(press="hold", call=Call("open")), "feed")
    assert one.incident.listening
    one.fold(ev.Pressed(press="hold", call=Call("ended")), "feed")
    assert not one.incident.listening and one.incident.line.ended_at == one.now
