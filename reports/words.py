"""The words of codes that papers and pages share, in the language of `translate`."""

from collections.abc import Callable

from reports.catalogue import named


def codes(_: Callable[[str], str]) -> dict[str, str]:
    """The words of all codes by `kind.code`."""
    return named(_, "reports")


def flags(_: Callable[[str], str]) -> dict[str, str]:
    """What is odd about an incident, by the flag."""
    return {key.removeprefix("flag."): text for key, text in codes(_).items() if key.startswith("flag.")}


def centres(_: Callable[[str], str]) -> dict[str, str]:
    """The name of each centre (CIC) by its key."""
    return named(_, "reports", "centre")
