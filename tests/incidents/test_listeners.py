"""What is said of a part that failed: of a fault of ours where, of a log that is away and of the system why, in a line."""

import errno
import logging
import os
from collections.abc import Iterator

import pytest

from incidents import listeners
from incidents.listeners import say_fault
from incidents.log import LogDamaged, LogUnavailable

PERSON = "Ann Fictief"


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(listeners, "_said", {})
    yield


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (LogUnavailable("the log: it cannot be opened"), "the log: it cannot be opened"),
        (LogDamaged("the log: it is damaged"), "the log: it is damaged"),
        (FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/cases/Ann Fictief"), "no such file or directory"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "the disk is full"),
        (TimeoutError(), "timeouterror"),
    ],
)
def test_what_is_no_fault_of_ours_is_one_line_without_a_trace_or_a_path(
    error: Exception, why: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(listeners.time, "monotonic", lambda: now[0])
    for now[0] in range(0, 1200, 10):  # type: ignore[assignment]
        say_fault(error, "search, which is started again,")
    assert [record.getMessage() for record in caplog.records] == [f"search, which is started again, failed: {why}"] * 2
    assert not any(record.exc_info for record in caplog.records)
    say_fault(LogUnavailable("another reason"), "search, which is started again,")
    assert caplog.records[-1].getMessage().endswith("failed: another reason")


def test_a_fault_of_ours_keeps_its_place_and_none_of_its_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        try:
            raise KeyError(PERSON)
        except KeyError as error:
            say_fault(error, "a page")
    assert "test_listeners.py" in caplog.text and "KeyError" in caplog.text and PERSON not in caplog.text
