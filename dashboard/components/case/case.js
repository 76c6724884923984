// The case panel: who, how long, what must be known at once (pinned, it never scrolls away), then every fact with its
// source.
import { element } from "../../shell/format.js";
import { h, render } from "../../shell/kit.js";
import { alone } from "../../shell/views.js";
import { Facts, PlainFacts } from "./facts.js";
import { Head, PlainHead } from "./head.js";
import { Pinned, PlainPinned } from "./pinned.js";

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row
 *  @typedef {import("../../shell/wire.js").DeviceRow} DeviceRow @typedef {import("../../shell/wire.js").Detail} Detail
 *  @typedef {{number: string, victim: string, safe_numbers: string[], zone: string}} Whose a device is, whom to call
 * @typedef {{store: Store, row: Row | null, device: DeviceRow | null, detail: Detail | null,
 *    whose: Whose | null}} Shown what stands chosen, an incident or a technical alarm, and what is known of it */

export class CasePanel {
  /** @param {HTMLElement} root @param {Store} store
   * @param {HTMLElement} spells the buttons that copy and spell where she is */
  constructor(root, store, spells) {
    this.store = store;
    this.root = root;
    this.spells = spells;
    this.nothing = element("div", "nothing");
    this.head = element("div", "head");
    this.pinned = element("div", "pinned-frame");
    this.facts = element("div", "facts-frame");
    this.actions = element("div", "actions");
    root.append(this.nothing, this.head, this.pinned, this.facts, this.actions);
    /** @type {Row | DeviceRow | null} */
    this.shown = null;
    this.stands = "";
    /** @type {{id: string, case: Whose | null} | null} whose device the chosen technical alarm is of */
    this.whose = null;
    store.on("select access", () => this._ask());
    store.answers("whose", (whose) => {
      this.whose = whose;
      this.update();
    });
    store.on("rows", () => store.shown !== this.shown && this.update()); // other alarms are none of its business
    store.on("select detail desk language second", () => this.update());
    this.update();
  }

  /** Whose a device is is asked anew for whoever is here, and of what is chosen. */
  _ask() {
    const { store } = this;
    this.whose = null;
    if (store.device && !store.locked) store.send({ do: "whose", device: store.device.id });
  }

  update() {
    const { store, root, nothing, head, pinned, facts, spells } = this;
    const { row, device, shown } = store;
    this.shown = shown;
    const detail = store.detailOf(row);
    const whose = device && this.whose?.id === device.id ? this.whose.case : null;
    const stands = {
      state: device ? "technical" : shown?.state,
      id: shown?.id,
      drill: row?.drill ? store.t("drill") : "",
    };
    if (JSON.stringify(stands) !== this.stands) {
      this.stands = JSON.stringify(stands);
      for (const part of [head, facts]) part.hidden = !shown;
      nothing.hidden = !!shown;
      if (shown) root.dataset.incident = shown.id;
      root.classList.toggle("is-drill", !!row?.drill);
      facts.dataset.drill = stands.drill;
      head.className = `head is-${stands.state}`;
    }
    render(h(Nothing, { store }), nothing);
    const of = detail ?? shown;
    // What else is said of it goes with the clock, the language and who is here.
    const props = { store, row, device, detail, whose, spells, language: store.language, desk: store.desk };
    const ticks = { ...props, now: Math.floor(store.now() / 1000) };
    // What may not be shown any more is not left behind what is hidden.
    render(shown && alone(Head, ticks, { of: shown, plain: PlainHead }), head);
    render(detail && alone(Pinned, props, { of, plain: PlainPinned }), pinned);
    render(shown && alone(Facts, ticks, { of, plain: PlainFacts }), facts);
  }
}

/** @param {{store: Store}} props */
function Nothing({ store }) {
  return [h("h2", null, store.t("nothing")), h("p", null, store.t("nothing_hint"))];
}
