import re
from pathlib import Path

import pytest

import dashboard
from dashboard.shell.modules import modules

HERE = Path(dashboard.__file__).parent
PAGES = sorted(page for page in HERE.glob("*/page.html") if "extends base" in page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_page_asks_at_once_for_every_module_that_it_runs(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    (entry,) = re.findall(r'type="module" src="\{\{ root \}\}assets/([^"]+)"', html)
    assert f'modules("{entry}")' in html
    found = modules(entry)
    assert found[0] == entry
    assert len(set(found)) == len(found) > 10
    for path in found:
        named = re.findall(r'from "([^"]+)"', (HERE / path).read_text(encoding="utf-8"))
        assert {(HERE / path).parent.joinpath(name).resolve() for name in named} <= {
            (HERE / one).resolve() for one in found
        }
