"""Making an evidence file, and entering in the log that it was made.

A desk's page enters it at once. The command enters it itself where no desk runs; beside a desk, which alone writes its log, it
leaves a note next to the log that the desk enters within seconds, or at its next start.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, Literal
from uuid import uuid4

import msgspec

from centre.opening import LiveLog
from centre.settings import Settings, addresses_folder
from centre.spool import EVIDENCE as NOTED
from centre.spool import Note, enter_or_note, leave_note
from dashboard.access.taker import kept_by
from dashboard.components.whereabouts import Whereabouts
from incidents import events as ev
from incidents.audit import role_of
from incidents.cases import CaseRegister
from incidents.clock import Clock
from incidents.desk.desk import Desk
from incidents.log import LogUnavailable
from incidents.log.sqlite import KeyMismatch, SqliteLog
from incidents.log.verify import head
from incidents.roles import User
from incidents.timeline import NoSuchIncident, Unseal, timeline
from maps.store import SHIPPED
from maps.zones import Zones
from reports.catalogue import Translator, translator
from reports.evidence.document import as_pdf
from reports.evidence.gather import Cases, Collected, collect, evidence, no_such
from reports.evidence.nearest import Addresses
from reports.evidence.schema import Evidence, Made, Withheld, as_json
from reports.measures.profiles import PROFILES
from reports.signing import Signature, SigningError, sealed

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
FORMS: tuple[ev.EvidenceForm, ...] = ("pdf", "json")

_logger = logging.getLogger(__name__)


class EvidenceError(Exception):
    """An evidence file can't be made, or that it was made can't be noted: why, without personal data."""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What a centre's papers stand on: where the map's data is, by which addresses a position is said in words, and what a PDF is
    signed with, if anything; and the language that it is in."""

    maps: Path = SHIPPED
    addresses: Addresses | None = None
    signature: Signature | None = None
    translate: Callable[[str], str] = str

    @classmethod
    def of(cls, settings: Settings, zones: Zones, translate: Translator) -> "Paper":
        """As the settings have it, in the language of who reads it.

        Raises SigningError where a certificate has no key, or a key no certificate.
        """
        words = Whereabouts(zones, addresses_folder(settings), translate, settings.streets_file)
        certificate, key = settings.evidence.cert_file, settings.evidence.key_file
        if certificate is None and key is None:
            return cls(maps=zones.folder, addresses=words, translate=translate)
        if certificate is None or key is None:
            raise SigningError("evidence.cert_file and evidence.key_file belong together")
        signature = Signature(certificate=certificate, key=key, centre=settings.centre)
        return cls(maps=zones.folder, addresses=words, signature=signature, translate=translate)


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What a file and its annex are made of, and by whom. `keys` false: the log's keys were not at hand.

    `key`: the incident's own, when it is to be disclosed; `unrecorded`: how many of its records wait to be written.
    """

    found: Collected
    made: Made
    unseal: Unseal
    name_of: Callable[[str], str | None]
    zone_name: Callable[[str], str]
    cases: Cases
    keys: bool = True
    key: str = ""
    unrecorded: int = 0
    paper: Paper = Paper()

    def evidence(self, *, part: Literal["file", "annex"], annex: str = "") -> Evidence:
        """The file's content, or the annex's; `annex` is the SHA-256 of the annex that goes with the file."""
        return evidence(
            self.found,
            self.unseal,
            made=self.made,
            name_of=self.name_of,
            zone_name=self.zone_name,
            cases=self.cases,
            profiles=PROFILES.values(),
            keys=self.keys,
            key=self.key,
            unrecorded=self.unrecorded,
            part=part,
            annex=annex,
            addresses=self.paper.addresses,
        )


class Annex(msgspec.Struct, frozen=True, kw_only=True):
    """The sealed annex of a file: a PDF that only the passphrase opens."""

    content: bytes
    passphrase: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class EvidenceFiles:
    """What a desk makes for its pages."""

    def __init__(
        self,
        *,
        desk: Desk,
        log: LiveLog,
        path: Path,
        cases: CaseRegister,
        zone_name: Callable[[str], str],
        clock: Clock,
        centre: str,
        paper: Callable[[Translator], Paper] = lambda translate: Paper(translate=translate),
    ) -> None:
        self._desk, self._log, self._path, self._cases = desk, log, path, cases
        self._zone_name, self._clock, self._centre = zone_name, clock, centre
        self._paper = paper
        self._one_at_a_time = asyncio.Lock()

    async def withholds(self, incident: str, by: str, user: User | None = None) -> Withheld:
        """How much its file withholds, by kind. Raises as `make`."""
        async with self._one_at_a_time:
            basis = await self._basis(incident, by, user, Paper())
            return await asyncio.to_thread(lambda: basis.evidence(part="file").withheld)

    async def make(
        self,
        incident: str,
        form: ev.EvidenceForm,
        by: str,
        user: User | None = None,
        translate: Translator = translator("en"),
        *,
        with_annex: bool = False,
    ) -> tuple[bytes, ev.EvidenceMade, Annex | None]:
        """The file in a language, with its sealed annex where one is wished for, and the event that is to be entered in the log
        before anybody has them.

        Raises NoSuchIncident, also for somebody from whom the case is kept, LogUnavailable and SigningError.
        """
        async with self._one_at_a_time:
            basis = await self._basis(incident, by, user, self._paper(translate))
            return await asyncio.to_thread(files, basis, form, with_annex=with_annex)

    async def _basis(self, incident: str, by: str, user: User | None, paper: Paper) -> Basis:
        """In threads: a press waits for no paper."""
        actor = self._desk.pseudonym(by)
        found = await collect(self._log, incident)
        told = await asyncio.to_thread(timeline, found.records, self._log.unseal)
        if self._desk.exclusions.incident(told.incident, user or User(actor=actor, roles=frozenset(), name=by)):
            raise NoSuchIncident
        digest = await asyncio.to_thread(head, self._path)
        shown = self._desk.board.incidents.get(incident)
        return Basis(
            found=found,
            made=Made(at=self._clock.now(), by=by, how="page", centre=self._centre, digest=digest),
            unseal=self._log.unseal,
            name_of=self._log.vault.name_of,
            zone_name=self._zone_name,
            cases=self._cases,
            unrecorded=shown.history.unrecorded if shown is not None else 0,
            paper=paper,
        )


class Source:
    """A log as the command reads it: beside a desk, on a copy, with or without its keys."""

    def __init__(self, path: Path, log: SqliteLog, key_file: Path | None, *, locked: str = "") -> None:
        """`locked`: why nothing sealed opens."""
        self.path, self.log, self.locked, self._key_file = path, log, locked, key_file

    @classmethod
    async def open(cls, path: Path, key_file: Path | None) -> "Source":
        """Raises LogUnavailable. Without the keys the log opens all the same, and nothing sealed in it does."""
        try:
            return cls(path, await SqliteLog.open(path, key_file=key_file, reading=True), key_file)
        except (KeyMismatch, LogUnavailable) as locked:
            return cls(path, await SqliteLog.open(path, reading=True, keyless=True), key_file, locked=str(locked))

    async def make(
        self,
        incident: str,
        form: ev.EvidenceForm,
        *,
        by: User,
        now: datetime,
        cases: CaseRegister,
        zone_name: Callable[[str], str],
        with_key: bool = False,
        reason: str = "",
        with_annex: bool = False,
        paper: Paper = Paper(),
    ) -> tuple[bytes, ev.EvidenceMade, Annex | None]:
        """The file, the event that it was made for a `reason`, and its sealed annex where one is wished for.

        `by`: who takes it. `with_key` discloses the incident's key: in the file where nothing is withheld, else in the annex.
        Raises NoSuchIncident, also for somebody from whom the case is kept, LogUnavailable, SigningError.
        """
        found = await collect(self.log, incident)
        told = await asyncio.to_thread(timeline, found.records, self.log.unseal)
        if kept_by(cases, self.log.vault).incident(told.incident, by):
            raise NoSuchIncident(no_such(paper.translate))
        made = Made(at=now, by=by.name, how="command", digest=await asyncio.to_thread(head, self.path))
        vault = self.log.vault
        key = vault.disclose(f"incident/{found.incident}") if with_key else ""
        basis = Basis(
            found=found,
            made=made,
            unseal=self.log.unseal,
            name_of=vault.name_of,
            zone_name=zone_name,
            cases=cases,
            keys=not self.locked,
            key=key,
            paper=paper,
        )

        content, event, annex = await asyncio.to_thread(files, basis, form, with_annex=with_annex, reason=reason)
        return content, msgspec.structs.replace(event, role=role_of(by)), annex

    async def enter(self, event: ev.EvidenceMade, *, by: str, at: datetime) -> bool:
        """Enter it in the log, or leave a note for the desk that writes it (False). Raises EvidenceError when neither can be."""
        try:
            if not self.locked:
                return await enter_or_note(self.path, self._key_file, NOTED, event, by=by, at=at)
            note = Note(id=f"{NOTED}-{uuid4().hex}", at=at, by=by, event=event)
            await asyncio.to_thread(leave_note, self.path, NOTED, note, self._key_file)
        except OSError as error:
            raise EvidenceError(f"{self.path.parent}: that it was made can't be noted: {error.strerror}") from None
        return False


def new_passphrase() -> str:
    """Five groups of five letters and digits that nobody mistakes for others: 124 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(5))


