"""Which of several servers delivers an update of an order: the one whose claim of it stands in the log, while it renews it.

Only durations by our own clock count: a claim of another server is young from when this one first saw it. A server sends under
its claim alone, and ends before another may take it over.
"""

import asyncio

from incidents import events as ev
from incidents.commands import Refused
from incidents.desk.desk import Desk
from incidents.incident import Incident, Outgoing

HEAD_START_S = 1.0  # for whoever delivered the update before: its next is not fought over
MARGIN_S = 1.0  # between the end of our last request and when another may ask
_UPDATES = 1000


class Claims:
    """The claims of one server. A claim holds for `holds_s` after it was written; a request takes `request_s` at most."""

    def __init__(self, desk: Desk, *, holds_s: float, request_s: float) -> None:
        self._desk = desk
        self._holds_s, self._request_s = holds_s, request_s
        self._seen: dict[str, tuple[int, float]] = {}  # by update: which claim of it is the newest, seen since when
        self._began: dict[str, tuple[int, float]] = {}  # by update: which claim of it we wanted, since when

    def free(self, incident: Incident, outgoing: Outgoing) -> bool:
        """Whether no other server is known to be delivering it."""
        if not self._desk.shared or outgoing.server == self._desk.server:
            return True
        age = self._age(self._seen, outgoing.key, outgoing.claims)
        if outgoing.server:
            return age >= self._holds_s
        return age >= HEAD_START_S or _last_server(incident, outgoing) in ("", self._desk.server)

    async def take(self, incident: Incident, outgoing: Outgoing) -> bool:
        """Claim it for one request, unless our claim of it is young enough. False: it is another's, or the log takes nothing."""
        if not self._desk.shared:
            return True
        if not self.free(incident, outgoing):
            return False
        if outgoing.server == self._desk.server and self._lasts(outgoing.key, outgoing.claims):
            return True
        n = outgoing.claims + 1
        self._age(self._began, outgoing.key, n)

        def now() -> Outgoing | None:
            order = self._desk.board.incidents[incident.id].order
            return next((o for o in order.outbox if o.key == outgoing.key and o.waits), None) if order else None

        def decision() -> ev.Event | None:
            still = now()
            unclaimed = still is not None and still.claims == outgoing.claims
            return ev.ServerClaimed(what=outgoing.key, server=self._desk.server) if unclaimed else None

        name = f"{outgoing.key}-claim-{n}-{self._desk.server}"
        try:
            await self._desk.claim(f"incident/{incident.id}", decision, id=name, actor="orders")
        except Refused:
            return False
        claimed = now()
        ours = claimed is not None and (claimed.server, claimed.claims) == (self._desk.server, n)
        return ours and self._lasts(outgoing.key, n)

    def _lasts(self, key: str, claim: int) -> bool:
        """Whether this claim of ours is young enough for one more request."""
        return self._age(self._began, key, claim) <= self._holds_s - self._request_s - MARGIN_S

    def _age(self, since: dict[str, tuple[int, float]], key: str, claim: int) -> float:
        """For how many seconds this claim is known; 0 from now on when it is not."""
        now = asyncio.get_running_loop().time()
        if since.get(key, (-1, now))[0] != claim:
            since.pop(key, None)
            since[key] = claim, now
            if len(since) > _UPDATES:  # whose age is forgotten is waited for anew
                del since[next(iter(since))]
        return now - since[key][1]


def _last_server(incident: Incident, outgoing: Outgoing) -> str:
    """Who delivered an earlier update of the same order last; "" when nobody did."""
    order = incident.order
    earlier = (o for o in reversed(order.outbox if order else ()) if o.order == outgoing.order and o.server)
    return next((o.server for o in earlier if o.update < outgoing.update), "")
