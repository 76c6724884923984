"""The evidence file as a PDF to read: what happened in Belgian time, and the JSON with everything attached to it."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from incidents.messages import Fix
from incidents.timeline import Moment, new_days
from incidents.withheld import WITHHELD
from maps.store import SHIPPED
from reports.counted import counted
from reports.evidence.formatting import Facts, runs
from reports.evidence.lines import Lines
from reports.evidence.nearest import print_nearest
from reports.evidence.proof import JSON_NAME, print_proof
from reports.evidence.schema import Evidence, Measure, ShownCase, Verdict
from reports.evidence.timeline_strip import Mark, draw_strip
from reports.evidence.times import Times
from reports.evidence.track_map import draw_track
from reports.evidence.words import Words
from reports.locale_formats import FIRM, formats
from reports.pdf import Document, Side

_SCENE = "pressed->on_scene"


def as_pdf(
    evidence: Evidence,
    json_file: bytes,
    translate: Callable[[str], str] = str,
    *,
    maps: Path = SHIPPED,
) -> bytes:
    """The whole file. `json_file` is what `as_json` made of the same evidence: attached, and named by its hash on every page.

    What is printed is in the translator's language; `maps` has the zones' outlines.
    """
    return _Pages(evidence, json_file, Words(translate), translate, maps).bytes()


class _Pages:
    def __init__(
        self,
        evidence: Evidence,
        json_file: bytes,
        words: Words,
        translate: Callable[[str], str],
        maps: Path,
    ) -> None:
        self.evidence, self.words, self._, self.maps = evidence, words, translate, maps
        self.f = formats(translate)
        self.times = Times(evidence, self.f)
        self.facts = Facts(words, self.f, words.instead(evidence.withheld))
        self.lines = Lines(evidence, words, self.times, self.facts)
        self.sha256 = hashlib.sha256(json_file).hexdigest()
        annex = evidence.part == "annex"
        name = (
            self._("Vigie evidence, SEALED ANNEX, incident {id}")
            if annex
            else self._("Vigie evidence file, incident {id}")
        )
        self.document = Document(
            name.format(id=evidence.incident),
            created=evidence.made.at,
            footer=f"{JSON_NAME} SHA-256 {self.sha256}",
            translate=translate,
        )
        self.document.attach(JSON_NAME, json_file)

    def bytes(self) -> bytes:
        self._summary()
        self._missing()
        self._measures()
        self._explanations()
        self._times()
        self._clocks()
        self._timeline()
        self._looks()
        self._track()
        self._positions()
        print_nearest(self.document, self.evidence, self.times, self._)
        self._orders()
        self._corrections()
        for case in self.evidence.cases:
            self._case(case)
        print_proof(self.document, self.evidence, self.words, self.times, self.sha256, self._)
        return self.document.bytes()

    def _facts(self, title: str, rows: Sequence[tuple[str, object]]) -> None:
        self.document.table([title, ""], [row for row in rows if row[1] not in ("", None)], widths=[42, 138])

    def _summary(self) -> None:
        _, e, s, w = self._, self.evidence, self.evidence.summary, self.words
        annex = e.part == "annex"
        self.document.title(_("Sealed annex for the magistrate") if annex else _("Evidence file of one incident"))
        if annex:
            self.document.paragraph(w.note("annex"), bold=True)
        scene = next(measure for measure in e.measures if measure.name == _SCENE)
        self.document.paragraph(self._promise(scene), bold=True)
        self._strip(scene)
        if e.withheld.any:
            self.document.paragraph(f"{w.withheld(e.withheld)} {w.annexed(e.annex)}", bold=True)
        self._facts(
            _("Summary"),
            [
                (_("incident"), e.incident),
                (_("device"), s.device or _("not known")),
                (_("case"), s.case or _("none named")),
                (_("number in the CAD"), s.cad),
                (_("began"), w.colon(self.times.full(e.entries[0].record.source_at), w.origin(s.origin, s.paper))),
                (_("presses"), s.presses if s.origin == "press" or s.presses > 1 else ""),
                (_("police zone where the victim was"), self.lines.zone(s.zone, s.abroad) if s.zone else ""),
                (_("police zone that was sent"), self.lines.zone(s.order_zone) if s.order_zone else ""),
                (_("centre (CIC)"), w.centre(s.cic)),
                (_("place"), self.lines.text(s.place)),
                (_("state now"), w.code("state", s.state)),
                (_("class"), w.code("as_class", s.as_class) if s.as_class else _("nobody has classified it")),
                (_("outcome"), w.code("outcome", s.outcome) if s.outcome else ""),
                (_("verified by"), w.code("verified", s.verified) if s.verified != "none" else ""),
                (_("exercise"), _("YES, no real alarm") if s.drill else ""),
                (_("what is odd"), w.flags(s.flags)),
                (_("this file"), _("made {at} by {who}").format(at=self.times.full(e.made.at), who=e.made.by)),
                (_("centre"), e.made.centre),
                (_("the log's digest then"), e.made.digest),
                (
                    _("files made before"),
                    "\n".join(f"{self.times.full(f.at)} {f.who}, {f.form}, SHA-256 {f.sha256}" for f in e.earlier),
                ),
            ],
        )
        self.document.paragraph(
            self.words.note("times").format(offset=self.times.offsets, file=JSON_NAME),
            small=True,
        )

    def _strip(self, scene: Measure) -> None:
        """The way to the scene; what came long after it (safe, closed) is in the tables."""
        times = {time.name: time for time in self.evidence.times}
        limit_s = scene.targets[0].limit_s if scene.targets else 0.0
        if "pressed" not in times or not limit_s:
            return
        start = times["pressed"].at
        after = {name: (time.at - start).total_seconds() for name, time in times.items()}
        until = after.get("on_scene", 0.0)
        furthest = max(until, limit_s) * 1.25
        marks = [
            Mark(seconds, f"{self.words.code('time', name)} {self.times.brief(round(seconds))}")
            for name, seconds in after.items()
            if seconds <= furthest and name != "closed"
        ]
        draw_strip(self.document, marks, until_s=until, limit_s=limit_s, limit=self.times.brief(limit_s))

    def _promise(self, scene: Measure) -> str:
        if scene.seconds is None:
            return self._("No police on the scene is reported.")
        said = self._("Police on the scene {time} after the press").format(time=self.times.brief(scene.seconds))
        verdict = next((target for target in scene.targets), None)
        if scene.original_s is not None:
            said += self._(" (as first reported: {time})").format(time=self.times.brief(scene.original_s))
        if verdict is None:
            return f"{said}."
        return self.words.colon(said, f"{self._verdict(verdict)}.")

    def _verdict(self, verdict: Verdict) -> str:
        limit = self.times.brief(verdict.limit_s)
        said = self._("under {limit}") if verdict.under else self._("within {limit}")
        share = f" ({self.f.bare(self.f.percent(verdict.share))})" if verdict.share else ""
        met = {None: self._("not reached"), True: self._("met"), False: self._("MISSED")}[verdict.met]
        return self.words.colon(f"{verdict.profile}, {said.format(limit=limit)}{share}", met)

    def _missing(self) -> None:
        self.document.heading(self._("What is not in this file"))
        self.document.paragraph(
            "\n".join(f"– {self.words.missing(m, self.evidence.withheld)}" for m in self.evidence.missing)
        )

    def _measures(self) -> None:
        _ = self._
        self.document.heading(_("Response times beside their targets"))
        rows = [
            [
                f"{self.words.interval(m.name)}\n{_(m.definition)}",
                self.times.span(m.seconds) if m.seconds is not None else "–",
                self.times.span(m.entered_s) if m.entered_s is not None else "–",
                "–" if m.clocks is None else " → ".join(self.words.clock(c) for c in m.clocks),
                self.times.span(m.original_s) if m.original_s is not None else "",
                "\n".join(self._verdict(verdict) for verdict in m.targets),
            ]
            for m in self.evidence.measures
        ]
        head = [_("interval"), _("as it happened"), _("as entered"), _("clocks"), _("uncorrected"), _("targets")]
        self.document.table(head, rows, widths=[40, 18, 18, 22, 22, 60], align=_sides("lrrlrl"))
        self.document.paragraph(
            self.words.note("measures"),
            small=True,
        )
        for profile in self.evidence.profiles:
            text = _("{profile}: {purpose} Source: {source}.")
            said = text.format(profile=profile.name, purpose=_(profile.made_for), source=_(profile.source))
            self.document.paragraph(said, small=True)

    def _explanations(self) -> None:
        _ = self._
        self.document.heading(_("The supervisor's explanation"))
        if not self.evidence.explanations:
            self.document.paragraph(_("Nobody has explained a missed target of this incident."))
            return
        rows = [
            [
                self.times.short(x.at),
                self.lines.who(x.actor),
                self.words.interval(x.interval) if x.interval else _("in general"),
                self.lines.text(x.reason) or _("(can't be read any more)"),
            ]
            for x in self.evidence.explanations
        ]
        self.document.table([_("written"), _("who"), _("about"), _("explanation")], rows, widths=[31, 36, 30, 83])

    def _times(self) -> None:
        _ = self._
        self.document.heading(_("The incident's times"))
        rows = [
            [
                self.words.code("time", time.name),
                self.times.short(time.at),
                self.words.clock(time.clock),
                self.words.code("source", time.source),
                self.times.short(time.entered),
                self.times.short(time.original) if time.original and time.corrected else "",
                time.version,
            ]
            for time in self.evidence.times
        ]
        head = [_("time"), _("happened"), _("clock"), _("reported by"), _("entered"), _("before corrections"), "#"]
        self.document.table(head, rows, widths=[25, 33, 21, 24, 33, 33, 11])

    def _clocks(self) -> None:
        _ = self._
        self.document.heading(_("The two clocks"))
        rows = [
            [
                o.feed,
                o.count,
                *(f"{self.f.decimals(s, 3)}{FIRM}s" for s in (o.median_s, o.least_s, o.most_s)),
                o.held_up,
            ]
            for o in self.evidence.offsets
        ]
        if not rows:
            self.document.paragraph(
                _("No message of a feed belongs to this incident: all times are by our own clock or a person's.")
            )
            return
        head = [_("feed"), _("messages"), _("median"), _("least"), _("most"), _("held up")]
        self.document.table(head, rows, widths=[60, 24, 24, 24, 24, 24], align=_sides("lrrrrr"))
        self.document.paragraph(
            self.words.note("offset"),
            small=True,
        )

    def _timeline(self) -> None:
        _ = self._
        self.document.heading(_("Timeline: every record"))
        rows = []
        for run in runs(self.evidence.timeline.moments):
            first, last = run[0], run[-1]
            happened = self.times.short(first.source_at)
            if first.clock != "ours":
                happened += f"\n{self.words.clock(first.clock)}"
            if len(run) == 1:
                number, entered = f"{first.version}", self.times.short(first.at)
                later = self.times.span(first.difference_s) if abs(first.difference_s) >= 0.001 else ""
                what = "\n".join([self.words.what(first.type, first.facts), *self.lines.of(first)])
            else:
                number, later = f"{first.version}–\n{last.version}", ""
                entered = f"{self.times.short(first.at)}\n{self.times.short(last.at)}"
                what = counted(
                    _, "{n} position: see the table of positions", "{n} positions: see the table of positions"
                ).format(n=len(run))
            rows.append((first.at, [number, happened, entered, later, self.lines.who(first.actor), what]))
        for one in self.evidence.timeline.beside:
            at, what = self.times.short(one.moment.at), self.words.what(one.moment.type, one.moment.facts)
            among = _("in a record of many: {stream} {version}").format(stream=one.stream, version=one.moment.version)
            who = self.lines.who(one.moment.actor)
            lines = "\n".join([what, *self.lines.of(one.moment), among])
            rows.append((one.moment.at, ["–", at, at, "", who, lines]))
        if self.evidence.timeline.beside:
            rows.sort(key=lambda row: row[0])
        head = ["#", _("happened"), _("entered, our clock"), _("later by"), _("who"), _("what")]
        cells: list[list[str] | str] = []
        for (_at, row), day in zip(rows, new_days(at for at, _ in rows), strict=True):
            cells += [row] if day is None else [self.times.day(day), row]
        self.document.table(head, cells, widths=[11, 30, 30, 16, 30, 63], align=_sides("rllrll"))

    def _looks(self) -> None:
        _ = self._
        self.document.heading(_("Who was shown it, who opened the case"))
        rows = [
            [m.version, self.times.short(m.at), self.lines.who(m.actor), self.words.what(m.type, m.facts)]
            for m in self._moments(self.evidence.looks)
        ]
        said = _("opened the incident's timeline on the supervisor page")
        rows += [["–", self.times.short(look.at), look.who, said] for look in self.evidence.reviewed]
        if not rows:
            self.document.paragraph(_("Nobody was shown it."))
            return
        self.document.table(["#", _("when"), _("who"), _("what")], rows, widths=[9, 35, 50, 86], align=_sides("rlll"))

    def _moments(self, versions: Sequence[int]) -> list[Moment]:
        return [self.evidence.timeline.moments[version - 1] for version in versions]

    def _track(self) -> None:
        _, positions = self._, self.evidence.positions
        if not positions:
            return
        self.document.heading(_("The track on a map"))
        far = draw_track(self.document, positions, self.maps, lambda p: self.times.short(p.at), self.words.note("map"))
        if far:
            self.document.paragraph(_("Not on the map, too far away: {n}.").format(n=far), small=True)

    def _positions(self) -> None:
        _ = self._
        self.document.heading(_("Positions"))
        if self.evidence.withheld.positions:
            self.document.paragraph(self.words.positions_withheld(self.evidence.withheld))
        if not self.evidence.positions:
            self.document.paragraph(
                _("No position may be shown.") if self.evidence.withheld.any else _("No position is known.")
            )
            return
        rows = []
        for p in self.evidence.positions:
            fix: Fix = p.fix
            radius = self.facts.radius(fix.radius, fix.confidence) if fix.radius else _("not known")
            speed = f"{self.f.exact(fix.speed)}{FIRM}m/s" if fix.speed is not None else ""
            of = f"{_('unit')} {p.unit}" if p.of == "unit" else _("device")
            where = f"{fix.lat:.5f}, {fix.lon:.5f}"
            rows.append(
                [
                    p.version,
                    of,
                    self.times.short(p.at),
                    self.times.short(p.heard_at),
                    where,
                    radius,
                    self.words.code("method", fix.method or ""),
                    speed,
                ]
            )
        where = _("latitude, longitude")
        head = ["#", _("of"), _("true at"), _("heard, our clock"), where, _("radius"), _("method"), _("speed")]
        self.document.table(head, rows, widths=[9, 18, 32, 32, 36, 22, 15, 16], align=_sides("rlllllll"))

    def _orders(self) -> None:
        _ = self._
        self.document.heading(_("Orders and receipts"))
        moments = self._moments(self.evidence.orders)
        if not moments:
            self.document.paragraph(_("No order was sent and no step was reported."))
            return
        rows = []
        for m in moments:
            lines = [self.words.what(m.type, m.facts), *self.lines.of(m, besides="body")]
            if (body := m.facts.get("body")) == WITHHELD:
                lines.append(self.words.colon(_("as it was sent"), self.words.instead(self.evidence.withheld)))
            elif body:
                lines += [self.words.colon(_("as it was sent"), "").rstrip(), *self.facts.sent(str(body))]
            rows.append(
                [
                    m.version,
                    self.times.short(m.source_at),
                    self.times.short(m.at),
                    self.lines.who(m.actor),
                    "\n".join(lines),
                ]
            )
        head = ["#", _("happened"), _("entered"), _("who"), _("what")]
        self.document.table(head, rows, widths=[9, 30, 30, 32, 79], align=_sides("rllll"))

    def _corrections(self) -> None:
        _ = self._
        self.document.heading(_("Corrections"))
        if not self.evidence.corrections:
            self.document.paragraph(_("Nobody corrected a time."))
            return
        rows = [
            [
                c.version,
                self.words.code("time", c.time),
                self.times.short(c.before) if c.before else _("none"),
                self.times.short(c.to),
                f"{self.lines.who(c.actor)}\n{self.times.short(c.at)}",
                self.lines.text(c.reason) or _("(can't be read any more)"),
            ]
            for c in self.evidence.corrections
        ]
        head = ["#", _("time"), _("it was"), _("corrected to"), _("by, when"), _("reason")]
        self.document.table(head, rows, widths=[9, 22, 31, 31, 37, 50], align=_sides("rlllll"))

    def _case(self, case: ShownCase) -> None:
        _ = self._
        title = _("The case as it was shown: {number}, version {version}, from {since} (record {record})")
        since = self.times.short(case.since)
        self.document.heading(title.format(number=case.number, version=case.version, since=since, record=case.record))
        if case.content is None:
            self.document.paragraph(_("The case register does not have this version, or can't be opened."))
            return
        rows = [
            (self.words.fact(name), "\n".join(self.facts.told(value, name)))
            for name, value in case.content.items()
            if name != "version"
        ]
        self._facts(_("case"), rows)


def _sides(letters: str) -> list[Side]:
    """A column a letter: l or r."""
    return ["right" if letter == "r" else "left" for letter in letters]
