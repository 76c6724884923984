// The top bar: feed health beside the newest device message, the log, the cases, sound, who is on shift, the clock.
import { button, form, onEscape, redraw } from "../../shell/build.js";
import { attributes, clock, colon, duration, element, joined, moment, phrase, write } from "../../shell/format.js";
import { themes } from "../../shell/theme.js";
import { shape } from "../../shell/shapes.js";
import { Sheet } from "../../shell/sheet.js";
import { shiftTest } from "../presence/test.js";

/** @type {Intl.DateTimeFormatOptions} */
const DATE = { weekday: "short", day: "numeric", month: "short" };
const WORST = ["down", "silent", "malformed", "live"];

/** @typedef {import("../../shell/wire.js").Feed} Feed */

const LATE_MS = 2000; // of a feed's messages: less is as it should be, and nobody's to read

export class TopBar {
  /** @param {{feed: HTMLElement, bar: HTMLElement, top: HTMLElement, panel: HTMLElement}} places `feed`: the landmark;
   * `bar`: the rest; `top`: lines over the page; `panel`: over it a sheet stands
   * @param {import("../../shell/store.js").Store} store @param {import("../alert/sound.js").Sound} sound
   * @param {{raise: () => void, sound: () => void, gap: (feed: string) => void}} does
   * @param {HTMLElement[]} own what the person before the page chooses, under their name */
  constructor({ feed, bar, top, panel }, store, sound, does, own) {
    this.feed = feed;
    this.store = store;
    this.sound = sound;
    this.does = does;
    this.state = element("b");
    // What all is well beside that word stands under it.
    this.facts = element("span", "facts");
    const opener = button(
      "pill feed",
      "",
      () => (this.all.toggle(), this.tick()),
      element("span", "light"),
      this.state,
      this.facts,
    );
    this.all = new Sheet(panel, opener, element("section", "help feed-all"));
    feed.append(opener);
    this.wrong = element("div", "degraded-line wrong", { role: "status", hidden: true });
    top.prepend(this.wrong);
    this.soundState = button("pill sound-state", "", () => (sound.armed ? does.sound() : sound.start()));
    this.shift = element("b");
    this.test = element("span", "test");
    const shift = button(
      "pill shift",
      "",
      () => {},
      element("span", "there", store.t("on_shift"), this.shift),
      this.test,
    );
    this.raise = button("pill raise", store.t("raise_short"), () => does.raise(), store.keys.cap("raise"));
    attributes(this.raise, { "aria-label": store.t("raise"), title: store.t("raise") });
    const theme = button("pill theme", "", () => {});
    themes(theme, (other) => write(theme, store.t(other)));
    this.deskButton = button("pill", "", () => this._edit(true));
    this.deskInput = element("input", { maxlength: 40, "aria-label": store.t("desk_name"), autocomplete: "off" });
    this.deskSave = element("button", "pill", store.t("save"));
    this.deskWhy = element("span", "why", { role: "status" });
    const rename = () => store.send({ do: "rename", desk: this.deskInput.value });
    const desk = form("desk", rename, this.deskButton, this.deskInput, this.deskSave, this.deskWhy);
    onEscape(desk, (event) => {
      if (this.deskInput.hidden) return;
      event.stopPropagation();
      this._edit(false);
    });
    this._edit(false);
    const who = button("pill who", "", () => this.person.toggle());
    this.person = new Sheet(panel, who, element("section", "help own", desk, ...own, theme));
    this.date = element("span", "date");
    this.time = element("b", "time");
    const hours = element("div", "clock", this.date, this.time);
    bar.append(this.soundState, shift, element("div", "space"), this.raise, who, hours);
    store.on("health desk together", () => this.update());
    store.on("second live", () => this.tick());
    // Whoever chooses an alarm wants to see it.
    store.on("select", () => [this.all, this.person].forEach((one) => one.show(false)));
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
    const late = health.feeds.flatMap((feed) => this._late(feed));
    this.wrong.hidden = !gaps.length && !late.length;
    redraw(this.wrong, [gaps, late], () => [
      ...late.map((text) => element("span", "", text)),
      ...gaps.map((feed) => this._gap(feed)),
    ]);
    this.tick();
  }

  /** What of a feed comes late, or is still to come. @param {Feed} feed */
  _late(feed) {
    const { store } = this;
    const late = feed.state === "live" ? (feed.lag_ms ?? 0) : 0;
    return [
      late >= LATE_MS && store.t("feed_lag", { age: duration(store.words, late) }),
      feed.behind && store.t("feed_behind", { n: feed.behind }),
    ].flatMap((text) => text || []);
  }

  /** @param {Feed} feed */
  _gap(feed) {
    const { store } = this;
    const reason = store.t(`gap_why.${feed.gap_why}`);
    const why = feed.gap_numbers ? colon(store.words, reason, feed.gap_numbers) : reason;
    const said = colon(store.words, store.t("feed_gap", { time: clock(feed.gap_at).slice(0, 5) }), why);
    const seen = button("pill", store.t("gap_seen"), () => this.does.gap(feed.name));
    attributes(seen, { "aria-label": colon(store.words, store.t("gap_seen_label", { feed: feed.name }), why) });
    return element("span", "gap", said, seen);
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
    this.feed.className = state;
    write(this.state, feeds.length ? store.t(`feed.${state}`) : store.t("feed_none"));
    const worst = [...feeds].sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state))[0];
    const passed = store.together.shift.test;
    const test = passed?.ok ? store.t("test_passed", { time: clock(passed.at).slice(0, 5) }) : "";
    const [first, ...rest] = worst ? this._facts(worst, now, feeds) : [""];
    const brief = joined([first, test]);
    write(this.facts, brief);
    attributes(this.facts, { title: brief });
    if (!this.all.open) return;
    const all = [store.t("feed_health"), first, ...rest, test].filter(Boolean);
    redraw(this.all.root, all, () => all.map((fact, n) => element(n ? "p" : "h3", "", fact)));
  }

  /** The first stands in the bar. @param {Feed} feed @param {number} now @param {Feed[]} feeds */
  _facts(feed, now, feeds) {
    const { store } = this;
    const age = (/** @type {number} */ at) => store.t("ago", { age: duration(store.words, now - at) });
    const newest = Math.max(...feeds.map((one) => one.message ?? 0));
    const again = feeds.reduce((n, one) => n + (one.ids_again ?? 0), 0);
    const gone = Object.values(store.health?.let_go ?? {}).reduce((sum, n) => sum + n, 0);
    const lost = feed.state !== "live" && feed.since;
    return [
      joined([
        feeds.length > 1 && feed.name,
        feed.exercise && store.t("feed_exercise"),
        lost && store.t("feed_since", { time: clock(feed.since) }),
        newest ? store.t("feed_message", { age: age(newest) }) : store.t("feed_no_message"),
      ]),
      feed.heartbeat && store.t("feed_heartbeat", { age: age(feed.heartbeat) }),
      ...feeds.flatMap((one) => this._late(one)),
      again && store.t("feed_ids_again", { n: again }),
      !feeds.some((one) => one.gaps) && store.t("feed_no_gap"),
      gone && store.t("let_go", { n: gone }),
      store.health?.degraded === "off" && store.t("degraded.off"),
    ].flatMap((fact) => fact || []);
  }
}
