"""A setting is taken whole or refused by its name: nothing that is misspelled or can't be meant is silently without effect."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.setting_sources import SettingField, fields_of, is_address, is_origin
from centre.setting_texts import in_force
from centre.settings import Settings, SettingsError, load, load_said
from tests.processes import vigie

FIELDS = fields_of(Settings)


def refusal(tmp_path: Path, text: str = "", **environ: str) -> str:
    """What is said of these settings, which are refused."""
    (file := tmp_path / "vigie.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        load(file=file, environ=environ)
    return str(refused.value).replace(str(file), "vigie.toml")


def as_toml(field: SettingField, value: str) -> str:
    """A line, and its section, that gives the setting this value of TOML."""
    return f"{f'[{field.section}]' if field.section else ''}\n{field.name.rpartition('.')[2]} = {value}\n"


def test_whom_to_call_abroad_is_set_by_country(tmp_path: Path) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text('[abroad.contacts]\nFR = "CORG Lille 0033 3 00 00 00 00"\n', encoding="utf-8")
    assert load(file=file, environ={}).abroad.contacts == {"FR": "CORG Lille 0033 3 00 00 00 00"}
    assert load(file=tmp_path / "none", environ={}).abroad.contacts == {}


@pytest.mark.parametrize("line", ['UK = "0044"', 'FR = ""', "FR = 112", f'FR = "{"1" * 201}"'])
def test_a_country_that_is_no_neighbour_and_a_contact_that_is_none_are_refused(tmp_path: Path, line: str) -> None:
    assert "abroad" in refusal(tmp_path, f"[abroad.contacts]\n{line}\n")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_mistyped_name_is_refused_with_the_right_one_in_the_file_and_in_the_environment(
    tmp_path: Path, field: SettingField
) -> None:
    name = field.name
    assert f"vigie.toml: {name}t: no such setting; {name}?" in refusal(
        tmp_path, as_toml(field, "1").replace(" =", "t =")
    )
    for variable in field.variables:
        assert f"{variable}T: no such setting; {variable}?" in refusal(tmp_path, **{f"{variable}T": "1"})
    if field.table:
        variable = f"VIGIE_{name.replace('.', '_').upper()}"
        assert refusal(tmp_path, **{variable: "1"}) == f"{variable}: {name} is a table, which only vigie.toml can hold"


@pytest.mark.parametrize("name", ["VIGIE_HOME", "VIGIE_SERVICE_HOST", "VIGIE_PORT_80_TCP"])
def test_a_name_in_the_environment_that_is_like_no_settings_is_said_and_refuses_nothing(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert load(file=tmp_path / "vigie.toml", environ={name: "1"}) == Settings()
    assert f"{name}: no such setting" in caplog.text


@pytest.mark.parametrize("field", [f for f in FIELDS if f.facts["address"]], ids=lambda field: field.name)
@pytest.mark.parametrize(
    "wrong",
    ["dispatch.example", "ftp://dispatch.example", "//x", "http:/x", "ws:///", "http://x:0", "http://x:99999", "\x00"],
)
def test_an_address_that_leads_nowhere_is_refused_by_its_setting_and_is_not_quoted(
    tmp_path: Path, field: SettingField, wrong: str
) -> None:
    quoted = '"' + wrong.replace("\x00", "\\u0000") + '"'
    said = refusal(
        tmp_path, as_toml(field, f"{{5415 = {quoted}}}" if field.table else f"[{quoted}]" if field.several else quoted)
    )
    assert said.startswith(field.name)
    assert "an address" in said or "roads" in said or "NUL" in said
    assert wrong not in said


def test_a_setting_that_is_an_address_a_secret_or_about_zones_by_its_name_says_so() -> None:
    for field in FIELDS:
        name, facts = field.name.rpartition(".")[2], field.facts
        assert bool(facts["address"]) == (
            name.endswith(("url", "webhook", "issuer", "feed", "servers")) or field.name == "orders.zones"
        ), field
        assert facts["origin"] == (name == "origins"), field
        assert facts["names"] == ({"zones": "zone", "languages": "zone", "cics": "centre"}.get(name)), field
        assert facts["secret"] or not name.endswith(("token", "password", "secret", "webhook", "command")), field


@pytest.mark.parametrize("field", [f for f in FIELDS if f.kind in (int, float)], ids=lambda field: field.name)
@pytest.mark.parametrize("wrong", ["-1", "inf", "nan", "1e300", '"soon"'])
def test_a_number_that_cannot_be_meant_is_refused_by_its_setting(
    tmp_path: Path, field: SettingField, wrong: str
) -> None:
    assert field.name in refusal(tmp_path, as_toml(field, wrong))


@pytest.mark.parametrize("field", [f for f in FIELDS if f.path], ids=lambda field: field.name)
def test_an_empty_path_is_refused_by_its_setting(tmp_path: Path, field: SettingField) -> None:
    (variable,) = field.variables
    assert refusal(tmp_path, **{variable: ""}).startswith(f"{field.name} ({variable}): a path")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("watch = 3", "vigie.toml: watch: it is a section"),
        ('origins = ["https://vigie.example"]', "origins (vigie.toml): each is the name"),
        ('origins = ["*"]', "origins"),
        ('address = "127.0.0.1:80"', "address (vigie.toml): an address of this machine"),
        ("port = 65536", "port (vigie.toml)"),
        ("alarming = []", "alarming (vigie.toml)"),
        ('url = "http://x"', "vigie.toml: url: no such setting; "),
        ('feed = ["ws://x/feed", "ws://x/feed"]', "feed (vigie.toml): one address stands twice"),
        ('feed = ["ws://x/feed?a", "wss://X/feed/"]', "feed (vigie.toml): one address stands twice"),
        ("port = = 1", "vigie.toml: Invalid"),
        ('[cluster]\nservers = ["nats://vigie:word@n1"]', "cluster.servers: an address holds no user"),
        ('[cluster]\nservers = ["nats://n1/x"]', "cluster.servers: each is an address like"),
        ('[cluster]\nservers = ["http://n1"]', "cluster.servers"),
        ('[cluster]\nname = "a.b"', "cluster.name (vigie.toml)"),
        ("[cluster]\nreplicas = 0", "cluster.replicas (vigie.toml)"),
        ('[cluster]\nuser = "vigie"', "cluster.user: its password stands in a file"),
        ('[cluster]\nkey_file = "k"', "cluster.key_file: it is the key of a certificate"),
        ('[roads]\nurl = "http://router.example"', "roads.url leads outside"),
        ("[oidc.roles_map]\nx = 'boss'", "oidc.roles_map (vigie.toml)"),
        ("a = " + "[" * 5000, "vigie.toml: "),
        (".".join("a" * 60_000) + " = 1", "vigie.toml: line 1: more than 100 dots"),
        ("feed = 'WS://feed.example'", "feed"),
        ("orders.url = 'HTTP://zone.example/'", "orders.url"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line_that_names_it(tmp_path: Path, text: str, says: str) -> None:
    said = refusal(tmp_path, text)
    assert says in said
    assert "\n" not in said


def test_a_file_of_settings_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (link := tmp_path / "vigie.toml").symlink_to(tmp_path / "gone.toml")
    for file, why in ((link, "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(SettingsError, match=why) as refused:
            load(file=file, environ={})
        assert str(file) in str(refused.value)


def test_a_list_of_the_environment_may_have_spaces_and_be_empty(tmp_path: Path) -> None:
    environ = {"VIGIE_FEED": "ws://a, wss://b/amr", "VIGIE_SHIFT_STARTS": ""}
    settings = load(file=tmp_path / "none", environ=environ)
    assert (settings.feed, settings.shift.starts) == (("ws://a", "wss://b/amr"), ())


@given(st.text(max_size=40))
def test_whatever_is_typed_as_an_address_or_an_origin_is_judged(text: str) -> None:
    if is_address(text, ("http",)):
        assert text.startswith("http://")
    assert not (is_origin(text) and "/" in text)


@given(st.dictionaries(st.text(max_size=12), st.recursive(st.none() | st.integers() | st.text(), st.lists), max_size=4))
def test_whatever_the_command_line_gives_is_taken_or_refused(facts: dict[str, Any]) -> None:
    try:
        load(facts, file=Path("/nonexistent/vigie.toml"), environ={})
    except SettingsError as refused:
        assert str(refused)


def test_what_is_in_force_says_where_it_was_said_and_no_secret(tmp_path: Path) -> None:
    secrets = [field for field in FIELDS if field.facts["secret"]]
    assert {field.name for field in secrets} >= {"feeds.token", "health_token", "outside.webhook", "outside.command"}
    (file := tmp_path / "vigie.toml").write_text("port = 5600\ncentre = 'X'\n", encoding="utf-8")
    environ = {field.variables[0]: "https://geheim.example/geheim" for field in secrets}
    environ |= {"VIGIE_PORT": "5601", "VIGIE_FEED": "wss://me:geheim@feed.example/amr?token=geheim"}
    lines = list(in_force(*load_said({"log": tmp_path / "a.log"}, file=file, environ=environ)))
    assert len(lines) == len(FIELDS)
    assert "port = 5601  # VIGIE_PORT" in lines
    assert f'centre = "X"  # {file}' in lines
    assert f'log = "{tmp_path}/a.log"  # command line' in lines
    assert 'feed = ["wss://***@feed.example/amr?***"]  # VIGIE_FEED' in lines
    assert "# cases: none  # default" in lines
    assert 'health_token = "***"  # VIGIE_HEALTH_TOKEN' in lines
    assert "geheim" not in "\n".join(lines)


async def test_the_commands_print_the_file_to_copy_and_what_is_in_force(tmp_path: Path) -> None:
    code, text = await vigie("settings", "template")
    assert code == 0
    (tmp_path / "vigie.toml").write_text(text.replace("#port = 5006", "port = 5600"), encoding="utf-8")
    code, shown = await vigie("settings", "show", "--cases", "c.db", folder=tmp_path)
    assert code == 0
    assert "port = 5600  # vigie.toml" in shown and 'cases = "c.db"  # command line' in shown
    code, said = await vigie("serve", folder=tmp_path, VIGIE_PORTT="1")
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("vigie: VIGIE_PORTT: no such setting; VIGIE_PORT?")


def test_a_link_is_followed_so_that_key_and_lock_lie_beside_the_file_itself(tmp_path: Path) -> None:
    links = {name: tmp_path / f"link-{name}" for name in ("log", "cases", "users")}
    for name, link in links.items():
        link.symlink_to(tmp_path / name)
    found = load(links, environ={})
    assert [found.log, found.cases, found.users] == [tmp_path / name for name in links]
