"""Which position is the newest, whatever the clocks say."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import events as ev
from incidents.fold import apply
from incidents.fold.clocks import AHEAD, BEHIND
from incidents.incident import Incident
from incidents.messages import Fix, FixReport
from tests.incidents.conftest import DEVICE, START, Floor

SECOND = timedelta(seconds=1)
FIX = Fix(51.0, 3.7, 18.0)


def folded(*fixes: tuple[float, float]) -> Incident:
    """An incident that heard fixes: so many seconds after the start, and what each said of its time then."""
    raised = ev.Raised(origin="press", device=DEVICE)
    entry = ev.Entry(stream="incident/a", version=1, id="1", at=START, source_at=START, actor="feed", event=raised)
    incident = apply(None, entry)
    for version, (heard_s, said_s) in enumerate(fixes, 2):
        heard, said = START + heard_s * SECOND, START + said_s * SECOND
        event = ev.Located(fix=Fix(51.0, float(version), 18.0, time=said))
        incident = apply(
            incident,
            ev.Entry(
                stream="incident/a",
                version=version,
                id=str(version),
                at=heard,
                source_at=said,
                actor="feed",
                event=event,
            ),
        )
    return incident


@pytest.mark.parametrize(
    ("fixes", "shown", "flags"),
    [
        (((1, 0), (2, 0)), 3, set()),  # of one time the later heard
        (((3, 2), (4, 1)), 2, set()),  # out of order by little: nothing to say
        (((60, 59), (61, 1)), 2, {"delayed"}),  # much older: a clock may have gone back
        (((1, 6), (2, 1)), 2, set()),  # within what clocks may differ
        (((1, 7), (2, 2)), 3, {"future"}),
        (((1, 1), (2, 2 - BEHIND.total_seconds())), 2, {"delayed"}),
        (((1, 1), (2, 1 - BEHIND.total_seconds())), 3, {"past"}),
        (((86_400, 86_400), (2, 2)), 3, set()),  # our own clock was ahead, and was set right
    ],
)
def test_the_newest_position_is_the_one_shown(
    fixes: tuple[tuple[float, float], ...], shown: int, flags: set[str]
) -> None:
    incident = folded(*fixes)
    assert incident.position.fix is not None and incident.position.fix.lon == shown and incident.flags == flags
    assert len(incident.position.trail) == 2


@given(st.lists(st.floats(-1e9, 1e9), max_size=8))
def test_after_any_wrong_times_a_right_one_is_believed_within_seconds(said: list[float]) -> None:
    wrong = [(n, time) for n, time in enumerate(said, 1)]
    right = 10 + AHEAD.total_seconds()
    incident = folded(*wrong, (right, right))
    assert incident.position.fix is not None and incident.position.fix.lon == len(said) + 2


async def test_the_log_keeps_the_time_as_its_source_gave_it(floor: Floor) -> None:
    await floor.press()
    said = START.replace(year=2099)
    await floor.desk.receive(floor.message(FixReport(device=DEVICE, fix=FIX), at=said))
    incident = floor.incident()
    assert incident is not None and incident.position.at == START and "future" in incident.flags
    record = (await floor.log.stream(f"incident/{incident.id}"))[-1]
    assert record.source_at == ev.stamp(said)
