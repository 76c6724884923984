"""The table of who may do what, in Markdown, made from `incidents/roles.py`: `python app.py users roles`, and docs/access.md."""

from typing import get_args

from incidents import commands as do
from incidents.roles import MAY, ROLES

MAY_DO = "yes"


def command_types() -> dict[str, type[do.Command]]:
    """Every command by its `do` name."""
    return {str(kind.__struct_config__.tag): kind for kind in get_args(do.AnyCommand)}


def access_table() -> str:
    """A row for each command, page, view and export; a column for each role."""
    kinds = command_types()
    lines = ["| what | | " + " | ".join(ROLES) + " |", "|---|---|" + "---|" * len(ROLES)]
    for what, roles in sorted(MAY.items(), key=lambda entry: (entry[0] not in kinds, entry[0])):
        said = (
            (kinds[what].__doc__ or "").strip().partition("\n")[0].partition(". ")[0].rstrip(".")
            if what in kinds
            else ""
        )
        cells = (MAY_DO if role in roles else "" for role in ROLES)
        lines.append(f"| `{what}` | {said} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
