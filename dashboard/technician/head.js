// What is true of the whole bench: whether the receiver hears anything, whether keys can be read, whether an operator's screen is there.
import { element, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";

const SHAPES = { ok: "acknowledged", wait: "device", bad: "press" };

export class Head {
  /** @param {import("../shell/store.js").Store} store @param {(id: string) => HTMLElement} part */
  constructor(store, part) {
    this.store = store;
    this.part = part;
    this.drawn = { receiver: "", screens: "", banner: "" };
    this.banners = element("div", "bench-banners");
    part("alert").append(this.banners);
  }

  /** @param {string} who @param {any} bench null: no receiver is set up here */
  show(who, bench) {
    const { store } = this;
    write(this.part("who"), who);
    for (const id of ["receiver", "screens"]) this.part(id).hidden = !bench;
    if (!bench) {
      this.banners.replaceChildren();
      this.drawn.banner = "";
      return;
    }
    const { adapter, screens } = bench;
    const there = screens.watching ? "ok" : screens.visible ? "wait" : "bad";
    this._chip("screens", there, store.t(`bench.screens.${there}`, { n: screens.visible, heard: screens.watching }));
    if (!adapter) return this._noReceiver();
    const mood = adapter.state === "scanning" ? "ok" : adapter.state === "starting" ? "wait" : "bad";
    this._chip("receiver", mood, store.t(`bench.receiver.${adapter.state}${adapter.mode ? `.${adapter.mode}` : ""}`));
    const said = [];
    if (mood === "bad") said.push(store.t(`bench.help.${adapter.state}`, { why: adapter.reason }));
    if (bench.store !== "open") said.push(store.t(`bench.store.${bench.store}`, { why: bench.store_reason }));
    this._say(said);
  }

  /** Buttons are heard by another process, or by phones alone: cases can be bound here all the same. */
  _noReceiver() {
    this._chip("receiver", "wait", this.store.t("bench.receiver.none"));
    this._say([this.store.t("bench.no_service")]);
  }

  _say(said) {
    if (this.drawn.banner === said.join()) return;
    this.drawn.banner = said.join();
    this.banners.replaceChildren(
      ...said.map((text) => {
        const banner = element("div", "banner bench-banner");
        banner.setAttribute("role", "alert");
        banner.append(shape("press", 20), element("span", "", text));
        return banner;
      }),
    );
  }

  _chip(id, mood, text) {
    if (this.drawn[id] === mood + text) return;
    this.drawn[id] = mood + text;
    this.part(id).className = `chip ${mood}`;
    this.part(id).replaceChildren(shape(SHAPES[mood], 16), element("span", "", text));
  }
}
