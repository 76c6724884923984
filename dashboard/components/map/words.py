"""The map's words by name: neither its scripts nor its drawing code hold any of their own."""

from collections.abc import Callable, Mapping

from reports.catalogue import named
from reports.locale_formats import formats

Words = Mapping[str, str]


def words(_: Callable[[str], str]) -> dict[str, str]:
    """All words of the map in the translator's language."""
    return named(_, "dashboard/components/map") | {"decimal": formats(_).decimal}
