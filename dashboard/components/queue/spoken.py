"""What a paper says of the watch, as pages do (`escalation/words.js`): why it alarms again, what was done, what comes next."""

from collections.abc import Callable, Mapping

from dashboard.components.queue.rows import Row
from dashboard.shell.clock import written

InTime = Callable[[int], str]
# The mark of what did not reach its zone.
LOST = {"order": "undelivered", "update": "undelivered_update", "cancel": "undelivered_cancel"}


def watch_words(row: Row, t: Mapping[str, str], in_time: InTime, ago: InTime) -> list[str]:
    """The sentences. `t` is the catalogue by key; `in_time` writes a moment (ms since 1970) as how long it is until then, `ago`
    as how long it is since."""
    return [*_again(row, t, ago), *_done(row, t), *_upcoming(row, t, in_time)]


def unconfirmed(row: Row, t: Mapping[str, str], ago: InTime) -> list[tuple[str, str]]:
    """What is not confirmed of its orders, each with its mark, as pages say it (`unconfirmed` there)."""
    found = []
    for one in row.standing_down:
        unit = [t["unit"].format(unit=one.unit)] if one.unit else []
        said = t["stand_down_row"].format(zone=t["zone"].format(name=one.zone_name))
        found.append(("stand_down", ", ".join([said, *unit, ago(one.at or 0)])))
    if row.goes_on:
        who = t["unit"].format(unit=row.unit) if row.unit else t["zone"].format(name=row.order_zone)
        found.append(("goes_on", t["goes_on_row"].format(unit=who)))
    for lost in row.undelivered:
        words = t[f"undelivered.{lost.what}_{'failed' if lost.final else 'late'}"]
        found.append((LOST[lost.what], words.format(zone=t["zone"].format(name=lost.zone_name))))
    if row.realarm == "undelivered" and not row.undelivered:
        found.append(("undelivered", t["realarm.undelivered"]))
    return found + [(limit, t[f"missed.{limit}"].format(time=written(since))) for limit, since in row.missed]


def refusal(zone: str, why: str, now: bool, t: Mapping[str, str]) -> str:
    """That a zone refused, with its own words; `now`: another is to be chosen."""
    said = t["declined_now" if now else "declined_by"].format(zone=t["zone"].format(name=zone))
    said = t["colon"].format(name=said, text=why) if why else said
    return f"{said} · {t['choose_elsewhere']}" if now else said


def _again(row: Row, t: Mapping[str, str], ago: InTime) -> list[str]:
    said = [t["also_open"].format(labels=", ".join(row.beside))] if row.beside else []
    if row.next_zone:
        said.append(t["next_zone"].format(zone=t["zone"].format(name=row.next_zone)))
    orders = unconfirmed(row, t, ago)
    above = {
        "": True,
        "zone": row.next_zone,
        "declined": row.declined,
        "undelivered": set(LOST.values()) & {*dict(orders)},
    }
    itself = above.get(row.realarm)
    if not itself:
        said.append(t[f"realarm.{row.realarm}"] + (f" · {t['realarm_anew']}" if row.realarm_anew else ""))
    said += [words for mark, words in orders if itself or mark != row.realarm]
    if row.declined:
        said.append(refusal(row.declined, row.declined_why, row.realarm == "declined", t))
    return said


def _done(row: Row, t: Mapping[str, str]) -> list[str]:
    said = [t[f"gone.{row.gone}"]] if row.gone else []
    if row.confirmed:
        said.append(t["confirmed_by"].format(who=row.confirmed))
    elif row.ladder:
        said.append(t[f"ladder.declined.{row.ladder}" if row.realarm == "declined" else f"ladder.{row.ladder}"])
    if row.ladder == "outside":
        said.append(t[f"outside.{row.outside or 'telling'}"])
    if row.copied and not row.gone:
        said.append(t["copied"])
    elif row.supervisor and not row.ladder:
        said.append(t["supervisor_called"])
    return said


def _upcoming(row: Row, t: Mapping[str, str], in_time: InTime) -> list[str]:
    if not row.next or row.state == "closed":
        return []
    key = "confirm_again" if row.next == "confirm" and row.confirmed else row.next
    return [t[f"watch.{key}"].format(time=in_time(row.next_at or 0))]
