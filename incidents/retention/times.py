"""For how many days each thing is kept, counted from when it was over. Defaults are proposals until a centre confirms its own.

docs/retention.md says of each where its figure comes from; no law names a figure for this service, so each is "to confirm".
"""

from typing import Annotated

import msgspec

LEAST, MOST = 2, 36_500  # an incident stays on the board for a day after its closing
A_SEASON = 90  # least of what a desk still reads: the device of a technical alarm that stands, a shift's notes

Days = Annotated[int, msgspec.Meta(ge=LEAST, le=MOST)]
Long = Annotated[int, msgspec.Meta(ge=A_SEASON, le=MOST)]


class TimesError(ValueError):
    """These are no times: which, and why."""


class Times(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days after an incident's last closing (`test`, `accidental`, `real`: of that class; `real` is also that of unknown ones,
    and begins to count only where every hold is lifted), after a case's withdrawal, after another version took an old one's
    place, after an evidence file was made, after bytes came that were not understood (`quarantine`), and after the end of a month
    of a device's stream (`device`), of the desk's (`desk`), in which somebody looked (`looks`)."""

    test: Days = 90
    accidental: Days = 365
    real: Days = 3650
    case: Days = 3650
    version: Days = 1825
    evidence: Days = 365
    device: Long = 1825
    desk: Long = 730
    quarantine: Days = 90
    looks: Days = 5475

    def __post_init__(self) -> None:
        """Raises TimesError: who looked is known for longer than what was looked at."""
        longest = max(days for name, days in self.each() if name != "looks")
        if self.looks <= longest:
            raise TimesError(
                f"looks={self.looks}: who looked is kept for longer than all else, here over {longest} days"
            )

    def each(self) -> list[tuple[str, int]]:
        """Each time by its name, in their order."""
        return [(name, int(getattr(self, name))) for name in self.__struct_fields__]

    def words(self) -> str:
        """The times as a record says them."""
        return " ".join(f"{name}={days}" for name, days in self.each())

    def shorter_than(self, others: "Times") -> list[str]:
        """What is kept for less time than by those others."""
        before = dict(others.each())
        return [name for name, days in self.each() if days < before[name]]


def named_in(words: str) -> set[str]:
    """The times that words NAME=DAYS say, by their names: what a centre confirmed before there was a time, it did not confirm."""
    return {word.partition("=")[0] for word in words.split()}


def times_of(words: str, base: Times | None = None) -> Times:
    """The times that words NAME=DAYS say, those that they do not name as in `base`. Raises TimesError."""
    found = dict((base or Times()).each())
    for word in words.split():
        name, _, days = word.partition("=")
        if name not in found or not days.isascii() or not days.isdigit():
            raise TimesError(f"{word}: it is no NAME=DAYS; the names are {', '.join(found)}")
        found[name] = int(days[:9])
    try:
        return msgspec.convert(found, Times)
    except msgspec.ValidationError as error:
        raise TimesError(str(error)) from None
