"""What several parts of the report of a foreign table say, in the reader's language. Names and codes of the mapping stay."""

from collections.abc import Callable, Iterable
from functools import reduce
from typing import get_args

from incidents.events.kinds import Class
from reports.external_table.mapping import Rounding, RowRounding
from reports.words import codes

Translate = Callable[[str], str]


def chained(names: Iterable[str], text: str) -> str:
    """As "a or b or c" by "{first} or {second}"."""
    return reduce(lambda first, second: text.format(first=first, second=second), names)


def either(names: Iterable[str], _: Translate) -> str:
    """As "a or b or c"."""
    return chained(names, _("{first} or {second}"))


def both(names: Iterable[str], _: Translate) -> str:
    """As "a and b and c"."""
    return chained(names, _("{first} and {second}"))


def kinds(_: Translate) -> dict[str, str]:
    """The classes that a mapping knows."""
    known = codes(_)
    return {one: known[f"class.{one}"] for one in get_args(Class)} | {"drill": _("drill")}


def roundings(_: Translate) -> dict[Rounding, str]:
    """How a figure is rounded when it is printed."""
    return {
        "half_up": _("rounded half up"),
        "half_even": _("rounded half to even"),
        "truncate": _("truncated"),
        "up": _("rounded up"),
    }


def row_roundings(_: Translate) -> dict[RowRounding, str]:
    """What becomes of each row's duration before anything is reckoned from it."""
    return {
        "none": _("each row's duration as it is"),
        "truncate_s": _("each row's duration truncated to seconds"),
        "half_up_s": _("each row's duration rounded to seconds"),
        "truncate_min": _("each row's duration truncated to minutes"),
        "half_up_min": _("each row's duration rounded to minutes"),
        "datediff_min": _("each row's duration as the difference of its minutes on the clock"),
        "datediff_s": _("each row's duration as the difference of its seconds on the clock"),
    }


def negatives(_: Translate) -> dict[str, str]:
    """What was done with negative durations."""
    return {"exclude": _("not counted"), "include": _("counted"), "zero": _("counted as zero")}


def odd_hours(_: Translate) -> dict[str, str]:
    """What was done with hours that the clocks skip, and that come twice."""
    return {
        "shift": _("read by a clock that was not set forward"),
        "missing": _("taken as missing"),
        "second": _("taken as the second of the two"),
        "first": _("taken as the first of the two"),
        "order": _("taken as the first of the two, or the second where it would come before the time before it"),
    }


def statistics(_: Translate) -> dict[str, str]:
    """Figures by the name that a mapping has for them; percentiles are P90 in every language."""
    return {
        "mean": _("mean"),
        "median": _("median"),
        "minimum": _("minimum"),
        "maximum": _("maximum"),
        "sd": _("standard deviation"),
        "sum": _("sum"),
        "rows": _("incidents"),
        "left_out": _("left out"),
        "counted": _("counted"),
        "missing": _("missing"),
        "negative": _("negative"),
        "excluded": _("excluded"),
        "within": _("within the target"),
        "beyond": _("beyond the target"),
        "share": _("share within the target"),
        "share_beyond": _("share beyond the target"),
        "part": _("share of the incidents"),
    }
