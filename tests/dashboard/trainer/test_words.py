"""Every word of the trainer page comes from the catalogue, those too that its scripts name without their room."""

from typing import get_args

from dashboard.i18n.words import words
from incidents.exercises.room import ExerciseState, Masking, PlayState
from incidents.messages import DeviceState
from reports.catalogue import translator
from tests.dashboard.scripts import strings

WORDS = words(translator("en"))
EDITOR = "editor"
ROOM = {"sections": EDITOR, "course": EDITOR, "judged": EDITOR, "bases": EDITOR}


def test_every_key_that_is_named_within_a_room_is_in_the_catalogue() -> None:
    named = {
        f"{ROOM.get(room, room)}.{key}"
        for script, found in strings().items()
        for folder, _, room in [script.removesuffix(".js").rpartition("/")]
        if folder == "trainer"
        for key in found["word"]
    }
    assert len(named) > 60
    assert {key for key in named if key not in WORDS} == set()


def test_every_state_that_can_be_shown_has_words() -> None:
    wanted = {
        "play": get_args(PlayState),
        "phase": get_args(ExerciseState),
        "masking": get_args(Masking),
        "action.link": get_args(DeviceState),
    }
    assert [f"{kind}.{code}" for kind, codes in wanted.items() for code in codes if f"{kind}.{code}" not in WORDS] == []
