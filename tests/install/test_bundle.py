"""The bundle's installer: a version whole or not at all, the one before within reach, and no network. docs/install.md."""

import fcntl
import itertools
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.ports import free_port
from tests.install.parts import numbered, run
from tests.processes import ROOT

# A namespace of the network where there is nothing but this machine itself.
ALONE = ("unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
if os.geteuid():
    ALONE = ("unshare", "-r", *ALONE[1:])
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def libraries(folder: Path) -> Path:
    """In the place of the locked libraries' wheels one that leads to where the tests' own lie: nothing is fetched."""
    folder.mkdir()
    name = "libraries-1.0"
    files = {
        "libraries.pth": sysconfig.get_path("purelib"),
        f"{name}.dist-info/METADATA": "Metadata-Version: 2.1\nName: libraries\nVersion: 1.0\n",
        f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{name}.dist-info/RECORD"] = "".join(f"{file},,\n" for file in (*files, f"{name}.dist-info/RECORD"))
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return folder


def bundle(folder: Path, version: str, *wheels: str) -> Path:
    """The bundle of this code under another version's number, unpacked as an administrator does."""
    source = numbered(folder / f"source-{version}", version)
    for name in ("docs", ".ci"):
        shutil.copytree(ROOT / name, source / name)
    for name in ("CHANGELOG.md", "requirements.lock"):
        shutil.copy(ROOT / name, source)
    made = run(str(source / ".ci" / "bundle"), sys.executable, *wheels, SOURCE_DATE_EPOCH="1700000000")
    with tarfile.open(source / made.strip()) as archive:
        archive.extractall(folder, filter="data")
    return folder / Path(made.strip()).name.removesuffix(".tar.gz")


def install(bundle: Path, prefix: Path, *words: str, python: str = sys.executable, **environ: str) -> tuple[int, str]:
    """Run its installer where there is no network, with this Python ("": it looks for one); the exit code and what it said."""
    named = ("--python", python) if python else ()
    command = (*ALONE, str(bundle / "install.sh"), "--prefix", prefix.name, *named, *words)
    ran = subprocess.run(
        command,
        cwd=prefix.parent,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    return ran.returncode, ran.stdout


def current(prefix: Path) -> str:
    """Which version answers where services look for it."""
    return run(str(prefix / "current" / "bin" / "vigie"), "--version").split()[1]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    return bundle(folder, "8.1.0", str(libraries(folder / "libraries")))


@pytest.fixture
def spoiled(first: Path, tmp_path: Path) -> Path:
    """A copy of the bundle to do something to."""
    return shutil.copytree(first, tmp_path / "spoiled")


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path) -> Iterator[None]:
    """What stands beside the releases is never touched."""
    data = tmp_path / "prefix" / "data"
    data.mkdir(parents=True)
    (data / "vigie.log").write_text("hers", encoding="utf-8")
    yield
    assert [path.name for path in data.iterdir()] == ["vigie.log"]
    assert (data / "vigie.log").read_text(encoding="utf-8") == "hers"


def untouched(prefix: Path) -> bool:
    return [path.name for path in prefix.iterdir()] == ["data"]


def test_a_version_is_installed_once_in_the_place_of_another_which_comes_back(first: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "prefix"
    assert install(first, prefix, "--rollback") == (1, f"install.sh: there is no version to go back to in {prefix}\n")
    # A version that was installed before, and what an installation of this one left that was killed.
    before = prefix / "releases" / "8.0.0"
    (before / "bin").mkdir(parents=True)
    (before / "bin" / "vigie").write_text("#!/bin/sh\necho vigie 8.0.0\n", encoding="utf-8")
    (before / "bin" / "vigie").chmod(0o755)
    (before / "BUNDLE").touch()
    (prefix / "current").symlink_to("releases/8.0.0")
    torn = prefix / "releases" / "8.1.0"
    torn.mkdir()
    (torn / "half").touch()
    code, told = install(first, prefix, PYTHONPATH="/nowhere", PIP_INDEX_URL="http://127.0.0.1:9/")
    assert code == 0, told
    assert current(prefix) == "8.1.0" and not (torn / "half").exists()

    known = torn.stat().st_ino
    code, told = install(first, prefix)
    assert code == 0 and "installed already" in told and torn.stat().st_ino == known
    for version in ("8.0.0", "8.1.0", "8.0.0"):  # back, forward again, back
        code, told = install(torn, prefix, "--rollback")
        assert (code, current(prefix)) == (0, version), told
    assert install(first, prefix)[0] == 0 and current(prefix) == "8.1.0"
    assert ending_at_each_link(torn, prefix, tmp_path / "bin", "8.0.0") == 3
    assert ending_at_each_link(torn, prefix, tmp_path / "bin", "8.1.0") == 3
    assert {path.name for path in prefix.iterdir()} == {".lock", "current", "data", "previous", "releases"}
    (torn / "BUNDLE").write_text("another", encoding="utf-8")
    code, told = install(first, prefix)
    assert code == 1 and "8.1.0 is installed from another bundle" in told and current(prefix) == "8.1.0"


def ending_at_each_link(bundle: Path, prefix: Path, bin: Path, to: str) -> int:
    """Go back, ended before each link in turn takes its place: the next attempt does what is left. How often it was ended."""
    links = {name: (prefix / name).readlink() for name in ("current", "previous")}
    bin.mkdir(exist_ok=True)
    ended = '[ $(wc -l <"$0.count") != "$AT" ] || exec kill -9 $PPID'
    (bin / "mv").write_text(f'#!/bin/sh\necho >>"$0.count"\n{ended}\nexec /bin/mv "$@"\n', encoding="utf-8")
    (bin / "mv").chmod(0o755)
    for at in itertools.count(1):
        (bin / "mv.count").unlink(missing_ok=True)
        code, _ = install(bundle, prefix, "--rollback", PATH=f"{bin}:{os.environ['PATH']}", AT=str(at))
        if code == 0:
            assert current(prefix) == to
            return at - 1
        assert current(prefix) != to
        assert install(bundle, prefix, "--rollback")[0] == 0 and current(prefix) == to
        for name, leads in links.items():
            (prefix / name).unlink()
            (prefix / name).symlink_to(leads)
    raise AssertionError


@pytest.mark.prove
def test_what_can_not_be_installed_leaves_the_version_that_works(spoiled: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "prefix"
    wheel = next((spoiled / "wheels").glob("libraries-*.whl"))
    wheel.write_bytes(b"no wheel, though its sum is right")
    _sum_anew(spoiled)
    code, told = install(spoiled, prefix)
    assert code != 0 and "libraries" in told
    assert not [*(prefix / "releases").iterdir()] and not (prefix / "current").is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="of root alone is asked whom others are")
def test_a_python_that_the_services_cannot_reach_is_refused_unless_it_is_named(first: Path, tmp_path: Path) -> None:
    prefix, closed = tmp_path / "prefix", tmp_path / "closed"
    closed.mkdir(mode=0o700)
    program = closed / f"python{PYTHON}"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    code, told = install(first, prefix, python="", PATH=f"{closed}:{os.environ['PATH']}")
    assert code == 1 and f"is {program}, and " in told and "is closed to the account of the services (--python" in told
    assert untouched(prefix)
    code, told = install(first, prefix, python=str(program))
    assert code == 0 and "is closed to the account of the services: they will not start" in told


def test_two_do_not_install_at_once(first: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "prefix"
    with (prefix / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, told = install(first, prefix)
    assert code == 1 and "another install.sh is at work" in told
    assert not [*(prefix / "releases").iterdir()]


def test_a_damaged_bundle_changes_nothing(spoiled: Path, tmp_path: Path) -> None:
    wheel = next((spoiled / "wheels").glob("vigie-*.whl"))
    with wheel.open("r+b") as file:
        file.seek(1000)
        file.write(b"damage")
    code, told = install(spoiled, tmp_path / "prefix")
    assert code == 1 and f"wheels/{wheel.name}: FAILED" in told and "damaged" in told
    wheel.unlink()
    assert install(spoiled, tmp_path / "prefix")[0] == 1
    (spoiled / "SHA256SUMS").write_text("", encoding="utf-8")
    assert install(spoiled, tmp_path / "prefix")[0] == 1
    assert untouched(tmp_path / "prefix")


@pytest.mark.parametrize(
    ("fact", "value", "told"),
    [
        ("python", "3.4", "this bundle is for Python 3.4, and found was"),
        ("machine", "s390x", "this bundle is for s390x"),
        ("kib", "900000000000", "not enough room in"),
    ],
)
def test_a_machine_that_it_is_not_for_is_refused_before_anything_changes(
    spoiled: Path, tmp_path: Path, fact: str, value: str, told: str
) -> None:
    facts = spoiled / "facts"
    facts.write_text(
        "".join(
            f"{name}={value if name == fact else old}\n"
            for name, old in (line.split("=") for line in facts.read_text("utf-8").split())
        ),
        encoding="utf-8",
    )
    _sum_anew(spoiled)
    code, output = install(spoiled, tmp_path / "prefix")
    assert code == 1 and told in output
    assert untouched(tmp_path / "prefix")


def _sum_anew(folder: Path) -> None:
    """Sums of a bundle that is whole, and of something else."""
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    names = [name for name in files if name != "SHA256SUMS"]
    (folder / "SHA256SUMS").write_text(run("sha256sum", *names, cwd=folder), encoding="utf-8")


@pytest.mark.prove
@pytest.mark.timeout(1500)
def test_the_whole_bundle_installs_without_a_network_serves_the_demo_and_is_upgraded(tmp_path: Path) -> None:
    prefix, port = tmp_path / "prefix", free_port()
    whole = bundle(tmp_path, "8.1.0")
    code, told = install(whole, prefix)
    assert code == 0, told
    assert current(prefix) == "8.1.0"
    # Its pages are asked for in the same namespace: there is no other way to them.
    script = (
        '"$1" demo --port "$2" --exit-after 60 & '
        'until curl -sf "http://127.0.0.1:$2/live"; do kill -0 $! || exit 1; sleep 0.2; done; '
        'until curl -sf "http://127.0.0.1:$3/live"; do kill -0 $! || exit 1; sleep 0.2; done; '
        'curl -sf "http://127.0.0.1:$2/sign-in"; kill $!; wait $!'
    )
    page = run(
        *ALONE, "sh", "-c", script, "sh", str(prefix / "current" / "bin" / "vigie"), str(port), str(port + 1),
        cwd=tmp_path,
    )  # fmt: skip
    assert "dispatcher" in page and "Traceback" not in page

    later = bundle(tmp_path, "8.2.0", str(whole / "wheels"))
    next((later / "wheels").glob("vigie-8.1.0-*")).unlink()
    _sum_anew(later)
    code, told = install(later, prefix)
    assert code == 0, told
    assert current(prefix) == "8.2.0"
    assert install(prefix / "current", prefix, "--rollback")[0] == 0
    assert current(prefix) == "8.1.0"
