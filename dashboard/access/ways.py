"""Which pages of the desk a person may open: the addresses a sign-in may lead to, and the links that pages show. One table.

What a role needs for each stands in `incidents.roles`: a page shows a way only to where whoever follows it is let in.
"""

from incidents.roles import Role, may

# In the order in which a sign-in without a wish looks for the first that is theirs.
PAGES = ("operator", "supervisor", "bench", "devices", "drills", "cases")
SIGNED = frozenset({"drills"})  # where nobody signs in nobody could be the second person that they need
# Where a sign-in may lead, and what a role must have to work there.
LEADS_TO = {f"/{page}": f"page {page}" for page in PAGES} | {"/app": "page operator", "/map": "page operator"}


def ways(roles: frozenset[Role], *, here: str = "", signed: bool = True) -> tuple[str, ...]:
    """The pages that these roles open, but the one they are on; their words are `to_PAGE`. `signed` false: nobody signs in."""
    return tuple(
        page for page in PAGES if page != here and (signed or page not in SIGNED) and may(roles, f"page {page}")
    )
