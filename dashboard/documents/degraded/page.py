"""The degraded-mode file's pages: the sheet a supervisor reads and prints, and the locked one around it that asks the passphrase.

Both are whole HTML documents that load nothing. Every text of a case is escaped, and what hides or turns a text stands as its
code; the locked page's policy runs one script, ours.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from html import escape
from pathlib import Path

from dashboard.components.place_names import zone_words
from dashboard.components.queue.rows import short
from dashboard.components.queue.spoken import refusal
from dashboard.i18n.words import sheet_words, words
from dashboard.shell.clock import dated
from incidents.case import Case, Fact
from incidents.degraded.seal import ITERATIONS
from incidents.degraded.sheet import Sheet
from reports.catalogue import language_of
from reports.content import plain
from reports.locale_formats import Formats, firm, formats
from reports.words import codes

HERE = Path(__file__).parent
Words = Callable[[str], str]


def sheet_page(sheet: Sheet, translate: Words, credit: str = "") -> str:
    """The sheet as a page to read and to print. `credit` is whose addresses the words of places are."""
    t, f, said = sheet_words(translate), formats(translate), words(translate)
    state, made = codes(translate), dated(sheet.written, translate)
    parts = [
        _tag("h1", t["title"]),
        _tag("p", " · ".join(filter(None, (sheet.centre, t["written"].format(time=made)))), "dim"),
        _tag("p", t["listen_only"], "warn"),
        _tag("h2", t["procedure"]),
        _all("ol", (_tag("li", step) for step in t["steps"].split("\n"))),
    ]
    if sheet.alarms:
        rows = [
            [
                a.label,
                dated(a.since, translate),
                state[f"state.{a.state}"],
                " · ".join(
                    [
                        (t["nearest"] if a.abroad else "{zone}").format(
                            zone=zone_words(sheet.zone_name(a.zone), a.share)
                        ),
                        *([state["flag.no_fix"]] if a.unplaced else []),
                    ]
                ),
                firm(a.where),
                " · ".join(
                    [
                        *filter(None, [sheet.zone_name(a.order_zone)]),
                        *(
                            [refusal(sheet.zone_name(a.declined), short(a.declined_why), True, said)]
                            if a.declined
                            else []
                        ),
                        *(t["stand_down"].format(zone=sheet.zone_name(zone)) for zone in a.standing_down),
                        *([t["goes_on"]] if a.goes_on else []),
                    ]
                ),
                a.owner,
            ]
            if a.label
            else [t["reserved_alarm"], "", "", "", "", "", ""]
            for a in sheet.alarms
        ]
        parts += [
            _tag("h2", t["alarms"]),
            _table(
                [t[name] for name in ("alarm", "since", "state", "zone_there", "place", "who_was_sent", "owner")], rows
            ),
            *([_tag("p", credit, "dim")] if credit else []),
        ]
    parts.append(_tag("h2", t["cases"].format(n=len(sheet.cases))))
    if sheet.reserved:
        parts.append(_tag("p", t["reserved"].format(n=sheet.reserved), "warn"))
    parts += [_case(case, sheet, t, f) for case in sheet.cases] or [_tag("p", t["no_cases"])]
    zones = [[zone.name, zone.key, zone.radio or t["no_radio"]] for zone in sheet.zones]
    parts += [_tag("h2", t["zones"]), _table([t["zone"], t["key"], t["radio"]], zones)]
    return _document("".join(parts), t["title"], language_of(translate))


def locked_page(block: str, written: datetime, translate: Words) -> str:
    """The file itself: a page that asks the passphrase and opens the sealed block in it."""
    t = sheet_words(translate)
    script = (HERE / "opening.js").read_text(encoding="utf-8")
    said = {name: t[f"said_{name}"] for name in ("working", "passphrase", "changed", "unable")}
    data = "".join(f' data-{name}="{escape(text)}"' for name, text in said.items())
    form = (
        f'<form data-iterations="{ITERATIONS}"{data}><label for="passphrase">{escape(t["passphrase"])}</label>'
        f'<input id="passphrase" type="password" autocomplete="off"><button>{escape(t["open"])}</button>'
        '<p role="alert"></p></form>'
    )
    body = "".join(
        [
            _tag("h1", t["title"]),
            _tag("p", t["written"].format(time=dated(written, translate)), "dim"),
            _tag("p", t["recorded"], "warn"),
            form,
            f'<script type="text/plain" id="sealed">\n{block}\n</script>\n<script>{script}</script>',
        ]
    )
    return _document(body, t["title"], language_of(translate), script)


def _document(body: str, title: str, language: str, script: str = "") -> str:
    style = (HERE / "sheet.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'"
    policy += f"; script-src '{digest(script)}'" if script else ""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{style}</style></head><body>\n<main>{body}</main>\n</body></html>\n"
    )


def digest(text: str) -> str:
    """How a policy names the one script or style that it lets in."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _case(case: Case, sheet: Sheet, t: dict[str, str], f: Formats) -> str:
    lines: list[tuple[str, str, bool]] = [
        (t["devices"], ", ".join(case.devices), False),
        (t["languages"], ", ".join(case.victim.languages), False),
        (t["safe_word"], case.safe_word or t["none_agreed"], True),
        (t["duress_word"], case.duress_word or t["none_agreed"], True),
        *((t["instruction"], _said(f, i.text, i.source, i.date), True) for i in case.instructions),
        *_facts(f, t["weapon"], case.weapons, vital=True),
        *_facts(f, t["risk"], case.risks),
        *_facts(f, t["victim"], case.victim.facts),
        *_facts(f, t["present"], case.present),
    ]
    if case.suspect:
        speaks = f" ({', '.join(case.suspect.languages)})" if case.suspect.languages else ""
        lines += [(t["suspect"], case.suspect.name + speaks, True), *_facts(f, t["suspect"], case.suspect.facts)]
    lines += _facts(f, t["measure"], case.measures)
    for place in case.places:
        radius = f" · {t['radius'].format(m=round(place.radius_m))}" if place.radius_m else ""
        called = f"{place.name} · {place.address}" if place.address else place.name
        at = f"{called} · {place.lat:.5f}, {place.lon:.5f}{radius}"
        lines.append((t["place"], _said(f, at, place.source or case.source, place.date or case.date), False))
    if case.home_zone:
        lines.append((t["home_zone"], sheet.zone_name(case.home_zone), False))
    for exclusion in case.exclusions:
        who = sheet.zone_name(exclusion.zone) if exclusion.zone else exclusion.account or ""
        what = t["not_to_zone"] if exclusion.zone else t["not_to_person"]
        lines.append((what, _said(f, f"{who}: {exclusion.reason}", exclusion.source, exclusion.date), True))
    lines += [(t["safe_number"], number, False) for number in case.safe_numbers]
    listed = "".join(
        _tag("dt", head) + _tag("dd", text, "vital" if vital else "") for head, text, vital in lines if text
    )
    valid = t["valid"].format(number=case.number, first=f.day(case.valid_from), last=f.day(case.valid_until))
    return f"<article>{_tag('h3', case.victim.name)}{_tag('p', valid, 'dim')}<dl>{listed}</dl></article>"


def _facts(f: Formats, heading: str, facts: Iterable[Fact], *, vital: bool = False) -> list[tuple[str, str, bool]]:
    return [(heading, _said(f, fact.text, fact.source, fact.date), vital) for fact in facts]


def _said(f: Formats, text: str, source: str, day: date | None) -> str:
    """A fact can't be weighed without where it comes from."""
    return " · ".join(filter(None, (text, source, f.day(day) if day else "")))


def _tag(name: str, text: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f"<{name}{named}>{escape(plain(text.replace(chr(9), ' ')))}</{name}>"


def _all(name: str, parts: Iterable[str]) -> str:
    return f"<{name}>{''.join(parts)}</{name}>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = _all("tr", (_tag("th", text) for text in heads))
    return _all("table", [head, *(_all("tr", (_tag("td", text) for text in row)) for row in rows)])
