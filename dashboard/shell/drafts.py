"""What people left half done on a page: what they typed and did not send, where they looked. Kept in memory, over a reload.

A browser keeps none of it (`kept.js`): the next person in the same tab could read it. A tab's drafts are sealed under a secret
that it drew by chance and alone keeps, and bound to who is before it. So neither the server's memory, nor the tab, nor another
person in that tab has them.
"""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEPT_S = 4 * 3600.0  # since the last one was kept
TABS = 256  # of all people; the one that was written to longest ago goes first
NAMES = 64  # of one tab; so does the oldest
MAX_NAME = 128  # characters
MAX_TAB = 1 << 20  # characters of all drafts of one tab: a trainer's scenario is the longest
LEAST_SECRET = 16  # characters
NONCE = 12

_Tab = OrderedDict[str, bytes]


class Drafts:
    """`clock` counts seconds and never jumps."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._tabs: OrderedDict[bytes, tuple[float, _Tab]] = OrderedDict()

    def keep(self, who: str, tab: str, name: str, text: str) -> None:
        """Keep `text` under `name` in the place of what was; "" keeps nothing; neither does what is too long."""
        if len(tab) < LEAST_SECRET or not name or len(name) > MAX_NAME:
            return
        self._forget_old()
        place, key = _place(who, tab)
        _, kept = self._tabs.pop(place, (0.0, _Tab()))
        kept.pop(name, None)
        if text and len(text) <= MAX_TAB:
            nonce = secrets.token_bytes(NONCE)
            kept[name] = nonce + AESGCM(key).encrypt(nonce, _bytes(text), _bytes(name))
        while len(kept) > NAMES or sum(map(len, kept.values())) > MAX_TAB:
            kept.popitem(last=False)
        if kept:
            self._tabs[place] = self._clock(), kept
        while len(self._tabs) > TABS:
            self._tabs.popitem(last=False)

    def of(self, who: str, tab: str) -> dict[str, str]:
        """What this person left on the page with this secret, by name."""
        self._forget_old()
        place, key = _place(who, tab)
        _, kept = self._tabs.get(place, (0.0, _Tab()))
        return {name: text for name, sealed in kept.items() if (text := _opened(key, name, sealed))}

    def clear(self) -> None:
        """Forget all: something that they may tell of was erased."""
        self._tabs.clear()

    def _forget_old(self) -> None:
        over = self._clock() - KEPT_S
        while self._tabs and next(iter(self._tabs.values()))[0] < over:
            self._tabs.popitem(last=False)


def _place(who: str, tab: str) -> tuple[bytes, bytes]:
    """Where a tab's drafts lie, and the key to them: neither leads to the other without the tab's secret."""
    both = _bytes(f"{who}\0{tab}")
    return hashlib.sha256(b"place\0" + both).digest(), hashlib.sha256(b"key\0" + both).digest()


def _opened(key: bytes, name: str, sealed: bytes) -> str:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bytes(name)).decode("utf-8", "surrogatepass")
    except InvalidTag:
        return ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # a browser may send half a character
