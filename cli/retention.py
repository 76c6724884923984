"""`retention`: for how long things are kept, what holds an incident, and erasing what is over."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from centre.this_account import this_account
from cli.terminal import FromStdin, UsersPath, answered, fail, say, working

if TYPE_CHECKING:
    from centre.retention.running import Plan
    from centre.settings import Settings

retention_app = typer.Typer(
    no_args_is_help=True, help="How long things are kept, what holds an incident, what is over."
)

LogPath = Annotated[Path | None, typer.Option("--log", help="The log's file.")]
CasesPath = Annotated[Path | None, typer.Option("--cases", help="The case register's file.")]
KeyFile = Annotated[Path | None, typer.Option(help="The master key; beside the log by default.")]
By = Annotated[str, typer.Option(help="Who says so; the account of this machine by default.")]
Incident = Annotated[str, typer.Argument(help="The incident's id, or enough of its beginning.")]
NOTED = "noted beside the log: the desk enters it within seconds"


@retention_app.command("times")
def times(
    log: LogPath = None,
    cases: CasesPath = None,
    key_file: KeyFile = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="Confirm them: what is over is then erased.")] = False,
    change: Annotated[list[str] | None, typer.Option("--set", help="NAME=DAYS, several times; with --confirm.")] = None,
    advice: Annotated[
        str, typer.Option(help="On whose advice: data_protection_officer, prosecutor, or both; with --confirm.")
    ] = "",
    said: Annotated[str, typer.Option(help="The advice: its date, its reference; it is sealed.")] = "",
    by: By = "",
    password_stdin: FromStdin = False,
    users: UsersPath = None,
) -> None:
    """Show for how many days each thing is kept; with --confirm enter that the centre confirms it, and what is over then.

    For less time than was proposed, or confirmed before, it takes two people (`approve`).
    """
    from centre.retention import beside
    from cli.second_person import Two, two_people
    from incidents.events import Advice

    if confirm and advice not in Advice.__args__:  # type: ignore[attr-defined]
        fail("--advice says on whose advice: data_protection_officer, prosecutor, or both", 2)
    if confirm and not said.strip():
        fail("--said is the advice itself: its date, its reference", 2)
    if not confirm and (change or advice or said):
        fail("--set, --advice and --said go with --confirm", 2)
    with answered():
        settings = _settings(log, cases, key_file, users)
        if confirm:
            with working():
                meant = asyncio.run(beside.meant(settings, " ".join(change or ())))
            _say_endings(meant.plan)
            kinds = Counter(ending.kind for ending in meant.plan.endings)
            tonight = f"over tonight: {', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items())) or 'nothing'}"
            say(tonight)
            two, words = Two({}), said.strip()
            if meant.shorter:
                facts = ("retention", meant.times.words(), advice, words)
                days = (f"{name}={getattr(meant.times, name)}" for name in meant.shorter)
                says = f"kept for less time than before: {', '.join(days)}; on advice of {advice}: {words}; {tonight}"
                two = two_people(settings, facts, says, concerns=(), by=by, from_stdin=password_stdin)
            who, second = two.facts.get("proposed_by", by or this_account()), two.facts.get("confirmed_by", "")
            two.spend()
            with working():
                entered = asyncio.run(
                    beside.confirm(settings, meant, by=who, advice=advice, words=words, second=second)  # type: ignore[arg-type]
                )
            say("confirmed" if entered else NOTED)
            return
        with working():
            lines = asyncio.run(_times(settings))
    for line in lines:
        say(line)


@retention_app.command("run")
def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is over, and erase nothing.")] = False,
    log: LogPath = None,
    cases: CasesPath = None,
    key_file: KeyFile = None,
    by: By = "",
) -> None:
    """Erase what is over, by the times that were confirmed: for good. Beside a desk, the desk does it."""
    from centre.retention import beside
    from training.isolation import room_settings
    from training.sweeping import sweep

    with answered(), working():
        settings = _settings(log, cases, key_file)
        if dry_run:
            plan, done = asyncio.run(_plan(settings)), None
        else:
            plan, done = asyncio.run(beside.erase_now(settings, by or this_account()))
        swept = asyncio.run(sweep(room_settings(settings), only_look=dry_run or plan.confirmed is None))
    _say_endings(plan)
    for line in _rest(plan):
        say(line)
    who = "; the training room deletes them itself" if swept.room else ""
    say(f"training: {swept.recordings} recordings and {swept.debriefs} debriefs over{who}")
    if plan.confirmed is not None and plan.confirmed.unconfirmed:
        say(
            f"not confirmed, and nothing ends by it: {', '.join(plan.confirmed.unconfirmed)} (retention times --confirm)"
        )
    if plan.confirmed is None:
        say("nothing is erased: the times are not confirmed yet (retention times --confirm)")
    elif dry_run:
        say(f"{len(plan.endings)} would be erased")
    elif done is None:
        fail("the desk was asked to erase them, and has not said yet that it did")
    else:
        several = (done.incidents, done.months, done.cases, done.versions, done.files, done.streams)
        say(f"{sum(several) + bool(done.messages)} erased")
        if done.failed:
            fail(f"{done.failed} could not be erased now: the next run tries again")


@retention_app.command("hold")
def hold(
    incident: Incident,
    why: Annotated[str, typer.Option(help="complaint, police_report or duress.")],
    number: Annotated[str, typer.Option(help="The police report's number; it is sealed.")] = "",
    reason: Annotated[str, typer.Option(help="In words; sealed.")] = "",
    log: LogPath = None,
    cases: CasesPath = None,
    key_file: KeyFile = None,
    by: By = "",
) -> None:
    """Keep an incident until a magistrate lets go of it."""
    from centre.retention import beside
    from incidents.events import HoldWhy

    if why not in HoldWhy.__args__:  # type: ignore[attr-defined]
        fail("--why is complaint, police_report or duress", 2)
    if (why == "police_report") != bool(number.strip()):
        fail("--why police_report and --number belong together", 2)
    with answered(), working():
        settings, who = _settings(log, cases, key_file), by or this_account()
        entered = asyncio.run(
            beside.set_hold(settings, incident, why, by=who, number=number.strip(), reason=reason.strip())  # type: ignore[arg-type]
        )
    say("it is kept" if entered else NOTED)


@retention_app.command("lift")
def lift(
    incident: Incident,
    reference: Annotated[str, typer.Option(help="The magistrate's reference; it is sealed.")],
    log: LogPath = None,
    cases: CasesPath = None,
    key_file: KeyFile = None,
    by: By = "",
    password_stdin: FromStdin = False,
    users: UsersPath = None,
) -> None:
    """Lift all that holds an incident, by a magistrate's reference; what comes to hold it later does.

    Where an evidence file, the duress word or an arrest holds it, it takes two people (`approve`).
    """
    from centre.retention import beside
    from cli.second_person import Two, two_people
    from incidents.retention.rule import GRAVE

    if not (words := reference.strip()):
        fail("--reference is the magistrate's", 2)
    with answered():
        settings, two = _settings(log, cases, key_file, users), Two({})
        with working():
            held = asyncio.run(beside.held(settings, incident))
        says = f"lift {', '.join(held.holds)} of incident {held.incident} (reference {words}): {held.then}"
        say(says)
        if GRAVE.intersection(held.holds):
            facts = ("lift", held.incident, *held.holds, words)
            two = two_people(settings, facts, says, concerns=(), by=by, from_stdin=password_stdin)
        who, second = two.facts.get("proposed_by", by or this_account()), two.facts.get("confirmed_by", "")
        two.spend()
        with working():
            entered = asyncio.run(beside.lift_holds(settings, held, by=who, reference=words, second=second))
    say(f"lifted: {', '.join(held.holds)}")
    if not entered:
        say(NOTED)


def _settings(log: Path | None, cases: Path | None, key_file: Path | None, users: Path | None = None) -> "Settings":
    from centre.settings import load

    given: dict[str, Any] = {"log": log, "cases": cases, "key_file": key_file, "users": users}
    return load(given)


async def _plan(settings: "Settings") -> "Plan":
    from centre.retention import beside

    async with beside.opened_for_reading(settings) as (_, retention):
        return await retention.plan()


async def _times(settings: "Settings") -> list[str]:
    """The times that count, or those proposed, and who confirmed them."""
    from centre.retention import beside
    from incidents.retention.times import Times

    async with beside.opened_for_reading(settings) as (log, retention):
        found = await retention.confirmed()
        times = found.times if found is not None else Times()
        mark = dict.fromkeys(found.unconfirmed if found is not None else (), "   TO CONFIRM: nothing ends by it")
        lines = [f"{name:<12}{days:>6} days{mark.get(name, '')}" for name, days in times.each()]
        if found is None:
            return [*lines, "TO CONFIRM: these are proposals, and nothing is erased"]
        event = found.event
        who = [log.vault.name_of(word) or "?" for word in (found.actor, event.second) if word]
        said = event.said or "its words can't be read any more"
        return [*lines, f"confirmed {found.at:%Y-%m-%d} by {' and '.join(who)}, on advice of {event.advice}: {said}"]


def _say_endings(plan: "Plan") -> None:
    for ending in plan.endings:
        say(f"{ending.kind} {ending.name}: {ending.rule}, over since {ending.ended:%Y-%m-%d}")


def _rest(plan: "Plan") -> list[str]:
    """What stays, in numbers: an id beside what holds it would say what happened to her."""
    held = [f"held by {why}: {n}" for why, n in sorted(plan.held.items())]
    return [*held, f"open or not over yet: {plan.kept}"]
