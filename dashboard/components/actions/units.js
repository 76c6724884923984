// The nearest available units, beside the zones: which would be there first and why, and which is asked for. None is
// chosen beforehand.
import { duration, joined, metres, phrase } from "../../shell/format.js";
import { h } from "../../shell/kit.js";

const SHOWN = 3;

/** @typedef {import("../../shell/wire.js").NearUnit} NearUnit @typedef {import("../../shell/store.js").Store} Store
 *  @typedef {Pick<Store, "t" | "words">} Words
 *  @typedef {NearUnit & {gone?: boolean}} Standing `gone`: available no more, it stays in its place under the hand */

/** The units that stand in the list. While a hand is on it (`held`) they are those that stood there, where they stood.
 *  @param {Standing[]} before @param {NearUnit[]} found the nearest first @param {boolean} held @param {string} asked
 *  @returns {Standing[]} */
export function standing(before, found, held, asked) {
  const known = new Map(found.map((one) => [one.unit, one]));
  if (held && before.length) return before.map((one) => known.get(one.unit) ?? { ...one, gone: true });
  return found.filter((one, n) => n < SHOWN || one.unit === asked);
}

/** How far a unit is, never surer than her position. @param {Words} store @param {NearUnit} one */
function far(store, { m, road_m: road = m, off_m: off }) {
  const { words } = store;
  if (!off) return metres(words, road);
  if (off >= road) return store.t("units.within", { m: metres(words, road + off) });
  return phrase`${metres(words, road)} ${store.t("radius", { m: metres(words, off) })}`;
}

/** Why the first is proposed, in a sentence without its name. @param {Words} store @param {NearUnit} best
 *  @param {NearUnit | undefined} next @param {number} now ms @param {boolean} [blurred] how much nearer is not known */
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

/** Why the units are not compared: her position does not bear it; with how wide that is. @param {Words} store
 *  @param {import("../../shell/wire.js").NearUnits | null} units */
export function uncompared(store, units) {
  if (!units?.unsure) return "";
  const off = units.off_m && store.t("radius", { m: metres(store.words, units.off_m) });
  return joined([store.t(`units.from.${units.unsure}`), off]);
}

/** How far a unit is, without comparing. @param {Words} store @param {NearUnit} one @param {number} now ms */
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

/** @param {{routing: import("./routing.js").Routing, store: Store}} props */
export function Units({ routing, store }) {
  const { units: shown, all } = routing;
  const { units } = store;
  if (!units || units.id !== store.selected) return null;
  const { straight, unsure } = units;
  const needed = straight === "no_answer" || straight === "unreadable" || !shown.length || !!unsure;
  const about = uncompared(store, units) || store.t(straight ? `units.title.${straight}` : "units.title");
  const hidden = { n: shown.length - 1 };
  const said = all ? undefined : store.t("more_units", hidden);
  const more = { class: "other units-more", type: "button", "aria-expanded": all, "aria-label": said, title: said };
  const left = () => queueMicrotask(routing.changed); // while a hand was on them nothing moved
  return h(
    "div",
    {
      class: `units${all ? " all" : ""}`,
      role: "group",
      "aria-label": store.t("units"),
      onPointerLeave: left,
      onFocusOut: left,
    },
    h("p", { class: `about${needed ? " needed" : ""}` }, shown.length ? about : store.t("units.none")),
    shown.length > 1 &&
      h("button", { ...more, onClick: () => routing.show(!all) }, store.t(all ? "fewer" : "more_units_short", hidden)),
    h(
      "div",
      { class: "list", ref: (/** @type {Element | null} */ at) => void (routing.list = at) },
      shown.map((one, n) => h(Unit, { key: one.unit, routing, store, one, n: n + 1 })),
    ),
  );
}

/** @param {{routing: import("./routing.js").Routing, store: Store, one: Standing, n: number}} props */
function Unit({ routing, store, one, n }) {
  const { found, asked } = routing;
  const now = store.now();
  const first = one.unit === found[0]?.unit;
  const said =
    first && !store.units?.unsure ? proposed(store, one, found[1], now, store.units?.blurred) : away(store, one, now);
  const why = one.gone ? store.t("units.gone") : joined([said, one.age && store.t(`units.age.${one.age}`)]);
  const elsewhere = one.zone !== routing.zone && store.zone(one.zone_name);
  const key = one.gone || !routing.chosen ? "" : store.keys.written(String(n));
  return h(
    "button",
    {
      class: `unit${first ? " first" : ""}${one.age ? " aged" : ""}`,
      type: "button",
      "aria-pressed": one.unit === asked,
      "aria-disabled": !!one.gone,
      onClick: (event) => event.detail < 2 && routing.ask(one.unit),
    },
    h("span", { class: "key" }, key && h("kbd", {}, key)),
    h("strong", {}, one.unit),
    elsewhere && h("span", {}, elsewhere),
    h("span", {}, why),
  );
}
