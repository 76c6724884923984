"""BTHome 2 frames made from the words of its specification (https://bthome.io/encryption), not by the library that reads."""

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")
ADDRESS = "5C:C7:C1:00:00:01"
SINGLE, DOUBLE, TRIPLE, LONG, LONG_DOUBLE, LONG_TRIPLE, HOLD, HOLD_END, SHELLY_HOLD = (
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x80, 0x81, 0xFE,
)  # fmt: skip


def objects(*events: int, packet: int | None = None, battery: int | None = None, more: bytes = b"") -> bytes:
    """Packet id, battery, buttons, in the order of their ids; `more` behind."""
    said = b"" if packet is None else bytes((0x00, packet % 256))
    said += b"" if battery is None else bytes((0x01, battery))
    return said + b"".join(bytes((0x3A, event)) for event in events) + more


def plain(
    *events: int, packet: int | None = None, battery: int | None = None, more: bytes = b"", info: int = 0x44
) -> bytes:
    """An unencrypted frame: device information (version 2, trigger based), then the objects."""
    return bytes((info,)) + objects(*events, packet=packet, battery=battery, more=more)


def sealed(
    *events: int,
    counter: int,
    packet: int | None = None,
    battery: int | None = None,
    more: bytes = b"",
    key: bytes = KEY,
    address: str = ADDRESS,
    info: int = 0x45,
) -> bytes:
    """An encrypted frame. Nonce: address (6), UUID in little endian (2), device information (1), counter (4). MIC of 4 bytes."""
    head, count = bytes((info,)), counter.to_bytes(4, "little")
    nonce = bytes.fromhex(address.replace(":", "")) + b"\xd2\xfc" + head + count
    made = AESCCM(key, tag_length=4).encrypt(nonce, objects(*events, packet=packet, battery=battery, more=more), None)
    return head + made[:-4] + count + made[-4:]
