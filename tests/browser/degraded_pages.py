"""The degraded-mode file as pages: locked, and opened."""

from datetime import UTC, datetime

from dashboard.documents.degraded.page import locked_page, sheet_page
from incidents.degraded.seal import seal
from incidents.degraded.sheet import sheet
from reports.catalogue import translator
from tests.browser.served import GHENT
from tests.dashboard.conftest import FewCases


def degraded() -> dict[str, str]:
    """By their names."""
    made, case = datetime(2026, 11, 24, 20, 14, 7, tzinfo=UTC), FewCases().case
    content = sheet(
        cases=[case], incidents=[], zones={GHENT: "Gent"}, radio={}, centre="", now=made, name_of=lambda who: who
    )
    opened = sheet_page(content, translator("en"))
    block = seal(opened.encode(), "drie kleine vossen", made)
    return {"a degraded file": locked_page(block, made, translator("en")), "a degraded file, opened": opened}
