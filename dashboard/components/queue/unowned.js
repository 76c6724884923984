// How many alarms nobody has, and since when; how many that somebody has ask again. It stands over the list whatever is
// scrolled, opened or loaded anew: with none it says so.
import { button } from "../../shell/build.js";
import { element, number, ticking, write } from "../../shell/format.js";
import { free, needs } from "../../shell/order.js";

/** @typedef {import("../../shell/wire.js").Row} Row */

/** What the line says of open alarms: how many nobody has, what has not come among them, and how many ask again that
 * somebody has. @param {import("../../shell/store.js").Store} store @param {number} open how many there are
 * @param {(n: number) => string} figure
 * @returns {{alarms: number, said: string, beside: string}} `alarms`: how many of either */
export function summed(store, open, figure = String) {
  const { unowned: count, again: asks } = store.lists();
  const again = asks ? store.t(count ? "ask_too" : "ask_n", { n: figure(asks) }) : "";
  const calm = store.t(open ? "unowned_none" : "no_alarm", { n: figure(open) });
  const said = count ? store.t("unowned_n", { n: figure(count) }) : again || calm;
  return { alarms: count + asks, said, beside: count ? again : "" };
}

export class Unowned {
  /** @param {import("../../shell/store.js").Store} store
   * @param {{open: () => Row[], go: (row: Row) => void, key?: string}} does the alarms of the list, in the order they
   * stand; what leads to one, and its key's name */
  constructor(store, { open, go, key = "" }) {
    this.store = store;
    this.open = open;
    this.go = go;
    this.key = key;
    this.count = element("strong");
    this.oldest = element("span", "oldest");
    this.again = element("span", "again");
    this.owed = element("span", "owed");
    this.way = element("span", "way", key && store.keys.cap(key), element("span", "shows", store.t("unowned_show")));
    this.line = button("unowned", "", () => this.next());
    this.line.append(this.count, this.oldest, this.again, this.owed, this.way);
    this.since = Infinity;
    store.on("second", () => this.tick());
  }

  /** Lead to the one that has waited longest, from one of them to the one after it; to those that ask again once nobody
   * waits for a first hand. */
  next() {
    const asking = this.open().filter((row) => (free(row) || needs(row)) && !row.reserved);
    if (!asking.length) return;
    const unowned = asking.filter((row) => free(row));
    const rows = unowned.length ? unowned : asking;
    const at = rows.findIndex((row) => row.id === this.store.selected);
    this.go(rows[(at + 1) % rows.length]);
  }

  update() {
    const { store } = this;
    const open = this.open();
    const rows = open.filter((row) => free(row));
    const { alarms, said, beside } = summed(store, open.length, (n) => number(store.words, n));
    const leads = rows.length > 0 || open.some(needs);
    this.line.classList.toggle("some", alarms > 0);
    this.line.disabled = !leads;
    this.way.hidden = !leads || !this.key;
    this.since = rows.reduce((oldest, row) => (row.reserved ? oldest : Math.min(oldest, row.received)), Infinity);
    write(this.count, said);
    write(this.again, beside);
    write(this.owed, store.owed ? store.t("owed_n", { n: number(store.words, store.owed) }) : "");
    this.tick();
  }

  tick() {
    const age = Number.isFinite(this.since) && ticking(this.store.now() - this.since);
    write(this.oldest, age ? this.store.t("unowned_oldest", { age }) : "");
  }
}
