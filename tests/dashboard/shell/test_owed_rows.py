"""What a page is owed: so much at once, the most urgent first, and no more than it takes."""

from dashboard.shell.owed_rows import AT_ONCE, PATIENCE_S, Owed

MANY = [f"i{n:05d}" for n in range(3 * AT_ONCE)]


def test_a_message_holds_so_many_rows_and_a_press_comes_before_the_rest() -> None:
    owed = Owed()
    owed.add(MANY)
    owed.add(["press"], urgent=True)
    first, busy = owed.take(0.0)
    assert busy and len(first) == AT_ONCE and first[:2] == ["press", "i00000"]
    assert len(owed) == len(MANY) + 1 - AT_ONCE


def test_what_stands_near_the_screen_comes_before_all_else() -> None:
    owed = Owed()
    owed.add(MANY)
    owed.drawn(["i00500", "i00501"])
    owed.add(["press"], urgent=True)
    assert owed.take(0.0)[0][:3] == ["i00500", "i00501", "press"]
    owed.add(["i00500"])
    owed.took()
    assert owed.take(0.1)[0][0] == "i00500"


def test_a_page_that_has_not_taken_what_it_was_sent_is_sent_no_more_until_its_patience_ends() -> None:
    owed = Owed()
    owed.add(MANY)
    owed.take(0.0)
    assert owed.waits(0.5) and owed.take(0.5) == ([], False)
    assert len(owed.take(PATIENCE_S)[0]) == AT_ONCE
    owed.took()
    assert len(owed.take(PATIENCE_S + 0.1)[0]) == AT_ONCE


def test_a_quiet_desk_asks_no_page_to_say_what_it_took() -> None:
    owed = Owed()
    for n in range(100):
        owed.add([f"i{n}"], urgent=True)
        assert owed.take(n / 16) == ([f"i{n}"], False)


def test_a_row_that_changes_again_and_again_is_owed_once() -> None:
    owed = Owed()
    for _ in range(50):
        owed.add(["i1", "i2"])
        owed.add(["i1"], urgent=True)
    assert owed.take(0.0)[0] == ["i1", "i2"]


def test_what_is_urgent_keeps_nothing_else_back_for_ever() -> None:
    owed = Owed()
    owed.add(["old"])
    owed.add(MANY, urgent=True)
    assert "old" in owed.take(0.0)[0]


def test_what_says_nothing_takes_no_room() -> None:
    owed = Owed()
    owed.add(MANY, urgent=True)
    found, _ = owed.take(0.0, lambda key: key.endswith("00"))
    assert found == [key for key in MANY if key.endswith("00")] and not len(owed)
