"""The words on a page that is no live one: a replay of a recording, an exercise. Its title and its notifications say so too."""

from collections.abc import Callable

from reports.counted import counted


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """Its words by key."""
    return {
        "dress.replay": _("REPLAY"),
        "dress.exercise": _("EXERCISE"),
        "dress_about.replay": _("A recording: nothing here is happening now, nothing can be done here."),
        "dress_about.exercise": _("An exercise: nothing here is real, nothing leaves it."),
        "dress_stands": _("stands still"),
        "dress_speed": _("{n}×"),
    }


def dressed(_: Callable[[str], str], dress: str) -> dict[str, str]:
    """What such a page says in the place of a live one's title and notifications. Nothing for a live page (`dress` "")."""
    if not dress:
        return {}
    said = codes(_)[f"dress.{dress}"]
    return {
        "title": _("{dress} · Vigie").format(dress=said),
        "title_n": _("{dress} ({n}) · Vigie").format(dress=said, n="{n}"),
        "title_hidden_n": _("{dress} ({n}) · Vigie").format(dress=said, n="{n}"),
        "title_lost": _("{dress} · no connection").format(dress=said),
        "lost": _(
            "{dress}: CONNECTION LOST since {time}. What you see is not live. Nobody is to be called: it is not real."
        ).format(dress=said, time="{time}"),
        "notify_presses": counted(_, "{dress}: {n} alarm waits", "{dress}: {n} alarms wait").format(
            dress=said, n="{n}"
        ),
        "notify_lost": _("{dress}: no connection").format(dress=said),
        "feed.live": {"replay": _("Recorded"), "exercise": _("Exercise")}[dress],
        "degraded.off": "",
    }
