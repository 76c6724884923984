"""The ten stories. Nobody in them lives, nothing of them happened; the places are points on the map."""

from incidents import commands as cmd
from training.shipped.stage import Stage, Story, begins, case

GHENT = (51.0450, 3.7250)
LEUVEN = (50.8800, 4.7000)
NAMUR = (50.4660, 4.8600)
BRUGES = (51.2000, 3.2200)
LIEGE = (50.6400, 5.5700)
BORDER = (50.868593, 4.7500)  # on the line between two police zones
ABROAD = (50.6330, 3.0600)


async def mis_press(on: Stage) -> None:
    """Pressed in a bag; the safe word agreed is said, and a person closes it as accidental."""
    a = await on.press("EX-1001", LEUVEN, press="double")
    await on.answer("Lena", a, at=6)
    await on.goes("EX-1001", [LEUVEN, (50.8806, 4.7008)], begins=10, every=5, pace=1.2)
    await on.do("Lena", cmd.Note, incident=a, text="Says it went off in her bag, and the safe word unasked.")
    closing = {"verified": "safe_word", "reason": "Pressed in a bag; the safe word was said."}
    await on.close("Lena", a, at=140, as_class="accidental", outcome="no_intervention", **closing)


async def scheduled_test(on: Stage) -> None:
    """A technician tests a button at the announced hour."""
    a = await on.press("EX-1002", NAMUR, press="long")
    await on.answer("Marc", a, at=9)
    await on.to(60)
    await on.do("Marc", cmd.Note, incident=a, text="The technician is on the line and reads the device's number.")
    closing = {"verified": "technician_present", "reason": "Announced test."}
    await on.close("Marc", a, at=95, as_class="test", outcome="test_ok", **closing)


async def real_press_at_home(on: Stage) -> None:
    """He is at her door; silent approach, a patrol in eight minutes, arrest."""
    a = await on.press("EX-1003", GHENT)
    await on.answer("Lena", a, at=5)
    order = await on.route("Lena", a, "5415", at=21)
    await on.zone_says(order, "accepted", at=38)
    await on.goes(
        "EX-1003",
        [GHENT, (51.0451, 3.7252), GHENT, (51.0449, 3.7249)],
        begins=40,
        every=10,
        pace=0.3,
        also={
            55.0: lambda: on.say("unit", unit="EX-UNIT-1", zone="5415", status="en_route"),
            110.0: lambda: on.do("Lena", cmd.Note, incident=a, text="A man shouts, somebody beats on a door."),
        },
    )
    await on.to(300)
    await on.press("EX-1003", GHENT)
    await on.to(304)
    await on.do("Lena", cmd.Acknowledge, incident=a)
    await on.zone_says(order, "on_scene", at=470)
    await on.to(640)
    await on.do("Lena", cmd.Progress, incident=a, step="safe", anyway=True, unit="EX-UNIT-1")
    await on.close("Lena", a, at=700, as_class="real", outcome="suspect_arrested", reason="Arrested at the door.")


async def by_car_across_three_zones(on: Stage) -> None:
    """She drives, he follows; the order is sent on from zone to zone."""
    a = await on.press("EX-1004", LEUVEN, battery=44)
    await on.answer("Lena", a, at=7)
    order = await on.route("Lena", a, "5388", at=25)
    await on.zone_says(order, "accepted", at=50)

    async def reroute(zone: str) -> None:
        at = (on.clock.at - on.begun).total_seconds()
        await on.route("Lena", a, zone, at=at)

    end = await on.goes(
        "EX-1004",
        [LEUVEN, (50.9000, 4.8000), (50.9300, 4.9500)],
        begins=55,
        every=10,
        pace=15,
        also={
            120.0: lambda: on.do("Lena", cmd.Note, incident=a, text="She drives east, the blue car behind her."),
            480.0: lambda: reroute("5391"),
            980.0: lambda: reroute("5389"),
            1010.0: lambda: on.zone_says(order, "en_route", at=1010, unit="EX-UNIT-3"),
        },
    )
    await on.zone_says(order, "on_scene", at=end + 60, unit="EX-UNIT-3")
    await on.to(end + 150)
    await on.do("Lena", cmd.Progress, incident=a, step="safe", anyway=True, unit="EX-UNIT-3")
    await on.close("Lena", a, at=end + 200, as_class="real", outcome="suspect_gone", reason="He turned off.")


