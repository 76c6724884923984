"""Each form of advertisement is read as the specification says, or refused with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.buttons.packet import Packet, Refused, read
from tests.feeds.buttons import frames
from tests.feeds.buttons.frames import ADDRESS, KEY, plain, sealed

OTHER = bytes(16)
TEMPERATURE = b"\x02\xca\x09"


def presses(found: Packet | Refused) -> list[tuple[int, str]]:
    assert isinstance(found, Packet), found
    return list(found.presses)


@pytest.mark.parametrize(
    ("event", "press"),
    [
        (0x00, None),
        (frames.SINGLE, "single"),
        (frames.DOUBLE, "double"),
        (frames.TRIPLE, "triple"),
        (frames.LONG, "long"),
        (frames.LONG_DOUBLE, "long"),
        (frames.LONG_TRIPLE, "long"),
        (frames.HOLD, "hold"),
        (frames.SHELLY_HOLD, "hold"),
        (frames.HOLD_END, None),
        (0x42, "hold"),
    ],
)
@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_every_event_of_a_button_is_read(event: int, press: str | None, key: bytes | None) -> None:
    data = plain(event, packet=9) if key is None else sealed(event, packet=9, counter=5)
    assert presses(read(data, ADDRESS, key)) == ([(1, press)] if press else [])


def test_the_specifications_own_encrypted_example_is_opened() -> None:
    data = bytes.fromhex("41a47266c95f730011223378237214")
    found = read(data, "54:48:E6:8F:80:A5", bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932"))
    assert found == Packet(counter=0x33221100)


def test_battery_packet_id_and_counter_are_read() -> None:
    found = read(sealed(frames.LONG, packet=255, battery=81, counter=0xFFFFFFFF), ADDRESS, KEY)
    assert found == Packet(events=(4,), packet=255, battery=81, counter=0xFFFFFFFF)


def test_a_battery_above_100_says_nothing() -> None:
    assert [read(plain(battery=n), ADDRESS) for n in (0, 100, 101, 255)] == [
        Packet(battery=0), Packet(battery=100), Packet(), Packet(),
    ]  # fmt: skip


def test_what_no_press_can_stand_behind_is_no_refusal() -> None:
    found = read(b"\x44\x00\x09\x01\x50\xfc\x01\x3a\x00\x3a\x81", ADDRESS)
    assert found == Packet(packet=9, battery=80, whole=False)


def test_each_button_of_a_device_is_told_apart() -> None:
    assert presses(read(plain(0, 1, 0, 4, packet=1), ADDRESS)) == [(2, "single"), (4, "long")]


def test_an_address_within_the_packet_is_the_one_it_was_encrypted_with() -> None:
    other = "11:22:33:44:55:66"
    whole = sealed(frames.LONG, counter=3, address=other, info=0x47)
    data = whole[:1] + bytes.fromhex(other.replace(":", ""))[::-1] + whole[1:]
    assert presses(read(data, ADDRESS, KEY)) == [(1, "long")]


@pytest.mark.parametrize(
    ("data", "key", "why"),
    [
        (b"", None, "truncated"),
        (b"\x44", None, "truncated"),
        (b"\x44\x3a", None, "truncated"),
        (b"\x44\x00\x05\x3a", None, "truncated"),
        (b"\x45\x01\x02", KEY, "truncated"),
        (sealed(1, counter=1)[:-1], KEY, "truncated"),
        (sealed(1, counter=1, packet=1)[:-1], KEY, "wrong_key"),
        (sealed(1, counter=1, key=OTHER), KEY, "wrong_key"),
        (sealed(1, counter=1, address="11:22:33:44:55:66"), KEY, "wrong_key"),
        (plain(1), KEY, "plaintext"),
        (sealed(1, counter=1), None, "no_key"),
        (plain(1, info=0x24), None, "version"),
        (plain(1, info=0x64), None, "version"),
        (b"\x44\x30\x01\x3a\x01", None, "unreadable"),
        (b"\x44\xfc\x01", None, "unreadable"),
        (b"\x44\x00\x09\xfc\x01\x3a\x04", None, "unreadable"),
        (b"\x44\x00\x09\x53\x20\x3a\x04", None, "truncated"),
        (b"\x44" + b"\x3a\x01" * 1000, None, "unreadable"),
    ],
    ids=lambda value: value[:6].hex() if isinstance(value, bytes) else str(value),
)
def test_what_can_not_be_taken_is_refused_with_its_reason(data: bytes, key: bytes | None, why: str) -> None:
    assert read(data, ADDRESS, key) == Refused(why)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "more", [b"\xfc\x01", TEMPERATURE[:2], b"\x53\x09ab", b"\x3a"], ids=["unknown", "cut", "text", "button"]
)
def test_a_press_before_what_can_not_be_read_is_taken(more: bytes) -> None:
    found = read(plain(frames.LONG, packet=1, more=more), ADDRESS)
    assert presses(found) == [(1, "long")] and isinstance(found, Packet) and not found.whole


@pytest.mark.parametrize(
    "more", [b"\x3c\x01\x03", b"\x53\x02ab", b"\x54\x00", b"\x3b\x01\x02\x09", b"\xf1\x04\x03\x02\x01"]
)
def test_other_objects_are_passed_over(more: bytes) -> None:
    data = b"\x44\x00\x01\x01\x51" + TEMPERATURE + b"\x3a\x04" + more
    assert read(data, ADDRESS) == Packet(events=(4,), packet=1, battery=81)


@given(st.binary(max_size=80), st.sampled_from([None, KEY, OTHER]))
def test_no_bytes_are_ever_too_much(data: bytes, key: bytes | None) -> None:
    assert isinstance(read(data, ADDRESS, key), Packet | Refused)


@given(st.binary(min_size=1, max_size=60))
def test_no_bytes_behind_a_right_mic_are_ever_too_much(payload: bytes) -> None:
    assert isinstance(read(sealed(counter=1, more=payload), ADDRESS, KEY), Packet | Refused)
    assert isinstance(read(b"\x44" + payload, "no address", None), Packet | Refused)
