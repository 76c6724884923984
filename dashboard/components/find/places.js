// Places among what is found: an address, a street, a station, a municipality; one that is chosen is shown on the map.
import { button, current, parts } from "../../shell/build.js";
import { element, joined, write } from "../../shell/format.js";
import { known } from "../actions/where.js";

/** @typedef {import("../actions/where.js").Found} Found
 * @typedef {{n: number, answer: number, found: Found[], more: boolean}} PlacesFound an answer to the search `n`, which
 * may have two; there are more @typedef {{answer: number, at: number}} Chosen */

export class PlaceList {
  /** @param {import("../../shell/store.js").Store} store @param {(chosen: Chosen) => void} go */
  constructor(store, go) {
    this.store = store;
    this.go = go;
    this.n = 0; // of the search whose answer is shown
    this.head = element(
      "h3",
      { hidden: true },
      store.t("find.places"),
      element("small", "", store.t("find.places_keys")),
    );
    this.list = element("ol", { class: "places", "aria-label": store.t("find.places") });
    this.more = element("p", "others");
  }

  /** @param {PlacesFound} places */
  offer({ n, answer, found, more }) {
    if (n < this.n) return; // an older one; a fuller one of the same search comes later
    const at = this.mains().findIndex((main) => main === document.activeElement);
    this._show(n, answer, found);
    write(this.more, more ? this.store.t("field_more", { n: found.length }) : "");
    if (at >= 0) this.mains()[Math.min(at, found.length - 1)]?.focus({ preventScroll: true });
  }

  /** None are offered until somebody asks after `n`. @param {number} n */
  clear(n) {
    this._show(n, 0, []);
    write(this.more, "");
  }

  /** @param {number} n @param {number} answer @param {Found[]} found */
  _show(n, answer, found) {
    this.n = n;
    this.head.hidden = found.length === 0;
    this.list.replaceChildren(...found.map((one, at) => element("li", "", this._row(one, { answer, at }))));
  }

  /** @param {Found} one @param {Chosen} chosen */
  _row(one, chosen) {
    const { store } = this;
    const choose = () => {
      for (const other of parts(this.list)) current(parts(other)[0], parts(other)[0] === made);
      this.go(chosen);
    };
    const made = button(
      "hit place",
      "",
      choose,
      { "data-kind": one.kind },
      element("b", "label", one.name),
      element(
        "span",
        "how",
        joined([known(store, one) || store.t(`find.place.${one.kind}`), one.zone && store.zone(one.zone_name)]),
      ),
    );
    return made;
  }

  /** @returns {HTMLElement[]} what a hand or an arrow key chooses among */
  mains() {
    return parts(this.list).map((row) => parts(row)[0]);
  }
}
