"""The wheel is the whole product in one package, and its `vigie` does what `python app.py` does."""

import asyncio
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.centre.parts import Running
from tests.install.parts import environment, product, run, site
from tests.processes import ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment where pip installed the wheel."""
    folder = environment(tmp_path_factory.mktemp("installed") / "environment")
    pip = (sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet")
    run(*pip, "--no-index", "--no-deps", "--no-compile", str(built), PIP_CONFIG_FILE="/dev/null")
    return folder


def test_the_wheel_holds_every_file_of_the_product_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        files = [name for name in archive.namelist() if not name.startswith(f"vigie-{VERSION}.dist-info/")]
    assert sorted(files) == [f"vigie/{name}" for name in product()]


def test_no_room_stands_at_the_top_of_the_libraries(installed: Path) -> None:
    mine = {path.name for path in site(installed).iterdir()} - {"libraries.pth"}
    assert mine == {"vigie", f"vigie-{VERSION}.dist-info"}


def test_the_command_says_its_version_and_finds_a_zone_from_anywhere(installed: Path, tmp_path: Path) -> None:
    vigie = str(installed / "bin" / "vigie")
    assert run(vigie, "--version", cwd=tmp_path) == f"vigie {VERSION}\n"
    assert run(sys.executable, "app.py", "--version", cwd=ROOT) == f"vigie {VERSION}\n"
    assert '"name": "Polbru"' in run(vigie, "locate", "50.85", "4.35", cwd=tmp_path)
    assert "complete -o default -F _vigie_completion vigie" in run(vigie, _VIGIE_COMPLETE="source_bash")
    assert not [*tmp_path.iterdir()]


def test_a_message_names_the_command_that_is_there(installed: Path, tmp_path: Path) -> None:
    ran = subprocess.run([installed / "bin" / "vigie", "serve"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 1 and "make one: vigie users add NAME" in ran.stderr, ran.stderr


@pytest.mark.parametrize("way", ["serve", pytest.param("panel", marks=pytest.mark.prove)])
async def test_the_installed_desk_serves_and_so_does_panels_own_command(
    installed: Path, tmp_path: Path, way: str
) -> None:
    package, script = site(installed) / "vigie", tmp_path / "panel-command"
    script.write_text("from panel.command import main; main()", encoding="utf-8")
    command = {
        "serve": (str(installed / "bin" / "vigie"), "serve"),
        "panel": (
            *(str(installed / "bin" / "python"), str(script), "serve", str(package / "app.py")),
            *("--plugins", "vigie.app"),
        ),
    }[way]
    before = _files(package)
    served = Running(tmp_path, feeds=())
    environ = {"VIGIE_NO_SIGN_IN": "1", "VIGIE_LOG": str(served.log), "PATH": "/usr/bin:/bin"}
    process = await asyncio.create_subprocess_exec(
        *command, "--port", str(served.port), cwd=tmp_path, env=environ, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            while await asyncio.to_thread(served.status, "/live") != 200:
                assert process.returncode is None
                await asyncio.sleep(0.05)
        assert await asyncio.to_thread(served.status, "/operator") in (200, 302)
    finally:
        if process.returncode is None:
            process.terminate()
        code = await asyncio.wait_for(process.wait(), 30)
    assert code == 0
    assert _files(package) == before  # it writes nothing beside its code but what Python compiles


def _files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
