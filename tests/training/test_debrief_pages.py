"""Who may see a debrief and whose progress, through the training room's own server."""

import re
from typing import Any

import pytest
from tornado.httpclient import HTTPResponse

from dashboard.trainer.debrief.page import policy
from dashboard.trainer.debrief.pages import DEBRIEF, PROGRESS, debrief_address, debrief_routes
from incidents import commands as do
from incidents.roles import ROLES, User
from reports.catalogue import PSEUDO
from tests.training.parts import exercise_of, scenario
from tests.training.test_serving import PASSWORD, PEOPLE, ask, signed_in
from tests.waiting import until
from tests.words.unsaid import of_page, unsaid
from training.exercise.trainees import ROLES as OF_TRAINEES
from training.room import TrainingRoom


class House:
    """A room with its server, and an exercise that `trainer` trained and `leerling` worked."""

    def __init__(self, base: str, room: TrainingRoom) -> None:
        self.base, self.room = base, room
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, who: str = "", language: str = "en") -> HTTPResponse:
        """A page, as who is signed in under this account gets it."""
        if who and who not in self.cookies:
            self.cookies[who] = await signed_in(self.base, who)
        cookies = f"{self.cookies.get(who, '')}; vigie_language={language}"
        return await ask(f"{self.base}{path}", headers={"Cookie": cookies})

    async def exercise(self, *, trainer: str, trainee: str, title: str, close: bool = True) -> str:
        """An exercise that somebody took part in, signed in, until its end: its id."""
        played = scenario(title=title)
        exercise = await self.room._exercises.open("a-test", played, {}, trainer=trainer, speed=40.0)
        self.room.join(exercise.code, trainee, trainee)
        await exercise.start()
        await until(lambda: exercise.desk.board.incidents)
        (incident,) = exercise.desk.board.incidents
        who = User(actor=exercise.desk.pseudonym(trainee), roles=OF_TRAINEES)
        await exercise.desk.command(do.Acknowledge(id="command-1", incident=incident), who)
        await exercise.end()
        if close:
            await exercise.close()
        return exercise.id


@pytest.fixture
def house(base: str, room: TrainingRoom) -> House:
    return House(base, room)


async def test_a_debrief_is_for_trainers_and_for_who_took_part_signed_in_and_for_nobody_else(house: House) -> None:
    id = await house.exercise(trainer="trainer", trainee="leerling", title="Proefoefening")
    other = await house.exercise(trainer="trainer", trainee="other-leerling", title="Proefoefening twee")
    path = f"/debrief?id={id}"
    may = {"trainer", "second-trainer", "leerling"}
    for who in PEOPLE:
        answer = await house.get(path, who)
        assert (answer.code == 200) == (who in may), who
        assert (b"Proefoefening" in answer.body) == (who in may), who
    assert (await house.get(f"/debrief?id={other}", "leerling")).code == 404
    refused = await house.get(path, "bystander")
    unknown = await house.get("/debrief?id=0123456789abcdef", "bystander")
    assert (refused.code, refused.body) == (unknown.code, unknown.body)  # whether there is one is not told
    for wrong in ("", "..", "../room.log", "0" * 5000):
        assert (await house.get(f"/debrief?id={wrong}", "trainer")).code == 404
    outside = await house.get(path)
    assert outside.code == 302 and outside.headers["Location"].startswith("sign-in")
    assert (await house.get(path + "&file=1")).code == 302


async def test_a_debrief_is_there_as_soon_as_its_exercise_is_over(house: House) -> None:
    id = await house.exercise(trainer="trainer", trainee="leerling", title="Proefoefening", close=False)
    assert (await house.get(f"/debrief?id={id}", "trainer")).code == 200
    assert (await house.get(f"/debrief?id={id}", "leerling")).code == 200
    running = await exercise_of(house.room, scenario())
    assert (await house.get(f"/debrief?id={running.id}", "trainer")).code == 404


