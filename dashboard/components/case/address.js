// Where the chosen alarm is, to be read from two metres: what it is near to, how sure and how old that is.
import { coordinates, duration, element, joined, metres, write } from "../../shell/format.js";
import { doubtsOf, zoneOf } from "./doubt.js";

const FORMER_MS = 2000;
const LONG = 34; // letters that stand in two lines; what is longer is smaller, and never cut

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Live} Live
 *  @typedef {import("../../shell/wire.js").Row} Row */

/** The words of it. `near`: what says that it is no more than near it. @param {Store} store @param {Row} row @param {Live} live
 *  @returns {{near: string, name: string, doubt: string, beside: string}} */
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

export class Address {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {{id: string, near: string, name: string, until: number} | null} what it was near to a moment ago */
    this.former = null;
    this.near = element("span", "near");
    this.name = element("span", "name");
    this.doubt = element("strong", "doubt");
    this.beside = element("span", "beside");
    this.root = element(
      "div",
      "address",
      element("p", "named", this.near, " ", this.name),
      element("p", "apart", this.doubt, " ", this.beside),
    );
  }

  /** @param {Live | undefined} live */
  show(live) {
    const { row } = this.store;
    this.root.hidden = !row || !live;
    const said = row && live ? addressOf(this.store, row, live) : EMPTY;
    const now = this.store.now();
    // What a new position is near to is looked up: meanwhile what the one before was stands there, greyed.
    const former = live && !live.address && live.lat != null && this.former?.id === live.id && now < this.former.until;
    if (!live) this.former = null;
    else if (live.address) this.former = { id: live.id, near: said.near, name: said.name, until: now + FORMER_MS };
    const { doubt, beside } = said;
    const { near, name } = former && this.former ? this.former : said;
    write(this.near, near);
    write(this.name, name);
    write(this.doubt, doubt);
    write(this.beside, beside);
    this.root.classList.toggle("is-former", !!former);
    this.root.classList.toggle("is-long", near.length + name.length > LONG);
  }
}

const EMPTY = { near: "", name: "", doubt: "", beside: "" };
