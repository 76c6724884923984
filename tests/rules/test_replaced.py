"""The types know what `msgspec.structs.replace` may replace (`tests.rules.replaced`)."""

from pathlib import Path

from mypy import api

from tests.rules.house import ROOT

CALLS = """
import msgspec
from msgspec.structs import replace


class Base(msgspec.Struct, frozen=True, kw_only=True):
    own: str = ""


class Group(Base, frozen=True, kw_only=True):
    zone: str


reveal_type(replace(Group(zone="5415"), zone="5416", own="x"))
msgspec.structs.replace(Group(zone="5415"), zome="5416")
replace(Group(zone="5415"), zone=5416)
"""


def test_another_name_or_type_than_a_field_has_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "calls.py"
    file.write_text(CALLS, encoding="utf-8")
    found, _, code = api.run(["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path), str(file)])
    revealed, name, _, kind, _ = found.splitlines()
    assert code == 1 and revealed.endswith('is "calls.Group"')
    assert 'Unexpected keyword argument "zome"' in name and 'incompatible type "int"; expected "str"' in kind
