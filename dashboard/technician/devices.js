// The devices that are heard, and those in use that are not: each keeps its place in the list, however loud it is.
import { duration, element, write, writeParts } from "../shell/format.js";
import { bars, dbm } from "./signal.js";

const STALE_MS = 60_000;

export class Devices {
  /** @param {import("../shell/store.js").Store} store @param {(chosen: {address: string, device: string}) => void} choose */
  constructor(store, choose) {
    this.store = store;
    this.choose_ = choose;
    this.chosen = { address: "", device: "" };
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.root = element("div", "list");
    this.lists = {};
    for (const kind of ["used", "heard"]) {
      const section = element("section");
      const title = element("h2", "", store.t(`bench.${kind}`));
      title.id = `bench-${kind}`;
      const count = element("b");
      title.append(count);
      const list = element("ul");
      list.setAttribute("aria-labelledby", title.id);
      const none = element("p", "none", store.t(`bench.${kind}_none`));
      section.append(title, list, none);
      this.root.append(section);
      this.lists[kind] = { section, list, count, none };
    }
    this.foreign = element("p", "none");
    this.root.append(this.foreign, this._another());
    this.root.addEventListener("keydown", (event) => this._key(event));
  }

  choose(chosen) {
    this.chosen = chosen;
    this._mark();
  }

  /** @param {any} bench */
  show(bench) {
    const known = new Set(bench.devices.map((device) => device.address));
    for (const [address, row] of this.rows) {
      if (known.has(address)) continue;
      row.root.remove();
      this.rows.delete(address);
    }
    for (const device of bench.devices) {
      let row = this.rows.get(device.address);
      if (!row) {
        row = new Row(this.store, () => this.choose_({ address: row.device.address, device: row.device.device }));
        this.rows.set(device.address, row);
      }
      row.show(device);
      const { list } = this.lists[device.device ? "used" : "heard"];
      if (row.root.parentElement !== list) list.append(row.root);
    }
    for (const { section, list, count, none } of Object.values(this.lists)) {
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
      const on = address ? row.device.address === address : !!device && row.device.device === device;
      row.pick.setAttribute("aria-current", String(on));
    }
  }

  /** Up and down go through both lists. */
  _key(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.target.classList.contains("pick")) return;
    const all = [...this.root.querySelectorAll(".pick")];
    all[all.indexOf(event.target) + step]?.focus();
    event.preventDefault();
  }

  /** A device that this receiver does not hear: lost, broken, or of another receiver. */
  _another() {
    const form = element("form", "another");
    const label = element("label", "", this.store.t("bench.another"));
    const field = element("input");
    field.type = "text";
    field.maxLength = 64;
    field.autocomplete = "off";
    label.append(field);
    const open = element("button", "do", this.store.t("bench.open"));
    open.type = "submit";
    form.append(label, open);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const device = field.value.trim().replace(/\s+/g, " ");
      if (!device) return;
      const heard = [...this.rows.values()].find((row) => row.device.device === device);
      this.choose_({ address: heard?.device.address ?? "", device });
      field.value = "";
    });
    return form;
  }
}

class Row {
  constructor(store, choose) {
    this.store = store;
    this.device = null;
    this.root = element("li");
    this.pick = element("button", "pick");
    this.pick.type = "button";
    this.pick.addEventListener("click", choose);
    this.bars = bars();
    this.name = element("b", "name");
    this.facts = element("span", "facts");
    this.wrong = element("span", "wrong");
    this.pick.append(this.bars.root, this.name, this.facts, this.wrong);
    this.root.append(this.pick);
  }

  show(device) {
    this.device = device;
    write(this.name, device.device || device.name || device.address);
    const { store } = this;
    const wrong = [];
    if (device.refusing) wrong.push(store.t("bench.refused", { why: store.t(`bench.refusal.${device.refusing}`) }));
    if (device.lost) wrong.push(store.t("bench.lost"));
    if (device.low) wrong.push(store.t("bench.low"));
    if (device.device && !device.authenticated) wrong.push(store.t(device.keyed ? "bench.not_yet" : "bench.plain"));
    write(this.wrong, wrong.join(" · "));
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
