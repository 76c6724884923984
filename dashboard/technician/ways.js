// Each press on its way: heard by the receiver, on the feed, in the log, on an operator's screen, in ms since it was
// heard.
import { headings, keyed, redraw } from "../shell/build.js";
import { clock, duration, element, number, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";
import { dbm } from "./signal.js";

/** @typedef {{id: string, at: number, press: string, authenticated: boolean, rssi: number | null, screens: number,
 * feed: number, logged: number | null, held: boolean, alarms: boolean | null, shown: number | null, audible: boolean}}
 * Press moments in ms since 1970
 * @typedef {{state: string, since: number, presses: number, announced: boolean}} Alarm */

const SETTLED_MS = 5000; // what has not come by then did not come
const COLUMNS = ["pressed", "how", "strength", "feed", "log", "screen"];

export class Ways {
  /** @param {import("../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Press[]} */
    this.presses = [];
    /** @type {Alarm | null} */
    this.alarm = null;
    this.seen = false;
    const title = element("h3", { id: "bench-ways" }, store.t("bench.ways"));
    this.warning = element("p", { class: "warning", role: "status" });
    this.body = element("tbody");
    const head = headings(COLUMNS.map((column) => store.t(`bench.col.${column}`)));
    this.table = element("table", { "aria-labelledby": title.id }, element("thead", "", head), this.body);
    this.none = element("p", "none", store.t("bench.ways_none"));
    this.root = element("section", "card ways", title, this.warning, this.table, this.none);
  }

  /** @param {Press[]} presses newest first @param {Alarm | null} alarm the device's open alarm
   * @param {boolean} seen an operator's screen is there */
  show(presses, alarm, seen) {
    this.presses = presses;
    this.seen = seen;
    this.alarm = alarm;
    this.table.hidden = !presses.length;
    this.none.hidden = presses.length > 0;
    this.tick();
  }

  tick() {
    const { store, alarm } = this;
    const open =
      alarm?.state !== "raised" ? "bench.alarm_open" : this.seen ? "bench.alarm_raised" : "bench.alarm_unseen";
    write(
      this.warning,
      alarm
        ? store.t(open, {
            state: store.t(`state.${alarm.state}`),
            age: duration(store.words, store.now() - alarm.since),
            n: alarm.presses,
          })
        : store.t("bench.real"),
    );
    this.warning.classList.toggle("open", !!alarm);
    keyed(
      this.body,
      this.presses,
      (press) => press.id,
      () => element("tr", "", ...COLUMNS.map(() => element("td"))),
      (row, press) => this._way(press).forEach(([text, mood], n) => fill(row.children[n], text, mood)),
    );
  }

  /** The cells of a row: what each says, and its mood. @param {Press} press
   * @returns {[text: string, mood?: string][]} */
  _way(press) {
    const { store } = this;
    const late = store.now() - press.at > SETTLED_MS;
    const ms = (/** @type {number} */ n) =>
      store.t("bench.ms", { n: n < 10 ? number(store.words, n, 1) : Math.round(n) }).replace(" ", "\u00a0");
    const kind = store.t(`press.${press.press}`);
    return [
      [clock(press.at)],
      press.authenticated ? [kind] : [store.t("bench.how_plain", { kind }), "warn"],
      [press.rssi === null ? "" : dbm(store, press.rssi)],
      [ms(press.feed)],
      press.logged !== null
        ? [ms(press.logged)]
        : press.held
          ? [store.t("bench.held"), "bad"]
          : [store.t(late ? "bench.unlogged" : "bench.coming"), late ? "bad" : "wait"],
      this._shown(press, late, ms),
    ];
  }

  /** @param {Press} press @param {boolean} late @param {(n: number) => string} ms
   * @returns {[text: string, mood: string]} */
  _shown({ shown, audible, alarms, screens }, late, ms) {
    const { store } = this;
    if (shown !== null && shown > SETTLED_MS) return [store.t("bench.shown_late", { ms: ms(shown) }), "bad"];
    if (shown !== null)
      return [store.t(audible ? "bench.shown" : "bench.shown_silent", { ms: ms(shown) }), audible ? "" : "warn"];
    if (alarms === false) return [store.t("bench.no_alarm"), "dim"];
    if (!screens) return [store.t("bench.no_screen"), "bad"];
    return [store.t(late ? "bench.unshown" : "bench.coming"), late ? "bad" : "wait"];
  }
}

/** One cell of the way: a time, still coming, or that it did not come. @param {Element} td @param {string} text
 * @param {string} mood */
function fill(td, text, mood = "") {
  td.className = mood;
  redraw(td, [mood, text], () => (mood === "bad" ? [shape("press", 14), text] : [text]));
}
