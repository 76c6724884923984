"""A fact is flagged as it stands on the page, whatever stands in it."""

import json

from reports.content import unturned
from tests.dashboard.keeper.conftest import OTHER, CasesHouse
from tests.incidents.cases.conftest import case


async def test_a_fact_with_a_turning_mark_and_outer_spaces_is_flagged_and_marked_as_any_other(
    house: CasesHouse,
) -> None:
    fact = " \u202ehe drinks "
    risks = [{"text": fact, "source": "she", "date": "2026-11-02"}]
    await house.imported(case(OTHER, managing_zone="5415", devices=["AMR-0002"], risks=risks))
    incident = await house.press("AMR-0002")
    line = await (await house.browser("Dis Fictief")).open()
    await line.say(do="select", incident=incident.id)
    await line.until(lambda message: unturned(fact) in json.dumps(message))
    await line.say(do="doubt", n=1, incident=incident.id, fact=unturned(fact), text="sold")
    assert (await line.reply(lambda reply: "doubted" in reply))["doubted"]["code"] == ""
    await line.until(lambda message: '"doubted": "2026' in json.dumps(message))
    await line.close()
