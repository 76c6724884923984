// What stands further down in the queue: how many of each, how many of them ask again, and a way there.
import { arrange, button, kept } from "../../shell/build.js";
import { element, joined, write } from "../../shell/format.js";

/** @typedef {{key: string, n: number, ask: number, go: () => void}} Part */

export class Below {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.line = element("div", "below");
    /** @type {Map<string, {way: HTMLButtonElement, go: () => void}>} */
    this.ways = new Map();
  }

  /** @param {Part[]} parts */
  show(parts) {
    const { store } = this;
    const some = parts.filter(({ n }) => n > 0);
    const make = () => {
      const made = { way: button("way", "", () => made.go()), go: () => {} };
      return made;
    };
    const keys = some.map(({ key }) => key);
    const ways = kept(this.ways, keys, make, ({ way }) => way);
    some.forEach(({ key, n, ask, go }, at) => {
      const { way } = ways[at];
      ways[at].go = go;
      way.className = `way ${key}${ask ? " asks" : ""}`;
      write(way, joined([store.t(`below.${key}`, { n }), ask > 0 && store.t(`below_ask.${key}`, { n: ask })]));
    });
    arrange(
      this.line,
      ways.map(({ way }) => way),
    );
  }
}
