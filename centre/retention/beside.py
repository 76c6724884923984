"""What the commands do with a log, whether or not a desk serves it: read it, and have its only writer write it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import uuid4

import msgspec

from centre.belonging import check
from centre.retention.running import Plan, Retention
from centre.retention.wishes import KIND, Overtaken, Wish, enter, enter_waiting, leave, wish
from centre.settings import Settings, register_file
from centre.spool import append
from incidents import events as ev
from incidents.cases import CaseRegister
from incidents.clock import SystemClock
from incidents.commands import OTHERS_NUMBER
from incidents.log import LogInUse
from incidents.log.sqlite import SqliteLog
from incidents.retention.rule import Why, due
from incidents.retention.times import Times, times_of
from maps.provinces import province_codes
from maps.zones import Zones
from reports.evidence.gather import find_incident

WAITS_S = 60.0  # for a desk that was asked to erase
_EVERY_S = 0.5


@contextlib.asynccontextmanager
async def opened_for_reading(settings: Settings) -> AsyncIterator[tuple[SqliteLog, Retention]]:
    """The log for reading, beside whoever writes it, and a retention that can only look. Raises LogUnavailable, KeyMismatch."""
    log = await SqliteLog.open(settings.log, key_file=settings.key_file, reading=True)
    try:
        yield log, await _retention(settings, log)
    finally:
        await log.close()


async def say(settings: Settings, wanted: Wish) -> bool:
    """Enter what a person says; beside a desk leave it a note (False). Raises AccountError where register or accounts are not
    the log's, LogUnavailable, KeyMismatch, OSError."""
    check(settings)
    try:
        log = await SqliteLog.open(settings.log, key_file=settings.key_file, register=register_file(settings))
    except LogInUse:
        async with opened_for_reading(settings) as (reading, _):
            await asyncio.to_thread(leave, settings.log, reading.vault, wanted)
        return False
    try:
        await enter(log, wanted, settings.log)
    except Overtaken as overtaken:
        raise RetentionError(str(overtaken)) from None
    finally:
        await log.close()
    return True


async def erase_now(settings: Settings, by: str) -> tuple[Plan, ev.RetentionRun | None]:
    """Erase what is over, or have the desk do it: what is over, and what was done. None: the desk has not answered in time.

    Raises AccountError where the register is not the log's, LogUnavailable, KeyMismatch, TimesError, DataError, OSError.
    """
    check(settings)
    async with opened_for_reading(settings) as (reading, retention):
        plan = await retention.plan()
        if plan.confirmed is None:
            return plan, None
        try:
            log = await SqliteLog.open(settings.log, key_file=settings.key_file, register=register_file(settings))
        except LogInUse:
            wanted = wish(by, None)
            await asyncio.to_thread(leave, settings.log, reading.vault, wanted)
            return plan, await _answered(reading, wanted.id)
    id = f"{KIND}-{uuid4().hex}"
    try:
        await enter_waiting(log, settings.log)
        zones = await asyncio.to_thread(Zones.load, settings.zones_dir)
        plan = await (await _retention(settings, log, province_codes(zones))).run(log.vault.pseudonym(by), id)
        return plan, await _done(log, id)
    finally:
        await log.close()


async def _answered(log: SqliteLog, id: str) -> ev.RetentionRun | None:
    for _ in range(round(WAITS_S / _EVERY_S)):
        if (done := await _done(log, id)) is not None:
            return done
        await asyncio.sleep(_EVERY_S)
    return None


async def _done(log: SqliteLog, id: str) -> ev.RetentionRun | None:
    record = await log.find(id)
    event = ev.entry(record, b"").event if record is not None else None
    return event if isinstance(event, ev.RetentionRun) else None


async def _retention(
    settings: Settings, log: SqliteLog, provinces: Mapping[str, str] = MappingProxyType({})
) -> Retention:
    cases = await asyncio.to_thread(CaseRegister.open, settings.cases, key_file=settings.key_file)

    async def note(stream: str, event: ev.Event, *, id: str, actor: str) -> None:
        await append(log, stream, event, id=id, at=datetime.now(UTC), actor=actor)

    register, key_file = settings.cases, settings.key_file
    return Retention(
        log, settings.log, cases, SystemClock(), note, register=register, key_file=key_file, provinces=provinces
    )


