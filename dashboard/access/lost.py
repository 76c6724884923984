"""A desk whose accounts can't be read: it starts all the same, and nobody can sign in until they can be.

The sign-in page counts and sounds the alarms that nobody has, and says how to go on.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dashboard.access.accounts import Accounts
from dashboard.access.rules import Account, AccountError


class LostAccounts(Accounts):
    """Nobody's, until their file is there and whole again: that is looked for as often as what an administrator changes."""

    lost = True

    def __init__(self, path: Path, **options: Any) -> None:
        """Never raises: what `Accounts` needs it has before it opens the file."""
        with contextlib.suppress(Exception):
            super().__init__(path, **options)

    def _read(self) -> dict[str, Any]:
        found = super()._read()
        self.lost = False
        return found


class ReadAccounts(Accounts):
    """Those of a file that is only read: never made, brought to this version or sealed. Raises AccountError as `Accounts`."""

    _mode = "ro"

    def _make_or_check(self) -> None:
        pass

    def _seal_old(self) -> None:
        pass


def accounts_or_none(path: Path, **options: Any) -> tuple[Accounts, str]:
    """The accounts and "", or those of nobody and why they can't be read."""
    try:
        return Accounts(path, **options), ""
    except AccountError as error:
        return LostAccounts(path, **options), str(error)
    except Exception as error:  # in as many ways as bytes can be wrong; its words may quote a name
        return LostAccounts(path, **options), f"{path}: it is damaged ({type(error).__name__})"


def are_lost(accounts: Accounts) -> bool:
    """Whether nobody is known because the file can't be read."""
    return isinstance(accounts, LostAccounts) and accounts.lost


def may_sign_in(accounts: Iterable[Account]) -> bool:
    """Whether anybody could by an account of this machine."""
    return any(not account.disabled and not account.subject for account in accounts)
