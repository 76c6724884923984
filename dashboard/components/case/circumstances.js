// The facts of a case and of the press, drawn as text with source and date. Nothing a feed or a file says becomes markup.
import { pastOf } from "../devices/words.js";
import {
  attributes,
  clock,
  clockAndDay,
  day,
  duration,
  element,
  joined,
  metres,
  phrase,
  together,
  write,
} from "../../shell/format.js";
import { fares, passages, unconfirmed } from "../escalation/words.js";
import { beyond, toCall } from "./abroad.js";
import { doubtOf, placeDoubtsOf } from "./doubt.js";
import { Flagging } from "./flagging.js";
import { sentence } from "./history.js";

const URGENT = new Set(["weapon", "listen_only", "silent_approach"]);
const TROUBLE = new Set([
  ...["unknown", "no_device", "expired", "early", "suspended", "ended", "returned", "locked", "missing", "erased"],
]);

/** @typedef {import("../../shell/wire.js").Detail} Detail @typedef {import("../../shell/wire.js").Live} Live
 *  @typedef {import("../../shell/wire.js").Fact} Fact
 *  @typedef {{number: string, victim: string, safe_numbers: string[], zone: string}} Whose whose device it is, and whom to call */

export class Circumstances {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.flagging = new Flagging(store);
  }

  /** What never scrolls away: trouble with the case, what could not be read, instructions, weapons, plates. @param {Detail} detail */
  pinned({ case: file, live }) {
    const { store } = this;
    const made = [];
    if (TROUBLE.has(file.state)) {
      const { state, number, valid_from: from = "", valid_until: until = "" } = file;
      const date = day(state === "early" ? from : until, store.language);
      made.push(
        this._warning(
          "urgent",
          store.t(`case_state.${state}`, { date }),
          ["unknown", "no_device"].includes(state) && number,
        ),
      );
    }
    for (const [, said, mark] of store.row ? unconfirmed(store, store.row) : [])
      if (mark.startsWith("undelivered")) made.push(this._warning("urgent", said, live.undelivered_why));
    /** @type {Fact[][]} */
    const groups = [];
    for (const fact of file.pinned ?? []) {
      const last = groups.at(-1);
      if (last && this._source(last[0]) === this._source(fact)) last.push(fact);
      else groups.push([fact]);
    }
    return [...made, ...groups.map((facts) => this._sourced(facts, file.language))];
  }

  /** What one source said on one day, with the source once: so that more of it stays in sight. @param {Fact[]} facts
   *  @param {string} [lang] of their texts */
  _sourced(facts, lang) {
    const { store } = this;
    const kinds = together(", ", [...new Set(facts.map((fact) => store.t(`fact.${fact.heading}`)))]);
    const urgent = facts.some((fact) => URGENT.has(fact.heading));
    const made = this._warning(urgent ? "danger" : "", "", this._source(facts[0]));
    // On a low screen the words say themselves what they are.
    made.querySelector("small")?.prepend(element("span", "kind", phrase`${kinds} · `));
    const look = (/** @type {Fact} */ { heading }) => ({ class: URGENT.has(heading) && "danger", lang });
    made.prepend(
      ...facts.map((fact) => element("strong", look(fact), fact.text, fact.doubted ? " · " : "", this._doubted(fact))),
    );
    return made;
  }

  /** @param {string} kind @param {string} text @param {string | false | undefined} small */
  _warning(kind, text, small) {
    return element(
      "div",
      `warning ${kind}`,
      text && element("strong", kind, text),
      small && element("small", "", small),
    );
  }

  /** That somebody doubts it, and whoever keeps the case has not answered. @param {Fact} fact */
  _doubted({ doubted }) {
    const { store } = this;
    return doubted ? element("em", "doubted", store.t("doubt.marked", { date: day(doubted, store.language) })) : "";
  }

  /** @param {Fact} fact */
  _source(fact) {
    return joined([fact.source, fact.date && day(fact.date, this.store.language)]);
  }

  /** @param {Detail} detail */
  facts({ case: file, live, history, flags }) {
    const { store } = this;
    const list = element("dl");
    this._position(list, live);
    if (store.row?.cad) this._fact(list, store.t("field_cad_number"), store.row.cad);
    if (live.reason) this._fact(list, store.t("raised_why"), live.reason);
    for (const [path, reason] of live.unreadable ?? [])
      this._fact(list, store.t("unreadable"), store.t("unreadable_text", { path, reason }));
    if (live.order) this._order(list, live);
    if (live.line || store.row?.call) this._line(list, live);
    if (file.suspect) this._fact(list, store.t("suspect"), file.suspect);
    for (const fact of file.facts ?? []) {
      const text = fact.radius_m
        ? store.t("exclusion_radius", { text: fact.text, m: metres(store.words, fact.radius_m) })
        : fact.text;
      const said = this._fact(list, store.t(`fact.${fact.heading}`), joined([text, fact.address]), this._source(fact));
      attributes(said.children[0], { lang: !fact.radius_m && file.language });
      said.append(this._doubted(fact));
    }
    if (file.valid_until && !TROUBLE.has(file.state))
      this._fact(list, store.t("case_valid"), store.t("valid_until", { date: day(file.valid_until, store.language) }));
    if (file.safe_numbers?.length) this._fact(list, store.t("safe_numbers"), file.safe_numbers.join(", "));
    if (live.battery != null) this._fact(list, store.t("battery_is"), store.t("share", { n: live.battery }));
    if (store.row?.past) this._fact(list, store.t("device_past"), pastOf(store, store.row));
    const at = (/** @type {number} */ ms) => clockAndDay(ms, store.now(), store.language);
    const past = element("ol", "history");
    for (const line of [...history].reverse())
      past.append(element("li", "", element("b", "", at(line.at)), element("span", "", sentence(store, line))));
    const flagging = flags ? this.flagging.show(live.id, file) : [];
    return [list, ...flagging, element("h3", "", store.t("history")), past];
  }

  /** What is known of a technical alarm. @param {import("../../shell/wire.js").DeviceRow} device @param {Whose | null} whose */
  technical(device, whose) {
    const { store } = this;
    const list = element("dl");
    const since = store.t("tech_since", { time: clockAndDay(device.since, store.now(), store.language) });
    const times = (device.count ?? 1) > 1 && store.t("times_n", { n: device.count });
    this._fact(list, store.t("device"), store.t(`condition.${device.condition}`), joined([since, times]));
    if (whose) {
      this._fact(list, store.t("devices.case"), joined([whose.number, whose.victim]), store.zone(whose.zone));
      this._fact(
        list,
        store.t("to_call"),
        whose.safe_numbers.join(", ") || store.t("to_call_none"),
        store.t("to_call_not_her"),
      );
    }
    if (device.flaps) this._fact(list, store.t("flapping", { n: device.flaps }), store.t("flapping_long"));
    if (device.battery != null) this._fact(list, store.t("battery_is"), store.t("share", { n: device.battery }));
    if (device.past) this._fact(list, store.t("device_past"), pastOf(store, device));
    if (device.returned)
      this._fact(
        list,
        store.t("state.returned"),
        store.t("returned", { time: clockAndDay(device.returned, store.now(), store.language) }),
      );
    return [
      list,
      element("p", "hint", store.t(device.condition === "battery_low" ? "tech_hint_battery" : "tech_hint")),
    ];
  }

  /** @param {HTMLElement} list @param {Live} live */
  _position(list, live) {
    const { store } = this;
    const sure = live.confidence && store.t("confidence", { n: Math.round(live.confidence) });
    if (live.abroad) {
      const { abroad } = live;
      this._fact(list, store.t("abroad.title"), beyond(store, abroad), joined(toCall(store, abroad)));
    }
    const places = this._places(live);
    if (places) this._fact(list, store.t("relation"), places).dataset.live = "places";
    const point = this._fact(list, store.t("position"), this._where(live), joined([sure || "", live.method]));
    point.dataset.live = "position";
    const doubt = joined([placeDoubtsOf(store, store.row), doubtOf(store, store.row)]);
    if (doubt) point.append(element("strong", "doubt", doubt));
    const moves = this._movement(live);
    if (moves) this._fact(list, store.t("movement"), moves, store.t("by_positions")).dataset.live = "movement";
  }

  /** How she moves, while that is of now. @param {Live} live */
  _movement(live) {
    const { store } = this;
    if (live.moves_until == null || store.now() > live.moves_until) return "";
    if (live.stands_at != null) return store.t("standing_since", { time: clock(live.stands_at) });
    return store.t("about_kmh", { kmh: live.kmh, heading: live.heading });
  }

  /** Where she is from her places, and which she left or reached. @param {Live} live */
  _places(live) {
    const { row } = this.store;
    return joined([live.relation ?? "", ...(row ? passages(this.store, row) : [])]);
  }

  /** @param {Live} live */
  _where(live) {
    const { store } = this;
    if (live.lat == null || live.lon == null) return joined([live.near_full, store.t("no_position")]);
    return store.t("position_text", {
      lat: live.lat.toFixed(5),
      lon: live.lon.toFixed(5),
      age: duration(store.words, store.now() - (live.fix_at ?? 0)),
      radius: live.radius_m ? store.t("radius", { m: metres(store.words, live.radius_m) }) : store.t("radius_unknown"),
    });
  }

  /** @param {HTMLElement} list @param {Live} live */
  _order(list, live) {
    const { store } = this;
    const text = joined([store.zone(live.order_zone), store.row && fares(store, store.row)[1]]);
    const unit = live.unit
      ? joined([store.t("unit", { unit: live.unit }), live.unit_status && store.t(`unit.${live.unit_status}`)])
      : "";
    this._fact(list, store.t("order"), text, unit && joined([unit, clock(live.unit_at)]));
  }

  /** @param {HTMLElement} list @param {Live} live */
  _line(list, live) {
    const { store } = this;
    const state = store.row?.call ? store.t(`call.${store.row.call}`) : "";
    const by = live.answered_by ? store.t("answered_by", { desk: live.answered_by }) : "";
    this._fact(list, store.t("line"), store.t("line_text", { line: live.line ?? "", state }).trim(), by);
  }

  /** @param {HTMLElement} list @param {string} heading @param {string} text */
  _fact(list, heading, text, small = "") {
    const said = element("dd", "", element("span", "", text), small && element("small", "", small));
    list.append(element("dt", "", heading), said);
    return said;
  }

  /** The age of the position, and of what she left or reached, goes with the clock. @param {HTMLElement} root @param {Live} live */
  tick(root, live) {
    const said = root.querySelector("[data-live=position] > span");
    if (said) write(said, this._where(live));
    const places = root.querySelector("[data-live=places] > span");
    if (places) write(places, this._places(live));
    const moves = root.querySelector("[data-live=movement]");
    if (moves instanceof HTMLElement && !this._movement(live)) {
      moves.previousElementSibling?.remove();
      moves.remove();
    }
  }
}
