"""Which months may be exported, and that two exports can't be subtracted."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from reports.aggregate.period import Period, PeriodError, period_of
from reports.aggregate.register import PublishedBefore, enter, read, register_of
from tests.reports.aggregate.parts import Many, exported

NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)  # in Belgium already December
PARTS: list[Many] = [(40, "2026-01", "OVL", "test", "test_ok"), (30, "2026-02", "WVL", "accidental", "other")]


def test_whole_months_that_are_over_make_a_period_and_nothing_else_does() -> None:
    assert period_of("", "", NOW) == Period("2025-01", "2025-12")
    assert period_of("2026-01", "2026-11", NOW) == Period("2026-01", "2026-11")
    assert period_of("2024-02-01", "2024-02-29", NOW) == Period("2024-02", "2024-02")
    for since, until, why in (
        ("2026-01", "2026-12", "is not over"),
        ("2026-01-02", "2026-01-31", "cuts a month in two"),
        ("2026-01-01", "2026-01-30", "cuts a month in two"),
        ("2026-03", "2026-02", "is after"),
        ("2026-03", "", "together"),
        ("March", "April", "is no month"),
    ):
        with pytest.raises(PeriodError, match=why):
            period_of(since, until, NOW)


def test_an_export_that_shares_a_month_with_another_is_refused(tmp_path: Path) -> None:
    register = register_of(tmp_path / "vigie.log")
    enter(register, exported(PARTS).published)
    longer = exported(PARTS, ("2026-02", "2026-03")).published
    with pytest.raises(PublishedBefore, match=r"2026-01\.\.2026-02 was exported on 2026-11-24"):
        enter(register, longer)
    enter(register, exported(PARTS, ("2026-03", "2026-04")).published)
    assert [entry.first for entry in read(register)] == ["2026-01", "2026-03"]
    enter(register, msgspec.structs.replace(longer, despite="the first was of the wrong log"))
    assert read(register)[-1].despite == "the first was of the wrong log"
    assert register.stat().st_mode & 0o077 == 0


def test_the_very_same_figures_may_be_handed_out_again_and_changed_ones_may_not(tmp_path: Path) -> None:
    register = register_of(tmp_path / "vigie.log")
    for _ in range(2):
        enter(register, exported(PARTS).published)
    assert len(read(register)) == 1
    with pytest.raises(PublishedBefore):
        enter(register, exported([*PARTS, (6, "2026-02", "OVL", "real", "victim_safe")]).published)


def test_a_register_that_is_something_else_is_said_and_not_overwritten(tmp_path: Path) -> None:
    register = register_of(tmp_path / "vigie.log")
    register.write_text("no\n")
    with pytest.raises(ValueError, match=r"vigie\.log\.published cannot be read"):
        enter(register, exported(PARTS).published)
    assert register.read_text() == "no\n"
