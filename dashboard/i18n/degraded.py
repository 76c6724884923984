"""The words of working without the feed: raised by hand, entered from paper, the degraded-mode file; and what keeps her safe."""

from collections.abc import Callable


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """Their words by key."""
    return {
        "feed_by_hand": _("H: raise by hand"),
        "listen_only": _("LISTEN ONLY · nothing here reaches her phone"),
        "listen_only_long": _("Nothing you do here rings, flashes or writes on her phone. Nobody calls her back."),
        "duress_said": _("“It was an accident”, said on the line, may be said under duress."),
    }
