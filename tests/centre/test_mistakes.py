"""A mistake of setting up is refused by its setting's name where no desk was at work, and keeps none from starting that was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from centre.access import all_in_the_clear, in_the_clear, lost_register, tls_context
from centre.serving import refuse_or_say
from centre.setting_files import SECRET_FILES, why_unreadable
from centre.setting_sources import SettingField, fields_of
from centre.settings import Settings, SettingsError
from dashboard.ports import free_port
from incidents.settings import WEB
from tests.processes import Command, vigie
from training.isolation import room_settings
from training.serving import run_room

READ = [field for field in fields_of(Settings) if field.facts["reads"]]


def given(log: Path, name: str, value: Any) -> Settings:
    """Settings with one changed."""
    settings = Settings(log=log, no_sign_in=True)
    section, _, field = name.rpartition(".")
    if not section:
        return msgspec.structs.replace(settings, **{field: value})
    more = {"cert_file": Path(__file__)} if name == "cluster.key_file" else {}  # it is the key of one
    inner = msgspec.structs.replace(getattr(settings, section), **more, **{field: value})
    return msgspec.structs.replace(settings, **{section: inner})


async def refused_then_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, settings: Callable[[Path], Settings]
) -> str:
    """What is said of these settings where no desk was at work; the same is in the log where one was."""
    (tmp_path / "fresh").mkdir()
    with pytest.raises(SettingsError) as refused:
        await refuse_or_say(settings(tmp_path / "fresh" / "vigie.log"))
    (tmp_path / "vigie.log").write_bytes(b"a log")
    await refuse_or_say(settings(tmp_path / "vigie.log"))
    assert [(record.levelname, record.message) for record in caplog.records] == [("ERROR", str(refused.value))]
    return str(refused.value)


@pytest.mark.parametrize("field", READ, ids=lambda field: field.name)
async def test_a_file_that_a_setting_names_and_that_is_not_there_is_named_with_its_setting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, field: SettingField
) -> None:
    lost = tmp_path / "lost"
    said = await refused_then_said(tmp_path, caplog, lambda log: given(log, field.name, lost))
    assert said == f"{field.name}: {lost}: no such file or directory"


@pytest.mark.parametrize(
    "field",
    [field for field in fields_of(Settings) if field.facts.get("secret") or field.name.endswith(SECRET_FILES)],
    ids=lambda field: field.name,
)
async def test_a_secret_that_the_documents_print_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, field: SettingField
) -> None:
    (file := tmp_path / "file").write_text("change-this-word\n")
    value = field.facts["example"] if field.facts.get("secret") else file
    said = await refused_then_said(tmp_path, caplog, lambda log: given(log, field.name, value))
    assert said == f"{field.name}: it is the sample of the documents: choose one of your own"


def test_each_path_that_is_set_and_only_read_is_looked_for() -> None:
    made = {  # by a desk or a command of Vigie, while it serves
        "log", "cases", "users", "key_file", "addresses_dir", "degraded.file", "buttons.store", "training.folder",
        "erased_register",
    }  # fmt: skip
    assert {field.name for field in fields_of(Settings) if field.path} == {field.name for field in READ} | made


async def test_a_case_register_that_is_not_there_is_named_with_the_command_that_makes_it_and_keeps_no_desk_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cases = tmp_path / "cases.db"
    await refuse_or_say(given(tmp_path / "vigie.log", "cases", cases))
    (said,) = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert said.startswith(f"cases: {cases}: there is no such file")
    assert f"cases import FILE --cases {cases}" in said
    cases.symlink_to(cases.name)
    assert lost_register(cases).startswith(f"cases: {cases}: too many levels")
    cases.unlink()
    cases.write_bytes(b"a register")
    assert lost_register(cases) == lost_register(None) == ""


@pytest.mark.parametrize("address", ["0.0.0.0", "", "192.0.2.1", "::", "desk.example"])
async def test_passwords_in_the_clear_are_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    said = await refused_then_said(tmp_path, caplog, lambda log: given(log, "address", address))
    assert said.startswith("address ") and "in the clear" in said
    with pytest.raises(SettingsError, match=r"training\.address .*in the clear"):
        room = room_settings(given(tmp_path / "vigie.log", "training.address", address))
        await run_room(room)
    assert (
        in_the_clear(address, tls=True, behind_proxy=False) == in_the_clear(address, tls=False, behind_proxy=True) == ""
    )


# Where http:// leads beyond this machine by a rule of their own.
OWN_RULE = {
    "basemap_url": "browsers ask it, for images that everybody has",
    "roads.url": "https:// beyond the centre's own network: docs/decisions/0059",
    "oidc": "https:// only: dashboard/access/oidc.py",
}


@pytest.mark.parametrize(
    "field",
    [
        f
        for f in fields_of(Settings)
        if f.facts["address"] == WEB and f.name not in OWN_RULE and f.section not in OWN_RULE
    ],
    ids=lambda field: field.name,
)
async def test_what_is_posted_in_the_clear_beyond_this_machine_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, field: SettingField
) -> None:
    def to(url: str) -> Any:
        return {"5415": url} if field.table else url

    said = await refused_then_said(
        tmp_path, caplog, lambda log: given(log, field.name, to("http://zone.example/geheim"))
    )
    assert said.startswith(field.name) and "in the clear" in said and "geheim" not in said
    for url in ("https://zone.example/x", "http://127.0.0.1:80/x", "http://localhost/x", "http://[::1]:8080/x"):
        assert not list(all_in_the_clear(given(tmp_path / "vigie.log", field.name, to(url))))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_itself_needs_no_tls(address: str) -> None:
    assert in_the_clear(address, tls=False, behind_proxy=False) == ""


def test_a_file_that_would_be_waited_for_or_is_none_is_not_read(tmp_path: Path) -> None:
    import os

    os.mkfifo(pipe := tmp_path / "pipe")
    (file := tmp_path / "file").write_text("x")
    assert why_unreadable(pipe) == f"{pipe}: it is no ordinary file"
    assert why_unreadable(tmp_path) == f"{tmp_path}: is a directory"
    assert why_unreadable(file, "folder") == f"{file}: not a directory"
    assert why_unreadable(file) == why_unreadable(tmp_path, "folder") == ""
    assert "it is no path" in why_unreadable(Path("a\0b"))


def test_a_certificate_and_a_key_that_are_none_are_named(tmp_path: Path) -> None:
    (cert := tmp_path / "cert").write_text("no certificate")
    with pytest.raises(SettingsError, match=r"tls_key: .*lost: no such file"):
        tls_context(cert, tmp_path / "lost")
    with pytest.raises(SettingsError, match=r"tls_cert .*cert, tls_key .*cert: one of them is no certificate"):
        tls_context(cert, cert)


async def test_what_fails_at_the_terminal_names_file_and_port_and_their_settings(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "vigie.log"
    first = Command("serve", "--no-sign-in", "--log", str(log), "--port", str(port), output=tmp_path / "output")
    try:
        first.serves(port)
        log = tmp_path / "other.log"
        code, said = await vigie("serve", "--no-sign-in", "--log", str(log), VIGIE_PORT=str(port))
        assert code == 1
        assert f"port {port} of 127.0.0.1" in said and "(port and address in the settings, or --port)" in said
        assert not log.exists(), "where none was served, the next mistake is refused too"
    finally:
        first.stop()
    code, said = await vigie("locate", "51", "3.7", folder=tmp_path, VIGIE_ZONES_DIR="/lost")
    assert (code, said.splitlines()[0]) == (1, "vigie: zones_dir (VIGIE_ZONES_DIR): /lost: no such file or directory")
    code, said = await vigie("feed", "replay", "lost.jsonl", "--port", "0", folder=tmp_path)
    assert (code, said.splitlines()[-1]) == (1, "vigie: lost.jsonl: no such file or directory")
    code, said = await vigie("serve", "--no-sign-in", folder=tmp_path, VIGIE_LOG="none.log", VIGIE_STREETS_FILE="lost")
    assert (code, said.splitlines()[-1]) == (1, "vigie: streets_file: lost: no such file or directory")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("feed", "gateway", "--store", "nowhere/a.feed"),
            "nowhere/a.feed: the feed's file: no such file or directory\n",
        ),
        (
            ("users", "add", "Ann Fictief", "--role", "dispatcher", "--password-stdin", "--users", "nowhere/users"),
            "nowhere/users: no such file or directory\n",
        ),
    ],
)
async def test_a_command_names_its_file_and_why_without_the_systems_number(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    assert await vigie(*words, folder=tmp_path, typed="a long password\n") == (1, f"vigie: {says}")


async def test_the_help_of_backup_names_its_folder(tmp_path: Path) -> None:
    code, said = await vigie("backup", "--help", folder=tmp_path)
    assert code == 0 and "backup [OPTIONS] FOLDER |" in said
