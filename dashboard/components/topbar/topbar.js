// The top bar: feed health beside the newest device message, sound, who is on shift, the clock; the desk's name.
import { button, find, form, onEscape } from "../../shell/build.js";
import { clock, colon, duration, element, joined, moment, phrase, write } from "../../shell/format.js";
import { h, render } from "../../shell/kit.js";
import { Shape } from "../../shell/shapes.js";
import { Sheet } from "../../shell/sheet.js";
import { themes } from "../../shell/theme.js";
import { Cap, keyed } from "../actions/cap.js";
import { shiftTest } from "../presence/test.js";

/** @type {Intl.DateTimeFormatOptions} */
const DATE = { weekday: "short", day: "numeric", month: "short" };
const WORST = ["down", "silent", "malformed", "live"];
const LATE_MS = 2000; // of a feed's messages: less is as it should be, and nobody's to read

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Feed} Feed */

export class TopBar {
  /** @param {{feed: HTMLElement, bar: HTMLElement, top: HTMLElement, panel: HTMLElement}} places `feed`: the landmark;
   * `bar`: the rest; `top`: lines over the page; `panel`: over it a sheet stands
   * @param {Store} store @param {import("../alert/sound.js").Sound} sound
   * @param {{raise: () => void, sound: () => void, gap: (feed: string) => void}} does
   * @param {HTMLElement[]} own what the person before the page chooses, under their name */
  constructor({ feed, bar, top, panel }, store, sound, does, own) {
    this.feed = feed;
    this.store = store;
    this.sound = sound;
    this.does = does;
    this.editing = false; // the desk's name
    this.taken = false; // by another desk: it was refused
    this.left = element("div", "side");
    this.right = element("div", "side");
    bar.append(this.left, element("div", "space"), this.right);
    this.wrong = element("div", "degraded-line wrong", { role: "status", hidden: true });
    top.prepend(this.wrong);
    const opener = button("pill feed", "", () => this.all.show());
    feed.append(opener);
    this.all = new Sheet(panel, opener, element("section", "help feed-all"), () => this._all());
    this.desk = form("desk", () => store.send({ do: "rename", desk: find(this.desk, "input").value }));
    onEscape(this.desk, (event) => {
      if (!this.editing) return;
      event.stopPropagation();
      this._edit(false);
    });
    const theme = button("pill theme", "", () => {});
    themes(theme, (other) => write(theme, store.t(other)));
    this.update();
    this.person = new Sheet(panel, find(this.right, ".who"), element("section", "help own", this.desk, ...own, theme));
    store.on("health shift desk together second live keys", () => this.update());
    // Whoever chooses an alarm wants to see it.
    store.on("select", () => [this.all, this.person].forEach((one) => one.show(false)));
    sound.on(() => this.update());
    store.answers("renamed", (/** @type {{ok: boolean, desk: string}} */ { ok, desk }) => {
      store.named(desk);
      this._edit(!ok, !ok);
    });
  }

  /** @param {boolean} editing */
  _edit(editing, taken = false) {
    const [begins, here] = [editing && !this.editing, this.desk.contains(document.activeElement)];
    Object.assign(this, { editing, taken });
    this.update();
    if (here) find(this.desk, "input, button").focus();
    if (begins) find(this.desk, "input").select();
  }

  update() {
    const { store, sound, does, feed, wrong } = this;
    const label = store.t("raise");
    const raise = { onClick: does.raise, title: label, "aria-label": label, ...keyed(store, "raise") };
    const date = h("span", { class: "date" }, moment(store.now(), store.language, DATE));
    const parts = [
      pill("raise", raise, store.t("raise_short"), h(Cap, { store, name: "raise" })),
      pill("who", { onClick: () => this.person.show() }),
      h("div", { class: "clock" }, date, h("b", { class: "time" }, clock(store.now()))),
    ];
    render(parts, this.right); // first: the clock proves that the page lives
    const { text, grave } = shiftTest(store);
    const there = h("span", { class: "there" }, store.t("on_shift"), h("b", {}, store.shift));
    const shift = pill("shift", {}, there, h("span", { class: `test ${grave}` }, text));
    render([h(Hears, { store, sound, does }), shift], this.left);
    render(h(DeskName, { bar: this, store }), this.desk);
    const { health } = store;
    if (!health) return;
    const { feed_state: feedState, feeds, recording } = health;
    feed.className = feedState;
    Object.assign(feed.dataset, { feedState, recording });
    const brief = joined([facts(store)[0], tested(store)]);
    // What all is well beside that word stands under it.
    const state = h("b", {}, store.t(feeds.length ? `feed.${feedState}` : "feed_none"));
    render([h("span", { class: "light" }), state, h("span", { class: "facts", title: brief }, brief)], this.all.opener);
    this.all.update();
    const late = feeds.flatMap((one) => lateOf(store, one));
    const gaps = feeds.filter((one) => one.gaps);
    wrong.hidden = !gaps.length && !late.length;
    render([late.map((text) => h("span", {}, text)), gaps.map((one) => h(Gap, { store, feed: one, does }))], wrong);
  }

