"""The case register of several servers: a case is shared as one with its key, versions and steps, a device's binding alone."""

import contextlib
from functools import partial
from pathlib import Path

from cryptography.exceptions import InvalidTag

from incidents.cases.sealed import APPLICATION, BINDINGS, CHECK, COUNTED, FORMAT, NAME, SCHEMA, STEPS
from incidents.log import LogUnavailable
from incidents.log.master import KeyMismatch, fresh, load_all
from incidents.log.servers import Servers
from incidents.log.shared_file import SharedFile
from incidents.log.shared_groups import Kind, Rows, Shape, Table
from incidents.log.store import beside, create

_SECRETS = Table(name="secrets", group="name")
_CASE = (
    Table(name="keys", group="tag", own=("n",)),
    Table(name="versions", group="tag", within=("version",), own=("n",)),
    Table(name="steps", group="tag", within=("step",), make=STEPS),
    Table(name="counted", group="tag", make=COUNTED),
)
_BINDING = Table(name="bindings", group="tag", make=BINDINGS)


def share_cases(
    path: Path, servers: Servers, name: str, *, key_file: Path | None = None, replicas: int = 3
) -> SharedFile:
    """The register at this path, shared in the stream `NAME-CASES` beside a log `name`. The key is that of `CaseRegister`."""
    key = key_file or beside(path, ".key")
    shape = Shape(
        name=NAME,
        application=APPLICATION,
        format=FORMAT,
        kinds=(
            Kind(name="secret", tables=(_SECRETS,)),
            Kind(name="case", tables=_CASE, gone=lambda rows: not rows.get("versions")),
            Kind(name="binding", tables=(_BINDING,)),
        ),
        create=_create,
        check=partial(_check, key),
    )
    return SharedFile(path, shape, servers, f"{name}-CASES", key_file=key, replicas=replicas)


def _create(path: Path) -> None:
    """Without the row by which a register knows its key: it comes with the others, and until then there is no register."""
    create(path, NAME, SCHEMA, FORMAT, APPLICATION)


def _check(key_file: Path, kind: str, rows: Rows) -> None:
    """What can't be opened here is not taken: this server's register stays as it is until its key file is the others'."""
    if kind != "secret":
        return
    try:
        boxes = [master.box("case register") for master in load_all(key_file, fresh)]
    except KeyMismatch as error:
        raise LogUnavailable(str(error)) from error
    for row in rows.get("secrets", ()):
        for box in boxes:
            with contextlib.suppress(InvalidTag, ValueError):
                box.open(row["sealed"], CHECK)
                return
    raise LogUnavailable(f"{NAME}: the master key here is not the one of the other servers")
