"""A repeated packet is one, a new one is new, one whose counter went back is told: over losses, wraps and restarts."""

from hypothesis import given
from hypothesis import strategies as st

from feeds.buttons.deduplication import COUNTERS, LONGEST_S, SAME_S, WRAP, Last, Memory, Verdict, newer
from feeds.buttons.packet import Packet
from tests.feeds.buttons.frames import HOLD, HOLD_END, LONG, SHELLY_HOLD, SINGLE


def judged(memory: Memory, packet: Packet, now_s: float, data: bytes = b"") -> Verdict:
    return memory.judge(packet, data or f"{packet}".encode(), now_s)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=400), st.booleans())
def test_presses_are_counted_once_however_often_each_is_heard(heard: list[tuple[int, int]], encrypted: bool) -> None:
    memory, new, packet, counter = Memory(), 0, 250, 0
    for copies, missed in heard:
        packet, counter = packet + 1 + missed, counter + 1 + missed
        said = Packet(events=(SINGLE,), packet=packet % 256, counter=counter if encrypted else None)
        new += sum(judged(memory, said, 0.0) == "new" for _ in range(copies))
    assert new == len(heard)


def test_a_late_copy_of_an_earlier_packet_is_no_new_press() -> None:
    memory = Memory()
    first, second = Packet(events=(LONG,), packet=255), Packet(events=(LONG,), packet=0)
    assert [judged(memory, one, 0.1) for one in (first, second, first, second)] == [
        "new",
        "new",
        "repeated",
        "repeated",
    ]


def test_an_id_that_came_round_or_began_anew_within_half_a_minute_is_a_new_press() -> None:
    memory = Memory()
    said = [Packet(events=(LONG,), packet=n) for n in (0, 1, 0, 254, 254, 255, 0, 1, 0, 1, 255)]
    assert [judged(memory, one, n / 10) for n, one in enumerate(said)] == [
        "new", "new", "repeated", "new", "repeated", "new", "new", "new", "repeated", "repeated", "repeated",
    ]  # fmt: skip
    assert memory.last.packet == 1


def test_the_same_packet_is_the_same_press_as_long_as_it_goes_on_and_half_a_minute_more() -> None:
    memory, packet = Memory(), Packet(events=(LONG,), packet=3)
    times = (0.0, 20.0, 45.0, 45.0 + SAME_S)
    assert [judged(memory, packet, at) for at in times] == ["new", "repeated", "repeated", "new"]


def test_without_a_packet_id_half_a_minute_or_another_event_makes_a_new_press() -> None:
    memory, long, idle = Memory(), Packet(events=(LONG,)), Packet(events=(0,))
    said = ((long, 0.0), (long, 4.0), (long, 4.0 + SAME_S), (idle, 40.0), (long, 40.1))
    assert [judged(memory, one, at) for one, at in said] == ["new", "repeated", "new", "new", "new"]


def test_without_a_packet_id_no_row_of_copies_hides_a_press_for_more_than_a_minute() -> None:
    memory, long = Memory(), Packet(events=(LONG,))
    assert [at for at in range(0, 200, 10) if judged(memory, long, at) == "new"] == [0, LONGEST_S, 2 * LONGEST_S, 180]


def test_the_same_encrypted_bytes_half_a_minute_later_are_a_press_whose_counter_went_back() -> None:
    memory = Memory()
    for packet in (Packet(events=(LONG,), packet=7, counter=10), Packet(events=(LONG,), counter=20)):
        at = packet.counter * 10.0  # type: ignore[operator]
        said = [judged(memory, packet, at + late) for late in (0.0, 20.0, 45.0, 45.0 + SAME_S, 46.0 + SAME_S)]
        assert said == ["new", "repeated", "repeated", "back", "repeated"]


