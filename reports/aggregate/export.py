"""The files of an export: counts and response times, cases and devices as CSV and JSON, and the codebooks beside them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pandas as pd

from incidents.cases.counting import Protection
from incidents.events import BRUSSELS
from incidents.intervals import Profile
from reports.aggregate.cases import CASE_COLUMNS, DEVICE_COLUMNS, DeviceCounts, evaluated_rows
from reports.aggregate.codebook import LANGUAGES, VERSION, Made, Province, codebook
from reports.aggregate.period import Period
from reports.aggregate.register import Published
from reports.aggregate.suppress import THRESHOLD, suppress
from reports.aggregate.tables import tables
from reports.aggregate.times import times
from reports.tables import sheet

COUNT_COLUMNS: Final = ("period", "province", "class", "outcome", "count", "status")
INTERVAL_COLUMNS: Final = (
    "period",
    "province",
    "class",
    "interval",
    "count",
    "counted_at_least",
    "median_s",
    "median_low_s",
    "median_high_s",
    "p90_s",
    "limit_s",
    "within_percent",
)


class Evaluated(NamedTuple):
    """What an export says of cases and devices beside the incidents: the protections of so many `cases`, read for it.

    `province_of`: a zone's key to its province's NIS code.
    """

    cases: int
    protections: Sequence[Protection]
    devices: DeviceCounts
    province_of: Mapping[str, str]


class Export(NamedTuple):
    """What is handed out (name -> content), what the register keeps of it, how many counts there are and are hidden.

    `cases`: so many were read for it.
    """

    files: dict[str, bytes]
    published: Published
    counts: int
    hidden: int
    cases: int = 0


def export(
    table: pd.DataFrame,
    period: Period,
    *,
    profile: Profile,
    province_of: Mapping[str, str],
    provinces: Iterable[Province],
    now: datetime,
    threshold: int = THRESHOLD,
    despite: str = "",
    evaluated: Evaluated | None = None,
) -> Export:
    """The export of a table (columns of `reports.measures.shape`). `province_of`: a centre's key to its province's NIS code.

    `evaluated`: what is kept of cases and devices; without it (there is no case register) their files are not made.

    The same table and period give the same figures, whenever they are made. Raises ValueError for a threshold below 5.
    """
    if threshold < THRESHOLD:
        raise ValueError(f"a threshold below {THRESHOLD} is refused: counts under {THRESHOLD} point to persons")
    found = tables(table, period, dict(province_of))
    made = suppress(found.counts, threshold)
    values = found.counts.values
    counts: list[dict[str, Any]] = []
    for cell, value, hidden in zip(found.cells, values.tolist(), made.hidden.tolist(), strict=True):
        where = {"period": cell.period, "province": cell.province, "class": cell.as_class, "outcome": cell.outcome}
        counts.append(
            {**where, "count": None if hidden else value, "status": "hidden" if hidden else "published"},
        )
    shown = {
        cell: int(value) for cell, value, hidden in zip(found.cells, values, made.hidden, strict=True) if not hidden
    }
    intervals = []
    for row in times(found, list(shown), profile):
        facts = msgspec.structs.asdict(row)
        cell = facts.pop("cell")
        facts |= {"period": cell.period, "province": cell.province, "class": cell.as_class, "count": shown[cell]}
        intervals.append({name: facts[name] for name in INTERVAL_COLUMNS})
    about = Made(
        period=period,
        day=now.astimezone(BRUSSELS).date(),
        threshold=threshold,
        profile=profile,
        provinces=tuple(provinces),
        despite=bool(despite),
        cases=evaluated is not None,
    )
    files = {"counts.csv": _csv(COUNT_COLUMNS, counts), "intervals.csv": _csv(INTERVAL_COLUMNS, intervals)}
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()
    facts = {
        "format": 1,
        "codebook": VERSION,
        "first": period.first,
        "last": period.last,
        "made": about.day.isoformat(),
        "threshold": threshold,
        "profile": profile.name,
        "sha256": digest,
        "counts": counts,
        "intervals": intervals,
    }
    hidden, n, of_cases = int(made.hidden.sum()), len(counts), ""
    if evaluated is not None:
        # A centre whose map has zones of its own calls its provinces by the same codes.
        places = dict.fromkeys(province_of.values())
        where = {place: place for place in places} | dict(evaluated.province_of)
        cases, devices = evaluated_rows(evaluated.protections, evaluated.devices, period, where, threshold)
        more = {"cases.csv": _csv(CASE_COLUMNS, cases.rows), "devices.csv": _csv(DEVICE_COLUMNS, devices.rows)}
        of_cases = hashlib.sha256(b"".join(more.values())).hexdigest()
        files |= more
        facts |= {"cases_sha256": of_cases, "cases": cases.rows, "devices": devices.rows}
        hidden, n = hidden + cases.hidden + devices.hidden, n + len(cases.rows) + len(devices.rows)
    files["aggregate.json"] = msgspec.json.format(msgspec.json.encode(facts), indent=1) + b"\n"
    for language in LANGUAGES:
        files[f"codebook-{language}.md"] = codebook(language, about).encode()
    entry = Published(
        at=now,
        first=period.first,
        last=period.last,
        threshold=threshold,
        profile=profile.name,
        sha256=digest,
        cases_sha256=of_cases,
        despite=despite,
    )
    return Export(files, entry, n, hidden, evaluated.cases if evaluated is not None else 0)


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """The files in one, the same bytes for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def placed(files: Mapping[str, bytes], out: Path) -> dict[Path, bytes]:
    """What is to be written where: into the folder `out`, which is made, or the one file that ends in .zip. Raises OSError."""
    if out.suffix.lower() == ".zip":
        return {out: as_zip(files)}
    out.mkdir(parents=True, exist_ok=True)
    return {out / name: content for name, content in files.items()}


def _csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> bytes:
    return sheet(columns, ([row[name] for name in columns] for row in rows))
