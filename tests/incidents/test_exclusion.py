"""The one rule of who may not know of a case: whose name is whose, which cases count, and that no fault of it hides an alarm."""

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from incidents import commands as cmd
from incidents.case import Case, Exclusion, Person
from incidents.cases import CaseRegister, import_cases
from incidents.exclusion import Exclusions, doubts, excludes
from incidents.incident import Incident
from incidents.roles import User
from tests.incidents.conftest import FewCases, Floor

TODAY = date.today()  # noqa: DTZ011


def case(number: str, *devices: str, accounts: tuple[str, ...] = (), zones: tuple[str, ...] = ()) -> Case:
    return Case(
        number=number,
        victim=Person(name="A. Voorbeeld"),
        devices=devices,
        valid_from=TODAY - timedelta(days=9),
        valid_until=TODAY + timedelta(days=9),
        source="Parket Voorbeeld",
        date=TODAY,
        exclusions=(
            *(Exclusion(reason="the suspect", account=name) for name in accounts),
            *(Exclusion(reason="serves there", zone=zone) for zone in zones),
        ),
    )


def user(name: str = "", zone: str = "") -> User:
    return User(actor="", roles=frozenset(), name=name, zone=zone)


@pytest.mark.parametrize(
    "written", ["Zoë Fictief", " zoë FICTIEF ", "ZOE\N{COMBINING DIAERESIS} FICTIEF", "Ｚoë Fictief"]
)
def test_a_name_is_one_persons_however_it_is_written(written: str) -> None:
    one = case("1", "AMR-1", accounts=(written,))
    assert excludes(one, user("Zoë Fictief"))
    assert not excludes(one, user("Zoé Fictief")) and not excludes(one, user())


def test_whom_nobody_knows_may_be_any_excluded_account() -> None:
    assert excludes(case("1", accounts=("Jan",)), None)
    assert not excludes(case("1", zones=("5415",)), None) and not excludes(case("1"), None)
    assert excludes(case("1", zones=("5415",)), user("Jan", zone="5415"))


async def raised(floor: Floor, register: CaseRegister) -> tuple[Incident, Exclusions]:
    await floor.press()
    (incident,) = floor.desk.board.incidents.values()
    return incident, Exclusions(register, floor.desk.board, floor.log.vault)


async def test_of_two_cases_that_share_a_device_any_exclusion_counts(floor: Floor) -> None:
    register = CaseRegister.of([case("1", "AMR-00412"), case("2", "AMR-00412", accounts=("Jan",))])
    incident, rule = await raised(floor, register)
    named = msgspec.structs.replace(incident, case="1")
    assert rule.incident(named, user("jan")) and not rule.incident(named, user("ann"))
    assert rule.find("1", user("jan")) is None and rule.find("1", user("ann")) is not None
    assert rule.device("AMR-00412", user("jan")) and not rule.device("AMR-9", user("jan"))


async def test_a_withdrawn_case_and_a_closed_incidents_own_version_exclude_as_before(
    floor: Floor, tmp_path: Path
) -> None:
    def load(content: str) -> None:
        (tmp_path / "cases.json").write_text(content)
        assert import_cases(tmp_path / "cases.json", tmp_path / "cases.db").loaded

    def file(*cases: Case) -> str:
        listed = [{k: v for k, v in msgspec.to_builtins(one).items() if k != "version"} for one in cases]
        return msgspec.json.encode({"cases": listed}).decode()

    load(file(case("1", "AMR-00412", accounts=("Jan",))))
    register = CaseRegister.open(tmp_path / "cases.db")
    incident, rule = await raised(floor, register)
    named = msgspec.structs.replace(incident, case="1", case_version=1)
    closed = msgspec.structs.replace(named, state="closed")
    load(file(case("1", "AMR-00412")))
    register.reload_if_changed()
    assert not rule.incident(named, user("jan"))  # of an open one the case counts as it is
    assert rule.incident(closed, user("jan"))
    load('{"withdrawn": ["1"]}')
    register.reload_if_changed()
    assert rule.incident(closed, user("jan")) and not rule.incident(closed, user("ann"))


async def test_an_incident_that_left_the_board_while_the_cases_became_others_is_kept_from_nobody(floor: Floor) -> None:
    cases = FewCases()
    cases.case = case("1", "AMR-00412", accounts=("Jan",))
    await floor.press()
    (incident,) = floor.desk.board.incidents.values()
    rule = Exclusions(cases, floor.desk.board, floor.log.vault)
    assert rule.kept(user("jan")) == {incident.id}
    close = cmd.Close(
        id=floor.name(), incident=incident.id, as_class="real", outcome="other", reason="over", anyway=True
    )
    await floor.desk.command(close, User(actor="ann", roles=frozenset({"dispatcher"})))
    floor.desk.board.forget(floor.clock.now() + timedelta(days=2))
    cases.case = case("1", "AMR-00412", accounts=("Jan", "Ann"))
    assert rule.kept(user("jan")) == set()


async def test_a_register_that_fails_or_is_locked_hides_no_alarm(floor: Floor) -> None:
    class Broken(CaseRegister):
        def cases_of(self, device: str) -> tuple[Case, ...]:
            raise RuntimeError(device)

    incident, rule = await raised(floor, Broken.of([case("1", "AMR-00412", accounts=("Jan",))]))
    assert not rule.incident(incident, user("jan")) and not rule.device("AMR-00412", user("jan"))
    incident, rule = await raised(floor, CaseRegister.open(Path("/nowhere/cases.db")))
    assert not rule.incident(msgspec.structs.replace(incident, case="1", case_version=1), user("jan"))


async def test_a_page_that_forgets_the_name_changes_nothing(floor: Floor) -> None:
    incident, rule = await raised(floor, CaseRegister.of([case("1", "AMR-00412", accounts=("Jan",))]))
    actor = floor.desk.pseudonym("Jan")
    assert rule.incident(incident, User(actor=actor, roles=frozenset())) and rule.actor(incident, actor)
    assert not rule.actor(incident, floor.desk.pseudonym("Ann")) and not rule.actor(incident, "nobody's")


def test_an_import_doubts_softly_where_people_sign_in_with_a_service_of_their_own() -> None:
    roles = {"Jan": frozenset({"dispatcher"})}
    one = case("1", accounts=("Jan", "Piet"))
    assert len(doubts(one, roles, service=False)) == 2  # type: ignore[arg-type]
    (said,) = doubts(one, roles, service=True)  # type: ignore[arg-type]
    assert "nobody of this name has signed in here yet" in said and "Piet" not in said


def test_a_command_that_names_somebody_says_so_by_its_base() -> None:
    bases = {"incident": cmd.OnIncident, "stream": cmd.OnTechnicalAlarm, "device": cmd.OnTest}
    for name, kind in cmd.COMMANDS.items():
        named = {base for field, base in bases.items() if field in kind.__struct_fields__}
        asked = {base for base in (*bases.values(), cmd.OfNoCase) if issubclass(kind, base)}
        assert asked == (named if named and kind is not cmd.CloseDrill else {cmd.OfNoCase}), name
