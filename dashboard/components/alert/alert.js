// What stands over the whole page when something Vigie depends on is broken; which sound is due; what was painted, seen
// and heard.
import { redraw } from "../../shell/build.js";
import { clock, element, number } from "../../shell/format.js";
import { needs } from "../../shell/order.js";
import { nameOf } from "../queue/says.js";
import { Hidden } from "./hidden.js";
import { Spoken } from "./spoken.js";
import { unheard } from "./unheard.js";
import { calling, due } from "./urgent.js";

// with every fifth heartbeat: a hidden tab's timers are slowed down, what the server sends is not
const REPORT_MS = 4500;

/** @typedef {import("../../shell/store.js").Store} Store */

export class Alert {
  /** @param {HTMLElement} place @param {Store} store @param {import("./sound.js").Sound} sound */
  constructor(place, store, sound) {
    this.store = store;
    this.sound = sound;
    this.banners = element("div", "banners", { role: "alert" });
    // The browser's question hangs over the page: it waits until nothing else does.
    const ask = () => calling(store).length || Hidden.ask();
    place.append(unheard(store, sound, ask), this.banners);
    this.hidden = new Hidden(store);
    this.spoken = new Spoken(place);
    /** @type {Map<string, boolean>} */
    this.told = new Map();
    /** @type {Set<string>} */
    this.heard = new Set();
    this.reported = "";
    this.reportedAt = -Infinity;
    this.locked = false;
    store.on("rows desk live covers", () => this.update());
    store.on("drawn", () => this.present());
    store.on("language", () => this.spoken.clear());
    store.on("health", () => this.health());
    store.on("access", () => this.stand());
    store.on("second", () => sound.look());
    store.answers("tick", () => {
      sound.look();
      this.report();
    });
    sound.on(() => this.hear());
    document.addEventListener("visibilitychange", () => this.update());
    this.hear();
  }

  update() {
    const { store, sound } = this;
    const lost = document.body.classList.contains("lost");
    const { sound: name, loudness, keys } = due(store, lost);
    const fresh = keys.some((key) => !this.heard.has(key));
    this.heard = new Set(keys);
    sound.play(name, loudness, fresh);
    const dark = store.unowned !== null;
    const called = dark ? [] : calling(store);
    this.hidden.show(dark ? keys : called.map((row) => row.key), store.nobodys, lost);
    const count = () => store.t("unowned_n", { n: number(store.words, store.nobodys) });
    this.spoken.tell(new Map(called.map((row) => [row.key, nameOf(store, row)])), count);
    const unowned = store.nobodys ? count() : "";
    if (window.vigieUnowned !== unowned) {
      window.vigieUnowned = unowned;
      document.dispatchEvent(new Event("vigie:unowned"));
    }
    this.present();
    this.report();
  }

  /** What was painted while nobody could act here was shown to nobody: who signs in is shown it now. */
  stand() {
    const { locked } = this.store;
    if (this.locked && !locked) this.told.clear();
    this.locked = locked;
    this.update();
  }

  health() {
    const { health } = this.store;
    if (!health) return;
    /** @type {string[]} */
    const said = [];
    const { feed_state: feed, feeds } = health;
    // A malformed feed brings its presses all the same.
    if (feed === "down" || feed === "silent") {
      const bad = feeds.filter((one) => one.state === "down" || one.state === "silent");
      const names = feeds.length > 1 ? bad.map((one) => one.name).join(", ") : "";
      const since = Math.min(...bad.map((one) => one.since ?? Infinity));
      const state = this.store.t(feeds.length ? `feed.${feed}` : "feed_none");
      const what = Number.isFinite(since) ? this.store.t("feed_since", { time: clock(since) }) : "";
      said.push(this.store.t("feed_long", { state: [state, names, what].filter(Boolean).join(" ") }));
    }
    if (health.recording === "failed") said.push(this.store.t("not_recorded_long", { n: health.held }));
    if (health.recording === "cut_off") said.push(this.store.t("cut_off_long"));
    if (health.recording === "aside") said.push(this.store.t("recorded_aside"));
    if (health.cases === "locked") said.push(this.store.t("cases_locked_long"));
    if (health.cases === "missing") said.push(this.store.t("cases_missing_long"));
    this.update();
    redraw(this.banners, said, () => said.map((text) => element("div", "banner", text)));
  }

  /** The sound's state changed: say so to the desk. */
  hear() {
    this.present();
    this.report();
  }

  /** Tell the desk which alarms were painted, once when silent and once when they can be heard. A hidden page paints
   * nothing, and none what is not near the screen. */
  present() {
    const { store } = this;
    if (document.visibilityState !== "visible" || !store.live) return;
    const audible = this.sound.armed;
    const waiting = [...store.drawn]
      .flatMap((key) => store.rows.get(key) ?? [])
      .filter((row) => !this.told.has(row.key) || (audible && !this.told.get(row.key)))
      .filter((row) => needs(row) && store.concerns(row));
    if (!waiting.length) return;
    waiting.forEach((row) => this.told.set(row.key, audible));
    requestAnimationFrame(() =>
      setTimeout(() => {
        if (document.visibilityState === "visible") {
          store.send({ do: "presented", ids: waiting.map((row) => row.id), audible });
        } else waiting.forEach((row) => this.told.delete(row.key));
      }),
    );
  }

  /** Tell the desk whether this page is in sight and can be heard: at once when that changed, and again and again. */
  report() {
    if (!this.store.welcomed) return;
    const seen = { do: "seen", visible: document.visibilityState === "visible", sound: this.sound.state };
    const said = `${seen.visible} ${seen.sound}`;
    const now = performance.now();
    if (said === this.reported && now - this.reportedAt < REPORT_MS) return;
    this.reported = said;
    this.reportedAt = now;
    this.store.send(seen);
  }
}
