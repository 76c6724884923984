// The debrief's moving part: a moment for each incident, and what was known, drawn and done until then.
import { current, find } from "../../shell/build.js";
import { duration, element, fill, metres, ticking } from "../../shell/format.js";
import { Ground } from "./ground.js";
import { Moments } from "./moments.js";

/** @typedef {import("./ground.js").Spot} Spot @typedef {{at: number, words: string}} Happening
 * @typedef {Happening & {step: number}} Reached how far on the way that leads
 * @typedef {{n: number, start: number, end: number, press: number, marks: (Happening & {n: number})[], reached:
 * Reached[], spots: Spot[], ground: import("./ground.js").Area}} Facts of an incident; moments in s of the exercise
 * @typedef {Record<string, string>} Words */

class Incident {
  /** @param {HTMLElement} root @param {Facts} facts @param {Words} words */
  constructor(root, facts, words) {
    this.facts = facts;
    this.words = words;
    this.known = find(root, ".known");
    this.scrolls = find(root, ".scrolls");
    this.rows = new Map([...root.querySelectorAll("[data-row]")].map((row) => [Number(row.dataset.row), row]));
    this.map = new Ground(find(root, ".map"), facts, words);
    const moments = [...facts.marks, ...facts.reached].map((one) => one.at);
    this.moments = new Moments(find(root, ".axis"), { start: facts.start, end: facts.end, moments }, (at) =>
      this._move(at),
    );
    for (const mark of root.querySelectorAll("[data-mark]")) {
      const { at } = facts.marks[Number(mark.dataset.mark) - 1];
      mark.addEventListener("click", () => this.moments.go(at));
    }
    this.moments.go(facts.end);
  }

  /** @param {number} at s */
  _move(at) {
    const { facts, words } = this;
    /** @template {{at: number}} T @param {T[]} all */
    const until = (all) => all.filter((one) => one.at <= at);
    // The furthest step, however late it was told of; a line that opens meanwhile leads no further.
    const reached = until(facts.reached).reduce(
      (furthest, one) => (furthest && furthest.step > one.step ? furthest : one),
      /** @type {Reached | undefined} */ (undefined),
    );
    const last = until(facts.marks).at(-1);
    this.map.move(at);
    for (const [n, row] of this.rows) {
      row.toggleAttribute("data-to-come", facts.marks[n - 1].at > at);
      current(row, n === last?.n);
    }
    const row = this.rows.get(last?.n ?? 0);
    if (row) {
      const { offsetTop: top, offsetHeight: height } = row;
      if (top < this.scrolls.scrollTop || top + height > this.scrolls.scrollTop + this.scrolls.clientHeight)
        this.scrolls.scrollTop = top - this.scrolls.clientHeight / 2;
    }
    const after = at < facts.press ? `−${ticking((facts.press - at) * 1000)}` : ticking((at - facts.press) * 1000);
    const newest = new Map(until(facts.spots).map((spot) => [spot.unit, spot]));
    const here = newest.get("");
    const age = (/** @type {Spot} */ spot) => duration(words, (at - spot.at) * 1000);
    const within = (/** @type {Spot} */ spot) =>
      spot.radius ? fill(words, "within", { radius: metres(words, spot.radius) }) : words.radius_unknown;
    const units = [...newest]
      .filter(([unit]) => unit)
      .map(([unit, spot]) =>
        fill(words, "unit_at", { unit: unit === "?" ? words.unit_unnamed : unit, age: age(spot) }),
      );
    const time = element("p", "time", fill(words, "after_press", { after }));
    const position = here && fill(words, "position_known", { radius: within(here), age: age(here) });
    const lines = Object.entries({
      moment: fill(words, "exercise_at", { at: ticking(at * 1000) }),
      reached: reached?.words ?? words.reached_none,
      last: last?.words ?? words.last_none,
      position: position ?? words.position_none,
      near: here?.near || words.near_none,
      zone: here?.zone ?? words.position_none,
      units: units.join(" · ") || words.units_none,
    }).flatMap(([name, text]) => [element("dt", "", words[name]), element("dd", name, text)]);
    this.known.replaceChildren(element("h3", "", words.known), time, element("dl", "", ...lines));
    return fill(words, "moment_text", { after, state: reached?.words ?? words.reached_none });
  }
}

/** @type {{incidents: Facts[], words: Words}} */
const { incidents, words } = JSON.parse(find(document, "#data").textContent);
for (const facts of incidents) new Incident(find(document, `[data-incident="${facts.n}"]`), facts, words);
