"""The open register, as the desk and the screens ask it: all current cases in memory, earlier versions from the file.

It never raises. Whatever could be read goes on being answered when the file can't be read any more; `state` says so.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import msgspec

from incidents.case import Case
from incidents.cases.bindings import Binding, Bindings, overlaid
from incidents.cases.damage import undamaged
from incidents.cases.life import Step, lived, unanswered
from incidents.cases.sealed import CasesLocked, Damaged, Heads, SealedCases, Tag, holds_register, signature
from incidents.events import BRUSSELS

RegisterState = Literal["open", "locked", "missing", "none"]


class BoundMeanwhile(Exception):
    """Somebody else bound the device, or took it back, since it was looked at."""


class SteppedMeanwhile(Exception):
    """Somebody else took a step of the case since it was looked at."""


_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})


def brussels_today() -> date:
    """The day it is in Belgium."""
    return datetime.now(BRUSSELS).date()


class CaseRegister:
    """The cases. `state`: open; locked (key missing or wrong, file unreadable or in part); missing (no file); none (not used).

    `reason` says why it is not open, without personal data. One thread may reload while another asks.
    """

    def __init__(self, path: Path | None, key_file: Path | None, today: Callable[[], date]) -> None:
        self.state: RegisterState = "none"
        self.reason = "no case register is configured"
        self._path = path
        self._key_file = key_file
        self._today = today
        self._signature: tuple[object, ...] | None = None
        self._shelf = _Shelf()

    @classmethod
    def open(
        cls, path: Path | None, *, key_file: Path | None = None, today: Callable[[], date] = brussels_today
    ) -> "CaseRegister":
        """The register at this path, whatever its state. The key is `key_file`, else `PATH.key`."""
        register = cls(path, key_file, today)
        register.reload_if_changed()
        return register

    @classmethod
    def of(cls, cases: Iterable[Case], *, today: Callable[[], date] = brussels_today) -> "CaseRegister":
        """A register in memory alone, of a training's invented cases; of two with one number the later counts."""
        register = cls(None, None, today)
        register.state, register.reason = "open", ""
        shelf = register._shelf
        for case in {case.number: case for case in cases}.values():
            shelf.cases[case.number], shelf.words[case.number] = case, _words(case)
            for device in case.devices:
                shelf.by_device.setdefault(device, []).append(case)
        return register

    def __len__(self) -> int:
        return len(self._shelf.cases)

    @property
    def edition(self) -> object:
        """Another object whenever the cases are others."""
        return self._shelf

    def all(self) -> tuple[Case, ...]:
        """Every current case that could be read, in no order."""
        return tuple(self._shelf.cases.values())

    def by_device(self, device: str, on: date | None = None) -> Case | None:
        """The case of a device: the one in which it is in service on that day (default today), else one valid then, else the one
        that was or will be last."""
        day = on or self._today()
        found = self._shelf.by_device.get(device, ())
        return max(
            found, key=lambda case: (case.state_on(day) == "open", case.valid_on(day), case.valid_until), default=None
        )

    def cases_of(self, device: str) -> tuple[Case, ...]:
        """Every current case of a device, whether or not it is valid."""
        return tuple(self._shelf.by_device.get(device, ()))

    def by_number(self, number: str, version: int | None = None) -> Case | None:
        """The current case of this number, or an earlier version of it, a withdrawn case's too."""
        case = self._shelf.cases.get(number)
        if version is None or (case is not None and case.version == version):
            return case
        if self._path is None:
            return None
        try:
            with SealedCases.open(self._path, self._key_file) as file:
                return file.read(file.tag(number), version)
        except (CasesLocked, Damaged):
            return None

    def duress_words(self, numbers: Collection[str]) -> set[str]:
        """Those of every version kept of these cases, from the file as it is now.

        Raises `CasesLocked` where not all of them can be read, or where a case is not there: then nobody can say what was agreed.
        """
        if self._path is None:
            cases = [self._shelf.cases.get(number) for number in numbers]
            if None in cases:
                raise CasesLocked(self.reason or "the case register: a case is not in it")
            return {case.duress_word for case in cases if case is not None and case.duress_word}
        words: set[str] = set()
        if not numbers:
            return words
        with SealedCases.open(self._path, self._key_file) as file:
            for tag in map(file.tag, numbers):
                versions = file.versions(tag)
                if not versions:
                    raise CasesLocked("the case register: a case is not in it")
                try:
                    read = [file.read(tag, version) for version in versions]
                except Damaged:
                    raise CasesLocked("the case register: a case in it is damaged") from None
                words |= {case.duress_word for case in read if case is not None and case.duress_word}
        return words

    def withdrawn(self) -> tuple[Case, ...] | None:
        """Every withdrawn case as it was last, from the file: not for the event loop. None when that can't be read now."""
        if self._path is None:
            return ()
        try:
            with SealedCases.open(self._path, self._key_file) as file:
                return tuple(file.withdrawn().values())
        except CasesLocked:
            return None

    def versions(self, number: str) -> tuple[int, ...]:
        """The versions kept of a case, oldest first, a withdrawal counted as one; empty when the file can't be read."""
        if self._path is None:
            return ()
        try:
            with SealedCases.open(self._path, self._key_file) as file:
                return file.versions(file.tag(number))
        except CasesLocked:
            return ()

    def search(self, text: str, limit: int = 8) -> tuple[Case, ...]:
        """The cases whose number, device or victim's name holds every word of the text, best first.

        Case and diacritics don't count. The suspect's name is not searched: nobody needs it to help a victim.
        """
        wanted = _plain(text).split()
        if not wanted:
            return ()
        whole = " ".join(wanted)
        found = []
        shelf = self._shelf
        for number, words in shelf.words.items():
            if all(word in words for word in wanted):
                exact = f"\n{whole}\n" in words
                found.append((not exact, f"\n{whole}" not in words, number))
        return tuple(shelf.cases[number] for _, _, number in sorted(found)[:limit])

    @property
    def bindings(self) -> Bindings:
        """What was done with each device at the bench last; not where an import came after it was taken back."""
        return self._shelf.bindings

    def bind(self, *bindings: Binding, seen: Bindings) -> None:
        """Keep them durably, all or none, if each device's last one is still as in `seen`; from then on they count here.

        Raises `BoundMeanwhile`, and `CasesLocked` when the register can't be read or written.
        """
        if self._path is None:
            raise CasesLocked(self.reason)
        with SealedCases.open(self._path, self._key_file, writing=True) as file, file.transaction():
            _bind(file, bindings, seen)

    def lived(self, number: str) -> tuple[Case, tuple[Step, ...]] | None:
        """A current case as imported, with the devices it really has, and the steps of its life, in their order."""
        shelf = self._shelf
        case = shelf.imported.get(number) or shelf.cases.get(number)
        if case is None:
            return None
        return msgspec.structs.replace(case, devices=shelf.cases[number].devices), shelf.steps.get(number, ())

    def steps(self, number: str) -> tuple[Step, ...]:
        """The steps of a case from the file, a withdrawn one's too. Raises `CasesLocked` where they can't be read."""
        if self._path is None:
            return self._shelf.steps.get(number, ())
        with SealedCases.open(self._path, self._key_file) as file, undamaged():
            return file.steps(file.tag(number))

    def take_step(self, number: str, step: Step, *bindings: Binding, seen: int, bound: Bindings | None = None) -> bool:
        """Keep a step durably, if the case has as many as were `seen`, and with it bindings, as `bind`: all or none.

        False: it was kept before, by its id. Raises `SteppedMeanwhile`, and as `bind`.
        """
        if self._path is None:
            raise CasesLocked(self.reason)
        with SealedCases.open(self._path, self._key_file, writing=True) as file, file.transaction(), undamaged():
            known = file.steps(file.tag(number))
            if any(one.id == step.id for one in known):
                return False
            if len(known) != seen:
                raise SteppedMeanwhile
            _bind(file, bindings, bound or {})
            file.add_step(number, step)
        return True

    def reload_if_changed(self) -> tuple[str, ...]:
        """Take what an import changed, or a register or key that came back. Returns the numbers of the cases that changed,
        and of those of which a fact is newly doubted, or no more."""
        if self._path is None:
            return ()
        seen = signature(self._path, self._key_file)
        # Without a signature the last try failed as a whole: its cause may be gone though no file changed.
        if seen == self._signature:
            return ()
        self._signature = None
        try:
            if not holds_register(self._path):
                self.state, self.reason = "missing", "the case register's file is not there"
                return ()
            with SealedCases.open(self._path, self._key_file) as file:
                changed, damaged = self._take(file)
        except CasesLocked as locked:
            self.state, self.reason = "locked", str(locked)
            return ()
        except Exception as error:  # in as many ways as bytes can be wrong; its words may quote them
            self.state, self.reason = "locked", f"the case register is damaged ({type(error).__name__})"
            return ()
        self._signature = seen
        self.state, self.reason = "open", ""
        if damaged:
            self.state, self.reason = "locked", f"damaged cases: {damaged} of {len(self._shelf.heads) + damaged}"
        return changed

    def _take(self, file: SealedCases) -> tuple[tuple[str, ...], int]:
        """Bring memory to the file's heads: the numbers that changed, and how many cases could not be read."""
        old, heads, damaged = self._shelf, file.heads(), 0
        new = _Shelf(
            heads=dict(old.heads), numbers=dict(old.numbers), imported=dict(old.imported), steps=dict(old.steps)
        )
        changed: dict[str, None] = {}
        try:
            new.bindings = file.bindings()
        except Damaged:
            new.bindings, damaged = old.bindings, 1
        for tag in [*(old.heads.keys() - heads.keys()), *(t for t, v in heads.items() if old.heads.get(t) != v)]:
            try:
                case = file.read(tag, heads[tag]) if tag in heads else None
            except Damaged:
                damaged += 1
                continue
            if (number := new.numbers.pop(tag, None)) is not None:
                changed[number] = None
                del new.imported[number]
            if case is not None:
                changed[case.number] = None
                new.numbers[tag], new.imported[case.number] = case.number, case
            if tag in heads:
                new.heads[tag] = heads[tag]
            else:
                del new.heads[tag]
        damaged += self._take_steps(file, old, new)
        # Under a rotated key every case has another name in the file and is the same.
        changed = {n: None for n in changed if old.imported.get(n) != new.imported.get(n)}
        if not changed and new.bindings == old.bindings and new.steps == old.steps:
            new.cases, new.by_device, new.words = old.cases, old.by_device, old.words
        else:
            bound = overlaid(new.imported, new.bindings)
            new.cases = {number: lived(case, new.steps.get(number, ())) for number, case in bound.items()}
            changed |= {n: None for n, case in new.cases.items() if n in old.cases and old.cases[n] != case}
            new.words = {n: _words(c) if n in changed else old.words[n] for n, c in new.cases.items()}
            for case in new.cases.values():
                for device in case.devices:
                    new.by_device.setdefault(device, []).append(case)
        self._shelf = new  # at once: whoever asks sees all of the old or all of the new
        doubted = {n for n in new.steps if unanswered(new.steps[n]) != unanswered(old.steps.get(n, ()))}
        return tuple(changed | dict.fromkeys(doubted)), damaged

    def _take_steps(self, file: SealedCases, old: "_Shelf", new: "_Shelf") -> int:
        """Read the lives that went on; how many could not be read, which stay as they were."""
        damaged, new.counts = 0, file.step_counts()
        for tag, number in new.numbers.items():
            count = new.counts.get(tag, 0)
            if count == old.counts.get(tag, 0) and old.numbers.get(tag) == number:
                continue
            try:
                new.steps[number] = file.steps(tag)
            except Damaged:
                damaged += 1
                new.counts.pop(tag, None)  # to be read again once the file is another
        new.steps = {number: steps for number, steps in new.steps.items() if steps and number in new.imported}
        return damaged


def _bind(file: SealedCases, bindings: Iterable[Binding], seen: Bindings) -> None:
    with undamaged("a binding"):
        now = file.bindings()
    if any(now.get(binding.device) != seen.get(binding.device) for binding in bindings):
        raise BoundMeanwhile
    for binding in bindings:
        file.bind(binding)


class _Shelf(msgspec.Struct, kw_only=True):
    """What is in memory: versions, numbers and how many steps by the file's tags, cases by number and device, words to search.

    `cases` are those `imported` under the `bindings` and their `steps`.
    """

    heads: Heads = {}
    numbers: dict[Tag, str] = {}
    imported: dict[str, Case] = {}
    bindings: Bindings = {}
    counts: Heads = {}
    steps: dict[str, tuple[Step, ...]] = {}
    cases: dict[str, Case] = {}
    by_device: dict[str, list[Case]] = {}
    words: dict[str, str] = {}


def _words(case: Case) -> str:
    return "\n" + "\n".join(map(_plain, (case.number, *case.devices, case.victim.name))) + "\n"


def _plain(text: str) -> str:
    """A text as it is compared: without case, diacritics and superfluous space."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())
