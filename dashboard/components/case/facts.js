// The facts of a case and of the press, as text with source and date. Nothing a feed or a file says becomes markup.
import { clock, clockAndDay, day, dayOf, duration, joined, metres } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { alone } from "../../shell/views.js";
import { pastOf } from "../devices/words.js";
import { fares, passages } from "../escalation/words.js";
import { beyond, toCall } from "./abroad.js";
import { doubtOf, placeDoubtsOf } from "./doubt.js";
import { Flagging } from "./flagging.js";
import { sentence } from "./history.js";
import { Doubted, TROUBLE, sourceOf } from "./pinned.js";
import { Scrolling } from "./scrolling.js";

const LEAST_PX = 48; // with less of a frame there is no room for facts at all, as under a form on a low screen

/** @typedef {import("./case.js").Store} Store @typedef {import("./case.js").Row} Row
 *  @typedef {import("./case.js").DeviceRow} DeviceRow @typedef {import("./case.js").Shown} Shown
 *  @typedef {import("./case.js").Detail} Detail @typedef {import("../../shell/wire.js").Live} Live
 *  @typedef {import("../../shell/kit.js").ComponentChildren} Part */

/** @param {Shown} props */
export function Facts({ store, row, device, detail, whose }) {
  const who = detail ? whoOf(store, detail.case) : "";
  return facts(store, [
    !!who && h("p", { class: "who" }, who),
    row && detail && known(store, row, detail),
    device && technical(store, device, whose),
  ]);
}

/** What stands in their place where they could not be drawn: as they were written. @param {Shown} props */
export function PlainFacts({ store, detail }) {
  const texts = (detail?.case.facts ?? []).map((one) => h("dd", null, one.text));
  return facts(store, h("dl", null, texts));
}

/** Those of another alarm begin at the top. @param {Store} store @param {Part} children */
function facts(store, children) {
  const more = (/** @type {number} */ n) => ({
    "aria-label": store.t("hidden_label", { n }),
    children: store.t("hidden", { n }),
  });
  const key = store.selected ?? "";
  const says = { key, name: "facts", label: store.t("facts"), lines: "dd, li", least: LEAST_PX, more };
  return h(Scrolling, says, children);
}

/** A fact with its source. @param {string} name @param {string} text @param {string} [small]
 *  @param {{live?: string, lang?: string, beside?: Part}} [more] what goes with the clock has a name, `live` */
function fact(name, text, small, { live, lang, beside } = {}) {
  const source = small ? h("small", null, small) : null;
  return [h("dt", null, name), h("dd", { "data-live": live }, h("span", { lang }, text), source, beside)];
}

/** What is known of an incident. @param {Store} store @param {Row} row @param {Detail} detail */
function known(store, row, { case: file, live, history, flags }) {
  const until = file.valid_until && !TROUBLE.has(file.state) && day(file.valid_until, store.language);
  const all = [...(file.pinned ?? []), ...(file.facts ?? [])];
  return [
    h(
      "dl",
      null,
      position(store, row, live),
      !!row.cad && fact(store.t("field_cad_number"), row.cad),
      !!live.reason && fact(store.t("raised_why"), live.reason),
      (live.unreadable ?? []).map(([path, reason]) =>
        fact(store.t("unreadable"), store.t("unreadable_text", { path, reason })),
      ),
      !!live.order && order(store, row, live),
      !!(live.line || row.call) && line(store, row, live),
      !!file.suspect && fact(store.t("suspect"), file.suspect),
      (file.facts ?? []).map((one) => written(store, one, file.language)),
      !!until && fact(store.t("case_valid"), store.t("valid_until", { date: until })),
      !!file.safe_numbers?.length && fact(store.t("safe_numbers"), file.safe_numbers.join(", ")),
      live.battery != null && fact(store.t("battery_is"), store.t("share", { n: live.battery })),
      !!row.past && fact(store.t("device_past"), pastOf(store, row)),
    ),
    flags && all.length > 0 && h(Flagging, { key: `flagging ${live.id}`, store, incident: live.id, facts: all }),
    h("h3", null, store.t("history")),
    alone(
      History,
      { store, history, language: store.language, today: dayOf(store.now()), zones: store.zones },
      { of: history },
    ),
  ];
}

/** Who she is. @param {Store} store @param {import("../../shell/wire.js").Case} file */
function whoOf(store, { number, victim, languages }) {
  if (!number) return "";
  const speaks = languages?.map((one) => one.toUpperCase()).join(", ");
  return joined([store.t("case_number", { number }), victim, speaks && store.t("speaks", { languages: speaks })]);
}

/** A fact as it was written, in the language of its case. @param {Store} store
 * @param {import("../../shell/wire.js").Fact} one @param {string} [lang] */