async def test_a_debrief_is_served_under_the_policy_that_is_in_it_and_the_file_is_saved(house: House) -> None:
    id = await house.exercise(trainer="trainer", trainee="leerling", title="Proefoefening")
    shown = await house.get(f"/debrief?id={id}", "trainer")
    assert "<td>near " in shown.body.decode() and "Informatie Vlaanderen" in shown.body.decode()
    assert shown.headers["Content-Security-Policy"] == policy()
    assert "unsafe" not in policy() and "'self'" not in policy() and "nonce" not in policy()
    assert shown.headers["Cache-Control"] == "no-store" and shown.headers["X-Content-Type-Options"] == "nosniff"
    (link,) = re.findall(r'<a class="do" href="([^"#]+)" download', shown.body.decode())
    saved = await house.get("/" + link.replace("&amp;", "&"), "trainer")
    assert saved.headers["Content-Disposition"].startswith('attachment; filename="vigie-debrief-')
    assert b" download" not in saved.body and b"data-theme=" not in saved.body.partition(b"<style>")[0]


async def test_progress_is_seen_by_who_it_is_of_and_by_the_trainer_of_that_exercise_alone(house: House) -> None:
    await house.exercise(trainer="trainer", trainee="leerling", title="Een van de eerste")
    await house.exercise(trainer="second-trainer", trainee="leerling", title="Twee van de tweede")
    await house.exercise(trainer="trainer", trainee="supervisor", title="Drie van de eerste")
    sees = {
        "leerling": {"Een van de eerste", "Twee van de tweede"},
        "supervisor": {"Drie van de eerste"},  # of their own, not of those who work under them
        "trainer": {"Een van de eerste", "Drie van de eerste"},
        "second-trainer": {"Twee van de tweede"},
    }
    titles = set().union(*sees.values())
    for who in PEOPLE:
        answer = await house.get("/progress", who)
        text = answer.body.decode()
        assert answer.code == 200
        assert {title for title in titles if title in text} == sees.get(who, set()), who
        others = {"leerling", "supervisor"} - {who}
        shown = {name for name in others if f">{name}</h3>" in text}
        assert shown == {"trainer": others, "second-trainer": {"leerling"}}.get(who, set()), who
    assert (await house.get("/progress?account=leerling&name=leerling", "supervisor")).body.count(b"de eerste") == 2
    outside = await house.get("/progress")
    assert outside.code == 302 and outside.headers["Location"] == "sign-in?next=/progress"


async def test_no_page_of_the_room_says_anything_in_english_to_who_reads_another_language(house: House) -> None:
    """Every route of its server that is a document, its refusals too."""
    id = await house.exercise(trainer="trainer", trainee="leerling", title="Proefoefening")
    nobody: Any = None
    asked = {DEBRIEF: (f"/debrief?id={id}", "/debrief?id=x"), PROGRESS: ("/progress",)}
    assert {route[0] for route in debrief_routes(nobody)} == set(asked)
    for who in PEOPLE:
        for path in (*sum(asked.values(), ()), "/join", "/join?over"):
            page = (await house.get(path, who, PSEUDO)).body.decode()
            left = unsaid(of_page(page), *PEOPLE, "Proefoefening", "Botermarkt")
            assert not left, (who, path, left)


async def test_a_dispatcher_signs_in_to_join_and_to_see_their_progress(house: House) -> None:
    assert {PEOPLE["leerling"], PEOPLE["supervisor"]} <= set(ROLES)
    for path in ("/join", "/progress"):
        body = f"username=leerling&password={PASSWORD}&next={path}"
        answer = await ask(f"{house.base}/sign-in", method="POST", body=body, headers={"Origin": house.base})
        assert answer.code == 303 and answer.headers["Location"] == path
    assert 'href="progress"' in (await house.get("/join?over", "leerling")).body.decode()
    assert 'href="sign-in?next=/join"' in (await house.get("/join")).body.decode()


async def test_each_exercise_that_is_listed_has_an_address_of_its_debrief(house: House) -> None:
    id = await house.exercise(trainer="trainer", trainee="leerling", title="Proefoefening")
    assert [debrief_address(one.id) for one in house.room.ended()] == [f"/debrief?id={id}"]
    assert (await house.get(debrief_address(id), "second-trainer")).code == 200
