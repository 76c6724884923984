"""Parts of the incidents: by the value of a column, or by a part of a time (the clock on the wall)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from reports.external_table.prepare import Prepared

MOST = 2000  # more parts than that are no table anybody reads
# Texts that sort as the parts do; what stands before a blank is for the order alone.
_FORMS = {"year": "%Y", "quarter": "%Y-Q%q", "month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d", "hour": "%H"}
_FORMS |= {"month_of_year": "%m %B", "weekday": "%u %A"}


class Parts(NamedTuple):
    """For each incident the number of its part; `labels` in order, "" where it is not known."""

    codes: npt.NDArray[np.int64]
    labels: tuple[str, ...]


def parts(prepared: Prepared, name: str) -> Parts:
    """The parts of one of the mapping's groups, made once. Raises MappingError when there are too many."""
    if name not in prepared.grouped:
        group = prepared.mapping.groups[name]
        if group.column:
            codes, labels = pd.factorize(prepared.text[group.column], sort=True)
            found = np.asarray(labels, dtype=object)
        else:
            at, hours = pd.factorize(prepared.wall(group.time).to_numpy().astype("datetime64[h]"))
            known = pd.DatetimeIndex(hours)
            told = (known.to_period("Q") if group.by == "quarter" else known).strftime(_FORMS[group.by])
            of_hours, found = pd.factorize(np.asarray(told, dtype=object), sort=True)
            codes = np.append(of_hours, -1)[at]
        if len(found) > MOST:
            raise prepared.mapping.fail(
                f"{name}: {len(found)} different values are too many for groups", "groups", name
            )
        names = [str(one) if group.column else one.rpartition(" ")[2] for one in found]
        unknown = codes < 0
        prepared.grouped[name] = Parts(np.where(unknown, len(found), codes), (*names, *[""][: unknown.sum()]))
    made: Parts = prepared.grouped[name]
    return made
