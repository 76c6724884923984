// The debrief's moving part: a moment for each incident, and what was known, drawn and done until then.
import { duration, element, fill, metres, ticking } from "../../shell/format.js";
import { Ground } from "./ground.js";
import { Moments } from "./moments.js";

class Incident {
  constructor(root, facts, words) {
    this.facts = facts;
    this.words = words;
    this.known = root.querySelector(".known");
    this.scrolls = root.querySelector(".scrolls");
    this.rows = new Map([...root.querySelectorAll("[data-row]")].map((row) => [Number(row.dataset.row), row]));
    this.map = new Ground(root.querySelector(".map"), facts, words);
    const moments = [...facts.marks, ...facts.reached].map((one) => one.at);
    this.moments = new Moments(root.querySelector(".axis"), { start: facts.start, end: facts.end, moments }, (at) =>
      this._move(at),
    );
    const at = new Map(facts.marks.map((mark) => [mark.n, mark.at]));
    for (const mark of root.querySelectorAll("[data-mark]"))
      mark.addEventListener("click", () => this.moments.go(at.get(Number(mark.dataset.mark))));
    this.moments.go(facts.end);
  }

  _move(at) {
    const { facts, words } = this;
    const until = (all) => all.filter((one) => one.at <= at);
    const reached = until(facts.reached).at(-1);
    const last = until(facts.marks).at(-1);
    this.map.move(at);
    for (const [n, row] of this.rows) {
      row.toggleAttribute("data-to-come", facts.marks[n - 1].at > at);
      if (n === last?.n) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    const current = this.rows.get(last?.n);
    if (current) {
      const { offsetTop: top, offsetHeight: height } = current;
      if (top < this.scrolls.scrollTop || top + height > this.scrolls.scrollTop + this.scrolls.clientHeight)
        this.scrolls.scrollTop = top - this.scrolls.clientHeight / 2;
    }
    const after = at < facts.press ? `−${ticking((facts.press - at) * 1000)}` : ticking((at - facts.press) * 1000);
    const newest = new Map(until(facts.spots).map((spot) => [spot.unit, spot]));
    const here = newest.get("");
    const age = (spot) => duration(words, (at - spot.at) * 1000);
    const within = (spot) =>
      spot.radius ? fill(words, "within", { radius: metres(words, spot.radius) }) : words.radius_unknown;
    const units = [...newest]
      .filter(([unit]) => unit)
      .map(([unit, spot]) =>
        fill(words, "unit_at", { unit: unit === "?" ? words.unit_unnamed : unit, age: age(spot) }),
      );
    const time = element("p", "time", fill(words, "after_press", { after }));
    const lines = element("dl");
    for (const [name, text] of [
      ["moment", fill(words, "exercise_at", { at: ticking(at * 1000) })],
      ["reached", reached?.words ?? words.reached_none],
      ["last", last?.words ?? words.last_none],
      [
        "position",
        here ? fill(words, "position_known", { radius: within(here), age: age(here) }) : words.position_none,
      ],
      ["zone", here?.zone ?? words.position_none],
      ["units", units.join(" · ") || words.units_none],
    ])
      lines.append(element("dt", "", words[name]), element("dd", name, text));
    this.known.replaceChildren(element("h3", "", words.known), time, lines);
    return fill(words, "moment_text", { after, state: reached?.words ?? words.reached_none });
  }
}

const { incidents, words } = JSON.parse(document.getElementById("data").textContent);
for (const facts of incidents) new Incident(document.querySelector(`[data-incident="${facts.n}"]`), facts, words);
