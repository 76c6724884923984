"""The words of the map window: whom it follows, and why it no longer does."""

from collections.abc import Callable


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """All words of the window's own; those of the map are the map's."""
    return {
        "key_map_window": _("map in its own window"),
        "map_window.title": _("Map · Vigie"),
        "map_window.title_alone": _("✕ Map · Vigie"),
        "map_window.desk": _("this desk"),
        "map_window.follows": _("Follows {desk}: {label}"),
        "map_window.nothing": _("Follows {desk}: no alarm selected"),
        "map_window.alone": _("NO LONGER FOLLOWS {desk}, since {time}: {why}"),
        "map_window.why.closed": _("its operator page is closed, or has lost its server. Nothing is selected here."),
        "map_window.why.locked": _("its page is locked. It follows again after the sign-in there."),
        "map_window.why.other": _("somebody else is signed in there."),
        "map_window.why.lost": _("this window has lost its server."),
        "map_window.again": _("Follow who is signed in now"),
        "map_window.no_key": _("This window only looks: alarms are answered on the operator page."),
    }
