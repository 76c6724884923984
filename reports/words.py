"""The words of codes that papers and pages share, in the language of `translate`."""

from collections.abc import Callable, Mapping

from reports.catalogue import named


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """The words of all codes by `kind.code`."""
    return named(_, "reports")


def flags(_: Callable[[str], str]) -> dict[str, str]:
    """What is odd about an incident, by the flag."""
    return {key.removeprefix("flag."): text for key, text in codes(_).items() if key.startswith("flag.")}


def method(found: str | None, _: Callable[[str], str]) -> str:
    """How a position was found; a word of the feed's own stands as it is."""
    return codes(_).get(f"method.{found}", found or "")


def centres(_: Callable[[str], str]) -> dict[str, str]:
    """The name of each centre (CIC) by its key."""
    return named(_, "reports", "centre")


def span(interval: str, known: Mapping[str, str]) -> str:
    """A response time by its name (`pressed->on_scene`) in the words of `codes`: pressed → on scene; another's as it is."""
    return " → ".join(known.get(f"time.{end}", end) for end in interval.split("->"))


def problem_kinds(_: Callable[[str], str]) -> dict[str, str]:
    """What each kind of a report's problems is called."""
    return named(_, "reports", "problem")
