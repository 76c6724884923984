"""Who may take an evidence file from a page, and what its address and its answer give away."""

import re
from base64 import b64decode

import msgspec
import pytest

from centre.documents.evidence import Annex
from dashboard.access.accounts import Accounts
from incidents.events import EvidenceForm, EvidenceMade
from incidents.log import LogUnavailable
from incidents.timeline import NoSuchIncident
from reports.evidence.schema import Withheld
from tests.dashboard.access.conftest import PASSWORD
from tests.dashboard.access.test_sign_in import Site, cookie_of
from tests.dashboard.conftest import House
from tests.dashboard.documents.conftest import in_each_role

ID = "abcdefghijklmnopqrstuvwxyz"


class Maker:
    """Makes files of a few bytes, and remembers for whom."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, EvidenceForm, str]] = []
        self.fails: Exception | None = None
        self.of = ""  # the incident that the log has

    async def withholds(self, incident: str, by: str, user: object) -> Withheld:
        if self.fails is not None:
            raise self.fails
        return Withheld(places=3, positions=41, texts=1)

    async def make(
        self, incident: str, form: EvidenceForm, by: str, user: object, translate: object, *, with_annex: bool
    ) -> tuple[bytes, EvidenceMade, Annex | None]:
        if self.fails is not None:
            raise self.fails
        self.asked.append((incident, form, by))
        annex = Annex(content=b"the annex", passphrase="abcde-fghjk") if with_annex else None
        made = EvidenceMade(incident=self.of, form=form, sha256="", json_sha256="", how="page")
        return b"the file", msgspec.structs.replace(made, annex_sha256=annex.sha256 if annex else ""), annex


@pytest.fixture
def maker(house: House) -> Maker:
    made = house.given.evidence = Maker()
    return made


async def test_supervisors_and_auditors_take_a_file_under_their_own_name(
    site: Site, accounts: Accounts, maker: Maker
) -> None:
    maker.of = (await site.house.press()).id
    status, _, headers = await site.ask(f"/evidence/{ID}.pdf")
    assert (status, headers["Location"]) == (302, "../sign-in")
    async for role, cookie in in_each_role(site, accounts):
        for form, kind in (("pdf", "application/pdf"), ("json", "application/json; charset=utf-8")):
            status, text, headers = await site.ask(f"/evidence/{ID}.{form}", {"why": "magistrate"}, Cookie=cookie)
            allowed = role in ("supervisor", "auditor")
            assert (status, text == "the file") == ((200, True) if allowed else (403, False)), role
            assert headers["Cache-Control"] == "no-store"
            if allowed:
                assert headers["Content-Type"] == kind
                assert headers["Content-Disposition"] == f'attachment; filename="vigie-evidence-abcdefgh.{form}"'
    assert maker.asked == [(ID, form, f"{role} one") for role in ("supervisor", "auditor") for form in ("pdf", "json")]


async def test_before_it_is_made_the_form_says_how_much_it_withholds_and_offers_the_annex_with_the_pdf(
    site: Site, accounts: Accounts, maker: Maker
) -> None:
    maker.of = (await site.house.press()).id
    accounts.add("sue", {"supervisor"}, PASSWORD)
    cookie = cookie_of(await site.enter("sue"))
    for form, offered in (("pdf", True), ("json", False)):
        status, text, _ = await site.ask(f"/evidence/{ID}.{form}", Cookie=cookie)
        assert status == 200 and "3 places and 41 positions withheld, and what leads to them: 1 text." in text
        assert ('name="annex"' in text) is offered
    asked = {"why": "magistrate", "annex": "1"}
    assert (await site.ask(f"/evidence/{ID}.json", asked, Cookie=cookie))[1] == "the file"
    status, text, headers = await site.ask(f"/evidence/{ID}.pdf", asked, Cookie=cookie)
    assert (status, headers["Cache-Control"]) == (200, "no-store") and ">abcde-fghjk</code>" in text
    saved = re.findall(r'download="([^"]+)" href="data:application/pdf;base64,([^"]+)"', text)
    assert [(name, b64decode(content)) for name, content in saved] == [
        ("vigie-evidence-abcdefgh.pdf", b"the file"),
        ("vigie-evidence-abcdefgh-annex.pdf", b"the annex"),
    ]
    records = [record async for _, record in site.house.log.records() if record.type == "evidence_made"]
    assert [bool(record.open.get("annex_sha256")) for record in records] == [False, True]
    status, text, _ = await site.ask(f"/evidence/{ID}.pdf", {"annex": "1"}, Cookie=cookie)  # without a reason
    assert status == 400 and "3 places" in text and len(maker.asked) == 2


async def test_an_incident_that_is_unknown_and_a_log_that_fails_are_said(
    site: Site, accounts: Accounts, maker: Maker
) -> None:
    accounts.add("sue", {"supervisor"}, PASSWORD)
    cookie = cookie_of(await site.enter("sue"))
    maker.fails = NoSuchIncident("none")
    assert (await site.ask(f"/evidence/{ID}.json", {"why": "magistrate"}, Cookie=cookie))[0] == 404
    maker.fails = LogUnavailable("full")
    status, text, _ = await site.ask(f"/evidence/{ID}.json", {"why": "magistrate"}, Cookie=cookie)
    assert status == 503 and "no file was made" in text
    for path in ("/evidence/AMR-00412.json", f"/evidence/{ID}.doc", "/evidence/../x.json"):
        assert (await site.ask(path, Cookie=cookie))[0] == 404
