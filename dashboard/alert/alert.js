// What stands over the whole page when something Vigie depends on is broken, the page's title, the sound, and what was painted.
import { element } from "../page/format.js";
import { Store } from "../page/store.js";

export class Alert {
  /** @param {HTMLElement} place @param {Store} store @param {import("./sound.js").Sound} sound */
  constructor(place, store, sound) {
    this.store = store;
    this.sound = sound;
    this.banners = element("div", "banners");
    this.banners.setAttribute("role", "alert");
    place.append(this.banners);
    this.told = new Set();
    this.drawn = "";
    store.on("rows desk live", () => this.update());
    store.on("health", () => this.health());
    document.addEventListener("visibilitychange", () => this.present());
  }

  update() {
    const waiting = [...this.store.rows.values()].filter(Store.needs);
    document.title = waiting.length ? this.store.t("title_n", { n: waiting.length }) : this.store.t("title");
    const lost = document.body.classList.contains("lost");
    this.sound.play(lost ? "lost" : waiting.length ? "alarm" : "");
    this.present();
  }

  health() {
    const { health } = this.store;
    const said = [];
    if (health.recording === "failed") said.push(this.store.t("not_recorded_long", { n: health.held }));
    if (health.cases === "locked") said.push(this.store.t("cases_locked_long"));
    if (health.cases === "missing") said.push(this.store.t("cases_missing_long"));
    if (said.join() === this.drawn) return;
    this.drawn = said.join();
    this.banners.replaceChildren(...said.map((text) => element("div", "banner", text)));
  }

  /** Tell the desk which alarms were painted. A hidden page paints nothing. */
  present() {
    if (document.visibilityState !== "visible" || !this.store.live) return;
    const key = (row) => `${row.id} ${row.changes}`;
    const waiting = [...this.store.rows.values()].filter((row) => Store.needs(row) && !this.told.has(key(row)));
    if (!waiting.length) return;
    waiting.forEach((row) => this.told.add(key(row)));
    requestAnimationFrame(() => setTimeout(() => {
      if (document.visibilityState === "visible") {
        this.store.send({ do: "presented", ids: waiting.map((row) => row.id), audible: this.sound.armed });
      } else waiting.forEach((row) => this.told.delete(key(row)));
    }));
  }
}
