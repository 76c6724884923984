"""Which follower of a centre holds which feed's name: two servers that say the same name are two feeds, never one."""

import logging

_logger = logging.getLogger(__name__)


class FeedNames:
    """The names of the feeds that are followed at once. A feed alone under its name has that name and no other."""

    def __init__(self) -> None:
        self._held: dict[str, object] = {}
        self._twice: set[str] = set()

    def recalled(self, served: dict[str, int], address: str, who: object) -> str | None:
        """Of the names that an address had, with their numbers, the one to go on with; None when another holds them all."""
        free = [name for name in served if self._held.get(name, who) is who]
        # A name of its own first: whoever is first after a restart, each keeps what its messages' ids begin with.
        name = max(free, key=lambda name: (name.endswith(f" ({address})"), served[name]), default=None)
        if name is not None:
            self._held[name] = who
        return name

    def taken(self, said: str, address: str, who: object) -> str:
        """The name of the feed that calls itself `said`: with its address behind it where another is called so."""
        name, own = said, f"{said} ({address})"
        if self._held.get(own) is who:
            name = own
        while self._held.setdefault(name, who) is not who:
            name = f"{name} ({address})"
        others = {held for held, holder in self._held.items() if holder is not who}
        if said not in self._twice and any(held == said or held.startswith(f"{said} (") for held in others):
            self._twice.add(said)
            _logger.error("two feeds call themselves %s: each is followed; names are unique in a centre", said)
        return name

    def free(self, who: object, *, but: tuple[str, ...] = ()) -> None:
        """Let go of the names this follower holds, but those."""
        for name in [name for name, holder in self._held.items() if holder is who and name not in but]:
            del self._held[name]
