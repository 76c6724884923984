"""When an incident is over and what keeps it: pure, of facts and of records."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import events as ev
from incidents.log import NO_HASH, Record
from incidents.log.record import place
from incidents.retention.reading import facts_of, said_under_duress, whole
from incidents.retention.rule import Facts, Hold, Lift, Verdict, due
from incidents.retention.times import LEAST, MOST, Times, TimesError, times_of

AT = datetime(2020, 1, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = AT + 100 * 365 * DAY
CLOSED: dict[str, ev.Event] = {
    "real": ev.Closed(as_class="real", outcome="victim_safe"),
    "unknown": ev.Closed(as_class="unknown", outcome="nobody_found"),
    "test": ev.Closed(as_class="test", outcome="test_ok"),
    "accidental": ev.Closed(as_class="accidental", outcome="no_intervention"),
}


def records(*events: ev.Event) -> list[Record]:
    """The records of an incident, a day apart, its raising first."""
    found: list[Record] = []
    for n, event in enumerate((ev.Raised(origin="press"), *events)):
        draft = ev.draft(event, id=f"r{n}", at=AT + n * DAY, source_at=AT, actor="a")
        found.append(place(draft, "incident/abc", n + 1, "", found[-1].hash if found else NO_HASH))
    return found


def judged(*events: ev.Event, now: datetime = LATER, holds: tuple[Hold, ...] = ()) -> Verdict:
    facts = facts_of("abc", records(*events), holds)
    assert facts is not None
    return due(facts, Times(), now)


@pytest.mark.parametrize("rule", ["test", "accidental"])
def test_a_test_and_an_accident_are_over_that_long_after_their_last_closing_and_not_before(rule: str) -> None:
    closed = CLOSED[rule]
    again = (closed, ev.Reopened(), closed)
    end = AT + 3 * DAY + getattr(Times(), rule) * DAY
    assert judged(*again, now=end).over
    assert judged(*again, now=end).ends == end
    assert not judged(*again, now=end - timedelta(milliseconds=1)).over


def test_what_is_open_or_was_opened_again_is_never_over() -> None:
    for events in ((), (CLOSED["test"], ev.Reopened())):
        assert judged(*events) == Verdict(incident="abc", rule=judged(*events).rule, ends=None)


@pytest.mark.parametrize(
    ("why", "events"),
    [
        ("real", [CLOSED["real"]]),
        ("real", [ev.Classified(as_class="real"), CLOSED["test"]]),  # said once, whatever was said afterwards
        ("real", [CLOSED["real"], ev.Reopened(), CLOSED["accidental"]]),
        ("unknown", [CLOSED["unknown"]]),
        ("arrest", [ev.Closed(as_class="test", outcome="suspect_arrested")]),
        ("police_report", [CLOSED["test"], ev.HoldSet(why="police_report", number="GE.1")]),
        ("complaint", [ev.HoldSet(why="complaint"), CLOSED["test"]]),
        ("duress", [CLOSED["test"], ev.HoldSet(why="duress")]),
    ],
)
def test_each_hold_keeps_its_incident_until_it_is_lifted_by_name_and_later(why: str, events: list[ev.Event]) -> None:
    assert judged(*events).held[:1] == (why,) and not judged(*events).over
    lift = ev.HoldLifted(holds=" ".join(judged(*events).held), reference="x")
    assert judged(*events, lift).over
    assert not judged(*events, ev.HoldLifted(holds="evidence", reference="x")).over  # another hold's
    if isinstance(events[-1], ev.HoldSet):
        assert not judged(*events[:-1], lift, events[-1]).over  # what comes to hold it later does


def test_an_evidence_file_and_the_duress_word_hold_too() -> None:
    for why in ("evidence", "duress"):
        assert judged(CLOSED["test"], holds=(Hold(why, AT + 30 * DAY),)).held == (why,)  # type: ignore[arg-type]
        assert not judged(CLOSED["test"], ev.HoldLifted(holds=why), holds=(Hold(why, AT + 30 * DAY),)).over  # type: ignore[arg-type]


def test_a_class_that_was_unknown_for_a_while_holds_no_test() -> None:
    assert judged(ev.Classified(as_class="unknown"), CLOSED["test"]).over


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("She says marigold.", True),
        ("MARIGOLD!", True),
        ("elle dit le mot « sous contrainte »", True),
        ("onder dwang gezegd", True),
        ("marigolds in the garden", False),
        ("a test that was announced", False),
    ],
)
def test_the_duress_word_is_found_in_what_people_wrote(text: str, found: bool) -> None:
    note = records(ev.Noted(text=text))[-1]
    held = list(said_under_duress([(note, msgspec.json.encode({"text": text}))], ["Marigold", ""]))
    assert held == ([Hold("duress", AT + DAY)] if found else [])


def test_a_stream_without_one_of_its_records_is_not_whole() -> None:
    all_of_it = records(ev.HoldSet(why="complaint"), CLOSED["test"])
    assert whole(all_of_it) and not whole([all_of_it[0], all_of_it[2]])


SPANS = st.integers(LEAST, MOST - 1)


@given(SPANS, SPANS, SPANS, st.integers(0, 2 * MOST), st.sampled_from(["test", "accidental", "real", "unknown", None]))
def test_nothing_is_over_before_its_time_and_nothing_that_is_held(
    test: int, accidental: int, real: int, days: int, as_class: ev.Class | None
) -> None:
    times = Times(test=test, accidental=accidental, real=real, case=LEAST, version=LEAST, evidence=LEAST, looks=MOST)
    facts = Facts(incident="abc", raised_at=AT, closed_at=AT, as_class=as_class)
    verdict = due(facts, times, AT + days * DAY)
    least = {"test": test, "accidental": accidental}.get(as_class or "", real)
    assert verdict.over == (days >= least)
    held = msgspec.structs.replace(facts, holds=(Hold("complaint", AT),), lifts=(Lift(frozenset({"real"}), AT),))
    assert not due(held, times, AT + days * DAY).over


def test_who_looked_is_known_for_longer_than_all_else() -> None:
    with pytest.raises(TimesError, match="who looked"):
        Times(looks=Times().real)
    with pytest.raises(TimesError, match="who looked"):
        times_of("real=5475")


@pytest.mark.parametrize(
    "words", ["real", "real=", "real=-1", "real=1", "real=1e3", "other=90", f"test={MOST + 1}", "test=٩"]
)
def test_words_that_are_no_times_are_refused(words: str) -> None:
    with pytest.raises(TimesError):
        times_of(words)


def test_times_are_said_and_read_back_and_compared() -> None:
    changed = times_of("test=30 looks=6000")
    assert times_of(changed.words()) == changed
    assert changed.shorter_than(Times()) == ["test"]
    assert times_of("real=4000", changed).test == 30
