"""A setting is taken whole or refused by its name: nothing that is misspelled is silently without effect."""

from pathlib import Path

import pytest

from centre.settings import SettingsError, load


def test_whom_to_call_abroad_is_set_by_country(tmp_path: Path) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text('[abroad.contacts]\nFR = "CORG Lille 0033 3 00 00 00 00"\n', encoding="utf-8")
    assert load(file=file, environ={}).abroad.contacts == {"FR": "CORG Lille 0033 3 00 00 00 00"}
    assert load(file=tmp_path / "none", environ={}).abroad.contacts == {}


@pytest.mark.parametrize("line", ['UK = "0044"', 'FR = ""', "FR = 112", f'FR = "{"1" * 201}"'])
def test_a_country_that_is_no_neighbour_and_a_contact_that_is_none_are_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "vigie.toml"
    file.write_text(f"[abroad.contacts]\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="abroad"):
        load(file=file, environ={})
