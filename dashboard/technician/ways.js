// Each press on its way: heard by the receiver, on the feed, in the log, on an operator's screen, in ms since it was heard.
import { clock, duration, element, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";
import { dbm } from "./signal.js";

const SETTLED_MS = 5000; // what has not come by then did not come
const COLUMNS = ["pressed", "how", "strength", "feed", "log", "screen"];

/** One cell of the way: a time, still coming, or that it did not come. */
function cell(td, mood, text) {
  if (td.dataset.said === mood + text) return;
  td.dataset.said = mood + text;
  td.className = mood;
  td.replaceChildren(...(mood === "bad" ? [shape("press", 14)] : []), document.createTextNode(text));
}

export class Ways {
  /** @param {import("../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.presses = [];
    this.alarm = null;
    /** @type {Map<string, HTMLTableRowElement>} */
    this.rows = new Map();
    this.root = element("section", "card ways");
    const title = element("h3", "", store.t("bench.ways"));
    title.id = "bench-ways";
    this.warning = element("p", "warning");
    this.warning.setAttribute("role", "status");
    this.table = element("table");
    this.table.setAttribute("aria-labelledby", title.id);
    const head = element("tr");
    for (const column of COLUMNS) {
      const th = element("th", "", store.t(`bench.col.${column}`));
      th.scope = "col";
      head.append(th);
    }
    const thead = element("thead");
    thead.append(head);
    this.body = element("tbody");
    this.table.append(thead, this.body);
    this.none = element("p", "none", store.t("bench.ways_none"));
    this.root.append(title, this.warning, this.table, this.none);
  }

  /** @param {any[]} presses newest first @param {any} alarm the device's open alarm @param {boolean} seen an operator's screen is there */
  show(presses, alarm, seen) {
    this.presses = presses;
    this.seen = seen;
    this.alarm = alarm;
    this.table.hidden = !presses.length;
    this.none.hidden = presses.length > 0;
    const known = new Set(presses.map((press) => press.id));
    for (const [id, row] of this.rows) {
      if (known.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    for (const press of [...presses].reverse()) {
      if (this.rows.has(press.id)) continue;
      const row = element("tr");
      for (const _ of COLUMNS) row.append(element("td"));
      this.rows.set(press.id, row);
      this.body.prepend(row);
    }
    this.tick();
  }

  tick() {
    const { store, alarm } = this;
    write(
      this.warning,
      alarm
        ? store.t(
            alarm.state !== "raised" ? "bench.alarm_open" : this.seen ? "bench.alarm_raised" : "bench.alarm_unseen",
            {
              state: store.t(`state.${alarm.state}`),
              age: duration(store.words, store.now() - alarm.since),
              n: alarm.presses,
            },
          )
        : store.t("bench.real"),
    );
    this.warning.classList.toggle("open", !!alarm);
    for (const press of this.presses) this._row(this.rows.get(press.id), press);
  }

  _row(row, press) {
    const { store } = this;
    const [at, how, strength, feed, log, screen] = row.children;
    const late = store.now() - press.at > SETTLED_MS;
    const ms = (n) => store.t("bench.ms", { n: n < 10 ? n.toFixed(1) : Math.round(n) }).replace(" ", "\u00a0");
    cell(at, "", clock(press.at));
    const kind = store.t(`press.${press.press}`);
    cell(how, press.authenticated ? "" : "warn", press.authenticated ? kind : store.t("bench.how_plain", { kind }));
    cell(strength, "", press.rssi === null ? "" : dbm(store, press.rssi));
    cell(feed, "", ms(press.feed));
    if (press.logged !== null) cell(log, "", ms(press.logged));
    else if (press.held) cell(log, "bad", store.t("bench.held"));
    else cell(log, late ? "bad" : "wait", store.t(late ? "bench.unlogged" : "bench.coming"));
    if (press.shown > SETTLED_MS) cell(screen, "bad", store.t("bench.shown_late", { ms: ms(press.shown) }));
    else if (press.shown !== null)
      cell(
        screen,
        press.audible ? "" : "warn",
        store.t(press.audible ? "bench.shown" : "bench.shown_silent", { ms: ms(press.shown) }),
      );
    else if (press.alarms === false) cell(screen, "dim", store.t("bench.no_alarm"));
    else if (!press.screens) cell(screen, "bad", store.t("bench.no_screen"));
    else cell(screen, late ? "bad" : "wait", store.t(late ? "bench.unshown" : "bench.coming"));
  }
}
