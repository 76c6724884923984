"""What pages show of the code, made of what it says of itself: rooms by their docstrings, settings by their fields.

`python -m tests.rules.tree` writes it anew.
"""

import ast
from pathlib import Path

from centre import setting_texts
from tests.rules.house import NO_CODE, ROOMS, ROOT, tracked

BEGINS, ENDS = "<!-- {} -->\n", "<!-- /{} -->\n"


def rooms() -> str:
    """The top level, a line each."""
    lines = ["| room | what is in it |", "|---|---|", f"| `app.py` | {_first(ROOT / 'app.py')} |"]
    for room in (*(name for name in ROOMS if name != "app"), "tests"):
        lines.append(f"| `{room}/` | {_first(ROOT / room / '__init__.py')} |")
    return "\n".join(lines) + "\n"


def folders() -> str:
    """Every folder of code, a line each, indented by its depth."""
    inits = [path.parent.relative_to(ROOT) for path in tracked("*/__init__.py")]
    lines = [
        f"{'  ' * (len(folder.parts) - 1)}- `{folder.name}/` {_first(ROOT / folder / '__init__.py')}"
        for folder in sorted(inits)
        if folder.parts[0] not in NO_CODE
    ]
    return "\n".join(lines) + "\n"


SHOWN = {
    "README.md": ("rooms", rooms),
    "CONTRIBUTING.md": ("rooms", folders),
    "docs/settings.md": ("settings", setting_texts.table),
}
MADE = {"docs/vigie.toml": setting_texts.template}  # whole files


def filled(name: str) -> str:
    """A page, or a file, as the code has it now."""
    if name in MADE:
        return MADE[name]()
    what, made = SHOWN[name]
    begins, ends = BEGINS.format(what), ENDS.format(what)
    before, _, rest = (ROOT / name).read_text(encoding="utf-8").partition(begins)
    return f"{before}{begins}{made()}{ends}{rest.partition(ends)[2]}"


def _first(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return said.split("\n\n")[0].replace("\n", " ")


if __name__ == "__main__":
    for name in (*SHOWN, *MADE):
        (ROOT / name).write_text(filled(name), encoding="utf-8")
