// The nearest available units, beside the zones: which would be there first and why, and which is asked for. Nothing is
// chosen beforehand.
import { button, parts } from "../../shell/build.js";
import { attributes, duration, element, joined, metres, phrase, write } from "../../shell/format.js";

const SHOWN = 3;
const KEYS = ["4", "5", "6"]; // 1 to 3 are zones
const SETTLED_MS = 500; // a list that changed its order under the eyes takes no choice for so long

/** @typedef {import("../../shell/wire.js").NearUnit} NearUnit @typedef {import("../../shell/store.js").Store} Store
 * @typedef {NearUnit & {gone?: boolean}} Standing `gone`: it is available no more, and stays in its place under the
 * hand */

/** The units that stand in the list. While a hand is on it (`held`) they are those that stood there, where they stood.
 * @param {Standing[]} before @param {NearUnit[]} found the nearest first @param {boolean} held @param {string} asked
 * @returns {Standing[]} */
export function standing(before, found, held, asked) {
  const known = new Map(found.map((one) => [one.unit, one]));
  if (held && before.length) return before.map((one) => known.get(one.unit) ?? { ...one, gone: true });
  return found.filter((one, n) => n < SHOWN || one.unit === asked);
}

/** How far a unit is, never surer than her position. @param {Pick<Store, "t" | "words">} store @param {NearUnit} one */
function far(store, { m, road_m: road = m, off_m: off }) {
  const { words } = store;
  if (!off) return metres(words, road);
  if (off >= road) return store.t("units.within", { m: metres(words, road + off) });
  return phrase`${metres(words, road)} ${store.t("radius", { m: metres(words, off) })}`;
}

/** Why the first is proposed, in a sentence without its name. @param {Pick<Store, "t" | "words">} store
 * @param {NearUnit} best @param {NearUnit | undefined} next @param {number} now ms
 * @param {boolean} [blurred] by how much it is nearer is not known */
export function proposed(store, best, next, now, blurred = false) {
  const { words } = store;
  const facts = { m: far(store, best), age: age(store, best, now) };
  if (best.road_s != null) {
    const time = minutes(best.road_s);
    const of = blurred || next?.road_s == null ? null : minutes(next.road_s) - time;
    const way = of === null ? "only" : of > 0 ? "best" : "even";
    return store.t(`units.road_${way}`, { ...facts, time: span(store, time), less: span(store, of ?? 0) });
  }
  const less = !blurred && next && next.road_s == null ? metres(words, next.m - best.m) : null;
  const way = less === null ? "only" : "best"; // as far as the next to a metre, no position tells
  return joined([store.t(`units.straight_${way}`, { ...facts, less }), best.asking && store.t("units.asking")]);
}

/** Why the units are not compared: her position does not bear it; with how wide that is.
 * @param {Pick<Store, "t" | "words">} store @param {import("../../shell/wire.js").NearUnits | null} units */
export function uncompared(store, units) {
  if (!units?.unsure) return "";
  const off = units.off_m && store.t("radius", { m: metres(store.words, units.off_m) });
  return joined([store.t(`units.from.${units.unsure}`), off]);
}

/** How far a unit is, without comparing. @param {Pick<Store, "t" | "words">} store @param {NearUnit} one
 * @param {number} now ms */
export function away(store, one, now) {
  const by = one.road_s == null ? "straight" : "road";
  const time = span(store, minutes(one.road_s ?? 0));
  const m = far(store, one);
  const asking = one.asking && store.t("units.asking");
  return joined([store.t(`units.${by}`, { m, time }), asking, store.t("units.age", { age: age(store, one, now) })]);
}

/** @param {number} seconds */
function minutes(seconds) {
  return Math.max(1, Math.round(seconds / 60));
}

/** @param {Pick<Store, "words">} store @param {number} n minutes */
function span(store, n) {
  return duration(store.words, n * 60_000);
}

/** @param {Pick<Store, "words">} store @param {NearUnit} one @param {number} now ms */
function age(store, one, now) {
  return duration(store.words, Math.max(0, now - one.at));
}

export class Units {
  /** @param {Store} store @param {(unit: NearUnit | null) => void} ask a unit is asked for, or none */
  constructor(store, ask) {
    this.store = store;
    this.ask = ask;
    this.root = element("div", { class: "units", role: "group", "aria-label": store.t("units") });
    this.title = element("p", "about");
    this.list = element("div", "list");
    this.more = button("other units-more", "", () => this.open(!this.opened));
    this.root.append(this.title, this.more, this.list);
    /** @type {Standing[]} */
    this.shown = [];
    /** @type {Map<string, HTMLButtonElement>} */
    this.rows = new Map();
    this.incident = "";
    this.opened = false;
    this.movedAt = -Infinity;
    for (const event of ["pointerleave", "focusout"])
      this.root.addEventListener(event, () => queueMicrotask(() => this.update()));
    store.on("second", () => this.root.getClientRects().length && this._write());
    this.asked = "";
  }

