"""Masking a recording: names, places and times replaced by invented ones, the same everywhere in it; free text is left out.

`mask` keeps what trains: the order of things and how long they took, distances and speeds, who decided what. docs/training.md
says what is kept and what an attacker could still do with it. `how="strong"` keeps the order of decisions only.
"""

import random as randoms
import secrets
from collections.abc import Mapping
from datetime import datetime

import msgspec

from feeds.recordings.recording import Happened, Line, Recorded, Recording
from incidents.exercises.room import Masking, TrainingError
from maps.zones import Zones
from training.masking.facts import Hidden
from training.masking.moments import clear_of, shift_for
from training.masking.names import Names, check_words
from training.masking.places import choose_move, places, positions, zones_named
from training.masking.redraw import redrawn

FEED = "feed"


def mask(
    recording: Recording,
    *,
    how: Masking,
    zones: Zones,
    expires: datetime | None,
    title: str = "",
    reviewed: Mapping[str, str] | None = None,
    random: randoms.Random | None = None,
) -> Recording:
    """A recording in which nothing of the original's names, numbers, texts, places and times remains.

    `title` is what a person calls it. `reviewed` gives, for a text of the original, the words that a person approved in its
    place; a text that is not in it is left out. Raises TrainingError: no_place (nowhere to move a track that is all over the
    country), reviewed_names (approved words that name somebody or something of the original, or a time), masking_failed.
    """
    if how == "none":
        raise ValueError("unmasked is not masked")
    chance = random or secrets.SystemRandom()
    reviewed = reviewed or {}
    names = Names(recording)
    for words in (title, *reviewed.values()):
        check_words(words, names)
    avoid = zones_named(recording, zones)
    drawn = redrawn(recording, chance) if how == "strong" else recording
    shift = shift_for(recording, drawn, chance)
    move = choose_move(positions(drawn), places(drawn), zones, avoid=avoid, chance=chance)
    hidden = Hidden(names, shift, move, zones, reviewed, original=drawn, avoid=avoid)
    lines: list[Line] = []
    for line in drawn.lines:
        at = shift.moment(line.at)
        if isinstance(line, Happened):
            event = hidden.event(line.event, line.incident)
            lines.append(Happened(at, shift.moment(line.happened), line.by, line.incident, event))
        else:
            lines.append(Recorded(at, hidden.message(line, f"masked-{len(lines) + 1}")))
    month = recording.made.replace(day=1, hour=0, minute=0, second=0, microsecond=0)  # its day may be the original's
    masked = msgspec.structs.replace(
        recording,
        feed=FEED,
        made=clear_of(recording, month, earlier=False),
        title=title,
        masking=how,
        expires=clear_of(recording, expires, earlier=True) if expires is not None else None,
        cases=tuple(hidden.case(case) for case in drawn.cases),
        lines=tuple(lines),
    )
    if found := names.left_in(masked):
        raise TrainingError("masking_failed", found)
    return masked
