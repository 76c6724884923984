"""The codebook of an export, in French and in Dutch: every file, column, unit, code and rule, with the period and the profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from incidents.events.kinds import Condition
from incidents.intervals import INTERVALS, Profile
from reports.aggregate.period import Period
from reports.aggregate.tables import CLASSES, NO_OUTCOME, OUTCOMES, UNKNOWN_PROVINCE
from reports.aggregate.times import LEAST, LEAST_P90, SIDE
from reports.catalogue import named, translator
from reports.words import codes

VERSION: Final = 3  # of its words and of how a CSV is written (docs/aggregate.md)
Language = Literal["fr", "nl"]
LANGUAGES: Final[tuple[Language, ...]] = ("fr", "nl")
# The text is typed as on a typewriter, and so are the words in it.
_TYPED: Final = str.maketrans({"’": "'", "\u00a0": " "})


class Province(msgspec.Struct, frozen=True):
    """A province, or Brussels: NIS code, French and Dutch name."""

    nis: str
    fr: str
    nl: str


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What an export was made of. `day`: the Belgian day it was made on."""

    period: Period
    day: date
    threshold: int
    profile: Profile
    provinces: tuple[Province, ...]
    despite: bool = False  # it overlaps an earlier one
    cases: bool = False  # it says something of cases and devices


def codebook(language: Language, made: Made) -> str:
    """The whole of it, as Markdown."""
    _ = translator(language)
    words = {name: text.translate(_TYPED) for name, text in named(_, "reports/aggregate").items()}
    called = codes(_) | {f"outcome.{NO_OUTCOME}": words[f"outcome.{NO_OUTCOME}"]}
    parts = ["codebook", *(["cases"] if made.cases else [])]
    text = "".join((Path(__file__).parent / f"{part}.{language}.md").read_text(encoding="utf-8") for part in parts)
    return text.format(
        title=words["title"],
        first=made.period.first,
        last=made.period.last,
        made=made.day.isoformat(),
        version=VERSION,
        threshold=made.threshold,
        profile=made.profile.name,
        made_for=_(made.profile.made_for),
        source=_(made.profile.source),
        published=words["published"],
        hidden=words["hidden"],
        least=LEAST,
        least_p90=LEAST_P90,
        side=SIDE,
        intervals=_list([(interval.name, words[interval.name]) for interval in INTERVALS]),
        targets=_targets(words, made.profile),
        classes=_list([(code, words[f"class.{code}"]) for code in CLASSES]),
        outcomes=_list([(code, called[f"outcome.{code}"]) for code in OUTCOMES]),
        provinces=_list(
            [(p.nis, getattr(p, language)) for p in made.provinces]
            + [(UNKNOWN_PROVINCE, words[f"province.{UNKNOWN_PROVINCE}"])]
        ),
        despite=words["despite"] if made.despite else "",
        enough=2 * made.threshold,
        conditions=_list([(code, called[f"condition.{code}"]) for code in get_args(Condition)]),
    )


def _list(codes: list[tuple[str, str]]) -> str:
    return "\n".join(f"- `{code}`: {text}" for code, text in codes)


def _targets(words: Mapping[str, str], profile: Profile) -> str:
    lines = [
        words["target"].format(
            interval=target.interval,
            limit=f"{target.limit_s:g}",
            under=words["under"] if target.under else "",
            share=words["share"].format(share=f"{100 * target.share:g}") if target.share is not None else "",
        )
        for target in profile.targets
    ]
    return "\n".join(lines) or words["no_targets"]
