"""The PDF base: whatever people wrote is printed, as it is or by its code, and the same content gives the same file."""

import io
import re
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from reports import content, render
from reports.pdf import Document, printable

CREATED = datetime(2026, 11, 24, 21, 14, 7, tzinfo=UTC)


def pages(document: Document) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(document.bytes())).pages]


def new() -> Document:
    return Document("Response times", created=CREATED, footer="sha256 abc")


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_each_page_says_what_it_is_when_it_was_made_and_which_of_how_many_it_is() -> None:
    document = new()
    document.paragraph("line\n" * 120)
    read = pages(document)
    assert len(read) == 3
    for number, text in enumerate(read, 1):
        assert "Response times" in text and "24/11/2026 22:14:07 +01:00" in text and "sha256 abc" in text
        assert f"page {number} of 3" in text


def test_the_same_content_and_date_give_the_same_bytes() -> None:
    made = []
    for _ in range(2):
        document = new()
        document.title("Title")
        document.table(["a", "b"], [[1, "é"], [2, "ö"]])
        made.append(document.bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\u202eb", "aU+202Eb"),
        ("\x1b[31m", "U+001B[31m"),
        ("مر", "U+0645U+0631"),
        ("🚨", "U+1F6A8"),
        ("e\u0301", "é"),
        ("x\u0301\u0336", "xU+0336U+0301"),
        ("\ue000pages\ue001", "U+E000pagesU+E001"),
        ("\ud800", "U+D800"),
        ("a\tb\r\nc\rd", "a b\nc\nd"),
        ("Łódź, Ĳzer, 5 € – ‘x’", "Łódź, Ĳzer, 5 € – ‘x’"),
    ],
    ids=[
        "direction",
        "escape",
        "right-to-left",
        "not-in-the-font",
        "composed",
        "loose",
        "alias",
        "half",
        "space",
        "as-is",
    ],
)
def test_a_character_that_cannot_stand_is_printed_as_its_code(text: str, printed: str) -> None:
    assert printable(text) == printed


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_printed_whole(first: str, second: str) -> None:
    document = new()
    document.heading(first)
    document.paragraph(second)
    document.table(["a"], [[first], [second]])
    read = squeezed("".join(pages(document)))
    assert squeezed(printable(first)) in read and squeezed(printable(second)) in read


def test_a_tables_head_stands_on_each_page_and_a_cell_longer_than_a_page_is_whole() -> None:
    document = new()
    words = [f"w{number}" for number in range(3000)]
    document.table(["who", "what"], [["x", " ".join(words)], *([f"row {n}", n] for n in range(80))], widths=[1, 3])
    read = pages(document)
    assert len(read) > 3 and all("who what" in text for text in read)
    together = " ".join(read)
    assert re.findall(r"\bw\d+\b", together) == words
    assert [int(n) for n in re.findall(r"row (\d+)", together)] == list(range(80))


# Without the rule it is left alone after 50 to 53 lines above a table, and 38 to 53 above a picture.
@pytest.mark.parametrize("above", [range(36, 58, 2), pytest.param(range(30, 60), marks=pytest.mark.prove)], ids=str)
def test_no_heading_and_no_text_above_a_table_or_a_picture_is_left_alone_at_the_foot_of_a_page(above: range) -> None:
    table = content.table(("part", ">n"), [(f"row {n}", n) for n in range(3)], (2, 1))
    picture = content.Ecdf(title="picture: how fast", values=np.array([1.0, 2.0]), limits=())
    for lines in above:
        blocks = [content.Text("line\n" * lines), content.Heading("By zone"), content.Text("an interval: what it is")]
        for what, words in ((table, "row 0"), (picture, "picture: how fast")):
            report = content.Paper(title="Response times", made="", footer="", blocks=(*blocks, what))
            read = [page.extract_text() for page in PdfReader(io.BytesIO(render.pdf(report, CREATED))).pages]
            (page,) = [text for text in read if "By zone" in text]
            assert "an interval: what it is" in page and words in page, (lines, words)


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 2 columns"):
        new().table(["a", "b"], [["x"]])


def test_no_word_of_a_tables_head_is_broken_while_another_column_has_room() -> None:
    document = new()
    document.table(["part", "maximum", "what there is to say"], [["00:00", "12:03", "-"]], widths=[20, 4, 60])
    assert "maximum" in pages(document)[0]


def test_no_word_of_others_becomes_an_action_a_link_or_an_object() -> None:
    tricks = (
        r") /OpenAction << /S /JavaScript /JS (app.alert\(1\)) >> (",
        r"\) >> endobj 1 0 obj << /S /URI /URI (https://evil.example) >> endobj (",
        "endstream endobj xref trailer %%EOF %PDF-1.7",
        "[a](https://evil.example) https://evil.example javascript:x",
        "**a** __b__ <a href='https://evil.example'>c</a> <script>d</script>",
        "((((\\\\\\",
    )
    document = Document(tricks[0], created=CREATED, footer=tricks[1])
    for trick in tricks:
        document.title(trick)
        document.heading(trick)
        document.paragraph(trick)
    read = PdfReader(io.BytesIO(document.bytes()))
    root = read.trailer["/Root"]
    assert isinstance(root, dict)
    assert set(root) <= {"/Lang", "/OpenAction", "/Outlines", "/PageLayout", "/Pages", "/Type"}
    assert isinstance(root["/OpenAction"], list)  # a place on the first page
    assert not any("/Annots" in page or "/AA" in page for page in read.pages)
    assert [item.title for item in read.outline if not isinstance(item, list)] == list(tricks)
    text = "".join("".join(page.extract_text() for page in read.pages).split())
    assert all("".join(trick.split()) in text for trick in tricks)
