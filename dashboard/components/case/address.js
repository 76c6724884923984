// Where the chosen alarm is, to be read from two metres: what it is near to, how sure and how old that is.
import { coordinates, duration, joined, metres } from "../../shell/format.js";
import { Component, h } from "../../shell/kit.js";
import { doubtsOf, zoneOf } from "./doubt.js";

const FORMER_MS = 2000;
const LONG = 34; // letters that stand in two lines; what is longer is smaller, and never cut

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Live} Live
 *  @typedef {import("../../shell/wire.js").Row} Row */

/** The words of it. `near`: what says that it is no more than near it. @param {Store} store @param {Row} row
 * @param {Live} live @returns {{near: string, name: string, doubt: string, beside: string}} */
export function addressOf(store, row, live) {
  const { address, lat, lon } = live;
  const there =
    lat == null || lon == null ? store.t("no_position") : row.zone ? zoneOf(store, row) : coordinates(lat, lon);
  const { near = "", name } = address ?? { name: there };
  const aged = lat != null && live.fix_at != null && duration(store.words, store.now() - live.fix_at);
  return {
    near,
    name,
    doubt: joined([address && lat == null && store.t("no_position"), doubtsOf(store, row)]),
    beside: joined([
      // Where she is stands beside who was sent, here as everywhere.
      !address && row.order_zone && store.t("routed_to", { zone: store.zone(row.order_zone) }),
      address?.town,
      address?.other,
      address?.by_map,
      address?.apart,
      lat == null
        ? ""
        : live.radius_m
          ? store.t("radius", { m: metres(store.words, live.radius_m) })
          : store.t("radius_unknown"),
      aged && store.t("ago", { age: aged }),
    ]),
  };
}

/** @extends {Component<{store: Store, row: Row, live: Live}>} */
export class Address extends Component {
  /** @type {{near: string, name: string, until: number} | null} what it was near to a moment ago */
  former = null;

  /** @param {{store: Store, row: Row, live: Live}} props */
  render({ store, row, live }) {
    const { doubt, beside, ...is } = addressOf(store, row, live);
    const now = store.now();
    // What a new position is near to is looked up: meanwhile what the one before was stands there, greyed.
    const former = !live.address && live.lat != null && this.former && now < this.former.until ? this.former : null;
    if (live.address) this.former = { ...is, until: now + FORMER_MS };
    const { near, name } = former ?? is;
    const long = near.length + name.length > LONG;
    return h(
      "div",
      { class: `address${former ? " is-former" : ""}${long ? " is-long" : ""}` },
      h("p", { class: "named" }, h("span", { class: "near" }, near || null), " ", h("span", { class: "name" }, name)),
      h(
        "p",
        { class: "apart" },
        h("strong", { class: "doubt" }, doubt || null),
        " ",
        h("span", { class: "beside" }, beside || null),
      ),
    );
  }
}
