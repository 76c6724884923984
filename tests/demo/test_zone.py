"""Whoever signs in as a zone's desk in the demo answers its orders themselves."""

from pathlib import Path

from dashboard.access.signins import SignIns
from demo.accounts import ZONE, demo_accounts
from demo.centre import answered_by_a_person
from tests.incidents.conftest import DrivenClock


def test_a_zone_is_a_persons_for_as_long_as_one_is_signed_in_for_it(tmp_path: Path) -> None:
    accounts, clock = demo_accounts(tmp_path / "vigie.users"), DrivenClock()
    signins = SignIns(accounts, clock=clock)
    dispatcher, zone = accounts.get("dispatcher"), accounts.get("zone")
    assert dispatcher is not None and zone is not None
    signins.open(dispatcher)
    assert not answered_by_a_person(signins, ZONE)
    token = signins.open(zone)
    assert answered_by_a_person(signins, ZONE) and not answered_by_a_person(signins, "5416")
    signins.close(token)
    assert not answered_by_a_person(signins, ZONE)
    signins.close_file()
