// The device that is looked at: what it is, how it is heard, its presses on their way, its test, whose it is.
import { duration, element, write } from "../shell/format.js";
import { Announce } from "./announce.js";
import { Signal } from "./signal.js";
import { Trial } from "./trial.js";
import { Use } from "./use.js";
import { Ways } from "./ways.js";
import { Whose } from "./whose.js";

const FACTS = ["heard", "battery", "packets", "refused", "security", "address"];

/** Whether the next press is marked as announced: "", "yes", or "joins", when an alarm is open that is not marked. */
function mark({ announced, alarm }) {
  return !announced ? "" : alarm && !alarm.announced ? "joins" : "yes";
}

export class Detail {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk @param {any} selected @param {string} base */
  constructor(store, desk, selected, base) {
    this.store = store;
    this.device = selected.device;
    this.row = null;
    this.root = element("article", "detail");
    const head = element("header");
    this.title = element("h2", "", selected.device);
    this.title.tabIndex = -1;
    this.list = element("dl", "facts");
    this.facts = {};
    for (const name of FACTS) {
      const box = element("div");
      const fact = element("dd");
      box.append(element("dt", "", store.t(`bench.fact.${name}`)), fact);
      this.facts[name] = fact;
      this.list.append(box);
    }
    head.append(this.title, this.list);
    const left = element("div", "column");
    const right = element("div", "column");
    if (selected.address) {
      this.signal = new Signal(store);
      left.append(this.signal.root);
    }
    if (selected.device) {
      if (selected.address) {
        this.ways = new Ways(store);
        this.trial = new Trial(store, desk, selected.device, base);
        left.append(this.ways.root);
        this.announce = new Announce(store, desk, selected.device);
        right.append(this.announce.root, this.trial.root);
      }
      this.whose = new Whose(store, desk, selected.device);
      right.append(this.whose.root);
    }
    if (selected.address) {
      this.use = new Use(store, desk, selected);
      right.append(this.use.root);
    }
    const columns = element("div", "columns");
    columns.append(left, right);
    this.root.append(head, columns);
    this.root.classList.toggle("unheard", !selected.address);
  }

  /** @param {any} selected @param {any} bench */
  show(selected, bench) {
    this.row = bench.devices.find((device) => device.address === selected.address) ?? null;
    write(this.title, selected.device || this.row?.name || selected.address);
    this.list.hidden = !this.row;
    this.signal?.show(selected.signals ?? []);
    this.ways?.show(selected.presses ?? [], selected.alarm ?? null, bench.screens.visible > 0);
    this.announce?.show(selected.announced ?? null);
    this.trial?.show(selected.trial ?? null, bench.screens, selected.case ?? null, mark(selected));
    this.whose?.show(selected.case ?? null, bench.register);
    this.use?.show(selected);
    this.tick();
  }

  tick() {
    const { row, store } = this;
    this.signal?.tick();
    this.ways?.tick();
    if (!row) return;
    const say = (name, text, mood = "") => {
      write(this.facts[name], text);
      this.facts[name].className = mood;
    };
    const age = row.heard === null ? null : duration(store.words, store.now() - row.heard);
    say("heard", age === null ? store.t("bench.never") : store.t("bench.ago", { age }), row.lost ? "bad" : "");
    say(
      "battery",
      row.battery === null ? store.t("bench.unsaid") : store.t("bench.pct", { n: row.battery }),
      row.low ? "bad" : "",
    );
    say("packets", store.t("bench.packets", { n: row.packets, again: row.repeated }));
    const refused = Object.entries(row.refused);
    const why = (code) => store.t(`bench.refusal.${code}`);
    say(
      "refused",
      refused.length
        ? refused.map(([code, n]) => store.t("bench.times", { n, why: why(code) })).join(" · ")
        : store.t("bench.refused_none"),
      row.refusing ? "bad" : "",
    );
    const security = row.authenticated
      ? "authenticated"
      : row.keyed
        ? "not_yet"
        : row.device && row.security !== "encrypted"
          ? "plain"
          : row.security;
    say("security", store.t(`bench.security.${security}`), row.authenticated || !row.device ? "" : "warn");
    say("address", row.address);
  }
}
