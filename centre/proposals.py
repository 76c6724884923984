"""The changes that wait for a second person: one file beside the accounts, sealed under their master key, for its owner only.

What can't be read is no proposal: it is made anew. A backup has none of it, for none lasts longer than a day.
"""

import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from centre.settings import Settings, users_file
from centre.spool import CHANGED, notes_beside, place_of_log, write_whole
from dashboard.access.codes import CodeSecrets
from incidents import events as ev
from incidents.exclusion import key_of
from incidents.log.master import KeyMismatch
from incidents.log.opening import open_vault
from incidents.log.regular_files import read_regular
from incidents.log.snapshot import snapshot
from incidents.log.store import WriteLock, beside
from incidents.two_people import ROLES, WITHIN, Proposal, stands

LARGEST = 1 << 20  # bytes of the file
MOST = 50  # proposals, the newest
UNKNOWN = "account "  # with its mark: what a desk is served with and the log did not know (`AccessSettings`)
_AS = "two\npeople"  # what they are sealed as: no account has such a name

_logger = logging.getLogger(__name__)


class Proposals:
    """Those beside a file of accounts."""

    def __init__(self, users: Path, key_file: Path | None) -> None:
        self._path = beside(users, ".proposals")
        self._secrets = CodeSecrets(users, key_file)

    def all(self, now: datetime) -> list[Proposal]:
        """Those that stand, the oldest first."""
        try:
            kept = read_regular(self._path, LARGEST).decode()
            if CodeSecrets.in_clear(kept):
                raise KeyMismatch("they are not sealed")
            found = msgspec.json.decode(self._secrets.open(_AS, kept), type=list[Proposal])
        except FileNotFoundError:
            return []
        except (OSError, KeyMismatch, ValueError) as error:
            _logger.warning("the proposals beside the accounts can't be read: %s", type(error).__name__)
            return []
        return [one for one in found if stands(one, now)]

    @contextlib.contextmanager
    def changing(self, now: datetime) -> Iterator[list[Proposal]]:
        """Those that stand, for nobody else to change; what the list has become is kept.

        Raises LogInUse where another command is changing them; then OSError, KeyMismatch, LogUnavailable.
        """
        lock = WriteLock(self._path, "the proposals", "changing")
        lock.acquire()
        try:
            yield (found := self.all(now))
            newest = sorted(found, key=lambda one: one.at)[-MOST:]
            write_whole(self._path, self._secrets.seal(_AS, msgspec.json.encode(newest).decode()).encode())
        finally:
            lock.release()


class Witness(msgspec.Struct, frozen=True):
    """What a log says: whether it knows of accounts and of imports, how many accounts stand, and who could confirm a change
    within the last day and was disabled, removed or given other roles since (keys; one whose name can't be read is one more).

    `known` are the marks of the accounts that it knows as they stand: by their records, and as its first desk that wrote any down
    found them. Before that desk (not `asked`) whatever an account is passes."""

    accounts: bool
    imports: bool
    standing: int
    lately: frozenset[str]
    known: frozenset[str]
    asked: bool

    def knows(self, *marks: str) -> bool:
        """Whether these are of accounts that the log knows as they stand."""
        return not self.asked or self.known.issuperset(marks)


def accounts_in(said: str) -> set[str] | None:
    """The marks in the settings of such a record; None of one of before, or that can't be read."""
    try:
        words = msgspec.json.decode(said, type=dict[str, list[str]]).get("users")
    except msgspec.MsgspecError:
        return None
    return {word.removeprefix(UNKNOWN) for word in words if word.startswith(UNKNOWN)} if words is not None else None


def witness(settings: Settings, now: datetime) -> Witness:
    """As the log says it, and the notes beside it that no desk entered yet. Raises LogUnavailable, KeyMismatch."""
    told: dict[str, tuple[datetime, object]] = {}  # by the id: a note may have been entered just now
    for path in {
        place_of_log(settings.log, file) for file in (users_file(settings), settings.cases) if file is not None
    }:
        vault = open_vault(path, settings.key_file) if path.exists() else None
        try:
            for note, event in notes_beside(
                path, CHANGED, vault.open_view if vault is not None else lambda sealed: None
            ):
                told[note.id] = note.at, event
            if vault is not None:
                with snapshot(path) as log:
                    for kind in ("account_changed", "cases_imported", "access_settings"):
                        for record in log.of_type(kind):
                            entry = ev.entry(record, vault.unseal(record) or b"")
                            told[record.id] = entry.at, entry.event
        finally:
            if vault is not None:
                vault.close()
    changed = {id: (at, event) for id, (at, event) in told.items() if isinstance(event, ev.AccountChanged)}
    lately = {
        key_of(event.account) or id
        for id, (at, event) in changed.items()
        if at >= now - WITHIN and ROLES & {*event.before.split()} and not ROLES & {*event.after.split()}
    }
    starts = sorted((at, event.settings) for at, event in told.values() if isinstance(event, ev.AccessSettings))
    first = next((kept for _, said in starts if (kept := accounts_in(said)) is not None), None)
    marks = set(first or ())
    standing, gone = set[str](), set[str]()
    for id, (_, event) in sorted(changed.items(), key=lambda one: one[1][0]):
        marks = marks - {event.was} | {event.mark} - {""}
        key = key_of(event.account)
        if event.what == "added":
            standing.add(key or id)
        elif event.what == "removed":
            # Of whom nothing was told by name is one of those made before there was a log, and is so once.
            unnamed = sorted(standing & changed.keys()) if key not in standing | gone else []
            standing.discard(unnamed[0] if unnamed else key)
            gone |= {key} - {""}
    return Witness(
        accounts=bool(changed),
        imports=any(isinstance(event, ev.CasesImported) for _, event in told.values()),
        standing=len(standing),
        lately=frozenset(lately),
        known=frozenset(marks),
        asked=first is not None,
    )