def test_each_press_of_a_button_that_began_anew_is_one_whatever_its_packet_ids() -> None:
    for packet in (9, 200, None):
        memory = Memory(Last(counter=5000, packet=packet, events=(LONG,)), age_s=3600.0)
        ids = (0, 1, 2) if packet is not None else (None,) * 3
        said = [Packet(events=(LONG,), packet=id_, counter=n) for n, id_ in enumerate(ids)]
        assert [judged(memory, one, 1.0) for one in said for _ in range(5)].count("back") == 3
        assert memory.last.counter == 5000, "a recording moves no counter"


def test_what_a_button_sends_when_it_is_let_go_is_no_second_press() -> None:
    for down, up in ((HOLD, LONG), (SHELLY_HOLD, LONG), (SHELLY_HOLD, SINGLE), (HOLD, HOLD_END)):
        memory = Memory()
        said = [memory.presses(Packet(events=(event,)), at) for event, at in ((down, 0.0), (up, 9.0), (LONG, 10.0))]
        assert said == [((1, "hold"),), (), ((1, "long"),)]
    for held, up, then in (
        (Packet(events=(HOLD, 0)), Packet(events=(0, LONG)), ((2, "long"),)),  # another button
        (Packet(events=(HOLD,), packet=255), Packet(events=(LONG,), packet=0), ()),
        (Packet(events=(HOLD,), packet=3), Packet(events=(LONG,), packet=5), ((1, "long"),)),  # one was lost between
        (Packet(events=(HOLD,)), Packet(events=(SINGLE,)), ((1, "single"),)),  # only Shelly's own hold ends so
    ):
        memory = Memory()
        memory.presses(held, 0.0)
        assert memory.presses(up, 1.0) == then


def test_an_encrypted_button_that_counts_each_copy_presses_once() -> None:
    memory = Memory()
    copies = [Packet(events=(LONG,), packet=7, counter=n) for n in (10, 11, 12)]
    assert [judged(memory, one, 0.2) for one in copies] == ["new", "repeated", "repeated"]
    assert memory.last.counter == 12


def test_a_release_is_a_hold_only_when_its_hold_was_not_heard() -> None:
    memory = Memory()
    assert memory.presses(Packet(events=(HOLD,)), 0.0) == ((1, "hold"),)
    assert memory.presses(Packet(events=(HOLD_END,)), 9.0) == ()
    assert memory.presses(Packet(events=(HOLD_END,)), 10.0) == ((1, "hold"),)


def test_after_a_restart_the_same_packet_is_not_another_press() -> None:
    last = Last(packet=7, events=(LONG,))
    again = Packet(events=(LONG,), packet=7)
    assert judged(Memory(last, age_s=2.0, now_s=100.0), again, 101.0) == "repeated"
    assert judged(Memory(last, age_s=SAME_S, now_s=100.0), again, 101.0) == "new"
    kept = Memory(Last(counter=10, packet=7, events=(LONG,)), age_s=3600.0)
    assert [judged(kept, Packet(counter=n), 0.0) for n in (10, 9, 0, 99, 11, 10)] == [
        "back", "back", "back", "new", "back", "repeated",
    ]  # fmt: skip


def test_a_counter_comes_round_once_and_nothing_of_before_counts_then() -> None:
    memory = Memory(Last(counter=COUNTERS - 2))
    counters = (COUNTERS - 1, 0, COUNTERS - 1, 5, 4, COUNTERS // 2)
    assert [judged(memory, Packet(counter=n), 0.0) for n in counters] == [
        "new", "new", "repeated", "new", "back", "back",
    ]  # fmt: skip
    assert memory.last.wraps == 1
    assert not newer(WRAP, COUNTERS - 1, 0) and not newer(0, COUNTERS - WRAP - 1, 0)


@given(st.lists(st.integers(0, COUNTERS - 1), max_size=60))
def test_what_was_taken_is_never_taken_again(counters: list[int]) -> None:
    memory, taken = Memory(), set()
    for counter in counters:
        if (
            judged(memory, Packet(counter=counter), 0.0, bytes((len(taken) % 251,)) + counter.to_bytes(4, "big"))
            == "new"
        ):
            assert (memory.last.wraps, counter) not in taken
            taken.add((memory.last.wraps, counter))
