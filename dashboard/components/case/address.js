// Where the chosen alarm is, to be read from two metres: what it is near to, how sure and how old that is.
import { duration, element, joined, metres, write } from "../../shell/format.js";
import { doubtsOf, zoneOf } from "./doubt.js";

const LONG = 34; // letters that stand in two lines; what is longer is smaller, and never cut

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Live} Live
 *  @typedef {import("../../shell/wire.js").Row} Row */

/** The words of it. `near`: what says that it is no more than near it. @param {Store} store @param {Row} row @param {Live} live
 *  @returns {{near: string, name: string, doubt: string, beside: string}} */
export function addressOf(store, row, live) {
  const { address, lat } = live;
  const { near = "", name } = address ?? { name: lat == null ? store.t("no_position") : zoneOf(store, row) };
  const aged = lat != null && live.fix_at != null && duration(store.words, store.now() - live.fix_at);
  return {
    near,
    name,
    doubt: joined([address && lat == null && store.t("no_position"), doubtsOf(store, row)]),
    beside: joined([
      address?.town,
      address?.other,
      address?.by_map,
      address?.apart,
      lat == null
        ? ""
        : live.radius_m
          ? store.t("radius", { m: metres(store.words, live.radius_m) })
          : store.t("radius_unknown"),
      aged && store.t("fix_old", { age: aged }),
    ]),
  };
}

export class Address {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
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
    const { near, name, doubt, beside } = row && live ? addressOf(this.store, row, live) : EMPTY;
    write(this.near, near);
    write(this.name, name);
    write(this.doubt, doubt);
    write(this.beside, beside);
    this.root.classList.toggle("is-long", near.length + name.length > LONG);
    this.root.classList.toggle("is-unsure", !!doubt);
  }
}

const EMPTY = { near: "", name: "", doubt: "", beside: "" };
