"""The canonical form is RFC 8785, and the limits keep it so."""

import hashlib
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from incidents.log import NO_HASH, Draft, Record
from incidents.log.record import (
    LARGEST_INTEGER,
    BadRecord,
    canonical,
    check_draft,
    check_record,
    encode,
    hash_of,
    open_facts,
    open_text,
    place,
)
from tests.incidents.log.parts import AT, draft

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
facts = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9_.:-]{1,8}", fullmatch=True),
    texts | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER),
    max_size=8,
)


@given(facts, texts, texts.filter(bool))
def test_canonical_form_is_that_of_rfc_8785(facts: Any, actor: str, record_id: str) -> None:
    what = Draft(id=record_id, at=AT, source_at=AT, actor=actor, type="note", open=facts)
    record = place(what, "incident/a", 3, "AAAA", NO_HASH)
    fields = msgspec.to_builtins(record)
    assert encode(record) == rfc8785.dumps(fields)
    del fields["hash"]
    assert canonical(record) == rfc8785.dumps(fields)
    assert record.hash == hashlib.sha256(rfc8785.dumps(fields)).hexdigest() == hash_of(record)


@given(facts)
def test_open_facts_come_back_as_they_were(facts: Any) -> None:
    check_draft("incident/a", Draft(id="a", at=AT, source_at=AT, actor="", type="note", open=facts))
    back = open_facts(open_text(facts))
    assert back == facts
    assert [type(value) for value in back.values()] == [type(facts[name]) for name in back]


def test_control_characters_and_astral_ones_are_written_as_rfc_8785_says() -> None:
    text = "".join(map(chr, range(0x20))) + '\x7f"\\/é€\u2028\ue000😀'
    assert open_text({"a": text}).encode() == rfc8785.dumps({"a": text})


@pytest.mark.parametrize(
    "facts",
    [
        {"n": LARGEST_INTEGER + 1},
        {"n": -LARGEST_INTEGER - 1},
        {"x": 1.5},
        {"x": None},
        {"x": ["a"]},
        {"é": 1},
        {"": 1},
        {"a" * 65: 1},
    ],
)
def test_facts_that_would_not_read_back_alike_everywhere_are_refused(facts: Any) -> None:
    with pytest.raises(BadRecord):
        check_draft("incident/a", Draft(id="a", at=AT, source_at=AT, actor="", type="note", open=facts))


@pytest.mark.parametrize(
    "at", ["", "2026-11-24T21:14:07Z", "2026-11-24T21:14:07.412+00:00", "2026-11-24 21:14:07.412Z"]
)
def test_a_moment_in_another_form_is_refused(at: str) -> None:
    with pytest.raises(BadRecord):
        check_draft("incident/a", Draft(id="a", at=at, source_at=AT, actor="", type="note", open={}))


@pytest.mark.parametrize("stream", ["", "incident/a\nb", "x" * 201])
def test_a_stream_that_a_digest_could_misread_is_refused(stream: str) -> None:
    with pytest.raises(BadRecord):
        check_draft(stream, draft("a"))


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(BadRecord):
        place(draft("a", word="\ud800"), "incident/a", 1, "", NO_HASH)


def test_a_refusal_does_not_repeat_what_was_refused() -> None:
    with pytest.raises(BadRecord) as told:
        check_draft("incident/a", draft("a", name="A. Voorbeeld", **{"A. Voorbeeld": 1}))
    assert "Voorbeeld" not in str(told.value)


def test_a_foreign_record_out_of_limits_is_refused() -> None:
    good = place(draft("a"), "incident/a", 1, "", NO_HASH)
    check_record(good)
    for wrong in ({"version": 0}, {"prev": "0"}, {"hash": "F" * 64}, {"sealed": "not base64!"}):
        with pytest.raises(BadRecord):
            check_record(Record(**{**msgspec.structs.asdict(good), **wrong}))  # type: ignore[arg-type]
