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


def _tests_that_fail(folder: Path, times: int, files: int, tests: int = 1) -> subprocess.CompletedProcess[str]:
    """A run of so many files of so many tests that each fail so many times, as `make test` runs tests."""
    for file in range(files):
        (folder / f"test_{file}.py").write_text(
            f"""import pathlib, pytest
@pytest.mark.parametrize("n", range({tests}))
def test_it(n):
    tries = pathlib.Path(__file__).with_suffix(f".{{n}}")
    tries.write_text((tries.read_text() if tries.exists() else "") + "x")
    assert len(tries.read_text()) > {times}
""",
            encoding="utf-8",
        )
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    run = [ROOT / ".ci" / "tests", Path(sys.executable).parent, "-q"]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True)


def test_what_failed_beside_others_is_tried_once_more_alone_and_named(tmp_path: Path) -> None:
    run = _tests_that_fail(tmp_path, times=1, files=3, tests=2)
    assert run.returncode == 0
    assert "failed beside others:\n  test_" in run.stdout and "6 passed" in run.stdout


@pytest.mark.parametrize(("times", "files"), [(2, 1), (1, 4)], ids=["fails again", "too many"])
def test_what_fails_again_or_in_more_than_three_files_is_a_failure(tmp_path: Path, times: int, files: int) -> None:
    assert _tests_that_fail(tmp_path, times, files).returncode != 0
