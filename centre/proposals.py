"""The changes that wait for a second person: one file beside the accounts, sealed under their master key, for its owner only.

What can't be read is no proposal: it is made anew. A backup has none of it, for none lasts longer than a day.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from centre.spool import read_regular, write_whole
from dashboard.access.codes import CodeSecrets
from incidents.log.master import KeyMismatch
from incidents.log.store import beside
from incidents.two_people import Proposal, stands

LARGEST = 1 << 20  # bytes of the file
MOST = 50  # proposals, the newest
_AS = "two\npeople"  # what they are sealed as: no account has such a name

_logger = logging.getLogger(__name__)


class Proposals:
    """Those beside a file of accounts."""

    def __init__(self, users: Path, key_file: Path | None) -> None:
        self._path = beside(users, ".proposals")
        self._secrets = CodeSecrets(users, key_file)

    def all(self, now: datetime) -> list[Proposal]:
        """Those that stand, the oldest first."""
        try:
            kept = read_regular(self._path, LARGEST).decode()
            if CodeSecrets.in_clear(kept):
                raise KeyMismatch("they are not sealed")
            found = msgspec.json.decode(self._secrets.open(_AS, kept), type=list[Proposal])
        except FileNotFoundError:
            return []
        except (OSError, KeyMismatch, ValueError) as error:
            _logger.warning("the proposals beside the accounts can't be read: %s", type(error).__name__)
            return []
        return [one for one in found if stands(one, now)]

    def keep(self, proposals: Iterable[Proposal]) -> None:
        """Keep these, and no other. Raises OSError, KeyMismatch, LogUnavailable."""
        newest = sorted(proposals, key=lambda one: one.at)[-MOST:]
        write_whole(self._path, self._secrets.seal(_AS, msgspec.json.encode(newest).decode()).encode())
