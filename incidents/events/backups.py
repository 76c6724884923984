"""Backups: that one was tried."""

from incidents.events.kinds import Event


class BackupTested(Event, frozen=True, kw_only=True, tag="backup_tested"):
    """A person, or a machine at its hour, restored a `backup` (its name) elsewhere and looked at it.

    `digest`: of its log, as `log head` prints it; `ok` false: it can't be restored. `open_incidents`: so many stood open in it.
    """

    backup: str
    ok: bool
    digest: str = ""
    open_incidents: int = 0
