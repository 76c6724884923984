"""The lists of docs/monitoring.md, made of the tables in the code: `python -m tests.centre.monitoring.lists` writes them anew."""

import asyncio
import logging
import re
import tempfile
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from centre.monitoring.events import EVENTS
from incidents.faults import FAULTS
from tests.centre.monitoring.parts import gateway_scraped_once, scraped_once
from tests.rules.house import ROOT

PAGE = ROOT / "docs" / "monitoring.md"


def faults() -> str:
    lines = ["| `what` | severity | means |", "|---|---|---|"]
    return "\n".join(lines + [f"| `{what}` | {kind.severity} | {kind.says} |" for what, kind in FAULTS.items()])


def events() -> str:
    lines = ["| event | level | facts | says |", "|---|---|---|---|"]
    for name, event in EVENTS.items():
        facts = ", ".join(f"`{fact}`" for fact in event.facts)
        lines.append(f"| `{name}` | {logging.getLevelName(event.level).lower()} | {facts} | {event.says} |")
    return "\n".join(lines)


def metrics(scraped: str, prefix: str = "vigie_") -> str:
    """Of a scrape: each metric of ours, with its labels."""
    lines = ["| metric | type | labels | what |", "|---|---|---|---|"]
    for family in text_string_to_metric_families(scraped):
        if family.name.startswith(prefix):
            total = "_total" if family.type == "counter" else ""
            labels = {name for one in family.samples for name in one.labels} - {"le"}
            said = ", ".join(f"`{name}`" for name in sorted(labels))
            lines.append(f"| `{family.name}{total}` | {family.type} | {said} | {family.documentation} |")
    return "\n".join(lines)


async def filled(folder: Path) -> str:
    """The page with its lists as they are now; `folder` takes what is made to be scraped."""
    of_desk, of_gateway = await scraped_once(folder), await gateway_scraped_once(folder)
    text = PAGE.read_text(encoding="utf-8")
    lists = {
        "faults": faults(),
        "events": events(),
        "metrics": metrics(of_desk),
        "gateway": metrics(of_gateway, "vigie_gateway_"),
    }
    for name, made in lists.items():
        text, found = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)",
            lambda match, made=made: f"{match[1]}{made}\n{match[2]}",
            text,
            flags=re.DOTALL,
        )
        assert found == 1, name
    return text


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(asyncio.run(filled(Path(folder))), encoding="utf-8")