  /** The nearest first, as the server told. */
  get found() {
    const { units, selected } = this.store;
    return units && units.id === selected ? (units.units ?? []) : [];
  }

  /** Whether a hand or the keyboard is in the list. */
  get _held() {
    return this.root.matches(":hover") || this.root.contains(document.activeElement);
  }

  /** @param {string} [asked] the unit that is asked for */
  update(asked = this.asked) {
    const { store, list } = this;
    const anew = this.incident !== store.selected;
    this.incident = store.selected ?? "";
    this.asked = asked;
    if (anew) this.open(false);
    this.shown = standing(anew ? [] : this.shown, this.found, this._held, asked);
    const names = this.shown.map((one) => one.unit);
    const before = [...this.rows.keys()];
    if (names.join("\n") !== before.join("\n")) {
      const kept = new Map(names.map((unit) => [unit, this.rows.get(unit) ?? this._row(unit)]));
      this.rows = kept;
      list.replaceChildren(...kept.values());
      // What is only added at the end moves nothing.
      if (!anew && before.some((unit, n) => names[n] !== unit)) this.movedAt = performance.now();
    }
    this._write();
  }

  /** @param {string} unit */
  _row(unit) {
    const inside = ["kbd", "strong", "span", "span"].map((tag) => element(/** @type {"span"} */ (tag)));
    return button("unit", "", (event) => event.detail < 2 && this._choose(unit), ...inside);
  }

  _write() {
    const { store, shown, rows, found } = this;
    const now = store.now();
    const straight = store.units?.straight;
    const why = straight ? `units.title.${straight}` : "units.title";
    const some = found.length || shown.length;
    write(this.title, some ? uncompared(store, store.units) || store.t(why) : store.t("units.none"));
    this.title.classList.toggle(
      "needed",
      straight === "no_answer" || straight === "unreadable" || !shown.length || !!store.units?.unsure,
    );
    this.root.hidden = !store.units || store.units.id !== store.selected;
    shown.forEach((one, n) => {
      const row = /** @type {HTMLButtonElement} */ (rows.get(one.unit));
      const [key, name, zone, why] = parts(row);
      const first = one.unit === found[0]?.unit;
      const words = one.gone
        ? store.t("units.gone")
        : first && !store.units?.unsure
          ? proposed(store, one, found[1], now, store.units?.blurred)
          : away(store, one, now);
      write(key, n < SHOWN && !one.gone ? store.keys.written(KEYS[n]) : "");
      key.hidden = !key.textContent;
      write(name, one.unit);
      write(zone, store.zone(one.zone_name));
      write(why, joined([words, !one.gone && one.age && store.t(`units.age.${one.age}`)]));
      row.className = `unit${first ? " first" : ""}${one.age ? " aged" : ""}`;
      attributes(row, { "aria-pressed": one.unit === this.asked, "aria-disabled": !!one.gone });
    });
    this.more.hidden = shown.length < 2;
    const hidden = { n: shown.length - 1 };
    write(this.more, this.opened ? store.t("fewer") : store.t("more_units_short", hidden));
    const said = this.opened ? null : store.t("more_units", hidden);
    attributes(this.more, { "aria-expanded": this.opened, "aria-label": said, title: said });
  }

  /** On a low screen: show them all, or the first and the one that is asked for. @param {boolean} on */
  open(on) {
    this.opened = on;
    this.root.classList.toggle("all", on);
    this._write();
  }

  /** Ask for the n-th of the list, from 1, or no more for it. What is not in sight is shown first. @param {number} n
   *  @returns {string} why not, in words; "" when it was done */
  nth(n) {
    const unit = this.shown[n - 1]?.unit;
    if (!unit) return this.store.t("units.none_there");
    if (!this.rows.get(unit)?.getClientRects().length) return (this.open(true), "");
    return this._choose(unit);
  }

  /** @param {string} unit @returns {string} */
  _choose(unit) {
    const one = this.shown.find((other) => other.unit === unit);
    if (!one || one.gone) return this.store.t("units.gone");
    if (performance.now() - this.movedAt < SETTLED_MS) return this.store.t("units.moved");
    this.open(false);
    this.ask(unit === this.asked ? null : one);
    return "";
  }
}
