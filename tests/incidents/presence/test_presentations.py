"""Presented means seen and heard: an alarm on silent pages only alarms as if nobody had been shown it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import events as ev
from incidents.escalation.watch import Watch
from incidents.fold import apply
from tests.incidents.conftest import START, Floor
from tests.waiting import until


def recorded(floor: Floor) -> list[tuple[bool, int, int]]:
    """The presentations in the log, folded: first, consoles, audible."""
    incident = floor.incident()
    assert incident is not None
    return [
        (e.event.first, e.event.consoles, e.event.audible)
        for e in incident.history.entries
        if isinstance(e.event, ev.Presented)
    ]


async def test_silent_pages_present_to_nobody_until_one_can_be_heard(floor: Floor) -> None:
    watch = Watch(floor.desk, floor.log)
    incident = await floor.press()
    assert incident is not None
    for console in ("one", "two"):
        floor.desk.presented([incident.id], console=console, audible=False)

    await until(lambda: (False, 2, 0) in recorded(floor))
    assert "presented" not in floor.incident().times  # type: ignore[union-attr]
    floor.clock.pass_s(watch.times.presented_s + 1)
    await watch.tick()
    assert floor.incident().attention.unpresented  # type: ignore[union-attr]

    floor.desk.presented([incident.id], console="two", audible=True)  # its sound was started

    await until(lambda: "presented" in floor.incident().times)  # type: ignore[union-attr]
    assert not floor.incident().attention.unpresented  # type: ignore[union-attr]

    await until(lambda: (False, 2, 1) in recorded(floor))
    assert recorded(floor) == [(False, 2, 0), (True, 1, 1), (False, 2, 1)]


async def test_a_silent_page_before_an_audible_one_costs_no_time_and_no_record(floor: Floor) -> None:
    incident = await floor.press()
    assert incident is not None
    floor.desk.presented([incident.id], console="silent", audible=False)
    floor.desk.presented([incident.id], console="heard", audible=True)

    await until(lambda: len(recorded(floor)) == 2)
    assert recorded(floor) == [(True, 1, 1), (False, 2, 1)]


async def test_what_silent_pages_painted_is_let_go_when_the_alarm_is_closed(floor: Floor) -> None:
    incident = await floor.press()
    assert incident is not None
    floor.desk.presented([incident.id], console="silent", audible=False)
    await floor.desk.note(
        f"incident/{incident.id}",
        ev.Closed(as_class="test", outcome="test_ok", reason="a test"),
        id=floor.name(),
        actor="me",
    )
    floor.desk.presented([], console="silent", audible=False)
    assert not floor.desk._presentations._shown


@pytest.mark.parametrize(("audible", "presented"), [(0, True), (3, True)])
def test_a_first_presentation_of_an_old_log_folds_as_it_did(audible: int, presented: bool) -> None:
    opened = apply(None, _entry(1, ev.Raised(origin="press")))
    shown = apply(opened, _entry(2, ev.Presented(consoles=1, audible=audible, first=True)))
    assert ("presented" in shown.times) is presented


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=6))
def test_an_alarm_is_presented_by_a_first_or_an_audible_page_and_by_nothing_else(shown: list[tuple[bool, int]]) -> None:
    incident = apply(None, _entry(1, ev.Raised(origin="press")))
    incident = apply(incident, _entry(2, ev.Unpresented(after_s=5)))
    for n, (first, audible) in enumerate(shown):
        incident = apply(incident, _entry(3 + n, ev.Presented(consoles=3, audible=audible, first=first)))
    heard = any(first or audible for first, audible in shown)
    assert ("presented" in incident.times, incident.attention.unpresented) == (heard, not heard)


def _entry(version: int, event: ev.Event) -> ev.Entry:
    at = START + timedelta(seconds=version)
    return ev.Entry(
        stream="incident/one", version=version, id=f"entry-{version}", at=at, source_at=at, actor="console", event=event
    )
