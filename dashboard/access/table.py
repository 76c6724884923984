"""The table of who may do what, in Markdown, made from `incidents/roles.py`: `python app.py users roles`, and docs/access.md."""

from incidents.commands import COMMANDS
from incidents.roles import MAY, ROLES

MAY_DO = "yes"


def access_table() -> str:
    """A row for each command, page, view and export; a column for each role."""
    lines = ["| what | | " + " | ".join(ROLES) + " |", "|---|---|" + "---|" * len(ROLES)]
    for what, roles in sorted(MAY.items(), key=lambda entry: (entry[0] not in COMMANDS, entry[0])):
        said = (
            (COMMANDS[what].__doc__ or "").strip().partition("\n")[0].partition(". ")[0].rstrip(".")
            if what in COMMANDS
            else ""
        )
        cells = (MAY_DO if role in roles else "" for role in ROLES)
        lines.append(f"| `{what}` | {said} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