  _all() {
    const all = [this.store.t("feed_health"), ...facts(this.store), tested(this.store)].filter(Boolean);
    const said = all.map((fact, n) => h(n ? "p" : "h3", {}, fact));
    render(said, this.all.root);
  }
}

/** @param {string} look @param {object} facts @param {...any} inside */
function pill(look, facts, ...inside) {
  return h("button", { class: `pill ${look}`, type: "button", ...facts }, ...inside);
}

/** @param {{store: Store, sound: import("../alert/sound.js").Sound, does: TopBar["does"]}} props */
function Hears({ store, sound, does }) {
  const { state, armed } = sound;
  const said = store.t(`sound_${state}`);
  const arm = phrase`${said}. ${store.t(state === "muted" ? "sound_again" : "sound_arm")}`;
  const label = armed ? store.t("sound_open", { state: said }) : arm;
  const facts = { "data-sound": state, "aria-label": label, onClick: () => (armed ? does.sound() : sound.start()) };
  const picture = h(Shape, { name: armed ? "sound" : "mute", size: 20 });
  return pill(`sound-state${armed ? "" : " bad"}`, facts, picture, h("b", {}, said));
}

/** @param {{bar: TopBar, store: Store}} props */
function DeskName({ bar, store }) {
  const { desk } = store;
  const facts = { "aria-label": store.t("desk_change", { desk }), onClick: () => bar._edit(true) };
  if (!bar.editing) return pill("", facts, desk);
  return [
    h("input", { maxLength: 40, autocomplete: "off", "aria-label": store.t("desk_name"), defaultValue: desk }),
    pill("", { type: "submit" }, store.t("save")),
    h("span", { class: "why", role: "status" }, bar.taken && store.t("desk_taken")),
  ];
}

/** What a feed lost, until somebody has seen it. @param {{store: Store, feed: Feed, does: TopBar["does"]}} props */
function Gap({ store, feed, does }) {
  const { words } = store;
  const reason = store.t(`gap_why.${feed.gap_why}`);
  const why = feed.gap_numbers ? colon(words, reason, feed.gap_numbers) : reason;
  const label = colon(words, store.t("gap_seen_label", { feed: feed.name }), why);
  const seen = { "aria-label": label, onClick: () => does.gap(feed.name) };
  const said = colon(words, store.t("feed_gap", { time: clock(feed.gap_at).slice(0, 5) }), why);
  return h("span", { class: "gap" }, said, pill("", seen, store.t("gap_seen")));
}

/** What of a feed comes late, or is still to come. @param {Store} store @param {Feed} feed */
function lateOf(store, { state, lag_ms: lag = 0, behind }) {
  const late = state === "live" && lag >= LATE_MS && store.t("feed_lag", { age: duration(store.words, lag) });
  return [late, behind && store.t("feed_behind", { n: behind })].flatMap((text) => text || []);
}

/** That the shift's test passed, and when. @param {Store} store */
function tested(store) {
  const { test } = store.together.shift;
  return test?.ok ? store.t("test_passed", { time: clock(test.at).slice(0, 5) }) : "";
}

/** What is to be said of the feeds; the first stands in the bar. @param {Store} store */
function facts(store) {
  const { feeds = [], let_go: gone = {}, degraded } = store.health ?? {};
  const [feed] = [...feeds].sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state));
  if (!feed) return [""];
  const age = (/** @type {number} */ at) => store.t("ago", { age: duration(store.words, store.now() - at) });
  const newest = Math.max(...feeds.map((one) => one.message ?? 0));
  const again = feeds.reduce((n, one) => n + (one.ids_again ?? 0), 0);
  const n = Object.values(gone).reduce((sum, one) => sum + one, 0);
  return [
    joined([
      feeds.length > 1 && feed.name,
      feed.exercise && store.t("feed_exercise"),
      feed.state !== "live" && feed.since && store.t("feed_since", { time: clock(feed.since) }),
      newest ? store.t("feed_message", { age: age(newest) }) : store.t("feed_no_message"),
    ]),
    feed.heartbeat && store.t("feed_heartbeat", { age: age(feed.heartbeat) }),
    ...feeds.flatMap((one) => lateOf(store, one)),
    again && store.t("feed_ids_again", { n: again }),
    !feeds.some((one) => one.gaps) && store.t("feed_no_gap"),
    n && store.t("let_go", { n }),
    degraded === "off" && store.t("degraded.off"),
  ].flatMap((fact) => fact || []);
}
