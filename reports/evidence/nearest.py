"""What the positions were near to, in words. The log has the coordinates alone: the words are made with the paper, and say so.

Where a position is withheld there are none, nor where they name a protected place.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from incidents.timeline import Position
from incidents.withheld import WITHHELD, Withholding
from reports.evidence.schema import Evidence, Nearest
from reports.evidence.times import Times
from reports.pdf import Document


class Addresses(Protocol):
    """The addresses that the words are made by."""

    def words_at(self, lat: float, lon: float, radius_m: float | None) -> str: ...
    def called(self) -> str:
        """Which they are: the day of their import, or whose they are."""
        ...


def nearest(positions: Sequence[Position], addresses: Addresses | None, rule: Withholding) -> tuple[Nearest, ...]:
    """The words of the device's positions, which are those that may be shown."""
    if addresses is None:
        return ()
    return tuple(
        Nearest(version=one.version, at=one.at, words=words)
        for one in positions
        if one.of == "device" and (words := _words(one, addresses, rule))
    )


def print_nearest(document: Document, evidence: Evidence, times: Times, translate: Callable[[str], str]) -> None:
    """A row for each position that is near to something else than the one before."""
    if not evidence.nearest:
        return
    _ = translate
    document.heading(_("What the positions were near to"))
    made = _(
        "Made of the coordinates when this file was made, by the addresses of {addresses}; the log has the coordinates alone. "
        "A position is no surer than its radius: the address is the nearest that is known, and nobody says that she was there."
    )
    document.paragraph(made.format(addresses=evidence.addresses), small=True)
    rows = [(one.version, times.short(one.at), one.words) for one in _other_places(evidence.nearest)]
    document.table(["#", _("true at"), _("near")], rows, widths=[9, 32, 139])


def _words(position: Position, addresses: Addresses, rule: Withholding) -> str:
    fix = position.fix
    words = addresses.words_at(fix.lat, fix.lon, fix.radius)
    return WITHHELD if words and rule.says_where(fix.lat, fix.lon, fix.radius or 0.0, words) else words


def _other_places(found: Iterable[Nearest]) -> Iterable[Nearest]:
    before = ""
    for one in found:
        if (place := one.words.partition(" · ")[0]) != before:
            before = place
            yield one
