"""The evidence file speaks the language of who receives it: nothing of ours in it stays English, and its JSON never changes."""

from pathlib import Path

import pytest

from centre.documents.evidence import Paper
from incidents.events import stamp
from reports.catalogue import PSEUDO, WRITTEN, translator
from tests.centre.documents.evidence.parts import made, pdf_text, register, story
from tests.incidents.conftest import Floor
from tests.words.unsaid import unsaid

# What people and the case say in the story, which stands in the file as they wrote it.
SAID = (
    "the only free unit came from the coast",
    "the unit pressed the button too early",
    "she whispers: he is at the door",
    "he was arrested at the door",
    "the class was wrong",
    "he threatened her in May",
    "he was seen near her work",
    "grey van, plate 1-ABC-000",
    "hunting rifle",
    "the suspect's brother",
    "the suspect lives there",
)
NAMES = (
    *("Ann Fictief", "Bob Fictief", "Sue Fictief", "evidence.json", "SHA-256"),
    *("Parket Oost-Vlaanderen", "Desk 1", "test 7", "UTC", "Europe", "Dutch"),
)
EXPECTED = {
    "fr": (
        "Police sur place 13:39 après",
        "24/11 21:14:07,000",
        "MANQUÉ",
        "oui",
        "page 1 sur",
        "valable jusqu’au 24/12/2026",
    ),
    "nl": ("Politie ter plaatse 13:39 na", "24/11 21:14:07,000", "pagina 1 van", "geldig tot en met 24/12/2026"),
    "de": ("Polizei vor Ort 13:39 nach", "24.11. 21:14:07,000", "Seite 1 von", "gültig bis 24.12.2026"),
}


@pytest.mark.parametrize("language", [*WRITTEN, PSEUDO])
async def test_nothing_of_ours_is_left_in_english(floor: Floor, tmp_path: Path, language: str) -> None:
    cases, paper = register(tmp_path), Paper(translate=translator(language))
    name = await story(floor)
    await floor.log.checkpoint(stamp(floor.clock.now()))
    text = pdf_text(await made(floor, tmp_path, name, "pdf", cases, paper=paper))
    # Then come the records' types and hashes, and a program: codes, for whoever verifies them.
    ours, records, codes = text.partition(translator(language)("The records and their hashes"))
    assert records and codes
    if language == PSEUDO:
        left = unsaid(ours, *SAID, *NAMES)
        assert not left, "\n".join(left)
    else:
        plain = ours.replace("\u00a0", " ")
        assert [words for words in EXPECTED[language] if words not in plain] == []


async def test_the_json_is_the_same_in_every_language(floor: Floor, tmp_path: Path) -> None:
    cases, name = register(tmp_path), await story(floor)
    files = [
        await made(floor, tmp_path, name, "json", cases, paper=Paper(translate=translator(one)))
        for one in ("en", *WRITTEN)
    ]
    assert len(set(files)) == 1
