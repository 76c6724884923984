// The watch over the selected alarm, above its actions: what comes next and when, and the answers people may give it.
import { element, joined, write } from "../../shell/format.js";
import { alarms, counting, done, unconfirmed, upcoming } from "./words.js";

/** @typedef {import("../../shell/wire.js").Row} Row */

/** Why it alarms again, where the panel's order does not say it (`fares`).
 * @param {import("../../shell/store.js").Store} store @param {Row} row */
export function called(store, row) {
  const orders = unconfirmed(store, row);
  const said = orders.some(([, , mark]) => mark === row.realarm) ? "" : alarms(store, row, orders);
  const left = orders.filter(([, , mark]) => mark === "undelivered_cancel"); // of a zone that has the order no more
  return [...(said ? [["bad", said]] : []), ...left];
}

export class WatchStrip {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Row | null} */
    this.row = null;
    this.root = element("section", "watch", { "aria-label": store.t("watch") });
    this.told = element("div", "told");
    this.next = element("strong");
    this.did = element("p");
    this.told.append(this.next, this.did);
    this.buttons = element("div", "buttons");
    this.root.append(this.told, this.buttons);
    store.on("second", () => this.tick());
  }

  /** Whether a button of the strip is shown for this row. @param {string} name @param {Row | null} row */
  shows(name, row) {
    const { told } = this.store;
    if (!row || !told) return false;
    if (name === "confirm_escalation") return told.why[name] === "";
    if (name === "join") return told.why.help === "" && !row.gone;
    if (told.why[name] !== "") return false;
    return row.next === "release" || row.next === "copy" || !!(row.copied || row.gone || row.realarm);
  }

  /** @param {Row | null} row the selected alarm */
  update(row) {
    this.row = row;
    this.tick();
  }

  tick() {
    const { store, row } = this;
    const next = row ? upcoming(store, row) : null;
    const did = row && row.state !== "closed" ? [...called(store, row), ...done(store, row)] : [];
    this.root.hidden = !next && !did.length && !this.shows("join", row);
    if (!row || this.root.hidden) return;
    write(this.next, next?.[1] ?? "");
    this.next.hidden = !next;
    this.next.className = next?.[0] ?? "";
    write(this.did, joined(did.map(([, words]) => words)));
    this.did.hidden = !did.length;
    this.did.className = did.some(([kind]) => kind === "bad") ? "bad" : "";
    this.root.classList.toggle("counting", counting(store, row));
  }
}
