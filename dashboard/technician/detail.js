// The device that is looked at: what it is, how it is heard, its presses on their way, its test, whose it is.
import { duration, element, joined, write } from "../shell/format.js";
import { Announce } from "./announce.js";
import { Signal } from "./signal.js";
import { Trial } from "./trial.js";
import { Use } from "./use.js";
import { Ways } from "./ways.js";
import { Whose } from "./whose.js";

/** @typedef {import("./devices.js").Device} Device
 * @typedef {{address: string, device: string, signals?: [at: number, dbm: number][], enrolled_at?: number | null,
 * enrolled_by?: string, presses?: import("./ways.js").Press[], trial?: import("./trial.js").Test, case?:
 * import("./whose.js").Held | null, heard_of?: boolean, announced?: {who: string, until: number, where: string},
 * alarm?: import("./ways.js").Alarm}} Selected
 * @typedef {{adapter: {state: string, since: number, mode: string, reason: string} | null, store: string, store_reason:
 * string, unreadable: number, devices: Device[], screens: {visible: number, watching: number}, register: string}}
 * Bench */

const FACTS = ["heard", "battery", "packets", "refused", "security", "address"];

/** Whether the next press is marked as announced: "", "yes", or "joins", when an alarm is open that is not marked.
 * @param {Selected} selected */
function mark({ announced, alarm }) {
  return !announced ? "" : alarm && !alarm.announced ? "joins" : "yes";
}

export class Detail {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk
   * @param {Selected} selected @param {string} base */
  constructor(store, desk, selected, base) {
    const { address, device } = selected;
    this.store = store;
    this.device = device;
    /** @type {Device | null} */
    this.row = null;
    this.title = element("h2", { tabindex: -1 }, device);
    this.facts = new Map(FACTS.map((name) => [name, element("dd")]));
    const facts = [...this.facts].map(([name, fact]) =>
      element("div", "", element("dt", "", store.t(`bench.fact.${name}`)), fact),
    );
    this.list = element("dl", "facts", ...facts);
    this.signal = address ? new Signal(store) : null;
    this.ways = address && device ? new Ways(store) : null;
    this.announce = address && device ? new Announce(store, desk, device) : null;
    this.trial = address && device ? new Trial(store, desk, device, base) : null;
    this.whose = device ? new Whose(store, desk, device) : null;
    this.use = address ? new Use(store, desk, selected) : null;
    const right = [this.announce, this.trial, this.whose, this.use].map((card) => card?.root);
    const columns = element(
      "div",
      "columns",
      element("div", "column", this.signal?.root, this.ways?.root),
      element("div", "column", ...right),
    );
    this.root = element("article", "detail", element("header", "", this.title, this.list), columns);
    this.root.classList.toggle("unheard", !address);
  }

  /** @param {Selected} selected @param {Bench} bench */
  show(selected, bench) {
    this.row = bench.devices.find((device) => device.address === selected.address) ?? null;
    write(this.title, selected.device || this.row?.name || selected.address);
    this.list.hidden = !this.row;
    this.signal?.show(selected.signals ?? []);
    this.ways?.show(selected.presses ?? [], selected.alarm ?? null, bench.screens.visible > 0);
    this.announce?.show(selected.announced ?? null);
    this.trial?.show(selected.trial ?? null, bench.screens, selected.case ?? null, mark(selected));
    this.whose?.show(selected.case ?? null, bench.register, selected.heard_of);
    this.use?.show(selected);
    this.tick();
  }

  tick() {
    const { row, store } = this;
    this.signal?.tick();
    this.ways?.tick();
    if (!row) return;
    const age = row.heard === null ? null : duration(store.words, store.now() - row.heard);
    const battery = row.battery === null ? store.t("bench.unsaid") : store.t("bench.pct", { n: row.battery });
    const refused = Object.entries(row.refused).map(([code, n]) =>
      store.t("bench.times", { n, why: store.t(`bench.refusal.${code}`) }),
    );
    const security = row.authenticated
      ? "authenticated"
      : row.keyed
        ? "not_yet"
        : row.device && row.security !== "encrypted"
          ? "plain"
          : row.security;
    this._say("heard", age === null ? store.t("bench.never") : store.t("bench.ago", { age }), row.lost && "bad");
    this._say("battery", battery, row.low && "bad");
    this._say("packets", store.t("bench.packets", { n: row.packets, again: row.repeated }));
    this._say("refused", joined(refused) || store.t("bench.refused_none"), row.refusing && "bad");
    this._say("security", store.t(`bench.security.${security}`), !row.authenticated && row.device && "warn");
    this._say("address", row.address);
  }

  /** @param {string} name @param {string} text @param {string | false} mood */
  _say(name, text, mood = "") {
    const fact = /** @type {HTMLElement} */ (this.facts.get(name));
    write(fact, text);
    fact.className = mood || "";
  }
}
