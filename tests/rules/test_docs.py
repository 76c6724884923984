"""The docs tell the truth: every setting, command and record type is in them."""

import re
from pathlib import Path

import msgspec
import pytest
import typer

import app
from centre.setting_sources import fields_of, value_of
from centre.settings import Settings, load
from incidents.events import EVENT_TYPES
from tests.rules import tree
from tests.rules.house import ROOMS, ROOT


@pytest.mark.parametrize("page", [*tree.SHOWN, *tree.MADE])
def test_what_a_page_shows_of_the_code_is_what_the_code_says_of_itself(page: str) -> None:
    assert text(page) == tree.filled(page), "python -m tests.rules.tree writes it anew"


def test_a_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))


def test_every_file_that_a_page_names_is_there() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    path = re.compile(rf"`((?:{'|'.join(ROOMS)}|docs|tests)/[\w/.-]*)`")
    named = {(page.name, name) for page in pages for name in path.findall(page.read_text(encoding="utf-8"))}
    assert len(named) > 100
    assert not [(page, name) for page, name in named if not (ROOT / name).exists()]


def test_every_page_is_reached_from_the_readme() -> None:
    assert not [page.name for page in (ROOT / "docs").glob("*.md") if f"`docs/{page.name}`" not in text("README.md")]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_says_in_one_line_what_it_means() -> None:
    fields = fields_of(Settings)
    assert len(fields) > 90
    assert not [field.name for field in fields if not field.meaning or "\n" in field.meaning or "|" in field.meaning]


def test_the_file_to_copy_sets_nothing_and_with_all_its_lines_in_force_is_read_with_the_defaults(
    tmp_path: Path,
) -> None:
    copied = text("docs/vigie.toml")
    (file := tmp_path / "vigie.toml").write_text(copied, encoding="utf-8")
    assert load(file=file, environ={}) == Settings()
    file.write_text(re.sub(r"^#(?=\w+ = )", "", copied, flags=re.M), encoding="utf-8")
    settings = load(file=file, environ={})
    for field in fields_of(Settings):
        example = field.facts["example"]
        value = msgspec.to_builtins(value_of(settings, field.name), enc_hook=str)
        wanted = msgspec.to_builtins(field.default if example is None else example, enc_hook=str)
        assert (sorted(value) == sorted(wanted)) if field.several else value == wanted, field.name


def commands(group: typer.Typer = app.app, path: str = "") -> list[str]:
    own = [path + (c.name or c.callback.__name__) for c in group.registered_commands]  # type: ignore[union-attr]
    return own + [name for g in group.registered_groups for name in commands(g.typer_instance, f"{g.name} ")]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", commands())
def test_every_command_is_in_its_table(name: str) -> None:
    assert re.search(rf"`{name}\b", text("docs/commands.md")), name


def test_every_record_type_is_in_the_logs_document_with_its_sealed_facts() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| .*? \| (.*?) \|$", text("docs/log.md"), re.M))
    documented = {kind: set(re.findall(r"`(\w+)`", sealed)) for kind, sealed in rows.items()}
    assert documented == {kind: set(event.SEALED) for kind, event in EVENT_TYPES.items()}


def test_every_test_that_the_security_page_names_is_there() -> None:
    named = set(re.findall(r"test_\w+\.py", text("docs/security.md")))
    assert named
    assert named <= {path.name for path in (ROOT / "tests").rglob("test_*.py")}
