"""Finding incidents of the live log from the training room, to make recordings of them: the log is only read.

That somebody searched is noted beside the live log, sealed, before they are shown anything; the desk that writes it enters that.
"""

import asyncio
import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pandas as pd

from centre.spool import SEARCHED, Note, Sealed, leave_note
from dashboard.components.find.part import Asked, Refusal, Search, Within
from incidents import events as ev
from incidents.board import Board
from incidents.cases import CaseRegister
from incidents.clock import Clock
from incidents.exclusion import Exclusions
from incidents.log import LogUnavailable
from incidents.log.opening import open_vault
from incidents.log.sqlite import KeyMismatch
from incidents.log.vault import Vault
from incidents.roles import User
from maps.zones import Zones
from reports.finding.finder import Finder
from reports.finding.identities import Identities
from reports.measures.history import read_table
from training.isolation import RoomSettings

_logger = logging.getLogger(__name__)

FRESH = timedelta(
    minutes=1
)  # the table is read anew when it is older: a recording is made of what was closed a while ago


class LiveSearch:
    """The search of one training room. It reads the past when it is asked for it the first time."""

    def __init__(self, settings: RoomSettings, zones: Zones, clock: Clock) -> None:
        self._settings, self._zones, self._clock = settings, zones, clock
        self._search = Search(zones, record=self._note, zone_name=self._zone_name)
        self._vault: Vault | None = None
        self._finder: Finder | None = None
        self._reading: asyncio.Task[None] | None = None

    async def answer(self, asked: Asked, user: User, translate: Callable[[str], str]) -> dict[str, Any]:
        """The answer to a person's search, without what is kept from them; while the past is read it says so."""
        return await self._search.answer(asked, user, self._clock.now(), self._within, translate)

    async def close(self) -> None:
        """Let go of the log."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._vault is not None:
            await asyncio.to_thread(self._vault.close)

    async def _within(self) -> Within | Refusal:
        settings = self._settings
        register = await asyncio.to_thread(CaseRegister.open, settings.cases, key_file=settings.key_file)
        if register.state not in ("open", "none"):
            return "cases"
        if self._reading is None or self._reading.done():  # asked for the first time, or it could not be read
            vault = self._vault
            try:
                if vault is None:
                    self._vault = vault = await asyncio.to_thread(open_vault, settings.log, settings.key_file)
            except (LogUnavailable, KeyMismatch):
                return "log"
            past = _Past(settings, self._clock)
            self._finder = Finder(past, Identities(settings.log, vault, self._zones))
            self._reading = asyncio.create_task(_read(past, self._finder), name="the past, for a search")
        assert self._finder is not None and self._vault is not None
        return Within(self._finder, Exclusions(register, Board(), self._vault))

    async def _note(self, event: ev.IncidentsSearched, user: User) -> None:
        assert self._vault is not None
        # A note is readable by its owner, but what was typed may name a person: it waits sealed.
        sealed = Sealed(of=base64.b64encode(self._vault.seal_view(msgspec.json.encode(event))).decode())
        note = Note(id=f"{SEARCHED}-{uuid4().hex}", at=self._clock.now(), by=user.name, event=sealed)
        try:
            await asyncio.to_thread(leave_note, self._settings.log, SEARCHED, note)
        except OSError as failure:
            raise LogUnavailable(f"a note of a search: {failure.strerror}") from failure

    def _zone_name(self, zone: str) -> str:
        return self._zones.names.get(zone, zone)


async def _read(past: "_Past", finder: Finder) -> None:
    try:
        await past.fresh()
        await finder.run()
    except LogUnavailable as failure:
        _logger.error("the past could not be read for a search: %s", failure)


class _Past:
    """The table of all incidents as of a moment ago, read from the log beside the desk that writes it."""

    def __init__(self, settings: RoomSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._table: pd.DataFrame | None = None
        self._at = clock.now()

    @property
    def ready(self) -> bool:
        return self._table is not None

    async def fresh(self) -> pd.DataFrame:
        """Raises LogUnavailable."""
        now = self._clock.now()
        if self._table is None or now - self._at > FRESH:
            try:
                self._table = await asyncio.to_thread(read_table, self._settings.log, self._settings.key_file)
            except KeyMismatch as error:
                raise LogUnavailable(str(error)) from error
            self._at = now
        return self._table
