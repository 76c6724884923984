"""Saved files, opened from a disk, full of what an enemy wrote: no script runs, nothing is asked for, no word is turned."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.documents.degraded.page import locked_page, sheet_page
from incidents.case import Case, Exclusion, Fact, Instruction, Person
from incidents.degraded.seal import seal
from incidents.degraded.sheet import sheet
from reports import render as writing
from reports.catalogue import translator
from reports.external_table.loading import load
from reports.external_table.paper import paper
from reports.external_table.report import read

NOW = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC)
PASSPHRASE = "drie kleine vossen"
RUN = "document.title='owned'"
TRICKS = (
    *(
        f"<script>{RUN}</script>",
        f"</script><script>{RUN}</script>",
        f'<img src=x onerror="{RUN}">',
        f"<svg onload={RUN}>",
    ),
    *(
        f'"><img src=x onerror={RUN}>',
        f"' onmouseover='{RUN}' x='",
        f"<details open ontoggle={RUN}>",
        f"javascript:{RUN}",
    ),
    *(
        "<img src=http://127.0.0.1:9/a>",
        "<link rel=stylesheet href=//127.0.0.1:9/a>",
        "<iframe src=http://127.0.0.1:9>",
    ),
    *("<style>@import 'http://127.0.0.1:9/a'; * { display: none }</style>", "<base href=http://127.0.0.1:9/>"),
    *(
        "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
        "<form action=http://127.0.0.1:9><input autofocus>",
    ),
    *(
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "</title>",
        "</style>",
        "</dd></article>",
        "<plaintext>",
        "<noscript>",
        "<template>",
    ),
    *(
        "&lt;b&gt;",
        "&#60;b&#62;",
        "{{ 7*7 }}",
        "{% raw %}",
        "${7*7}",
        "$$\\unicode{x}$$",
        "\u202egnp.exe\u202c",
        "\u2066a\u2069",
    ),
    *(
        "\u200bzero\u200b",
        "\x1b[31mred",
        "\x00nul",
        "\ufeffbom",
        "-----END SEALED-----",
        "{\\rtf1\\ansi}",
        "%s%n%x",
        "a" * 5000,
    ),
)


@pytest.fixture
def page(chromium: Browser) -> Page:
    context = chromium.new_context()
    page = context.new_page()
    page.asked: list[str] = []  # type: ignore[attr-defined, misc]
    page.on("request", lambda request: page.asked.append(request.url))  # type: ignore[attr-defined]
    page.on("dialog", lambda dialog: page.asked.append(dialog.message))  # type: ignore[attr-defined]
    yield page  # type: ignore[misc]
    context.close()


def looked_at(page: Page, file: Path) -> str:
    """What stands on the page, once it was seen that nothing ran and nothing was asked for."""
    page.wait_for_timeout(300)  # a script or a refresh of it would have come
    assert page.title() != "owned"
    assert page.asked == [file.as_uri()]  # type: ignore[attr-defined]
    text = page.evaluate("document.documentElement.innerText")
    assert not any(mark in text for mark in ("\u202e", "\u2066", "\u200b", "\x1b", "\x00"))
    return str(text)


def words(text: str) -> str:
    return "".join(text.split())


def shown(trick: str) -> str:
    return words(
        "".join(f"U+{ord(c):04X}" if c in "\u202e\u202c\u2066\u2069\u200b\x1b\x00\ufeff" else c for c in trick)
    )


def test_a_report_of_a_table_that_an_enemy_wrote(page: Page, tmp_path: Path) -> None:
    tricks = [trick for trick in TRICKS if "\x00" not in trick and len(trick) < 200]
    rows = "".join(
        '2024-05-06 10:00:00,2024-05-06 10:05:23,"{}"\n'.format(trick.replace('"', '""')) for trick in tricks
    )
    (tmp_path / "table.csv").write_text("a,b,k\n" + rows, encoding="utf-8")
    named = '"' + TRICKS[0].replace("\\", "\\\\").replace('"', '\\"') + '"'
    mapping = f'title = {named}\n[columns]\na = "a"\nb = "b"\n[intervals.{named}]\nfrom = "a"\nto = "b"\ndefinition = {named}\n'
    columns = tmp_path / "mapping.toml"
    columns.write_text(mapping + '[groups]\nk = "k"\n', encoding="utf-8")
    made = read(tmp_path / "table.csv", load(columns), columns)
    file = tmp_path / "report.html"
    file.write_text(writing.html(paper(made, NOW)), encoding="utf-8")
    page.goto(file.as_uri())
    text = words(looked_at(page, file))
    assert all(shown(trick) in text for trick in tricks)


def test_the_degraded_mode_file_of_cases_that_an_enemy_wrote(page: Page, tmp_path: Path) -> None:
    facts = tuple(Fact(text=trick, source="PZ", date=NOW.date()) for trick in TRICKS)
    case = Case(
        number="2026-0412",
        victim=Person(name=TRICKS[0], facts=facts),
        suspect=Person(name=TRICKS[2]),
        devices=("AMR-00412",),
        valid_from=NOW.date(),
        valid_until=NOW.date(),
        source="PZ Gent",
        date=NOW.date(),
        safe_word=TRICKS[3],
        instructions=(Instruction(kind="other", text=TRICKS[4], source=TRICKS[5], date=NOW.date()),),
        exclusions=(Exclusion(zone=TRICKS[6], reason=TRICKS[7], source="PZ", date=NOW.date()),),
    )
    content = sheet(
        cases=[case],
        incidents=[],
        zones={"5415": TRICKS[8]},
        radio={"5415": TRICKS[9]},
        centre=TRICKS[1],
        now=NOW,
        name_of=lambda who: who,
    )
    sealed = seal(sheet_page(content, translator("en")).encode(), PASSPHRASE, NOW)
    file = tmp_path / "vigie-degraded.html"
    file.write_text(locked_page(sealed, NOW, translator("en")))
    assert "2026-0412" not in file.read_text() and "Gent" not in file.read_text()
    page.goto(file.as_uri())
    page.keyboard.type(PASSPHRASE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Procedure")).to_be_visible(timeout=20_000)
    text = words(looked_at(page, file))
    assert all(shown(trick) in text for trick in TRICKS)
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
