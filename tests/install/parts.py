"""Vigie's own wheel, and environments to install it in without a network."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.processes import ROOT
from tests.rules.house import ROOMS, tracked

SOURCES = ("pyproject.toml", "README.md", "LICENCE")  # what the wheel is made of, beside the rooms


def product() -> list[str]:
    """The files of the rooms, as git knows them or will."""
    rooms = ("app.py", *(name for name in ROOMS if name != "app"))
    return sorted(str(path.relative_to(ROOT)) for path in tracked("-c", "-o", "--exclude-standard", *rooms))


def wheel(folder: Path, source: Path = ROOT) -> Path:
    """The wheel of a source tree, made in this folder."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=source)
    return max(folder.glob("vigie-*.whl"), key=lambda path: path.stat().st_mtime_ns)


def numbered(folder: Path, version: str) -> Path:
    """The same sources in another folder, with another version's number."""
    for name in (*SOURCES, *product()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    project = folder / "pyproject.toml"
    text, n = re.subn(r'^version = ".*"$', f'version = "{version}"', project.read_text("utf-8"), flags=re.M)
    assert n == 1
    project.write_text(text, encoding="utf-8")
    return folder


def site(environment: Path) -> Path:
    """Where an environment keeps its packages."""
    return environment / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def environment(folder: Path) -> Path:
    """A real environment that finds the tests' own libraries: what Vigie needs is there, and Vigie is not."""
    run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    (site(folder) / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder


def run(*command: str, cwd: Path | None = None, **environ: str) -> str:
    """What a command says that succeeds."""
    ran = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environ}, capture_output=True, text=True, timeout=600, check=False
    )
    assert ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
    return ran.stdout
