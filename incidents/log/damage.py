"""Damage of a log's files, as whoever reads them says it."""

from incidents.log import AlreadyRecorded, LogDamaged, LogUnavailable, VersionConflict
from incidents.log.master import KeyMismatch
from incidents.log.record import BadRecord
from incidents.log.schema import NAME


class _Damage:
    """Whatever stumbles over what is in the file says so as damage: no caller need know in how many ways bytes can be wrong."""

    def __enter__(self) -> None:
        """Hold nothing: it stands around every record that is read, so it must cost nothing."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BadRecord):
            raise LogDamaged(f"{NAME}: it is damaged: {error}") from error
        if isinstance(error, Exception) and not isinstance(error, _NO_DAMAGE):
            raise LogDamaged(f"{NAME}: it is damaged ({type(error).__name__})") from error


_NO_DAMAGE = (LogUnavailable, KeyMismatch, AlreadyRecorded, VersionConflict)
DAMAGE = _Damage()
