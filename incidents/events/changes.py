"""What changes who may know, in `audit/PERIOD`: cases that were imported, accounts, settings that let more people in."""

import re
from typing import Literal

from incidents.events.disclosure import Disclosure

OTHERS = "others"
_LINE = re.compile(r"(?:added|changed|withdrawn) (.+?)(?: \d+ [0-9a-f]{64})?")


class CasesImported(Disclosure, frozen=True, kw_only=True, tag="cases_imported"):
    """A person imported cases: so many were `added`, `changed`, `withdrawn` and `refused`. `sha256` is the file's. `how`: by a
    file, or on the `page` of the cases one that is new.

    `lifted`: from so many accounts and zones something is kept no more; `alone`: there was no second person to confirm that.
    Sealed: the `cases`, a line each: what, number, the version that is kept, the SHA-256 of that (where they are too many for a
    record, last `OTHERS`, how many more, the SHA-256 of their lines); and who proposed and who confirmed what was lifted.
    """

    SAYS = "cases were imported"
    DISCLOSES = "life"
    COMMAND = True
    SEALED = frozenset({"cases", "confirmed_by", "proposed_by", "reason"})
    added: int
    changed: int
    withdrawn: int
    refused: int
    sha256: str
    how: Literal["command", "page"] = "command"
    lifted: int = 0
    alone: bool = False
    cases: str = ""
    proposed_by: str = ""
    confirmed_by: str = ""


def imported_numbers(cases: str) -> list[str]:
    """The numbers of the cases in the lines of an import."""
    return [found[1] for line in cases.split("\n") if (found := _LINE.fullmatch(line))]


class AccountChanged(Disclosure, frozen=True, kw_only=True, tag="account_changed"):
    """A person is about to change an account. `before` and `after`: its roles, space-separated.

    `alone`: it widens what the account may, and there was no second person to confirm it. Sealed: the `account`'s name, and who
    proposed it (`proposed_by`) and who confirmed it (`confirmed_by`), by their accounts. `was` and `mark`: what tells the account
    as it stood and as it stands from every other (`Accounts.mark`); it says nothing of person or password.
    """

    DISCLOSES = "access"
    COMMAND = True
    SEALED = frozenset({"account", "confirmed_by", "proposed_by", "reason"})
    what: Literal["added", "roles", "disabled", "enabled", "password", "removed"]
    before: str = ""
    after: str = ""
    break_glass: bool = False
    alone: bool = False
    was: str = ""
    mark: str = ""
    account: str = ""
    proposed_by: str = ""
    confirmed_by: str = ""


class MasterKeys(Disclosure, frozen=True, kw_only=True, tag="master_keys"):
    """A person puts new master keys in the place of the old, wrote a copy of them under a passphrase, or wrote
    key files out of such a copy. `opens`: what they open here, space-separated."""

    DISCLOSES = "access"
    COMMAND = True
    what: Literal["rotated", "exported", "written"]
    opens: str = ""


class ChangeProposed(Disclosure, frozen=True, kw_only=True, tag="change_proposed"):
    """A person proposed a change that takes two, or confirmed one (`step`). Sealed: what (`says`), and by which `account`."""

    DISCLOSES = "access"
    COMMAND = True
    SEALED = frozenset({"account", "reason", "says"})
    step: Literal["proposed", "confirmed"]
    says: str = ""
    account: str = ""


class AccessSettings(Disclosure, frozen=True, kw_only=True, tag="access_settings"):
    """A desk started with other settings of who may reach it than the last time, or for the first time.

    `widened`: those that let more people in than before, or than the defaults, space-separated. Sealed: all of them, as JSON.
    """

    DISCLOSES = "access"
    COMMAND = True
    SEALED = frozenset({"reason", "settings"})
    widened: str = ""
    settings: str = ""
