// What is true of the whole bench: whether the receiver hears anything, whether keys can be read, whether an operator's
// screen is there.
import { redraw } from "../shell/build.js";
import { element, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";

const SHAPES = { ok: "acknowledged", wait: "device", bad: "press" };

export class Head {
  /** @param {import("../shell/store.js").Store} store @param {(id: string) => HTMLElement} part */
  constructor(store, part) {
    this.store = store;
    this.part = part;
    this.banners = element("div", "bench-banners");
    part("alert").append(this.banners);
  }

  /** @param {string} who @param {import("./detail.js").Bench | null} bench null: no receiver is set up here */
  show(who, bench) {
    const { store } = this;
    write(this.part("who"), who);
    for (const id of ["receiver", "screens"]) this.part(id).hidden = !bench;
    if (!bench) return this._say([]);
    const { adapter, screens } = bench;
    const there = screens.watching ? "ok" : screens.visible ? "wait" : "bad";
    this._chip("screens", there, store.t(`bench.screens.${there}`, { n: screens.visible, heard: screens.watching }));
    if (!adapter) {
      // Buttons are heard by another process, or by phones alone: cases can be bound here all the same.
      this._chip("receiver", "wait", store.t("bench.receiver.none"));
      return this._say([store.t("bench.no_service")]);
    }
    const mood = adapter.state === "scanning" ? "ok" : adapter.state === "starting" ? "wait" : "bad";
    this._chip("receiver", mood, store.t(`bench.receiver.${adapter.state}${adapter.mode ? `.${adapter.mode}` : ""}`));
    const said = [];
    if (mood === "bad") said.push(store.t(`bench.help.${adapter.state}`, { why: adapter.reason }));
    if (bench.store !== "open") said.push(store.t(`bench.store.${bench.store}`, { why: bench.store_reason }));
    this._say(said);
  }

  /** @param {string[]} said */
  _say(said) {
    const look = { class: "banner bench-banner", role: "alert" };
    redraw(this.banners, said, () =>
      said.map((text) => element("div", look, shape("press", 20), element("span", "", text))),
    );
  }

  /** @param {string} id @param {keyof SHAPES} mood @param {string} text */
  _chip(id, mood, text) {
    this.part(id).className = `chip ${mood}`;
    redraw(this.part(id), [mood, text], () => [shape(SHAPES[mood], 16), element("span", "", text)]);
  }
}
