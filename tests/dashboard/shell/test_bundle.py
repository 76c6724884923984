import json
import re
import subprocess
from pathlib import Path

import pytest

import dashboard
from dashboard.shell.bundle import bundle, modules

HERE = Path(dashboard.__file__).parent
PAGES = sorted(page for page in HERE.glob("*/page.html") if "extends base" in page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_a_page_asks_once_for_all_that_it_runs(page: Path) -> None:
    name = page.parent.name
    html = page.read_text(encoding="utf-8")
    assert re.findall(r'type="module" src="\{\{ root \}\}([^"]+)"', html) == ["{{ scripts }}"]
    found = modules(f"{name}/page.js")
    assert found[-1] == f"{name}/page.js" and len(found) > 10
    for n, path in enumerate(found):
        named = re.findall(r'from "([^"]+)"', (HERE / path).read_text(encoding="utf-8"))
        assert {(HERE / path).parent.joinpath(one).resolve() for one in named} <= {
            (HERE / one).resolve() for one in found[:n]
        }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_nothing_of_a_module_is_lost_or_left_over_in_the_bundle(page: Path) -> None:
    """What a module imports or exports in a form that the bundle does not know would still stand in it."""
    entry = f"{page.parent.name}/page.js"
    code = re.sub(r"/\*.*?\*/", "", bundle(entry), flags=re.DOTALL)
    assert re.findall(r"^(?:import|export)\b.*$", code, re.MULTILINE) == []
    assert "import(" not in code
    checked = subprocess.run(
        ["node", "--input-type=module", "--check"], input=bundle(entry), capture_output=True, text=True, check=False
    )
    assert checked.stderr == ""


def test_a_module_gives_in_the_bundle_what_it_gives_by_itself() -> None:
    """One that takes from others, and from them by another name."""
    script = f"""
        {bundle("shell/order.js")}
        const alone = await import("{(HERE / "shell/order.js").as_uri()}");
        const source = (module) => Object.keys(module).sort().map((name) => [name, String(module[name])]);
        console.log(JSON.stringify([source($shell$order), source(alone)]));
    """
    ran = subprocess.run(["node", "--input-type=module"], input=script, capture_output=True, text=True, check=True)
    bundled, alone = json.loads(ran.stdout)
    assert bundled == alone
    assert len(alone) > 2