async def link_lost(on: Stage) -> None:
    """The button loses its phone in the middle of it; positions stop, a patrol goes to the last one."""
    a = await on.press("EX-1005", LIEGE, battery=12)
    await on.answer("Marc", a, at=8)
    order = await on.route("Marc", a, "5277", at=30)
    await on.zone_says(order, "accepted", at=47)
    await on.goes("EX-1005", [LIEGE, (50.6420, 5.5740)], begins=50, every=5, pace=1.4)
    await on.say("device", device="EX-1005", state="battery_low", battery=4)
    await on.to(350)
    await on.say("device", device="EX-1005", state="link_lost")
    await on.to(430)
    await on.do("Marc", cmd.StillOnIt, incident=a)
    await on.do("Marc", cmd.Note, incident=a, text="No position any more: the patrol is sent to the last one.")
    await on.zone_says(order, "en_route", at=445)
    await on.zone_says(order, "on_scene", at=700)
    await on.to(760)
    await on.say("device", device="EX-1005", state="linked", battery=4)
    await on.to(800)
    await on.do("Marc", cmd.Progress, incident=a, step="safe", anyway=True, unit="EX-UNIT-1")
    await on.close("Marc", a, at=840, as_class="real", outcome="victim_safe", reason="Found by the patrol.")


async def wide_circle_on_a_border(on: Stage) -> None:
    """A circle of 2 km over the line between two zones: whose is it?"""
    a = await on.press("EX-1006", BORDER, radius=2000.0, transport="cellular")
    await on.answer("Lena", a, at=10)
    order = await on.route("Lena", a, "5388", at=48)
    await on.zone_says(order, "accepted", at=75)
    await on.to(130)
    await on.say("fix", device="EX-1006", fix=_at((50.8631, 4.7613), 30.0))
    await on.to(150)
    order = await on.route("Lena", a, "5391", at=150)
    await on.zone_says(order, "accepted", at=168, unit="EX-UNIT-2")
    await on.zone_says(order, "en_route", at=190, unit="EX-UNIT-2")
    await on.zone_says(order, "on_scene", at=520, unit="EX-UNIT-2")
    await on.to(600)
    await on.do("Lena", cmd.Progress, incident=a, step="safe", anyway=True, unit="EX-UNIT-2")
    await on.close("Lena", a, at=640, as_class="real", outcome="nobody_found", reason="She is well, nobody there.")


async def press_abroad(on: Stage) -> None:
    """She presses beyond the border: no zone is hers, the neighbours' police are told by voice."""
    a = await on.press("EX-1007", ABROAD)
    await on.answer("Marc", a, at=11)
    await on.goes("EX-1007", [ABROAD, (50.6345, 3.0640)], begins=15, every=10, pace=1.2)
    await on.do("Marc", cmd.Note, incident=a, text="The police over there were told by telephone.")
    await on.to(400)
    await on.do("Marc", cmd.StillOnIt, incident=a)
    closing = {"reason": "Their patrol is with her."}
    await on.close("Marc", a, at=640, as_class="real", outcome="handed_to_other_service", **closing)


async def declined_order(on: Stage) -> None:
    """The zone declines; the neighbour takes it."""
    a = await on.press("EX-1008", BRUGES)
    await on.answer("Lena", a, at=6)
    order = await on.route("Lena", a, "5444", at=24)
    await on.zone_says(order, "declined", at=52, reason="Both patrols are at an accident.")
    await on.to(58)
    await on.do("Lena", cmd.Acknowledge, incident=a)
    order = await on.route("Lena", a, "5447", at=70)
    await on.zone_says(order, "accepted", at=88, unit="EX-UNIT-7")
    await on.zone_says(order, "en_route", at=104, unit="EX-UNIT-7")
    await on.zone_says(order, "on_scene", at=690, unit="EX-UNIT-7")
    await on.to(800)
    await on.do("Lena", cmd.Progress, incident=a, step="safe", anyway=True, unit="EX-UNIT-7")
    await on.close("Lena", a, at=830, as_class="real", outcome="suspect_gone", reason="Gone before they came.")


