"""`/cases`: the life of each case, for those who keep them; a zone sees, and changes nothing of, the cases that it manages.

Pages of forms that need no script. A case is named in an address by an id of this process, which opens nothing elsewhere.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from dashboard.access.guard import SIGN_IN
from dashboard.documents.page import DocumentGround, DocumentPage, NoDocument
from dashboard.i18n.words import words
from dashboard.keeper.shown import Reader, of_case, of_list
from dashboard.shell.clock import BRUSSELS
from incidents.bindings import NotBound
from incidents.case_keeping import NEW_FACTS, CaseKeeping, KeptCase
from incidents.cases.life import FACTS, NotPossible
from incidents.commands import Refused
from incidents.events import CasesKept, Disclosure, shown_lines
from incidents.log import LogUnavailable
from incidents.roles import Role, User, may
from reports.catalogue import named

ADDRESS = r"/cases"
PAGE = "page cases"
MOST = 500  # cases that one page lists; the rest is searched
LONGEST = 4000  # characters that are read of a field: more than any may have, so that too many are told

_key = secrets.token_bytes(32)


class CasesPage(DocumentPage[DocumentGround]):
    """The list and one case, for a signed-in keeper or zone."""

    page = PAGE
    discloses = "life"
    need = "duty"
    sign_in = f".{SIGN_IN}?next={ADDRESS}"

    async def answer(self, consoles: DocumentGround, roles: frozenset[Role]) -> str:
        if asked := self.get_query_argument("case", ""):
            return await self._case(consoles, self._found(consoles, asked))
        return await self._list(consoles)

    async def post(self, *asked: str) -> None:
        """A search of the list, or a step of a case. What is not done is said beside what was typed."""
        consoles = self._consoles()
        try:
            roles = self.allowed(consoles, self.roles_of_our_page(consoles), self.page)
            if consoles.signins is not None:
                consoles.signins.touch(self.token(consoles))
            if self._typed("step") == "new":
                self.allowed(consoles, roles, "keep cases")
                await self._enter(consoles, roles)
                return
            if "case" not in self.request.body_arguments:
                page = await self._list(consoles, self._typed("find").strip()[:200])
                if self.event is not None:  # a search is recorded as one
                    await self._record(consoles, roles, shown=True)
                self.finish(page)
                return
            self.allowed(consoles, roles, "keep cases")
            kept = self._found(consoles, self._typed("case"))
            refused = await self._step(consoles, kept)
            if refused is None:
                # Loaded again it is no second wish.
                self.redirect(f".{ADDRESS}?case={id_of(kept.case.number)}&said=taken", status=303)
                return
            self.set_status(409)
            again = self._found(consoles, self._typed("case"))
            page = await self._case(consoles, again, refused)
            await self._record(consoles, roles, shown=True)
            self.finish(page)
        except NoDocument as none:
            self.say(none)
        except LogUnavailable:
            self.say(NoDocument(503, self.translate("The log can't be read or written now.")))

    def look(self, consoles: DocumentGround, event: Disclosure) -> str:
        """Each time anew: it is no paper that lies open."""
        return f"cases-{uuid4().hex}"

    async def _step(self, consoles: DocumentGround, kept: KeptCase) -> NotPossible | NotBound | None:
        """Take the step that was asked for; else why it was not taken. Raises NoDocument."""
        seen, id = self._typed("seen"), self._typed("id")
        keeping = self._keeping(consoles)
        try:
            await keeping.take(
                kept.case.number,
                self._typed("step"),
                {field: self._typed(field) for field in FIELDS},
                self._person(consoles),
                id=hashlib.sha256(id.encode()).hexdigest()[:32],
                seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else -1,
                sure=self._typed("sure") == "1",
            )
        except (NotPossible, NotBound) as refused:
            return refused
        except Refused:
            raise NoDocument(403, self.translate("Your role does not allow that.")) from None
        return None

    async def _enter(self, consoles: DocumentGround, roles: frozenset[Role]) -> None:
        """Enter the new case that was typed, and lead to it; else say why not, beside what was typed."""
        keeping = self._keeping(consoles)
        typed = {field: self._typed(field) for field in NEW}
        try:
            number = await keeping.enter(typed, self._person(consoles))
        except NotPossible as refused:
            self.set_status(409)
            page = await self._list(consoles, refused=refused, typed=typed)
            await self._record(consoles, roles, shown=True)
            self.finish(page)
        else:
            self.redirect(f".{ADDRESS}?case={id_of(number)}&said=taken", status=303)

    async def _list(
        self,
        consoles: DocumentGround,
        find: str = "",
        refused: NotPossible | None = None,
        typed: Mapping[str, str] = {},
    ) -> str:
        keeping, user = consoles.services.keeping, self._person(consoles)
        listed = await keeping.listed(user) if keeping is not None else []
        if find:
            wanted = {case.number for case in consoles.desk.cases.search(find, len(listed) + 1000)}
            listed = [kept for kept in listed if kept.case.number in wanted]
        shown, total = listed[:MOST], len(listed)
        numbers = [kept.case.number for kept in shown]
        if find:
            consoles.desk.searched(user, find, numbers, self.need)
        else:
            self.event = CasesKept(how="list", shown=len(numbers), cases=shown_lines(numbers))
        facts, state = of_list(shown, total, self._reader(consoles)), keeping.state if keeping else "none"
        keeps = may(user.roles, "keep cases")
        return self._filled(
            "keeper/list.html",
            consoles,
            **facts,
            find=find,
            cases=state,
            empty="found" if find else "yet" if keeps else "zone",
            new=[(fact.rstrip("*"), fact.endswith("*")) for fact in NEW_FACTS] if keeps and state == "open" else [],
            refused=refused,
            typed=typed,
        )

    async def _case(
        self, consoles: DocumentGround, kept: KeptCase, refused: NotPossible | NotBound | None = None
    ) -> str:
        keeping, user = self._keeping(consoles), self._person(consoles)
        self.event = CasesKept(how="case", shown=1, cases=shown_lines([kept.case.number]))
        typed = {field: self._typed(field) for field in (*FIELDS, "step")} if refused else {}
        facts = of_case(kept, self._reader(consoles), keeps=may(user.roles, "keep cases"))
        return self._filled(
            "keeper/case.html",
            consoles,
            **facts,
            taken=self.get_query_argument("said", "") == "taken" and not refused,
            refused=refused,
            typed=typed,
            wish=uuid4().hex,
            cases=keeping.state,
        )

    def _filled(self, template: str, consoles: DocumentGround, **facts: Any) -> str:
        t = words(self.translate) | named(self.translate, "dashboard/keeper")
        zones = sorted(consoles.services.places.names.items(), key=lambda pair: pair[1].casefold())
        return self.filled(template, consoles, **(facts | {"t": t, "zones": zones}))

    def _reader(self, consoles: DocumentGround) -> Reader:
        desk = consoles.desk
        today = desk.clock.now().astimezone(BRUSSELS).date()
        return Reader(self.translate, today, id_of, consoles.services.places.zone_name, desk.name_of)

    def _found(self, consoles: DocumentGround, id: str) -> KeptCase:
        """The case of an id, for who may see it. Raises NoDocument."""
        keeping, user = self._keeping(consoles), self._person(consoles)
        for number in keeping.numbers(user):
            if hmac.compare_digest(id_of(number).encode(), id.encode()) and (found := keeping.find(number, user)):
                return found
        raise self._no_case()

    def _keeping(self, consoles: DocumentGround) -> CaseKeeping:
        if consoles.services.keeping is None:
            raise self._no_case()
        return consoles.services.keeping

    def _no_case(self) -> NoDocument:
        return NoDocument(404, self.translate("There is no such case here, or the server was started anew since."))

    def _person(self, consoles: DocumentGround) -> User:
        """Who asks, under their pseudonym. Raises LogUnavailable."""
        asks, name = self.user(), self.name(consoles)
        roles, zone = (asks.roles, asks.zone) if asks is not None else (frozenset[Role](), "")
        return User(actor=consoles.desk.pseudonym(name) if name else "", roles=roles, zone=zone, name=name)

    def _typed(self, field: str) -> str:
        return self.get_body_argument(field, "", strip=False)[:LONGEST]


FIELDS = tuple(dict.fromkeys(fact.rstrip("*") for facts in FACTS.values() for fact in facts))
NEW = tuple(fact.rstrip("*") for fact in NEW_FACTS)


def id_of(number: str) -> str:
    """What an address calls a case: nobody can read the number from it."""
    return hmac.digest(_key, number.encode(), "sha256").hex()[:32]
