"""Files that anybody may have made: ordinary ones alone are read, and of one never more than its reader bears.

A pipe that nobody writes to holds nothing up, a device that never ends fills no memory.
"""

import errno
import os
import re
import stat
from io import BufferedReader
from pathlib import Path
from typing import Final

MOST_DOTS: Final = 100  # of a line of TOML

NO_FILE: Final = "it is no ordinary file"


def is_another(path: Path) -> bool:
    """Whether something else than an ordinary file stands there: SQLite would wait for it."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def second_name(path: Path) -> str:
    """Why a file is not written by this name: it has another (a hard link), by which locks and companions of it would be passed
    by; "" where it has none."""
    try:
        if path.stat().st_nlink < 2:
            return ""
    except OSError:
        return ""
    return (
        f"{path.name} has a second name (a hard link) and is not written by any: remove the other name, "
        "or put a true copy in its place"
    )


def regular(path: Path | None) -> Path | None:
    """The same path, for who opens it by its name (OpenSSL). Raises OSError where something else stands there."""
    if path is not None and is_another(path):
        raise OSError(errno.EINVAL, NO_FILE, str(path))
    return path


def open_regular(path: Path) -> BufferedReader:
    """An ordinary file for reading. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    kind = os.fstat(handle).st_mode
    if not stat.S_ISREG(kind):
        os.close(handle)
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        raise OSError(errno.EINVAL, NO_FILE, str(path))
    return os.fdopen(handle, "rb")


def read_regular(path: Path, most: int = 1 << 20) -> bytes:
    """An ordinary file's bytes, by default as many as somebody may write by hand. Raises OSError, also where there are more."""
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        size = f"{most >> 20} MiB" if most >> 20 else f"{most >> 10} KiB"
        raise OSError(errno.EFBIG, f"it is larger than {size}", str(path))
    return content


def read_toml(path: Path) -> str:
    """The text of a TOML file that somebody wrote by hand. Raises OSError, ValueError.

    A key of very many parts is refused: a reader takes the square of their number. What stands in quotes is none of them.
    """
    text = read_regular(path, 128 << 10).decode("utf-8-sig").replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        if re.sub(r"\"[^\"]*\"|'[^']*'", "", line).count(".") > MOST_DOTS and not line.lstrip().startswith("#"):
            raise ValueError(f"line {number}: more than {MOST_DOTS} dots")
    return text
