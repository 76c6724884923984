"""A reason is more than a letter, wherever the desk asks for one."""

import pytest

from incidents import commands as cmd
from incidents.reasons import is_reason
from tests.incidents.conftest import Floor
from tests.incidents.desk.test_desk import acknowledged, refused
from tests.people import dispatcher


@pytest.mark.parametrize("text", ["fog", "busy", "no patrol was free", "été", "Ложь"])
def test_a_word_is_a_reason_in_any_script(text: str) -> None:
    assert is_reason(text)


@pytest.mark.parametrize("text", ["", " ", "x", "ok", "...", "1234", "aaaa", "AaA", "x x x", "_ _ _"])
def test_a_letter_a_number_or_one_letter_over_and_over_is_none(text: str) -> None:
    assert not is_reason(text)


async def test_the_desk_takes_no_letter_for_a_reason_but_a_note_may_be_short(floor: Floor) -> None:
    incident = await acknowledged(floor)
    closing = {"as_class": "real", "outcome": "other", "reason": "x"}
    for command in (
        cmd.Close(id=floor.name(), incident=incident.id, **closing),
        cmd.ExtendTracking(id=floor.name(), incident=incident.id, minutes=5, reason="x"),
    ):
        assert (await refused(floor, command)).code == "reason_missing"
    assert (await refused(floor, cmd.Note(id=floor.name(), incident=incident.id, text=" "))).code == "text_missing"
    await floor.desk.command(cmd.Note(id=floor.name(), incident=incident.id, text="X"), dispatcher("me"))
