// The top bar: feed health beside the newest device message, the log, the cases, sound, who is on shift, the clock.
import { button, form, onEscape } from "../../shell/build.js";
import { attributes, clock, duration, element, joined, colon, moment, phrase, write } from "../../shell/format.js";
import { themes } from "../../shell/theme.js";
import { shape } from "../../shell/shapes.js";
import { shiftTest } from "../presence/test.js";

/** @type {Intl.DateTimeFormatOptions} */
const DATE = { weekday: "short", day: "numeric", month: "short" };
const WORST = ["down", "silent", "malformed", "live"];

/** @typedef {import("../../shell/wire.js").Feed} Feed */

const LATE_MS = 2000; // of a feed's messages: less is as it should be, and nobody's to read

export class TopBar {
  /** @param {HTMLElement} feed the landmark @param {HTMLElement} place where the rest stands
   *  @param {import("../../shell/store.js").Store} store @param {import("../alert/sound.js").Sound} sound @param {{raise: () => void, sound: () => void, gap: (feed: string) => void,
   *  language: HTMLElement}} does `language` is the choice of one */
  constructor(feed, place, store, sound, does) {
    this.feed = feed;
    this.store = store;
    this.sound = sound;
    this.does = does;
    this.light = element("span", "light");
    this.state = element("b");
    this.byHand = element("span", "by-hand", store.keys.cap("raise"), element("span", "", store.t("feed_by_hand")));
    this.facts = element("span", "facts");
    this.gaps = element("span", "gaps");
    // The way in stands under the state: the bar is as narrow as a screen.
    const states = element("span", "states", this.state, this.byHand);
    feed.append(this.light, states, this.facts, this.gaps);
    this.soundState = button("pill sound-state", "", () => (sound.armed ? does.sound() : sound.start()));
    this.shift = element("b");
    const shift = button("pill shift", "", () => {});
    this.test = element("span", "test");
    const there = element("span", "there", store.t("on_shift"), this.shift);
    shift.append(there, this.test);
    this.raise = button("pill raise", store.t("raise"), () => does.raise());
    this.raise.append(store.keys.cap("raise"));
    this.theme = button("pill theme", "", () => {});
    themes(this.theme, (other) => write(this.theme, store.t(other)));
    this.deskButton = button("pill", "", () => this._edit(true));
    this.deskInput = element("input", { maxlength: 40, "aria-label": store.t("desk_name"), autocomplete: "off" });
    this.deskSave = element("button", "pill", store.t("save"));
    this.deskWhy = element("span", "why", { role: "status" });
    const rename = () => store.send({ do: "rename", desk: this.deskInput.value });
    const desk = form("desk", rename, this.deskButton, this.deskInput, this.deskSave, this.deskWhy);
    onEscape(desk, () => this._edit(false));
    this._edit(false);
    this.date = element("span", "date");
    this.time = element("b", "time");
    const hours = element("div", "clock", this.date, this.time);
    place.append(this.soundState, shift, element("div", "space"), this.raise, this.theme, does.language, desk, hours);
    store.on("health desk together", () => this.update());
    store.on("second live", () => this.tick());
    sound.on(() => this.hear());
    store.answers("renamed", (fact) => this._renamed(fact));
    this.hear();
  }

  /** @param {boolean} on */
  _edit(on) {
    this.deskButton.hidden = on;
    this.deskInput.hidden = this.deskSave.hidden = !on;
    write(this.deskWhy, "");
    if (!on) return;
    this.deskInput.value = this.store.desk;
    this.deskInput.focus();
    this.deskInput.select();
  }

  /** @param {{ok: boolean, desk: string}} fact */
  _renamed({ ok, desk }) {
    this.store.named(desk);
    if (ok) this._edit(false);
    else write(this.deskWhy, this.store.t("desk_taken"));
  }

  hear() {
    const { state } = this.sound;
    if (this.soundState.dataset.sound === state) return;
    const armed = state === "armed";
    const said = this.store.t(`sound_${state}`);
    this.soundState.dataset.sound = state;
    this.soundState.replaceChildren(shape(armed ? "sound" : "mute", 20), element("b", "", said));
    const arm = phrase`${said}. ${this.store.t(state === "muted" ? "sound_again" : "sound_arm")}`;
    attributes(this.soundState, { "aria-label": armed ? this.store.t("sound_open", { state: said }) : arm });
    this.soundState.classList.toggle("bad", !armed);
  }

