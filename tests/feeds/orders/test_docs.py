"""docs/orders.md says what is sent and why."""

import json
from pathlib import Path
from typing import Any

from incidents.events import UpdateReason
from tests.feeds.orders.conftest import Floor, Zone
from tests.waiting import until

DOCS = (Path(__file__).parents[3] / "docs" / "orders.md").read_text(encoding="utf-8")


async def test_the_example_has_the_fields_of_a_real_order(floor: Floor, zones: dict[str, Zone]) -> None:
    await floor.routed()
    await until(lambda: zones["5415"].received)
    example: dict[str, Any] = json.loads(DOCS.partition("```json")[2].partition("```")[0])
    assert set(example) == set(zones["5415"].received[0])
    assert set(example["case"]) == set(zones["5415"].received[0]["case"])
    for field in example:
        assert f"`{field}`" in DOCS.partition("| field |")[2]


def test_every_reason_of_an_update_is_documented() -> None:
    for why in UpdateReason.__args__:  # type: ignore[attr-defined]
        assert f"\n| `{why}` |" in DOCS
