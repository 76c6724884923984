"""What a centre changed of who may know: whom it lets see more (`effect`), and how the log is told it."""

import asyncio
import hashlib
from datetime import datetime
from itertools import accumulate
from typing import Any
from uuid import uuid4

import msgspec

from centre.access import is_this_machine
from centre.proposals import UNKNOWN, witness
from centre.settings import Settings, users_file
from centre.this_account import this_account
from dashboard.access.lost import ReadAccounts
from dashboard.access.rules import Account, AccountError
from incidents import events as ev
from incidents.audit import stream_of
from incidents.cases import CaseRegister, ImportReport, KnownCases
from incidents.cases.rows import CaseFile
from incidents.cases.sealed import mark_of
from incidents.desk.desk import Desk
from incidents.events.changes import OTHERS
from incidents.exclusion import key_of
from incidents.log import Log, LogUnavailable
from incidents.log.master import KeyMismatch
from incidents.log.record import SEALED_LIMIT_BYTES

_LISTED_BYTES = SEALED_LIMIT_BYTES // 2

Effect = dict[str, frozenset[str]]  # by who, or by setting: what more


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What decides who sees what: accounts, cases (None: they can't be asked), and whom settings let in (`lets_in`)."""

    accounts: tuple[Account, ...] = ()
    cases: KnownCases | None = KnownCases()
    settings: Effect = {}  # by setting whom it lets in, in words; of a limit (`_min`) the minutes


def effect(before: State, after: State) -> Effect:
    """Who could see, or do, after a change what they could not before it, and what: nobody where it widens nothing.

    Who is an account (its key, also of one that there is not yet), `zone N` for whoever answers for it, or a setting. What is a
    device, a case, a role. Of an account that is new, is enabled, or has another password (its `generation`), all counts: whoever
    knows the password passes for its person.
    """
    kept, left = _kept(before.cases), _kept(after.cases)
    more = {who: what - left.get(who, frozenset()) for who, what in kept.items()}
    for who, what in (given := _given(before.cases, after.cases)).items():
        more[who] = more.get(who, frozenset()) | what
    had = {key_of(account.name): account for account in before.accounts}
    for account in after.accounts:
        old = had.get(key := key_of(account.name))
        same = old is not None and old.generation == account.generation and (account.disabled or not old.disabled)
        may = _may(account) - (_may(old) if old is not None and same else frozenset())
        seen = _kept_from(kept, old) - _kept_from(left, account) | given.get(f"zone {account.zone}", frozenset())
        if old is not None and old.zone not in ("", account.zone) and before.cases is None:
            seen |= {f"what is kept from zone {old.zone}"}
        more[key] = more.get(key, frozenset()) | may | seen
    return {who: what for who, what in more.items() if what} | _let_in(before.settings, after.settings)


def _may(account: Account) -> frozenset[str]:
    also = [f"zone {account.zone}"] * bool(account.zone) + ["break-glass"] * account.break_glass
    return frozenset({*account.roles, *also})


def _kept(cases: KnownCases | None) -> Effect:
    """What cases keep from each account and zone that one of them names: it, its devices, and all cases that share one."""
    cases = cases or KnownCases()
    sharing: dict[str, set[str]] = {}  # by device
    for case in cases.current.values():
        for device in case.devices:
            sharing.setdefault(device, {f"device {device}"}).add(f"case {case.number}")
    found: dict[str, set[str]] = {}
    for case in (*cases.current.values(), *cases.withdrawn.values()):
        devices = case.devices if case.number in cases.current else ()
        what = {f"case {case.number}"}.union(*(sharing[device] for device in devices))
        for one in case.exclusions:
            for who in (one.account and key_of(one.account), one.zone and f"zone {one.zone}"):
                if who:
                    found.setdefault(who, set()).update(what)
    return {who: frozenset(things) for who, things in found.items()}


def _given(before: KnownCases | None, after: KnownCases | None) -> Effect:
    """By zone the cases that it manages and did not, also those that come back. One that is new is ordinary work."""
    was = {**before.withdrawn, **before.current} if before is not None else {}
    found: dict[str, set[str]] = {}
    for number, case in (after.current if after is not None else {}).items():
        if case.managing_zone and number in was and not was[number].managed_by(case.managing_zone):
            found.setdefault(f"zone {case.managing_zone}", set()).add(f"case {number}")
    return {who: frozenset(what) for who, what in found.items()}


def _kept_from(kept: Effect, account: Account | None) -> frozenset[str]:
    """What is kept from an account: by its name, and by its zone."""
    if account is None:
        return frozenset()
    by_zone = kept.get(f"zone {account.zone}", frozenset())
    return kept.get(key_of(account.name), frozenset()) | by_zone


def _let_in(before: Effect, now: Effect) -> Effect:
    """The settings that let in whom they did not before."""

    def longest(words: frozenset[str]) -> float:
        return max(map(float, words), default=0.0)

    more = {name: words - before.get(name, frozenset()) for name, words in now.items()}
    # Where a register came that was not there, its imports are records of their own.
    came = {"cases" for word in now.get("cases", ()) if f"{word.rpartition(' ')[0]} none" in before.get("cases", ())}
    shorter = {n for n in now if n.endswith("_min") and longest(now[n]) <= longest(before.get(n, frozenset()))}
    return {name: words for name, words in more.items() if words and name not in shorter | came}


def known_cases(settings: Settings) -> KnownCases | None:
    """The cases as the register has them now; None where no register is set, or it can't be opened."""
    register = CaseRegister.open(settings.cases, key_file=settings.key_file)
    if register.state != "open":
        return None
    withdrawn = {case.number: case for case in register.withdrawn() or ()}
    return KnownCases({case.number: case for case in register.all()}, withdrawn)


def lines_of(more: Effect) -> list[str]:
    """An effect as a person reads it, a line for each who."""
    return [f"{who} sees more: {', '.join(sorted(more[who]))}" for who in sorted(more)]


def imported(
    file: CaseFile, report: ImportReport, register: KnownCases, *, lifted: int = 0, **facts: Any
) -> ev.CasesImported:
    """That cases are imported, with the version of each that the register keeps then. `facts`: why; who proposed and
    confirmed."""
    lines = []
    for what in ("withdrawn", "changed", "added"):  # of too many the last are left out
        for number in getattr(report, what):
            case = register.current.get(number)
            content = hashlib.sha256(msgspec.json.encode(case)).hexdigest() if case is not None else ""
            lines.append(f"{what} {number} {case.version if case is not None else ''} {content}".rstrip())
    return ev.CasesImported(
        added=len(report.added),
        changed=len(report.changed),
        withdrawn=len(report.withdrawn),
        refused=report.refused,
        sha256=file.sha256,
        cases=_listed(lines),
        lifted=lifted,
        **facts,
    )


def _listed(lines: list[str]) -> str:
    """As many lines as a record holds; then a line that says how many others there were, and their SHA-256."""
    ends = accumulate(len(line.encode()) + 2 for line in lines)  # a line break is two bytes of JSON
    fits = sum(end <= _LISTED_BYTES for end in ends)
    if fits == len(lines):
        return "\n".join(lines)
    others = hashlib.sha256("\n".join(lines[fits:]).encode()).hexdigest()
    return "\n".join((*lines[:fits], f"{OTHERS} {len(lines) - fits} {others}"))


def lets_in(settings: Settings) -> Effect:
    """Whom each setting lets in, or by what it is known who they are and what they may see: files by place, cases by mark too."""
    here, users, cases = is_this_machine(settings.address), users_file(settings), settings.cases
    beside = users.absolute() == settings.log.with_name("vigie.users").absolute()
    oidc = {f"oidc.{name}": _words(getattr(settings.oidc, name)) for name in settings.oidc.__struct_fields__}
    files = {"key_file": settings.key_file, "degraded.passphrase_file": settings.degraded.passphrase_file}
    return {
        **{name: value for name, value in oidc.items() if name != "oidc.label"},
        **{name: _words(path) for name, path in files.items()},
        "users": frozenset({"beside the log" if beside else str(users.absolute())}),
        "cases": frozenset({f"{cases.absolute()} {mark_of(cases) or 'none'}" if cases is not None else "none"}),
        "health_token": frozenset({"a token"} if settings.health_token else ()),
        "no_sign_in": frozenset({"anyone"} if settings.no_sign_in else ()),
        "address": frozenset(() if here else {"beyond this machine"}),
        "origins": frozenset(settings.origins),
        "behind_proxy": frozenset({"proxy"} if settings.behind_proxy else ()),
        "access.idle_min": frozenset({str(settings.access.idle_min)}),
        "access.shift_min": frozenset({str(settings.access.shift_min)}),
    }


def _words(value: object) -> frozenset[str]:
    if isinstance(value, dict):
        return frozenset(f"{key}={one}" for key, one in value.items())
    return frozenset({str(value)} if value else ())


def unknown_accounts(settings: Settings, now: datetime, *, asked: bool = False) -> frozenset[str]:
    """The accounts of the file that the log does not know as they stand; none where one of both can't be read. `asked`: nor
    where they pass all the same."""
    try:
        accounts = ReadAccounts(users_file(settings), key_file=settings.key_file)
        marks = {accounts.mark(one.name) for one in accounts.all()} - {""}
        told = witness(settings, now)
        return frozenset(UNKNOWN + mark for mark in marks - told.known) if told.asked or not asked else frozenset()
    except (AccountError, LogUnavailable, KeyMismatch, OSError):
        return frozenset()


async def say_settings(settings: Settings, desk: Desk, log: Log) -> None:
    """Record who may reach this desk, where that is not as it was in force last. Raises LogUnavailable."""
    now = await asyncio.to_thread(lets_in, settings)
    now["users"] |= await asyncio.to_thread(unknown_accounts, settings, desk.clock.now())
    before, known = lets_in(Settings()), False
    found = await log.latest(["access_settings"])  # by stream, a month each
    record = found[max(found)] if found else None
    if record is not None and (sealed := await asyncio.to_thread(log.unseal, record)):
        kept = msgspec.json.decode(sealed, type=dict[str, str])
        before |= msgspec.json.decode(kept["settings"], type=dict[str, frozenset[str]])  # one of before has fewer
        known = "users" in kept["settings"]
    if known and before == now:
        return
    told = msgspec.json.encode({name: sorted(words) for name, words in now.items()}).decode()
    widened = effect(State(settings=before), State(settings=now))
    event = ev.AccessSettings(widened=" ".join(widened), settings=told)
    actor = desk.pseudonym(this_account())
    await desk.note(stream_of(desk.clock.now()), event, id=f"settings-{uuid4().hex}", actor=actor)