  update() {
    const { store } = this;
    write(this.deskButton, store.desk);
    attributes(this.deskButton, { "aria-label": store.t("desk_change", { desk: store.desk }) });
    write(this.shift, String(store.shift));
    const health = store.health;
    if (!health) return;
    this.feed.dataset.feedState = health.feed_state;
    this.feed.dataset.recording = health.recording;
    const gaps = health.feeds.filter((feed) => feed.gaps);
    this.gaps.replaceChildren(
      ...gaps.map((feed) => {
        const reason = store.t(`gap_why.${feed.gap_why}`);
        const why = feed.gap_numbers ? colon(store.words, reason, feed.gap_numbers) : reason;
        const gap = element(
          "span",
          "gap",
          { title: why },
          store.t("feed_gap", { time: clock(feed.gap_at).slice(0, 5) }),
        );
        const seen = button("pill", store.t("gap_seen"), () => this.does.gap(feed.name));
        attributes(seen, {
          "aria-label": colon(store.words, store.t("gap_seen_label", { feed: feed.name }), why),
        });
        const both = element("span", "gap-both", gap, seen);
        return both;
      }),
    );
    this.tick();
  }

  /** What goes with the clock. */
  tick() {
    const { store } = this;
    const now = store.now();
    write(this.time, clock(now));
    write(this.date, moment(now, store.language, DATE));
    const { text, grave } = shiftTest(store);
    write(this.test, text);
    this.test.className = `test ${grave}`;
    if (!store.health) return;
    const { feed_state: state, feeds } = store.health;
    this.feed.className = `gauge ${state}`;
    // What no feed brings comes by telephone: the way in is named where its loss is.
    this.byHand.hidden = state === "live";
    write(this.state, feeds.length ? store.t(`feed.${state}`) : store.t("feed_none"));
    const worst = [...feeds].sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state))[0];
    write(this.facts, worst ? joined(this._facts(worst, now, feeds)) : "");
    attributes(this.facts, { tabindex: worst && 0 }); // in a narrow bar it scrolls
  }

  /** @param {Feed} feed @param {number} now @param {Feed[]} feeds */
  _facts(feed, now, feeds) {
    const { store } = this;
    const age = (/** @type {number} */ at) => store.t("ago", { age: duration(store.words, now - at) });
    const parts = feeds.length > 1 ? [feed.name] : [];
    if (feed.exercise) parts.push(store.t("feed_exercise"));
    if (feed.state !== "live" && feed.since) parts.push(store.t("feed_since", { time: clock(feed.since) }));
    const newest = Math.max(...feeds.map((one) => one.message ?? 0));
    parts.push(newest ? store.t("feed_message", { age: age(newest) }) : store.t("feed_no_message"));
    // On a narrow screen nobody reads that all is well beside that word: what is wrong has the room.
    const calm = feed.state === "live" && innerWidth <= 1500;
    if (feed.heartbeat && !calm) parts.push(store.t("feed_heartbeat", { age: age(feed.heartbeat) }));
    const late = feed.state === "live" ? (feed.lag_ms ?? 0) : 0;
    if (late >= LATE_MS) parts.push(store.t("feed_lag", { age: duration(store.words, late) }));
    const { test } = store.together.shift;
    // Where there is no room for it, the list of who is on shift has it.
    if (test?.ok && innerWidth > 1500) parts.push(store.t("test_passed", { time: clock(test.at).slice(0, 5) }));
    if (feed.behind) parts.push(store.t("feed_behind", { n: feed.behind }));
    const again = feeds.reduce((n, one) => n + (one.ids_again ?? 0), 0);
    if (again) parts.push(store.t("feed_ids_again", { n: again }));
    if (!calm && !feeds.some((one) => one.gaps)) parts.push(store.t("feed_no_gap"));
    const gone = Object.values(store.health?.let_go ?? {}).reduce((sum, n) => sum + n, 0);
    if (gone) parts.push(store.t("let_go", { n: gone }));
    if (store.health?.degraded === "off") parts.push(store.t("degraded.off"));
    return parts;
  }
}
