"""`/oidc` sends a browser to the sign-in service, `/oidc-callback` takes it back and signs it in as any other.

What must come back travels in a cookie that only this process can open, for ten minutes. The way back is begun by another site:
the browser would not send our own strict cookie on a redirect, so that a page of ours leads on.
"""

import asyncio
import logging
import time
from typing import Any, Literal

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from tornado.web import HTTPError

from dashboard.access.accounts import Accounts
from dashboard.access.guard import is_under_our_name, set_cookie
from dashboard.access.oidc import Crowded, Flow, NotVerified, Oidc, Person, Unreachable
from dashboard.access.rules import Account, AccountError
from dashboard.access.sign_in import SignInPage
from dashboard.access.signins import SignIns
from dashboard.shell import compat
from dashboard.shell.template import TEMPLATES
from incidents import events as ev

START, BACK = "/oidc", "/oidc-callback"
FLOW = "vigie_oidc"
FLOW_S = 600
MOST_KNOWN = 10_000  # persons and reasons that are counted
NEWS_AFTER_S = 900.0
IN_PLACE = "in-place"  # the page that asks stays open; this window closes itself

_logger = logging.getLogger(__name__)
_seal = Fernet(Fernet.generate_key())


class _OidcPage(compat.UnquotedAddress, SignInPage):
    @property
    def _both(self) -> tuple[SignIns, Oidc]:
        signins, oidc = self._door.signins(), self._door.oidc
        if signins is None or oidc is None:
            raise HTTPError(404)
        return signins, oidc

    async def post(self) -> None:
        raise HTTPError(405)

    def _next(self) -> str:
        """As `/oidc` was asked, also on the page that says why it failed."""
        flow = self._flow()
        wanted = self.get_argument("next", "") or (flow.next if flow is not None else "")
        return wanted if wanted == IN_PLACE else self._door.ours(wanted)

    def _flow(self) -> Flow | None:
        """The sign-in that this browser began."""
        try:
            return msgspec.json.decode(_seal.decrypt((self.get_cookie(FLOW) or "").encode(), ttl=FLOW_S), type=Flow)
        except (InvalidToken, msgspec.DecodeError):
            return None

    def _times(self, what: str) -> int:
        """How often this happened, none so long after another that it is news."""
        known: dict[str, tuple[int, float]] = self.settings.setdefault("vigie_oidc", {})
        if len(known) > MOST_KNOWN:
            known.clear()
        (times, last), now = known.get(what, (0, 0.0)), time.monotonic()
        times = times + 1 if now - last < NEWS_AFTER_S else 1
        known[what] = times, now
        return times

    def _warn(self, text: str) -> None:
        """A flood of attempts is a few lines."""
        if _doubled(times := self._times(text)):
            _logger.warning("%s; time %d", text, times)

    async def _turn_away(self, found: Person, why: Literal["name", "no_role"]) -> None:
        """Told the person each time; a record the first time and each time they have doubled."""
        if _doubled(times := self._times(found.subject)):
            await self._door.record("", ev.SignInRefused(count=times, why=why))
        self._show(403, f"oidc_{why}")

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        # Tornado's own line would quote the whole address.
        _logger.error("%s %s: %s", self.request.method, self.request.path, getattr(typ, "__name__", ""))


class OidcStart(_OidcPage):
    """GET leads to the sign-in service; 503 with the sign-in page when it can't be reached, 429 when too many ask at once."""

    async def get(self) -> None:
        signins, oidc = self._both
        if not is_under_our_name(self.application, self.request.host.lower()):
            raise HTTPError(403, reason="Not under this name")
        redirect = f"{self.request.protocol}://{self.request.host}{BACK}"
        before = self._cookie if signins.of(self._cookie) is not None else ""
        try:
            async with oidc.share(self.request.remote_ip or ""):
                url, flow = await oidc.begin(redirect=redirect, next=self._next(), before=before)
        except Crowded:
            self._show(429, "busy")
            return
        except (Unreachable, NotVerified) as error:
            self._warn(f"the sign-in service can't be reached: {error}")
            self._show(503, "oidc_down")
            return
        sealed = _seal.encrypt(msgspec.json.encode(flow)).decode()
        set_cookie(self, FLOW, sealed, path=BACK, samesite="Lax", max_age=FLOW_S)  # the sign-in service leads back
        self.redirect(url)


class OidcBack(_OidcPage):
    """GET with `code` and `state`. 200 leads on; 401 not verified, 403 not for Vigie, 429 too many, 503 not reached."""

    async def get(self) -> None:
        signins, oidc = self._both
        flow = self._flow()
        self.clear_cookie(FLOW, path=BACK)
        if flow is None or self.get_argument("error", ""):
            self._show(401, "oidc_failed")
            return
        given = {name: self.get_argument(name, "") for name in ("state", "code")}
        try:
            async with oidc.share(self.request.remote_ip or ""):
                found = await oidc.finish(flow, **given, issuer=self.get_argument("iss", ""))
            account = await self._account(signins.accounts, found)
        except Crowded:
            self._show(429, "busy")
        except Unreachable as error:
            self._warn(f"the sign-in service can't be reached: {error}")
            self._show(503, "oidc_down")
        except NotVerified as error:
            self._warn(f"a sign-in through the sign-in service was not verified: {error}")
            self._show(401, "oidc_failed")
        except AccountError:
            await self._turn_away(found, "name")
        else:
            if account is None:
                await self._turn_away(found, "no_role")
                return
            token = await self._door.admit(signins, account, how="oidc", cookie=flow.before)
            set_cookie(self, self._door.cookie, token)
            page = TEMPLATES.get_template("access/signed_in.html")
            in_place = flow.next == IN_PLACE
            leads = "" if in_place else self._door.home(flow.next, token)
            self.finish(page.render(**self._look(), next=leads.lstrip("/"), in_place=in_place))

    async def _account(self, accounts: Accounts, found: Person) -> Account | None:
        """The account of a person; None without a role. Raises AccountError when the name can't be theirs."""
        roles, zone = set(found.roles), found.zone if "zone" in found.roles else ""
        if "zone" in roles and not (zone and self._door.known_zone(zone)):
            roles, zone = roles - {"zone"}, ""
        if not roles:  # who lost their last role loses it on the pages they have open, too
            await asyncio.to_thread(accounts.without_roles, found.subject)
            return None
        return await asyncio.to_thread(accounts.known_by, found.subject, found.name, roles, zone=zone)


def _doubled(count: int) -> bool:
    return count & (count - 1) == 0
