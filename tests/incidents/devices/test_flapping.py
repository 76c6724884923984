"""A condition that comes and goes: one alarm, that counts; nobody called again and again; never lost."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from incidents import commands as cmd
from incidents import events as ev
from incidents.escalation.watch import Watch
from incidents.messages import DeviceReport, DeviceState
from incidents.technical import STEADY, DeviceAlarm, Known, after
from tests.incidents.conftest import DEVICE, START, Floor, Open
from tests.people import dispatcher

# What may happen after so many seconds: it is lost, it is back, a person takes note, the watch says it is steady.
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 7, 19, 20, 30, 59, 60, 61, 300]), st.sampled_from(["lost", "back", "noted", "steady"])
    ),
    max_size=40,
)
EVENTS: dict[str, ev.Event] = {
    "lost": ev.DeviceAlarmed(condition="link_lost", device=DEVICE),
    "back": ev.DeviceReturned(condition="link_lost"),
    "noted": ev.DeviceAcknowledged(condition="link_lost"),
    "steady": ev.DeviceSteady(condition="link_lost"),
}


def told(happenings: list[tuple[int, str]]) -> list[tuple[ev.Entry, str]]:
    at, made = START, []
    for version, (seconds, what) in enumerate(happenings, 1):
        at += timedelta(seconds=seconds)
        entry = ev.Entry(
            stream="device/x", version=version, id=f"{version}", at=at, source_at=at, actor="ann", event=EVENTS[what]
        )
        made.append((entry, what))
    return made


def fold(known: Known, entry: ev.Entry) -> Known:
    assert isinstance(entry.event, ev.DeviceAlarmed | ev.DeviceReturned | ev.DeviceAcknowledged | ev.DeviceSteady)
    return after(known, entry, entry.event)


class Model:
    """The rule, said another way: from the list of all changes so far."""

    def __init__(self) -> None:
        self.lost = False
        self.changes: list[datetime] = []

    def take(self, at: datetime, what: str) -> None:
        if what in ("lost", "back") and self.lost is not (what == "lost"):
            self.lost = what == "lost"
            self.changes.append(at)

    def flaps(self, at: datetime) -> int:
        """How many changes the flapping counts at a moment; 0 when it is steady."""
        n = 0
        for i, change in enumerate(self.changes):
            if n and change - self.changes[i - 1] < STEADY:
                n += 1
            else:
                n = 3 if i >= 2 and change - self.changes[i - 2] <= STEADY else 0
        return n if self.changes and at - self.changes[-1] < STEADY else 0


@given(HAPPENINGS)
def test_any_sequence_leaves_one_alarm_that_is_never_lost_and_counts_right(happenings: list[tuple[int, str]]) -> None:
    known, model = Known(), Model()
    for entry, what in told([one for one in happenings if one[1] != "steady"]):
        before = known.alarm
        known = fold(known, entry)
        model.take(entry.at, what)
        alarm = known.alarm
        if model.lost:
            assert alarm is not None and alarm.returned_at is None  # what can't protect is in the queue
        n = model.flaps(entry.at)
        if n:
            assert alarm is not None and alarm.changes == n  # and it stays there while it flaps
        elif alarm is not None and what in ("lost", "back"):
            assert alarm.changes == 0 or alarm.changed_at != entry.at
        # Nobody is called again by flapping: once a person took note, a change while it flaps calls nobody.
        if before is not None and before.flapping and alarm is not None and alarm.flapping and not before.calls:
            assert not alarm.calls


@given(HAPPENINGS)
def test_the_fold_says_the_same_whether_or_not_the_watch_was_there_to_say_steady(
    happenings: list[tuple[int, str]],
) -> None:
    """Steady follows from the times: a minute without a change, written down or not."""
    with_watch, without = Known(), Known()
    for entry, what in told(happenings):
        due = (
            with_watch.alarm is not None
            and with_watch.alarm.steady_at is not None
            and entry.at >= with_watch.alarm.steady_at
        )
        if what == "steady":
            if due:  # the watch says it only then
                with_watch = fold(with_watch, entry)
            continue
        with_watch, without = fold(with_watch, entry), fold(without, entry)
        assert with_watch == without


def test_three_changes_in_a_minute_flap_and_three_in_more_do_not() -> None:
    for gaps, n in (((0, 30, 30), 3), ((0, 30, 31), 0)):
        known = Known()
        for entry, _ in told([(gap, what) for gap, what in zip(gaps, ("lost", "back", "lost"), strict=True)]):
            known = fold(known, entry)
        assert known.alarm is not None and known.alarm.changes == n


def test_a_link_that_stays_lost_after_its_flapping_was_noted_calls_once_more() -> None:
    known = Known()
    for entry, _ in told([(0, "lost"), (5, "back"), (5, "lost"), (1, "noted"), (4, "back"), (5, "lost")]):
        known = fold(known, entry)
    assert known.alarm is not None and (known.alarm.changes, known.alarm.calls) == (5, False)
    for entry, _ in told([(80, "steady")]):
        known = fold(known, entry)
    assert known.alarm is not None and known.alarm.calls and not known.alarm.flapping


async def state(floor: Floor, now: DeviceState, after_s: float = 0) -> tuple[DeviceAlarm, ...]:
    floor.clock.pass_s(after_s)
    await floor.desk.receive(floor.message(DeviceReport(device=DEVICE, state=now)))
    return tuple(floor.desk.board.device_alarms.values())


async def test_a_flapping_link_is_one_alarm_over_a_restart_and_steady_by_the_clock(open_floor: Open) -> None:
    urgent: list[str] = []
    async with open_floor() as floor:
        (alarm,) = await state(floor, "link_lost")
        floor.desk.board.listen(lambda change: urgent.append(change.key) if change.urgent else None)
        note = cmd.AcknowledgeDevice(id=floor.name(), stream=alarm.stream, condition="link_lost")
        await floor.desk.command(note, dispatcher("me"))
        assert await state(floor, "linked", 5) == ()
        (alarm,) = await state(floor, "link_lost", 5)
        assert alarm.flapping and alarm.calls and len(urgent) == 1  # the flapping itself calls, once
        await floor.desk.command(
            cmd.AcknowledgeDevice(id=floor.name(), stream=alarm.stream, condition="link_lost"), dispatcher("me")
        )
        for now in ("linked", "link_lost", "linked"):
            (alarm,) = await state(floor, now, 5)  # type: ignore[arg-type]
        assert (alarm.changes, alarm.calls, len(urgent)) == (6, False, 1)
        before = floor.desk.board.device_alarms
    async with open_floor() as floor:
        assert floor.desk.board.device_alarms == before
        watch = Watch(floor.desk, floor.log)
        floor.clock.pass_s(59)
        await watch.tick()
        assert floor.desk.board.device_alarms
        floor.clock.pass_s(1)
        await watch.tick()
        assert not floor.desk.board.device_alarms  # it is back, and a person had taken note
        await watch.tick()
        assert [kind for _, kind in await floor.records()].count("device_steady") == 1
