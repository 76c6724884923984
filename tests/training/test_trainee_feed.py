"""What an exercise tells a page beside the alarms."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from incidents import commands as do
from incidents.exercises.scenario import Line, Message
from incidents.roles import User
from tests.training.parts import exercise_of, opened, scenario
from tests.waiting import until
from training.exercise.trainees import ROLES


def page(name: str, selected: str | None = None, *, locked: bool = False) -> Any:
    return SimpleNamespace(actor=name, selected=selected, standing=SimpleNamespace(locked=locked))


async def test_an_open_line_is_heard_by_who_has_its_alarm_before_them_or_owns_it(tmp_path: Path) -> None:
    room = await opened(tmp_path)
    exercise = await exercise_of(room, scenario(), speed=20.0)
    await exercise.start()
    await until(lambda: exercise.desk.board.incidents)
    (incident,) = exercise.desk.board.incidents
    one = exercise.desk.pseudonym("Leerling Een")
    await exercise.act(Line(device="EX-1", state="open", script="A door."))

    def heard(session: Any) -> list[str]:
        return [line["script"] for line in exercise.news.of(session)["lines"]]

    assert heard(page("another")) == []
    assert heard(page("another", selected=incident)) == ["A door."]
    assert heard(page(one)) == []
    acknowledge = do.Acknowledge(id="command-1", incident=incident)
    await exercise.desk.command(acknowledge, User(actor=one, roles=ROLES))
    assert heard(page(one)) == ["A door."]
    await exercise.act(Line(device="EX-1", state="ended"))
    assert heard(page(one)) == []
    await exercise.act(Message(sender="PZ Gent", text="Which floor?"))
    told = exercise.news.of(page("another", locked=True))
    assert [notice["text"] for notice in told["notices"]] == ["Which floor?"]
    assert told["out"] and told["state"] == "running"
    await room.close()
