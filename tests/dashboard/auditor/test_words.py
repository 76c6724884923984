"""The auditor page has a word for whatever a look or a notice may say."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from dashboard.i18n.words import words
from incidents.auditing.look import Alarm, What
from incidents.auditing.rules import RULES
from incidents.events import Need, NoticeState, Why
from incidents.roles import Role
from reports.catalogue import named, translator

RULE = [rule.name for rule in RULES]


def codes(kind: Any) -> Iterator[str]:
    """What a literal, or a union of literals, may be; "" is said by nothing."""
    for one in get_args(kind):
        yield from codes(one) if get_args(one) else [one] if one else []


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        ("audit.need", list(codes(Need))),
        ("audit.what", list(codes(What))),
        ("audit.alarm", list(codes(Alarm))),
        ("audit.state", ["new", *codes(NoticeState)]),
        ("audit.rule", RULE),
        ("audit.rule_why", RULE),
        ("reason", list(codes(Why))),
        ("role", list(codes(Role))),
    ],
)
def test_every_code_has_a_word(begins: str, said: list[str]) -> None:
    english = translator("en")
    there = words(english) | named(english, "dashboard/auditor")
    assert said and [code for code in said if f"{begins}.{code}" not in there] == []
