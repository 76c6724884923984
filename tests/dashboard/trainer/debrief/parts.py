"""A debrief as tests need it, its page, and what a browser would read in that page."""

import json
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from typing import Any

import msgspec

from dashboard.components.place_names import Places
from dashboard.trainer.debrief.page import debrief_page
from incidents.exercises.debrief import Aim, Course, Debrief, Decision, IncidentDebrief, Judged, Measured, Reached, Spot
from incidents.exercises.room import Halt, Remark, Told
from incidents.exercises.scenario import Line, Message, Press
from maps.zones import Zones

WORKED = Course(
    decisions=(
        Decision(at_s=14.0, who="Leerling Een", type="acknowledged"),
        Decision(at_s=22.5, who="Leerling Twee", type="case_opened"),
        Decision(at_s=40.0, who="Leerling Een", type="ordered", detail="5415"),
        Decision(at_s=310.0, who="Leerling Een", type="closed", detail="real"),
    ),
    reached=(
        Reached(name="pressed", at_s=10.0),
        Reached(name="received", at_s=10.2),
        Reached(name="acknowledged", at_s=14.0),
        Reached(name="listening", at_s=12.0),
        Reached(name="routed", at_s=40.0),
        Reached(name="closed", at_s=310.0),
    ),
    measured=(
        Measured(
            interval="received->acknowledged",
            seconds=13.8,
            aims=(
                Aim(profile="CIC", limit_s=10.0, within=False),
                Aim(profile="NENA-STA-020", limit_s=15.0, within=True),
            ),
        ),
        Measured(
            interval="acknowledged->routed", seconds=26.0, aims=(Aim(profile="NFPA 1225", limit_s=60, within=True),)
        ),
        Measured(interval="pressed->on_scene", seconds=None, aims=(Aim(profile="AMR", limit_s=600, within=None),)),
    ),
    spots=(
        Spot(at_s=10.2, lat=51.0536, lon=3.7253, radius=18.0, near="near Sint-Jansvest 8, Gent · ± 18 m"),
        Spot(at_s=20.0, lat=51.0541, lon=3.7253, radius=250.0, near="near Gent · ± 250 m"),
        Spot(at_s=60.0, lat=51.06, lon=3.72, unit="Gent 12"),
        Spot(at_s=80.0, lat=51.0541, lon=3.7253, radius=300.0, near="near Gent · ± 300 m"),
        Spot(at_s=90.0, lat=51.0546, lon=3.7253, radius=18.0, near="[withheld]"),
    ),
)
ORIGINAL = Course(
    decisions=(Decision(at_s=19.0, who="Person 1", type="acknowledged"),),
    reached=(Reached(name="pressed", at_s=10.0), Reached(name="acknowledged", at_s=19.0)),
    measured=(Measured(interval="received->acknowledged", seconds=8.7),),
    spots=(),
)
JUDGED = (
    Judged(about="zone", expected="5415", found="5416\n5415", ok=True),
    Judged(about="read_instructions", expected="yes", found="no", ok=False),
    Judged(about="as_class", expected="accidental", found="real", ok=False),
    Judged(about="outcome", expected="victim_safe", found="", ok=False),
)


def debrief(**more: Any) -> Debrief:
    """An exercise of one incident that two trainees worked. `more` are fields over it."""
    incident = IncidentDebrief(
        id="aaaaaaaaaaaaaaaa",
        device="EX-1",
        who="Leerling Een",
        worked=("Leerling Een", "Leerling Twee"),
        course=WORKED,
        judged=JUDGED,
        why="She was followed.",
        original=ORIGINAL,
    )
    made = Debrief(
        id="0123456789abcdef",
        title="A press in Gent",
        trainer="Trainer Fictief",
        trainees=("Leerling Een", "Leerling Twee"),
        began=datetime(2026, 3, 3, 9, 0, tzinfo=UTC),
        length_s=600.0,
        cut_off=False,
        incidents=(incident,),
        missed=("EX-9",),
        told=(
            Told(at_s=10.0, by="scenario", what=Press(device="EX-1")),
            Told(at_s=30.0, by="inject", inject="She whispers", what=Line(device="EX-1", state="open", script="Come.")),
            Told(at_s=50.0, by="trainer", what=Press(device="EX-2")),
            Told(at_s=70.0, by="trainer", what=Message(sender="PZ Gent", text="Two cars.")),
        ),
        remarks=(Remark(at_s=45.0, by="Trainer Fictief", text="Well listened."),),
        halts=(Halt(at_s=47.0, lasted_s=125.0), Halt(at_s=47.0, out="Leerling Drie"), Halt(at_s=60.0)),
        addresses="Addresses © Somebody",
    )
    return msgspec.structs.replace(made, **more)


def page_of(found: Debrief, **look: Any) -> str:
    """Its page."""
    return debrief_page(found, Places(zones(), zones().names.items()), zones().folder, **look)


@cache
def zones() -> Zones:
    """The shipped map, loaded once."""
    return Zones.load()


class Read(HTMLParser):
    """A page as a browser reads it: its elements with their attributes, the text of its rows, the data in it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.texts: list[str] = []
        self._data = ""
        self._inside: list[str] = []
        self.feed(page)
        self.close()

    @property
    def data(self) -> Any:
        """What the script is given."""
        return json.loads(self._data)

    def count(self, tag: str) -> int:
        """How many elements of this name there are."""
        return sum(name == tag for name, _ in self.elements)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = ["data"] if ("type", "application/json") in attrs else [tag]

    def handle_endtag(self, tag: str) -> None:
        self._inside = []

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if self._inside == ["data"]:
            self._data += data
        elif self._inside not in (["script"], ["style"]):
            self.texts.append(data)
