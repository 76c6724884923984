"""Tables to export: so many incidents of a month, a centre, a class and an outcome."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

import pandas as pd

from reports.aggregate.codebook import Province
from reports.aggregate.export import Export, export
from reports.aggregate.period import Period
from reports.measures.profiles import PROFILES
from reports.measures.table import table_of

PROVINCE_OF = {"OVL": "40000", "WVL": "30000"}
PROVINCES = tuple(Province(nis, key, key) for key, nis in PROVINCE_OF.items())
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
Many = tuple[int, str, str, str, str]  # how many, month, centre, class, outcome


def table(parts: Iterable[Many], on_scene_s: Iterable[float] = ()) -> pd.DataFrame:
    """Each received on the 15th at noon UTC. `on_scene_s`: seconds from the press to the scene, one an incident, in order."""
    took = iter(on_scene_s)
    rows: list[dict[str, object]] = []
    for count, month, cic, as_class, outcome in parts:
        for _ in range(count):
            at = pd.Timestamp(f"{month}-15T12:00:00Z")
            seconds = next(took, None)
            rows.append(
                {
                    "incident": f"secretid{len(rows):05}",
                    "state": "closed",
                    "origin": "press",
                    "as_class": as_class,
                    "outcome": outcome,
                    "zone": "5415",
                    "cic": cic,
                    "operator": "secretperson",
                    "pressed": at,
                    "received": at,
                    "on_scene": None if seconds is None else at + pd.Timedelta(seconds=seconds),
                }
            )
    return table_of(rows)


def exported(parts: Iterable[Many], months: tuple[str, str] = ("2026-01", "2026-02"), **options: object) -> Export:
    """The export of such a table, made once."""
    return _exported(tuple(parts), months, tuple(options.items()))


@cache
def _exported(parts: tuple[Many, ...], months: tuple[str, str], options: tuple[tuple[str, object], ...]) -> Export:
    return made(table(parts), months, **dict(options))


def made(of: pd.DataFrame, months: tuple[str, str] = ("2026-01", "2026-02"), **options: object) -> Export:
    """The export of a table."""
    given = {"profile": PROFILES["amr"], "province_of": PROVINCE_OF, "provinces": PROVINCES, "now": NOW} | options
    return export(of, Period(*months), **given)  # type: ignore[arg-type]
