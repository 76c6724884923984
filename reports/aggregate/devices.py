"""What happened to devices, counted from the open facts of a log: they outlive every erasure, and name no device."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Final

from incidents.events import BRUSSELS
from incidents.log.snapshot import snapshot
from reports.aggregate.cases import DEVICE_FACTS, DeviceCounts

# Of each type of record the open fact that says which of `DEVICE_FACTS` it is; "": there is one alone.
_FACTS: Final = {"case_step": "kind", "device_tested": "ok", "test_announced": "", "device_alarmed": "condition"}
_TESTED: Final = {"True": "bench_test_ok", "False": "bench_test_failed"}


def device_counts(log: Path) -> DeviceCounts:
    """How often each of `DEVICE_FACTS` happened in each Belgian month, by our clock. Raises LogUnavailable."""
    found: Counter[tuple[str, str]] = Counter()
    with snapshot(log) as records:
        for kind, fact in _FACTS.items():
            for record in records.of_type(kind):
                what = str(record.open.get(fact)) if fact else kind
                what = _TESTED.get(what, what)
                if what in DEVICE_FACTS:
                    at = datetime.fromisoformat(record.at).astimezone(BRUSSELS)
                    found[f"{at.year:04}-{at.month:02}", what] += 1
    return found
