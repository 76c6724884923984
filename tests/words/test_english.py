"""What is read in French, Dutch or German holds no English word and no setting's name.

English words are those of the English catalogues; `BOTH` are those that are words of that language too, or names, one by
one. What a page or a paper says beside the catalogues is found in the pseudo-language (`unsaid`).
"""

import re
from collections.abc import Iterator
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

from centre.setting_sources import fields_of
from centre.settings import Settings
from incidents.events import EVENT_TYPES
from reports.catalogue import PSEUDO, WRITTEN, translator
from reports.evidence.words import Words
from reports.subject import HERS
from tests.words.test_catalogues import GAP, _said

# What is typed or read as it stands: addresses, commands and their words, paths, a line of a file, names of programs and zones.
VERBATIM = re.compile(
    r"\w+://\S+|`[^`]*`|python app\.py( [a-z]+)+( NAME)?|--[\w-]+( [a-z]+)?|docs/\S+|\?since=\S+|victim (ou|of|oder) suspect"
    r"|\(longest, shortest\)|located: false|\[file\] quote|Europe/Brussels|\bD-Bus\b|\bCtrl\b|\bnumpy\b|\bopenssl\b|\bpoppler\b"
)
# Of places and people in the scenarios that come with Vigie, in every language.
NAMES = (
    "batte exe gavers gent godelieve haacht herko herstal kortrijk "
    "leuven liège mouscron namur roubaix tournai tournaisis vlas wijgmaal"
)
BOTH = {
    "fr": """
        acceptable actions active aes alt amr anti apostrophe arrive audible bluetooth bluez brabant break briefing bthome bus cad
        canal car cent centre centres certain change cic coc code communication communications compare contact convention
        corrections csv danger date dates dbm ddof dispatcher dormant double exclusion exclusions export figure file
        format france gcm gps grave hainaut html https incident incidents information intervention isa join json large
        latitude liège local long longitude luxembourg machine maximum message messages min minimum minute minutes
        mis mobile mode moment namur nena nfpa note notes notifications office orange organedecontrole original page pages part
        parties parts pause pdf place point points police position positions possible promise propose protection
        province questions radio refuge route script second service services sha shift shifts signal signature signatures
        silence situation six son source sta suspect suspension tab table terminal test tests tilde touches transmission transport
        triangle triple type utc version versions vigie vigilance visible volume wifi wilson www zip zone zones
    """,
    "nl": """
        account accounts adapter aes alarm alt amr apart app arm back band begin bluetooth bluez brabant break briefing browser
        bthome bus cad cic citadel coc code contact csv data dbm ddof delete demo dispatcher door editor end enter esc even export
        filter filters focus gcm gps grave had half hand hash hashes help home html https incident interval isa join
        json kind later let letter letters limburg link live machine man mast maximum met min minimum moment nena nfpa norm open
        operator over past pdf per pgdn pgup postcode procedure radio register rest scenario school script server
        servers sha shift sorry sta stand start station status supervisor supervisors tab ten terminal test tests tilde type
        utc van vigie volume was week west wifi wilson www zip zone zones
    """,
    "de": """
        adapter administrator aes alarm alarms also alt amr app arm band bluetooth bluez brabant browser bthome bus cad coc
        code csv dbm ddof definition demo dispatcher editor esc export filter form format gcm gps grave hand her html https
        information isa join json kind limburg listen live man maximum median min minimum minute mobile moment name namur
        negative nena nfpa norm normal operator orange organedecontrole original passphrase pause pdf per person position
        pseudonym radius register rest server servers sha signal situation sta stalking stand start status still system
        tab team terminal test tests text tilde utc version vigie was wilson www zip zone
    """,
}


def words(text: str) -> list[str]:
    """Those of three letters and more: shorter ones are units and articles."""
    return re.findall(r"[^\W\d_]{3,}", VERBATIM.sub(" ", GAP.sub(" ", text)).lower())


@pytest.mark.parametrize("language", WRITTEN)
def test_no_english_word_stands_in_another_language(language: str) -> None:
    said = list(_said(language))
    both, english = {*NAMES.split(), *BOTH[language].split()}, {word for _, _, text, _ in said for word in words(text)}
    found = {word: text for _, _, _, text in said for word in words(text) if word in english - both}
    assert found == {}


@pytest.mark.parametrize("language", WRITTEN)
def test_no_setting_is_named(language: str) -> None:
    """Who reads it can't set it: they are told whom to ask, or nothing."""
    names = {name for field in fields_of(Settings) for name in (field.name, *field.variables) if set(name) & {".", "_"}}
    assert len(names) > 100
    pattern = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, sorted(names)))})(?![\w.])")
    assert {text for _, _, _, text in _said(language) if pattern.search(GAP.sub(" ", text))} == set()


def test_every_closed_word_of_a_record_is_a_word_on_paper() -> None:
    """A fact of a record whose values are a closed set is told in the evidence file and in a person's extract."""
    words, found = Words(translator(PSEUDO)), set()
    for tag, kind in EVENT_TYPES.items():
        for name, annotation in get_type_hints(kind).items():
            if (
                not name.isupper()
                and name not in {*words.said_by(tag), "form"}
                and (kind.CHAPTER or kind.BY or name in HERS)
            ):
                said = {
                    code: words.code(name, code) if words.coded(name) else code for code in closed(annotation) if code
                }
                found |= {f"{tag}.{name}: {code}" for code, text in said.items() if "⟦" not in text}
    assert found == set()


def closed(annotation: object) -> Iterator[str]:
    """The words of a closed set, wherever it stands in a type."""
    parts = get_args(annotation)
    yield from (parts if get_origin(annotation) is Literal else (word for part in parts for word in closed(part)))
