"""Who signed in and out, on the stream `desk/access`, and who looked at what others did. The actor is the account's pseudonym."""

from typing import Literal

from incidents.events.disclosure import Disclosure
from incidents.events.kinds import Event

HowSignedIn = Literal["password", "password_and_code", "oidc"]


class SignedIn(Event, frozen=True, kw_only=True, tag="signed_in"):
    """A person signed in with these roles. `break_glass`: by an account kept for when no other way in works."""

    roles: str = ""
    break_glass: bool = False
    how: HowSignedIn = "password"


class SignedOut(Event, frozen=True, kw_only=True, tag="signed_out"):
    """A person signed out, or somebody else signed in at their browser, or their account was disabled, removed or given another
    password while they were signed in (`account`)."""

    why: Literal["person", "replaced", "account"] = "person"


class SignInRefused(Event, frozen=True, kw_only=True, tag="sign_in_refused"):
    """Attempts in a row that failed for one account from one address, once they are made to wait; or one person whom the sign-in
    service knows but Vigie does not take: no role for them (`no_role`), or a name that is not theirs (`name`)."""

    count: int
    why: Literal["", "no_role", "name"] = ""


class OperatorFiguresOpened(Disclosure, frozen=True, kw_only=True, tag="operator_figures_opened"):
    """A supervisor asked for the response times by operator, and was shown them once this was recorded."""

    DISCLOSES = "figures"
