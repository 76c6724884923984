"""What a paper says of centres, as the pages do (`words.js`): which nobody listens for, which ones somebody covers."""

from collections.abc import Callable, Collection

from reports.catalogue import named


def blind_words(blind: Collection[str], known: Collection[str], translate: Callable[[str], str]) -> str:
    """Which centres have no listening console, of those this desk knows; empty when each has one."""
    if not blind:
        return ""
    many = "" if len(blind) == 1 else "_all" if len(blind) == len(known) else "_n"
    return named(translate, "dashboard/components/coverage")[f"blind{many}"].format(centres=", ".join(blind))


def covers_words(covers: Collection[str], known: Collection[str], translate: Callable[[str], str]) -> str:
    """Which centres somebody's pages cover; empty where there is one centre alone, or no page."""
    if len(known) < 2 or not covers:
        return ""
    words = named(translate, "dashboard/components/coverage")
    centres = words["all_centres"] if set(known) <= set(covers) else ", ".join(covers)
    return words["person_covers"].format(centres=centres)
