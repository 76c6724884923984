"""What a paper says of the watch, as pages do (`escalation/words.js`): why it alarms again, what was done, what comes next."""

from collections.abc import Callable, Mapping

from dashboard.components.queue.rows import Row


def watch_words(row: Row, t: Mapping[str, str], in_time: Callable[[int], str]) -> list[str]:
    """The sentences. `t` is the catalogue by key; `in_time` writes a moment (ms since 1970) as how long it is until then."""
    return [*_again(row, t), *_done(row, t), *_upcoming(row, t, in_time)]


def _again(row: Row, t: Mapping[str, str]) -> list[str]:
    said = []
    if row.next_zone:
        said.append(t["next_zone"].format(zone=t["zone"].format(name=row.next_zone)))
    above = row.realarm == "zone" and row.next_zone
    if row.realarm not in ("", "undelivered") and not above and not (row.realarm == "declined" and row.declined):
        said.append(t[f"realarm.{row.realarm}"] + (f" · {t['realarm_anew']}" if row.realarm_anew else ""))
    if row.declined:
        zone = t["zone"].format(name=row.declined)
        said.append(t["declined_now" if row.realarm == "declined" else "declined_by"].format(zone=zone))
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


def _upcoming(row: Row, t: Mapping[str, str], in_time: Callable[[int], str]) -> list[str]:
    if not row.next or row.state == "closed":
        return []
    key = "confirm_again" if row.next == "confirm" and row.confirmed else row.next
    return [t[f"watch.{key}"].format(time=in_time(row.next_at or 0))]
