"""What a page asks becomes a command as it would be read: nothing in it can hide, or turn what stands after it."""

from datetime import UTC, datetime

import pytest

from dashboard.components.actions import receive
from incidents import commands as do

NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("unseen", ["\x00", "\x1b", "\x7f", "\u202e", "\u2066", "\u200f", "\u2028"])
def test_what_no_reader_sees_stays_out_of_what_is_kept_and_shown(unseen: str) -> None:
    facts = {"do": "answer_order", "id": "command-1", "incident": "i", "order": "o", "answer": "declined"}
    asked = receive.command(facts | {"reason": f"road{unseen} closed", "unit": f"53{unseen}41"}, None, NOW)
    assert isinstance(asked, do.AnswerOrder)
    assert (asked.reason, asked.unit) == ("road closed", "5341")


@pytest.mark.parametrize("text", ["<b>één</b> & 'twee'", "line\nline\ttab", "👩‍🚒 né", "العربية עברית"])
def test_what_a_person_can_read_is_kept_as_it_was_typed(text: str) -> None:
    asked = receive.command({"do": "note", "id": "command-1", "incident": "i", "text": text}, None, NOW)
    assert isinstance(asked, do.Note)
    assert asked.text == text
