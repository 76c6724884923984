"""Every word of the trainer page comes from the catalogue, those too that its scripts name without their room."""

import re
from pathlib import Path
from typing import get_args

from dashboard.i18n import translator
from dashboard.i18n.words import words
from incidents.exercises.room import ExerciseState, Masking, PlayState
from incidents.messages import DeviceState

FOLDER = Path(__file__).parents[3] / "dashboard" / "trainer"
WORDS = words(translator("en"))
EDITOR = "editor"
ROOM = {"sections": EDITOR, "course": EDITOR, "judged": EDITOR, "bases": EDITOR}


def test_every_key_that_is_named_within_a_room_is_in_the_catalogue() -> None:
    named = {
        f"{ROOM.get(script.stem, script.stem)}.{key}"
        for script in FOLDER.glob("*.js")
        for key in re.findall(r"""\bword\("([\w.]+)\"""", script.read_text(encoding="utf-8"))
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