def seal_annex(basis: Basis) -> Annex:
    """The whole file, nothing withheld, sealed by a new passphrase and signed as the file is. Takes seconds for a long incident.

    Raises SigningError.
    """
    told, passphrase, paper = basis.evidence(part="annex"), new_passphrase(), basis.paper
    content = sealed(as_pdf(told, as_json(told), paper.translate, maps=paper.maps), passphrase)
    if paper.signature is not None:
        content = paper.signature.signed(content, basis.made.at, passphrase)
    return Annex(content=content, passphrase=passphrase)


def files(
    basis: Basis, form: ev.EvidenceForm, *, with_annex: bool = False, reason: str = ""
) -> tuple[bytes, ev.EvidenceMade, Annex | None]:
    """A file, the event that it was made, and its annex where one is wished for. Raises SigningError."""
    annex = seal_annex(basis) if with_annex else None
    return *render(basis, form, annex=annex, reason=reason), annex


def render(
    basis: Basis, form: ev.EvidenceForm, *, annex: Annex | None = None, reason: str = ""
) -> tuple[bytes, ev.EvidenceMade]:
    """The bytes of a file, and the event that it was made, with its `annex` for a `reason`. Takes seconds for a long incident.

    Raises SigningError.
    """
    told = basis.evidence(part="file", annex=annex.sha256 if annex is not None else "")
    made, paper = basis.made, basis.paper
    inner = as_json(told)
    content = inner if form == "json" else as_pdf(told, inner, paper.translate, maps=paper.maps)
    if form == "pdf" and paper.signature is not None:
        content = paper.signature.signed(content, made.at)
    event = ev.EvidenceMade(
        incident=basis.found.incident,
        form=form,
        sha256=hashlib.sha256(content).hexdigest(),
        json_sha256=hashlib.sha256(inner).hexdigest(),
        how=made.how,
        with_key=bool(told.key) or bool(basis.key and annex is not None),
        annex_sha256=told.annex,
        reason=reason,
    )
    return content, event
