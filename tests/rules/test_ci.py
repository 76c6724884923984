"""What the checks on both stacks do where only one Python is there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.house import ROOT

OTHER = "python3.11" if sys.version_info >= (3, 12) else "python3.13"


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.mark.parametrize("installs", [False, True])
def test_they_fail_where_no_python_of_the_other_stack_is_there_and_none_can_be_installed(
    tmp_path: Path, installs: bool
) -> None:
    for name, target in {"python3": sys.executable, **{n: shutil.which(n) for n in ("sh", "bash", "dirname")}}.items():
        (tmp_path / name).symlink_to(str(target))
    _program(tmp_path / "id", "echo 0")
    _program(tmp_path / "make", 'echo "make $1"')
    bring = f"printf '#!/bin/sh\\nexit 0\\n' >{tmp_path / OTHER}; /bin/chmod +x {tmp_path / OTHER}"
    _program(tmp_path / "apt-get", bring if installs else "exit 100")
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    run = subprocess.run([tmp_path / ".ci" / "run"], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert f"installing the Debian packages {OTHER} and {OTHER}-venv" in run.stderr
    assert run.returncode != 0  # where it goes on, there is no environment to run the tests in
    assert ("none of these was found" in run.stderr) is not installs
    assert ("make test" in run.stdout and "make venv" in run.stdout) is installs


def test_what_failed_is_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pathlib\ndef test_it():\n    pathlib.Path(__file__).with_name('tried').touch(exist_ok=False)\n    assert 0\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    run = [ROOT / ".ci" / "tests", Path(sys.executable).parent, "-q"]
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 1 and "1 failed" in ran.stdout and "FileExistsError" not in ran.stdout
