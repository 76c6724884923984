"""The accounts of several servers, and where people are signed in: what is changed at one is in force at all."""

from pathlib import Path

from dashboard.access.schema import APPLICATION, FORMAT
from incidents.log import LogUnavailable
from incidents.log.servers import Servers
from incidents.log.shared_file import SharedFile
from incidents.log.shared_groups import Kind, Shape, Table
from incidents.log.store import beside

_NAME = "the accounts"


def share_accounts(
    path: Path, servers: Servers, name: str, *, key_file: Path | None = None, replicas: int = 3
) -> SharedFile:
    """The accounts at this path, shared in the stream `NAME-ACCOUNTS` beside a log `name`.

    The file is there before: `Accounts` makes it. The key is that of `Accounts`.
    """
    shape = Shape(
        name=_NAME,
        application=APPLICATION,
        format=FORMAT,
        kinds=(
            Kind(name="account", tables=(Table(name="accounts", group="key"),), merges=True),
            Kind(name="browser", tables=(Table(name="browsers", group="digest"),), passing=True),
        ),
        create=_missing,
    )
    return SharedFile(
        path, shape, servers, f"{name}-ACCOUNTS", key_file=key_file or beside(path, ".key"), replicas=replicas
    )


def _missing(path: Path) -> None:
    raise LogUnavailable(f"{_NAME}: their file is not there")
