"""Ten kinds of misuse hidden in a year: each is found by its rule, with at most one false notice a week."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from incidents.auditing.index import Index
from incidents.auditing.rules import RULES, AuditRules, Judge, Notice
from incidents.log.snapshot import snapshot
from incidents.log.vault import Vault
from tests.incidents.auditing.year import KINDS, Hidden, weeks, write_year

AFTER = timedelta(days=1)


@contextmanager
def read(path: Path) -> Iterator[Index]:
    vault = Vault.open(path)
    try:
        index = Index(partial(snapshot, path), vault, AuditRules(), rests=False)
        index.read_on()
        yield index
    finally:
        vault.close()


def judged(index: Index) -> list[Notice]:
    judge = Judge(AuditRules())
    return [notice for row in range(index.columns.count) for notice in judge.judge(index.look(row))]


def when(notice: Notice) -> datetime:
    return datetime.fromtimestamp(notice.at_ms / 1000, UTC)


def found(hidden: Hidden, notices: list[Notice]) -> bool:
    return any(
        notice.rule == hidden.kind
        and notice.who == hidden.who
        and (not hidden.case or notice.about in ("", hidden.case))
        and hidden.since <= when(notice) + timedelta(seconds=1)
        and when(notice) <= hidden.until + AFTER
        for notice in notices
    )


def false(notice: Notice, hidden: tuple[Hidden, ...]) -> bool:
    """Nobody did anything then: a misuse may well be noticed by two rules."""
    return not any(
        notice.who == one.who and one.since <= when(notice) + timedelta(seconds=1) and when(notice) <= one.until + AFTER
        for one in hidden
    )


SHORT = (1, 8, 19)  # in the latter two an earlier rule of who is off shift made two in a week


@pytest.mark.parametrize(
    "seed", [*SHORT, *(pytest.param(seed, marks=pytest.mark.prove) for seed in range(1, 21) if seed not in SHORT)]
)
def test_each_misuse_of_a_year_is_found_by_its_rule_with_at_most_one_false_notice_a_week(
    tmp_path: Path, seed: int
) -> None:
    hidden = write_year(tmp_path / "vigie.log", seed)
    with read(tmp_path / "vigie.log") as index:
        notices = judged(index)
    assert {one.kind for one in hidden} == set(KINDS) == {rule.name for rule in RULES}
    assert [one.kind for one in hidden if not found(one, notices)] == []
    wrong = [notice for notice in notices if false(notice, hidden)]
    assert max(weeks(when(notice) for notice in wrong).values(), default=0) <= 1
