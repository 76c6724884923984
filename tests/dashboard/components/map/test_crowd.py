"""More alarms than a browser draws: some are drawn, the others counted where they stand."""

from datetime import UTC, datetime, timedelta

from dashboard.components.map.crowd import BEYOND, EACH, Crowd
from dashboard.components.map.view import MapView
from dashboard.components.map.viewport import Viewport
from incidents import events as ev
from incidents.board import Board
from incidents.messages import Fix
from maps.zones import Zones

NOW = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
MANY = 3000


def raised(board: Board, n: int, fix: Fix | None) -> None:
    at = NOW + timedelta(milliseconds=n)
    event = ev.Raised(origin="press", device=f"AMR-{n:05d}", fix=fix, press="hold")
    board.fold(
        ev.Entry(stream=f"incident/i{n:05d}", version=1, id=f"m{n}", at=at, source_at=at, actor="feed", event=event)
    )


def crowded(count: int = MANY) -> Board:
    board = Board()
    for n in range(count):
        raised(board, n, Fix(50.2 + n % 100 / 100, 3.2 + n // 100 / 15, 18.0))
    return board


def test_a_map_of_thousands_draws_some_and_counts_all_the_others(zones: Zones) -> None:
    board = crowded()
    raised(board, MANY, None)
    crowd = Crowd(board)
    assert crowd.many
    view = MapView(zones, words=str)
    view.update((), (), {}, "i02000", NOW, crowd.without(()))
    rows = view.alarms.drawn
    assert len(rows) <= EACH + BEYOND + 1
    assert {"i00000", "i02000"} <= set(rows), "the oldest, and the selected one"
    assert {"i00000", "i02000"} <= set(view.alarms.alarms), "and neither is gathered in another's mark"
    cells = [view.gathered.cells.row(key) for key in view.gathered.cells]
    assert 0 < len(cells) <= 300
    assert sum(int(cell["label"]) for cell in cells) + len(rows) == MANY
    assert view.alarms.without_position == 1
    view.fly_to("i02999")
    assert "i02999" in view.alarms.alarms, "what is flown to is drawn"


def test_what_is_kept_from_a_page_is_neither_drawn_nor_counted() -> None:
    board = crowded()
    raised(board, MANY, None)
    hidden = {"i00000", "i02000", f"i{MANY:05d}"}
    page = Crowd(board).without(hidden)
    everywhere = Viewport(-3e7, 3e7, -3e7, 3e7)
    drawn = {incident.id for incident in page.each(everywhere, "i02000")}
    assert drawn and not drawn & hidden
    assert sum(cell.count for cell in page.gathered(everywhere, drawn)) + len(drawn) == MANY - 2
    assert page.position("i02000") is None
    assert page.without_position == 0


def test_what_is_closed_or_moves_leaves_its_cell() -> None:
    board = crowded(200)
    crowd = Crowd(board)
    assert crowd.position("i00199") is not None
    at = NOW + timedelta(minutes=1)
    moved = ev.Located(fix=Fix(51.1, 5.5, 18.0))
    board.fold(ev.Entry(stream="incident/i00199", version=2, id="f", at=at, source_at=at, actor="feed", event=moved))
    before = crowd.position("i00198")
    assert crowd.position("i00199") != before
    closed = ev.Closed(as_class="test", outcome="test_ok", reason="")
    board.fold(ev.Entry(stream="incident/i00198", version=2, id="c", at=at, source_at=at, actor="me", event=closed))
    assert crowd.position("i00198") is None
    raised(board, 900, Fix(50.5, 4.5))
    assert crowd.position("i00900") is not None
