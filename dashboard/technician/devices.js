// The devices that are heard, and those in use that are not: each keeps its place in the list, however loud it is.
import { button, form, kept } from "../shell/build.js";
import { duration, element, joined, write, writeParts } from "../shell/format.js";
import { bars, dbm } from "./signal.js";

/** @typedef {{address: string, device: string, name: string, security: string, keyed: boolean, authenticated: boolean,
 * rssi: number | null, battery: number | null, packets: number, repeated: number, refused: Record<string, number>,
 * refusing: string, heard: number | null, lost: boolean, low: boolean}} Device
 * @typedef {{address: string, device: string}} Chosen */

const STALE_MS = 60_000;

export class Devices {
  /** @param {import("../shell/store.js").Store} store @param {(chosen: Chosen) => void} choose */
  constructor(store, choose) {
    this.store = store;
    this.choose_ = choose;
    this.chosen = { address: "", device: "" };
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.used = this._list("used");
    this.heard = this._list("heard");
    this.foreign = element("p", "none");
    this.root = element("div", "list", this.used.section, this.heard.section, this.foreign, this._another());
    this.root.addEventListener("keydown", (event) => this._key(event));
  }

  /** @param {"used" | "heard"} kind */
  _list(kind) {
    const id = `bench-${kind}`;
    const count = element("b");
    const list = element("ul", { "aria-labelledby": id });
    const none = element("p", "none", this.store.t(`bench.${kind}_none`));
    const title = element("h2", { id }, this.store.t(`bench.${kind}`), count);
    return { section: element("section", "", title, list, none), list, count, none };
  }

  /** @param {Chosen} chosen */
  choose(chosen) {
    this.chosen = chosen;
    this._mark();
  }

  /** @param {import("./detail.js").Bench} bench */
  show(bench) {
    const addresses = bench.devices.map((device) => device.address);
    const make = () => new Row(this.store, this.choose_);
    const rows = kept(this.rows, addresses, make, (row) => row.root);
    for (const [n, device] of bench.devices.entries()) {
      rows[n].show(device);
      const { list } = device.device ? this.used : this.heard;
      if (rows[n].root.parentElement !== list) list.append(rows[n].root);
    }
    for (const { section, list, count, none } of [this.used, this.heard]) {
      section.hidden = !bench.adapter;
      write(count, String(list.childElementCount));
      none.hidden = list.childElementCount > 0;
    }
    write(this.foreign, bench.unreadable ? this.store.t("bench.unreadable", { n: bench.unreadable }) : "");
    this._mark();
  }

  tick() {
    for (const row of this.rows.values()) row.tick();
  }

  _mark() {
    const { address, device } = this.chosen;
    for (const row of this.rows.values()) {
      const on = address ? row.device?.address === address : !!device && row.device?.device === device;
      row.pick.setAttribute("aria-current", String(on));
    }
  }

  /** Up and down go through both lists. @param {KeyboardEvent} event */
  _key(event) {
    const all = [...this.root.querySelectorAll(".pick")];
    const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!step || at < 0) return;
    all[at + step]?.focus();
    event.preventDefault();
  }

  /** A device that this receiver does not hear: lost, broken, or of another receiver. */
  _another() {
    const field = element("input", { type: "text", maxlength: 64, autocomplete: "off" });
    const send = () => {
      const device = field.value.trim().replace(/\s+/g, " ");
      if (!device) return;
      const heard = [...this.rows.values()].find((row) => row.device?.device === device);
      this.choose_({ address: heard?.device?.address ?? "", device });
      field.value = "";
    };
    const label = element("label", "", this.store.t("bench.another"), field);
    return form("another", send, label, element("button", "do", this.store.t("bench.open")));
  }
}

class Row {
  /** @param {import("../shell/store.js").Store} store @param {(chosen: Chosen) => void} choose */
  constructor(store, choose) {
    this.store = store;
    /** @type {Device | null} */
    this.device = null;
    this.bars = bars();
    this.name = element("b", "name");
    this.facts = element("span", "facts");
    this.wrong = element("span", "wrong");
    const press = () => this.device && choose({ address: this.device.address, device: this.device.device });
    this.pick = button("pick", "", press, this.bars.root, this.name, this.facts, this.wrong);
    this.root = element("li", "", this.pick);
  }

  /** @param {Device} device */
  show(device) {
    this.device = device;
    write(this.name, device.device || device.name || device.address);
    const { store } = this;
    const wrong = [];
    if (device.refusing) wrong.push(store.t("bench.refused", { why: store.t(`bench.refusal.${device.refusing}`) }));
    if (device.lost) wrong.push(store.t("bench.lost"));
    if (device.low) wrong.push(store.t("bench.low"));
    if (device.device && !device.authenticated) wrong.push(store.t(device.keyed ? "bench.not_yet" : "bench.plain"));
    write(this.wrong, joined(wrong));
    this.pick.classList.toggle("bad", !!(device.refusing || device.lost || device.low));
    this.tick();
  }

  tick() {
    const { device, store } = this;
    if (!device) return;
    const age = device.heard === null ? null : store.now() - device.heard;
    const stale = age === null || age > STALE_MS;
    this.pick.classList.toggle("stale", stale);
    this.bars.show(stale ? null : device.rssi);
    writeParts(this.facts, [
      device.rssi === null || stale ? "" : dbm(store, device.rssi),
      device.battery === null ? "" : store.t("bench.battery_pct", { n: device.battery }),
      age === null ? store.t("bench.never") : store.t("bench.ago", { age: duration(store.words, age) }),
    ]);
  }
}