class RetentionError(Exception):
    """Why what a person said is not entered."""


class Meant(msgspec.Struct, frozen=True):
    """The times that a person says, which are shorter than was confirmed before, or proposed, and what would be over by them."""

    times: Times
    shorter: tuple[str, ...]
    plan: Plan


async def meant(settings: Settings, words: str) -> Meant:
    """What a person says; times that `words` do not name stay as they were. Raises TimesError, LogUnavailable, KeyMismatch."""
    async with opened_for_reading(settings) as (_, retention):
        confirmed = await retention.confirmed()
        before = confirmed.times if confirmed is not None else Times()  # a time that there was not then is as proposed
        times = times_of(words, before)
        return Meant(times, tuple(times.shorter_than(before)), await retention.plan(times))


async def confirm(settings: Settings, said: Meant, *, by: str, advice: ev.Advice, words: str, second: str = "") -> bool:
    """Enter the times that a person confirms, and the advice in `words`; False: the desk enters them.

    `second`: who confirmed that something is kept for less time, "" where there was nobody else to do so. Raises
    LogUnavailable, KeyMismatch, OSError.
    """
    event = ev.RetentionConfirmed(times=said.times.words(), advice=advice, shorter=" ".join(said.shorter), said=words)
    return await say(settings, wish(by, event, second=second if said.shorter else ""))


async def set_hold(settings: Settings, prefix: str, why: ev.HoldWhy, *, by: str, number: str, reason: str) -> bool:
    """Keep an incident until a magistrate says otherwise; False: the desk enters it.

    Raises RetentionError for a number that is none, NoSuchIncident, and as `say`.
    """
    if number and not OTHERS_NUMBER.fullmatch(number):
        raise RetentionError(
            "--number has up to 40 letters, digits, spaces and . / : -, and begins with a letter or a digit"
        )
    async with opened_for_reading(settings) as (log, _):
        incident = await find_incident(log, prefix)
    return await say(settings, wish(by, ev.HoldSet(why=why, number=number, reason=reason), incident=incident))


class Held(msgspec.Struct, frozen=True):
    """An incident, what holds it and can be lifted, and what becomes of it then."""

    incident: str
    holds: tuple[Why, ...]
    then: str


async def held(settings: Settings, prefix: str) -> Held:
    """What holds an incident. Raises RetentionError where nothing does, NoSuchIncident, LogUnavailable, KeyMismatch."""
    async with opened_for_reading(settings) as (log, retention):
        incident = await find_incident(log, prefix)
        facts, confirmed = await retention.facts(incident), await retention.confirmed()
    holds = tuple(why for why in facts.holding if why != "unreadable") if facts is not None else ()
    if facts is None or not holds:
        raise RetentionError("nothing holds this incident")
    left = msgspec.structs.replace(facts, holds=tuple(hold for hold in facts.holds if hold.why not in holds))
    now = datetime.now(UTC)
    verdict = due(left, confirmed.times if confirmed is not None else Times(), now)
    if verdict.ends is None or verdict.held:
        then = "it is kept all the same: it is open, or can't be read"
    elif confirmed is None:
        then = f"it goes from {verdict.ends:%Y-%m-%d} on, once times are confirmed"
    else:
        then = "it goes for good tonight" if verdict.over else f"it goes for good on {verdict.ends:%Y-%m-%d}"
    return Held(incident, holds, then)


async def lift_holds(settings: Settings, held: Held, *, by: str, reference: str, second: str = "") -> bool:
    """Lift these holds; False: the desk enters it. `second`: who confirmed it, where it takes two. Raises as `say`."""
    event = ev.HoldLifted(holds=" ".join(held.holds), reference=reference)
    return await say(settings, wish(by, event, incident=held.incident, second=second))
