"""The list that an auditor asks for: which looks, in which order, from where on; and how many there are of each."""

import threading
import time
from collections import OrderedDict
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from incidents.auditing.columns import Array
from incidents.auditing.index import REST_S, Index
from incidents.auditing.look import Look

SHOWN = 50  # rows of an answer
TOGETHER = 64  # rows between two rests
_KEPT = 8  # orders that are kept for the next page of the same list
Sort = Literal["at_ms", "who", "role", "what", "case", "device", "why", "alarm"]
Mask = npt.NDArray[np.bool_]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; what is "" or None asks for nothing. `since_ms` until just before `until_ms`.

    `case` and `device` are parts of a number; `missing`: only those without a reason; `looks`: only those rows, by their `seq`.
    `unnamed`: a person whose looks are not in it, for they ask; nor looks at what is kept from them (`kept_...`).
    """

    who: str = ""
    role: str = ""
    what: str = ""
    case: str = ""
    device: str = ""
    since_ms: int | None = None
    until_ms: int | None = None
    alarm: Literal["", "with", "without"] = ""
    missing: bool = False
    looks: tuple[int, ...] = ()
    sort: Sort = "at_ms"
    rising: bool = False
    unnamed: str = ""
    kept_cases: frozenset[str] = frozenset()
    kept_devices: frozenset[str] = frozenset()


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the list, from `start` on: `rows` are places in the index. `count` of all; `own`: those of who asks, left out.

    `counts`: of the same list by whether an alarm was open (`all`, `with`, `without`). `people`, `roles`, `kinds`: what the list
    of the period has, with how many of each; of people beside these of which an alarm was open, and of which none.
    """

    start: int
    count: int
    rows: tuple[int, ...]
    own: int
    counts: dict[str, int]
    people: dict[str, tuple[int, int, int]]
    roles: dict[str, int]
    kinds: dict[str, int]


class Lists:
    """Answers over one index, from any thread."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._kept: OrderedDict[tuple[Any, ...], tuple[npt.NDArray[np.intp], Listed]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, asked: Asked, start: int = 0, shown: int = SHOWN) -> Listed:
        """The rows of the list from `start` on."""
        order, whole = self._order(asked)
        start = max(0, min(start, len(order) - 1))
        rows = tuple(int(row) for row in order[start : start + shown])
        return msgspec.structs.replace(whole, start=start, rows=rows)

    def all(self, asked: Asked) -> list[Look]:
        """Every look of the list, in its order; a desk's event loop is let in between."""
        order, _ = self._order(asked)
        found = []
        for n, row in enumerate(order, 1):
            found.append(self._index.look(int(row)))
            if n % TOGETHER == 0:
                time.sleep(REST_S)
        return found

    def _order(self, asked: Asked) -> tuple[npt.NDArray[np.intp], Listed]:
        columns = self._index.columns
        key = (asked, columns.count, columns.changed)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = self._made(asked)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made

    def _made(self, asked: Asked) -> tuple[npt.NDArray[np.intp], Listed]:
        columns = self._index.columns
        arrays, words = columns.taken(), columns.words
        period = self._period(asked, arrays)
        own = np.zeros(len(period), bool)
        if asked.unnamed:
            own = period & (arrays["who"] == words["who"].find(asked.unnamed))
            period &= ~own
        for name, hidden in (("case", asked.kept_cases), ("device", asked.kept_devices)):
            if hidden:
                period &= ~np.isin(arrays[name], [words[name].find(one) for one in hidden])
        opens = np.isin(arrays["alarm"], [words["alarm"].find("open"), words["alarm"].find("technical")])
        without = arrays["alarm"] == words["alarm"].find("none")
        people, roles, kinds = (self._counted(name, arrays, period) for name in ("who", "role", "what"))
        with_alarm, with_none = (self._counted("who", arrays, period & some) for some in (opens, without))
        fits = period
        for name in ("who", "role", "what"):
            if wanted := getattr(asked, name):
                fits = fits & (arrays[name] == words[name].find(wanted))
        for name in ("case", "device"):
            if wanted := getattr(asked, name):
                kept = asked.kept_cases | asked.kept_devices  # nor does what is kept from them lead to another row
                numbers = [n for n in words[name].holding(wanted) if words[name].words[n] not in kept]
                about = np.isin(arrays[name], numbers)
                if name == "case":
                    also = [row for number in numbers for row in self._index.also.get(number, ()) if row < len(about)]
                    about[also] = True
                fits = fits & about
        if asked.missing:
            fits = fits & self._missing(arrays)
        if asked.looks:
            fits = fits & np.isin(arrays["seq"], asked.looks)
        counts = {"all": int(fits.sum()), "with": int((fits & opens).sum()), "without": int((fits & without).sum())}
        if asked.alarm:
            fits = fits & (opens if asked.alarm == "with" else without)
        order = self._sorted(np.flatnonzero(fits), asked, arrays)
        listed = Listed(
            start=0,
            count=len(order),
            rows=(),
            own=int(own.sum()),
            counts=counts,
            people={who: (n, with_alarm.get(who, 0), with_none.get(who, 0)) for who, n in people.items()},
            roles=roles,
            kinds=kinds,
        )
        return order, listed

    def _period(self, asked: Asked, arrays: dict[str, Array]) -> Mask:
        at = arrays["at_ms"]
        fits = np.ones(len(at), bool)
        if asked.since_ms is not None:
            fits &= at >= asked.since_ms
        if asked.until_ms is not None:
            fits &= at < asked.until_ms
        return fits

    def _missing(self, arrays: dict[str, Array]) -> Mask:
        """Where a reason should stand and does not, whoever it was: the rule `no_reason` leaves out who is a technician alone."""
        words = self._index.columns.words
        about = (arrays["case"] > 0) | (arrays["device"] > 0) | (arrays["incident"] > 0)
        asked = (arrays["what"] != words["what"].find("audit")) & (arrays["alarm"] != words["alarm"].find("technical"))
        asked &= arrays["role"] > 0
        return np.asarray(about & asked & (arrays["need"] == 0) & ~arrays["given"], bool)

    def _counted(self, name: str, arrays: dict[str, Array], among: Mask) -> dict[str, int]:
        words = self._index.columns.words[name].words
        counts = np.bincount(arrays[name][among].astype(np.int64), minlength=1)
        return {words[n]: int(counts[n]) for n in np.flatnonzero(counts) if words[n]}

    def _sorted(self, found: npt.NDArray[np.intp], asked: Asked, arrays: dict[str, Array]) -> npt.NDArray[np.intp]:
        """The newest first within what is equal. Rows are as old as their place says, but for what was written late."""
        if asked.sort == "at_ms":
            times = arrays["at_ms"][found]
            found = found[np.argsort(times, kind="stable")]
            return found if asked.rising else found[::-1]
        keys = self._index.columns.words[asked.sort].ranks()[arrays[asked.sort][found[::-1]]]
        if not asked.rising:
            keys = keys.max(initial=0) - keys
        return found[::-1][np.argsort(keys, kind="stable")]