function written(store, one, lang) {
  const { radius_m: radius } = one;
  const text = radius ? store.t("exclusion_radius", { text: one.text, m: metres(store.words, radius) }) : one.text;
  const beside = h(Doubted, { store, fact: one });
  const more = { lang: radius ? undefined : lang, beside };
  return fact(store.t(`fact.${one.heading}`), joined([text, one.address]), sourceOf(store, one), more);
}

/** @param {Store} store @param {Row} row @param {Live} live */
function position(store, row, live) {
  const { abroad, confidence } = live;
  const sure = confidence ? store.t("confidence", { n: Math.round(confidence) }) : "";
  const places = joined([live.relation ?? "", ...passages(store, row)]);
  const doubt = joined([placeDoubtsOf(store, row), doubtOf(store, row)]);
  const moves = movement(store, live);
  return [
    abroad && fact(store.t("abroad.title"), beyond(store, abroad), joined(toCall(store, abroad))),
    !!places && fact(store.t("relation"), places, "", { live: "places" }),
    fact(store.t("position"), whereOf(store, live), joined([sure, live.method]), {
      live: "position",
      beside: !!doubt && h("strong", { class: "doubt" }, doubt),
    }),
    !!moves && fact(store.t("movement"), moves, store.t("by_positions"), { live: "movement" }),
  ];
}

/** How she moves, while that is of now. @param {Store} store @param {Live} live */
function movement(store, { moves_until: until, stands_at: at, kmh, heading }) {
  if (until == null || store.now() > until) return "";
  return at != null ? store.t("standing_since", { time: clock(at) }) : store.t("about_kmh", { kmh, heading });
}

/** @param {Store} store @param {Live} live */
function whereOf(store, { lat, lon, near_full: near, fix_at: at, radius_m: radius }) {
  if (lat == null || lon == null) return joined([near, store.t("no_position")]);
  return store.t("position_text", {
    lat: lat.toFixed(5),
    lon: lon.toFixed(5),
    age: duration(store.words, store.now() - (at ?? 0)),
    radius: radius ? store.t("radius", { m: metres(store.words, radius) }) : store.t("radius_unknown"),
  });
}

/** @param {Store} store @param {Row} row @param {Live} live */
function order(store, row, live) {
  const { unit, unit_status: status } = live;
  const asked = unit
    ? joined([store.t("unit", { unit }), status && store.t(`unit.${status}`), clock(live.unit_at)])
    : "";
  return fact(store.t("order"), joined([store.zone(live.order_zone), fares(store, row)[1]]), asked);
}

/** @param {Store} store @param {Row} row @param {Live} live */
function line(store, row, { line = "", answered_by: desk }) {
  const state = row.call ? store.t(`call.${row.call}`) : "";
  const by = desk ? store.t("answered_by", { desk }) : "";
  return fact(store.t("line"), store.t("line_text", { line, state }).trim(), by);
}

/** What was done, the newest first. @param {{store: Store, history: Detail["history"]}} props */
function History({ store, history }) {
  const lines = history.map((one, key) => {
    const at = clockAndDay(one.at, store.now(), store.language);
    return h("li", { key }, h("b", null, at), h("span", null, sentence(store, one)));
  });
  return h("ol", { class: "history" }, lines.reverse());
}

/** What is known of a technical alarm. @param {Store} store @param {DeviceRow} device
 * @param {import("./case.js").Whose | null} whose */
function technical(store, device, whose) {
  const at = (/** @type {number} */ ms) => clockAndDay(ms, store.now(), store.language);
  const { condition, count = 1, flaps, battery, returned } = device;
  const times = count > 1 && store.t("times_n", { n: count });
  const since = joined([store.t("tech_since", { time: at(device.since) }), times]);
  const numbers = whose?.safe_numbers.join(", ") || store.t("to_call_none");
  return [
    h(
      "dl",
      null,
      fact(store.t("device"), store.t(`condition.${condition}`), since),
      whose && fact(store.t("devices.case"), joined([whose.number, whose.victim]), store.zone(whose.zone)),
      whose && fact(store.t("to_call"), numbers, store.t("to_call_not_her")),
      !!flaps && fact(store.t("flapping", { n: flaps }), store.t("flapping_long")),
      battery != null && fact(store.t("battery_is"), store.t("share", { n: battery })),
      device.past && fact(store.t("device_past"), pastOf(store, device)),
      returned && fact(store.t("state.returned"), store.t("returned", { time: at(returned) })),
    ),
    h("p", { class: "hint" }, store.t(condition === "battery_low" ? "tech_hint_battery" : "tech_hint")),
  ];
}
