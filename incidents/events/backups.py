"""Backups: that one was tried, or restored."""

from incidents.events.kinds import Event


class BackupTested(Event, frozen=True, kw_only=True, tag="backup_tested"):
    """A person, or a machine at its hour, restored a `backup` (its name) elsewhere and looked at it.

    `digest`: of its log, as `log head` prints it; `ok` false: it can't be restored. `open_incidents`: so many stood open in it.
    """

    backup: str
    ok: bool
    digest: str = ""
    open_incidents: int = 0


class BackupRestored(Event, frozen=True, kw_only=True, tag="backup_restored"):
    """This log was restored from a `backup` (its name), and `erased_again` of its streams were erased once more.

    `register` false: a person said that the register of what was erased is lost: what was erased after the backup came back.
    """

    backup: str
    register: bool
    erased_again: int = 0
