"""The mark of a browser in which a person signed in before: their attempts there wait for that browser's own failures alone.

A flood of attempts with invented names can take every place there is; whoever worked at this browser before still gets in, also
after they signed out. A mark opens nothing. It is made with the account's password hash: it needs no store, and another
password ends it. One browser keeps the marks of the last persons, since a console has many.
"""

import hmac
import re
import secrets

from dashboard.access.accounts import Accounts

KNOWN = "vigie_known"
KNOWN_DAYS = 180
MOST = 8  # persons of one browser

_MARK = re.compile(r"([0-9a-f]{32})-([0-9a-f]{64})")


def mark_of(cookie: str, accounts: Accounts, name: str) -> str:
    """What names this browser among those this person signed in at before; "" when they never did."""
    for nonce, made in _MARK.findall(cookie)[:MOST]:
        right = accounts.browser_mark(name, nonce)
        if right and hmac.compare_digest(right, made):
            return str(nonce)
    return ""


def marked(cookie: str, accounts: Accounts, name: str) -> str:
    """The cookie with this person's mark first; theirs of before stays in its place no longer."""
    known = mark_of(cookie, accounts, name)
    nonce = known or secrets.token_hex(16)
    others = [(n, made) for n, made in _MARK.findall(cookie) if n != known]
    marks = [(nonce, accounts.browser_mark(name, nonce)), *others][:MOST]
    return ".".join(f"{n}-{made}" for n, made in marks if made)
