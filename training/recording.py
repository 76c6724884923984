"""`record`: a recording written to a file, entered in the log before it is there."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from centre.settings import Settings, users_file
from centre.spool import RECORDED, drafted, enter_or_note
from dashboard.access.accounts import Accounts
from feeds.recordings.recording import write_recording
from incidents.exercises.room import Masking, TrainingError
from incidents.log.copying import placeable, put_in_place
from incidents.log.regular_files import read_regular
from incidents.reasons import is_reason
from maps.zones import Zones
from training.factory import Original, Source, free_texts, made_event


async def record_to(
    out: Path,
    incidents: Sequence[str],
    settings: Settings,
    *,
    masking: Masking,
    reason: str,
    title: str,
    reviewed: Path | None,
    texts: Path | None,
    by: str,
) -> list[str]:
    """Write it; what is to be said beside it. Raises TrainingError, OSError, DataError, SettingsError."""
    now = datetime.now(UTC)
    if masking == "none":
        await asyncio.to_thread(_check_auditor, settings, by, reason)
    words = await asyncio.to_thread(_reviewed, reviewed) if reviewed is not None else {}
    zones = await asyncio.to_thread(Zones.load, settings.zones_dir)
    kept, keep_days = (settings.log, settings.cases, settings.key_file), settings.training.keep_days
    source = Source(*kept, users_file(settings), zones=zones, keep_days=keep_days)
    original = await source.original(incidents, now=now, by=by)
    if texts is not None:
        content, said = _texts(texts, original)
        event = made_event(original, "texts", hashlib.sha256(content).hexdigest(), page=False, reason=reason)
        with drafted(texts, content):
            await enter_or_note(settings.log, settings.key_file, RECORDED, event, by=by, at=now)
        return said
    recording = await asyncio.to_thread(source.masked, original, masking, title=title, reviewed=words)
    placeable(out)
    draft = out.with_name(f".{out.name}.made")
    try:
        sha256 = await asyncio.to_thread(write_recording, draft, recording)
        event = made_event(original, masking, sha256, page=False, reason=reason)
        entered = await enter_or_note(settings.log, settings.key_file, RECORDED, event, by=by, at=now)
        put_in_place(draft, out)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    assert recording.expires is not None
    what = {
        "none": "it names persons and places: nothing is masked",
        "masked": "masked; it still has the shape of a track that somebody went: personal data",
        "strong": "masked; its tracks and pauses are drawn anew",
    }[masking]
    said = [f"written to {out}: {what}; it expires on {recording.expires.date()}; SHA-256 {sha256}"]
    return said if entered else ["noted beside the log: the desk enters that it was made", *said]


def _check_auditor(settings: Settings, by: str, reason: str) -> None:
    users = users_file(settings)
    account = Accounts(users, key_file=settings.key_file).get(by) if users.exists() else None
    if account is None or account.disabled or "auditor" not in account.roles:
        raise TrainingError("auditor_only")
    if not is_reason(reason):
        raise TrainingError("reason_missing")


def _reviewed(path: Path) -> dict[str, str]:
    try:
        words = msgspec.json.decode(read_regular(path, 16 << 20), type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise TrainingError("reviewed_invalid") from None
    return {text: kept for text, kept in words.items() if kept.strip()}


def _texts(path: Path, original: Original) -> tuple[bytes, list[str]]:
    found = free_texts(original.recording)
    return msgspec.json.format(msgspec.json.encode(dict.fromkeys(found, "")), indent=1) + b"\n", [
        f"texts in {path}, as they were: {len(found)}; personal data. Fill in what may be kept, and delete it after use"
    ]
