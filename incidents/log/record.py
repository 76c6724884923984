"""A record's exact form: what it may hold, its canonical bytes, its hash.

The canonical form is RFC 8785 (JSON Canonicalization Scheme). Since open facts hold only strings, integers and booleans under
ASCII names, JSON with sorted names and no spaces is that form.
"""

import hashlib
import re

import msgspec

from incidents.log import Draft, OpenFacts, Record

STREAM_LIMIT = 200
ID_LIMIT = 1000
NAME_LIMIT = 200
SEALED_LIMIT_BYTES = 1 << 20
LINE_LIMIT_BYTES = 16 << 20
LARGEST_INTEGER = 2**53 - 1  # RFC 8785, 3.2.2.3: beyond it readers that know only doubles disagree

ERASED = "erased"
CHECKPOINT = "checkpoint"

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FACT = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
HEX = re.compile(r"[0-9a-f]{64}")
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


class BadRecord(ValueError):
    """A record or draft breaks a limit; the message names the field, never what it holds."""


def encode(record: Record) -> bytes:
    """The whole record as one canonical line, without a line break: the form it is exported in."""
    return _encoder.encode(record)


def canonical(record: Record) -> bytes:
    """The bytes that are hashed: the canonical form of all fields but `hash`."""
    return _canonical(
        record.stream, record.version, record.id, record.at, record.source_at, record.actor, record.type, record.open,
        record.sealed, record.prev,
    )  # fmt: skip


def hash_of(record: Record) -> str:
    """SHA-256 over the canonical form, 64 hex digits. Raises `BadRecord` when the text is not Unicode."""
    return hashlib.sha256(canonical(record)).hexdigest()


def place(draft: Draft, stream: str, version: int, sealed: str, prev: str) -> Record:
    """The record a draft becomes at this place of its stream, hashed."""
    body = _canonical(
        stream, version, draft.id, draft.at, draft.source_at, draft.actor, draft.type, draft.open, sealed, prev
    )
    return Record(
        stream=stream, version=version, id=draft.id, at=draft.at, source_at=draft.source_at, actor=draft.actor,
        type=draft.type, open=draft.open, sealed=sealed, prev=prev, hash=hashlib.sha256(body).hexdigest(),
    )  # fmt: skip


def open_text(facts: OpenFacts) -> str:
    """Open facts as canonical JSON, as the storage keeps them."""
    return _encoder.encode(facts).decode()


def open_facts(text: str) -> OpenFacts:
    """The open facts back from their JSON. Raises `BadRecord`."""
    try:
        return _facts_decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError):
        raise BadRecord("open facts are not JSON of strings, integers and booleans") from None


def check_draft(stream: str, draft: Draft) -> None:
    """Refuse what could not be stored and read back exactly. Raises `BadRecord`."""
    _check(stream, draft.id, draft.at, draft.source_at, draft.actor, draft.type, draft.open)
    if len(draft.sealed) > SEALED_LIMIT_BYTES:
        raise BadRecord(f"sealed facts are over {SEALED_LIMIT_BYTES} bytes")


def check_record(record: Record) -> None:
    """Refuse a foreign record that this version would not have written. Raises `BadRecord`."""
    _check(record.stream, record.id, record.at, record.source_at, record.actor, record.type, record.open)
    if not 1 <= record.version <= LARGEST_INTEGER:
        raise BadRecord("version is not a positive integer")
    if len(record.sealed) > SEALED_LIMIT_BYTES * 2 or not BASE64.fullmatch(record.sealed):
        raise BadRecord("sealed facts are too long or not base64")
    if not (HEX.fullmatch(record.hash) and HEX.fullmatch(record.prev)):
        raise BadRecord("hash or prev is not 64 lower-case hex digits")


class _Body(msgspec.Struct):
    """All fields but `hash`, in sorted order."""

    actor: str
    at: str
    id: str
    open: OpenFacts
    prev: str
    sealed: str
    source_at: str
    stream: str
    type: str
    version: int


_encoder = msgspec.json.Encoder(order="sorted")
_body_encoder = msgspec.json.Encoder(order="deterministic")  # sorts the open facts; the body's own fields stand sorted
_facts_decoder = msgspec.json.Decoder(OpenFacts)


def _canonical(
    stream: str, version: int, record_id: str, at: str, source_at: str, actor: str, type_: str, facts: OpenFacts,
    sealed: str, prev: str,
) -> bytes:  # fmt: skip
    try:
        return _body_encoder.encode(_Body(actor, at, record_id, facts, prev, sealed, source_at, stream, type_, version))
    except UnicodeEncodeError:
        raise BadRecord("a text holds a lone surrogate") from None


def _check(
    stream: str, record_id: str, at: str, source_at: str, actor: str, type_: str, facts: OpenFacts
) -> None:  # fmt: skip
    if not 0 < len(stream) <= STREAM_LIMIT or _CONTROL.search(stream):
        raise BadRecord(f"stream is empty, over {STREAM_LIMIT} characters or holds control characters")
    if not 0 < len(record_id) <= ID_LIMIT:
        raise BadRecord(f"id is empty or over {ID_LIMIT} characters")
    if len(actor) > NAME_LIMIT or not 0 < len(type_) <= NAME_LIMIT:
        raise BadRecord(f"actor or type is over {NAME_LIMIT} characters, or type is empty")
    if not MOMENT.fullmatch(at):
        raise BadRecord("at is not RFC 3339 UTC with milliseconds")
    if source_at and not MOMENT.fullmatch(source_at):
        raise BadRecord("source_at is not RFC 3339 UTC with milliseconds")
    size = 0
    for name, value in facts.items():
        kind = type(value)
        if kind is str:
            size += len(value)  # type: ignore[arg-type]
        elif kind is int:
            if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:  # type: ignore[operator]
                raise BadRecord(f"open fact {name!r} is beyond 2^53")
        elif kind is not bool:
            raise BadRecord(f"open fact {name!r} is neither string, integer nor boolean")
        if not FACT.fullmatch(name):
            raise BadRecord("the name of an open fact is not 1 to 64 ASCII letters, digits, or . _ : -")
    if size > LINE_LIMIT_BYTES // 4:
        raise BadRecord("open facts are too long")