async def two_at_once(on: Stage) -> None:
    """Two devices within a second, two operators; one of the two is under duress."""
    a = await on.press("EX-1009", GHENT)
    b = await on.press("EX-1010", (51.0560, 3.7400), press="long")
    await on.answer("Lena", a, at=7)
    await on.answer("Marc", b, at=12)
    first = await on.route("Lena", a, "5415", at=30)
    second = await on.route("Marc", b, "5415", at=41)
    await on.zone_says(first, "accepted", at=49)
    await on.zone_says(second, "accepted", at=95, unit="EX-UNIT-2")
    await on.zone_says(first, "en_route", at=100)
    await on.zone_says(second, "en_route", at=130, unit="EX-UNIT-2")
    await on.zone_says(first, "on_scene", at=380)
    await on.zone_says(second, "on_scene", at=455, unit="EX-UNIT-2")
    await on.to(500)
    await on.do("Lena", cmd.Progress, incident=a, step="safe", anyway=True, unit="EX-UNIT-1")
    await on.close("Lena", a, at=520, as_class="real", outcome="victim_safe", reason="Patrol with her.")
    await on.to(580)
    await on.do("Marc", cmd.Progress, incident=b, step="safe", anyway=True, unit="EX-UNIT-2")
    await on.close("Marc", b, at=600, as_class="real", outcome="suspect_arrested", reason="Arrested in the street.")


async def outage_and_duress(on: Stage) -> None:
    """The feed was away: the press comes 95 s late. "It was an accident", says her voice, and the duress word."""
    await on.to(95)
    a = await on.press("EX-1011", LIEGE, late_s=95.0)
    for n in range(9):
        await on.say("fix", late_s=90.0 - n * 10, device="EX-1011", fix=_at((50.6400 + n * 0.0001, 5.5700), 15.0))
    await on.answer("Marc", a, at=103)
    await on.to(118)
    await on.do("Marc", cmd.Note, incident=a, text="She says it was an accident. She says marigold: the duress word.")
    order = await on.route("Marc", a, "5277", at=124)
    await on.zone_says(order, "accepted", at=140)
    await on.zone_says(order, "en_route", at=151)
    await on.goes("EX-1011", [(50.6409, 5.5700), (50.6412, 5.5705)], begins=155, every=10, pace=0.4)
    await on.zone_says(order, "on_scene", at=520)
    await on.to(610)
    await on.do("Marc", cmd.Progress, incident=a, step="safe", anyway=True, unit="EX-UNIT-1")
    await on.close("Marc", a, at=660, as_class="real", outcome="suspect_arrested", reason="He stood beside her.")


def _at(place: tuple[float, float], radius: float) -> dict[str, object]:
    return {"lat": round(place[0], 6), "lon": place[1], "radius": radius, "confidence": 68}


STORIES = {
    "mis-press": Story(
        "Mis-press in a bag", begins(5, "15:12"), (case("EX-1001", "A. Verzonnen", home=LEUVEN),), mis_press
    ),
    "scheduled-test": Story(
        "Scheduled test",
        begins(6, "09:00"),
        (case("EX-1002", "B. Inventée", home=NAMUR, language="fr"),),
        scheduled_test,
    ),
    "real-press-at-home": Story(
        "Real press at home",
        begins(7, "20:41"),
        (case("EX-1003", "C. Verzonnen", home=GHENT, silent=True, listen=True, weapon="A knife, on file."),),
        real_press_at_home,
    ),
    "three-zones-by-car": Story(
        "By car across three zones",
        begins(8, "17:33"),
        (case("EX-1004", "D. Verzonnen", home=LEUVEN),),
        by_car_across_three_zones,
    ),
    "link-lost": Story(
        "Link lost mid-incident",
        begins(9, "22:05"),
        (case("EX-1005", "E. Inventée", home=LIEGE, language="fr"),),
        link_lost,
    ),
    "wide-circle-on-border": Story(
        "A 2 km circle on a zone border",
        begins(12, "13:20"),
        (case("EX-1006", "F. Verzonnen", home=(50.8631, 4.7613)),),
        wide_circle_on_a_border,
    ),
    "press-abroad": Story(
        "Press abroad",
        begins(13, "18:48"),
        (case("EX-1007", "G. Inventée", home=(50.7200, 3.2000), language="fr"),),
        press_abroad,
    ),
    "declined-order": Story(
        "Declined order",
        begins(14, "02:17"),
        (case("EX-1008", "H. Verzonnen", home=BRUGES, silent=True),),
        declined_order,
    ),
    "two-at-once": Story(
        "Two presses at once",
        begins(15, "23:30"),
        (
            case("EX-1009", "I. Verzonnen", home=GHENT, silent=True),
            case("EX-1010", "J. Verzonnen", home=(51.0560, 3.7400), suspect="T. Fictief"),
        ),
        two_at_once,
    ),
    "outage-and-duress": Story(
        "Feed outage, and an accident that is none",
        begins(16, "21:02"),
        (case("EX-1011", "K. Inventée", home=LIEGE, listen=True, language="fr"),),
        outage_and_duress,
    ),
}
