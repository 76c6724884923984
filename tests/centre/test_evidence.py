"""A whole centre makes evidence files, and enters those that the command made beside it."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from centre.documents.evidence import Source
from centre.runtime import Centre
from centre.settings import Settings
from incidents import commands as cmd
from incidents.cases import CaseRegister
from incidents.roles import User
from tests.centre.documents.evidence.parts import decoded, pdf_text
from tests.waiting import LONG_S

pytestmark = pytest.mark.timeout(60)


async def test_a_centre_makes_files_and_enters_what_the_command_noted(tmp_path: Path) -> None:
    settings = Settings(log=tmp_path / "vigie.log", no_sign_in=True, centre="CIC Voorbeeld")
    centre = await Centre.open(settings)
    try:
        user = User(actor=centre.desk.pseudonym("Ann"), roles=frozenset({"dispatcher"}))
        raised = await centre.desk.command(cmd.Raise(id="raised-0001", reason="she rang", zone="5415"), user)
        assert raised is not None and centre.consoles.services.evidence is centre.evidence
        zone = centre.zones.names["5415"]
        stream = f"incident/{raised.id}"
        content, event, _ = await centre.evidence.make(raised.id, "pdf", "Ann")
        await centre.desk.note(stream, event, id="evidence-ann", actor=user.actor)
        assert zone in pdf_text(content)
        source = await Source.open(settings.log, None)
        now, cases = centre.desk.clock.now(), CaseRegister.open(None)
        bob = User(actor=centre.desk.pseudonym("Bob"), roles=frozenset({"dispatcher"}), name="Bob")
        content, event, _ = await source.make(raised.id, "json", by=bob, now=now, cases=cases, zone_name=lambda key: "")
        assert not await source.enter(event, by="Bob", at=now)
        await source.log.close()
        assert [entry["who"] for entry in decoded(content)["earlier"]] == ["Ann"]
        centre.start()
        async with asyncio.timeout(LONG_S):
            while len(entered := [one for one in await centre.log.stream(stream) if one.type == "evidence_made"]) < 2:
                await asyncio.sleep(0.02)
        assert entered[-1].open["sha256"] == hashlib.sha256(content).hexdigest()
    finally:
        await centre.close()
