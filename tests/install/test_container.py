"""The container and its compose file name what there is: files, settings, the port, the way to the command."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

from centre.serving import mistakes
from centre.setting_sources import fields_of
from centre.settings import Settings, load
from tests.processes import ROOT

FILE = ROOT / "docs" / "container" / "Containerfile"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "container" / "compose.yaml").read_text(encoding="utf-8"))


def steps() -> list[tuple[str, str]]:
    """Each instruction with its words; a line that ends in a backslash goes on."""
    text = re.sub(r"\\\n\s*", "", FILE.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, words) for name, _, words in (line.partition(" ") for line in lines)]


def last(name: str) -> str:
    return [words for step, words in steps() if step == name][-1]


SET = dict(words.split("=", 1) for name, words in steps() if name == "ENV")


def environment() -> set[str]:
    """Every setting's name in the environment."""
    return {variable for field in fields_of(Settings) for variable in field.variables}


def test_what_it_copies_and_runs_is_in_a_bundle() -> None:
    copied = [words.split() for name, words in steps() if name == "COPY"]
    assert copied == [[".", "/bundle"], ["--from=installed", "/opt/vigie", "/opt/vigie"]]
    [installed] = [words for name, words in steps() if name == "RUN" and "/bundle" in words]
    assert shlex.split(installed) == ["/bundle/install.sh", "--prefix", "/opt/vigie"]
    assert 'mv "$made/docs/bundle/install.sh" "$made/install.sh"' in (ROOT / ".ci" / "bundle").read_text("utf-8")
    for words in (last("ENTRYPOINT"), last("HEALTHCHECK").partition("CMD ")[2]):
        assert json.loads(words)[0].startswith("/opt/vigie/current/bin/")


def test_it_runs_as_nobody_in_particular_and_keeps_its_data_in_a_volume() -> None:
    user = last("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert last("VOLUME") == last("WORKDIR") == "/data"
    owner, group = user.split(":")
    assert any(f"-o {owner} -g {group} -m 700 /data" in words for name, words in steps() if name == "RUN")
    desk = COMPOSE["services"]["desk"]
    assert desk["read_only"] is True and desk["cap_drop"] == ["ALL"] and desk["volumes"] == ["data:/data"]
    assert desk["restart"] == "always"
    assert [volume.split(":")[0] for volume in desk["volumes"]] == [*COMPOSE["volumes"]]


def test_settings_port_and_address_are_the_codes() -> None:
    desk = COMPOSE["services"]["desk"]
    named = {*desk["environment"], *re.findall(r"VIGIE_[A-Z_]+", FILE.read_text("utf-8"))}
    assert named <= environment() and {*SET} - {"WATCHDOG_USEC"} <= named
    port = str(Settings().port)
    assert last("EXPOSE") == port and f"127.0.0.1:{port}/live" in last("HEALTHCHECK")
    assert desk["ports"] == [f"127.0.0.1:{port}:{port}"] and desk["environment"]["VIGIE_ORIGINS"] == f"localhost:{port}"
    assert "    /live$\n" in (ROOT / "tests" / "goldens" / "routes.txt").read_text("utf-8")


def test_what_compose_sets_is_no_mistake_where_no_desk_was_at_work(tmp_path: Path) -> None:
    environ = {**SET, **COMPOSE["services"]["desk"]["environment"]}
    assert list(mistakes(load(file=tmp_path / "vigie.toml", environ=SET)))
    assert not list(mistakes(load(file=tmp_path / "vigie.toml", environ=environ)))


def test_compose_builds_this_container() -> None:
    build = COMPOSE["services"]["desk"]["build"]
    context = (ROOT / "docs" / "container" / build["context"]).resolve()
    assert context == ROOT and (context / build["dockerfile"]) == FILE
