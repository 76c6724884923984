"""A collection that a feed can fill, with an end: whatever a feed says, the oldest goes, what matters stays."""

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

SHARE = 10  # a tenth goes at once: what is looked through for it is then paid for by as many that come


class Bounded(dict[Key, Value]):
    """A dict of `most` keys; more only of those that are `kept`. The one that was written longest ago goes first.

    `gone` is told of each that went, after it went.
    """

    def __init__(
        self,
        most: int,
        *,
        kept: Callable[[Key, Value], bool] = lambda key, value: False,
        gone: Callable[[Key, Value], None] = lambda key, value: None,
    ) -> None:
        super().__init__()
        self.most = most
        self._kept = kept
        self._gone = gone
        self._look_at = most  # so many keys before it is looked through again

    def __setitem__(self, key: Key, value: Value) -> None:
        self.pop(key, None)
        dict.__setitem__(self, key, value)
        if len(self) > self._look_at:
            self._let_go()

    def _let_go(self) -> None:
        too_many = len(self) - self.most + self.most // SHARE
        for key in [key for key, value in self.items() if not self._kept(key, value)][:too_many]:
            self._gone(key, self.pop(key))
        # Where most are kept, it is not looked through for each one that comes.
        self._look_at = max(self.most, len(self) + self.most // SHARE)
