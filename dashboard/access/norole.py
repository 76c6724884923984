"""The page of a person whose role has not the page they came for: which role it needs, which they have, the way out."""

from collections.abc import Callable, Sequence

import panel as pn

from dashboard.access.standing import PAGE
from dashboard.access.ways import ways
from dashboard.i18n.words import words
from dashboard.shell.ground import Standing
from dashboard.shell.notice import sentences
from incidents.roles import MAY, ROLES


def no_role_page(
    now: Standing,
    *,
    translate: Callable[[str], str],
    language: str,
    theme: str,
    page: str = PAGE,
    everybodys: Sequence[str] = (),
) -> pn.Template:
    """Say it in the page's language. `page` is the page they came for, `everybodys` those that need no role.

    Without any of these it leads to the pages that their role has.
    """
    t = words(translate)
    needed = [t[f"role.{role}"] for role in ROLES if role in MAY[page]]
    held = [t[f"role.{role}"] for role in ROLES if role in now.roles]
    needs = t["no_role_needs"].format(roles=", ".join(needed))
    has = t["no_role_has"].format(name=now.name, roles=", ".join(held)) if now.name else ""
    leads = list(everybodys or ways(now.roles))
    return sentences(t["no_role_title"], (needs, has), t=t, leads=leads, language=language, theme=theme)
