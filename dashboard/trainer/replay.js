// The replay room: the recording's time, play, pause, step and a seek bar with a mark for each thing that happened; its
// operator page opens beside.
import { askMap } from "../components/map/ask.js";
import { button, drags, keyed, keys, labelled, redraw, select } from "../shell/build.js";
import { attributes, element, joined, write } from "../shell/format.js";
import { dayAndClock } from "../components/timeline/scrub.js";
import { folded, panel, timeText } from "./parts.js";
import { MapTools } from "./maptools.js";
import { fillAlarm, makeAlarm, there } from "./alarms.js";
import { maskingWords } from "./recordings.js";
import { View } from "./room.js";

const SPEEDS = [0.25, 0.5, 1, 2, 5, 10, 30, 60];
const STEP_S = 5; // an arrow key; a page key is a minute
const FEED = new Set(["press", "device", "call", "unit", "order"]);

export class Replay extends View {
  /** @param {import("./room.js").Look} look */
  constructor(look) {
    super(look);
    const { store } = this;
    this.id = "";
    this.now = 0;
    /** @type {number | null} s that its trainer chose, until it is there */
    this.wanted = null;
    this.soon = 0;
    this.tools = new MapTools(store);
    this.fly = (/** @type {string} */ incident) => {
      askMap("follow", { on: true });
      askMap("fly", { incident });
    };
    this.title = element("h1");
    this.what = element("p", "about");
    this.time = element("p", "moment");
    this.trouble = element("p", { class: "wrong", role: "status" });
    this.page = element("a", { class: "do primary", target: "_blank" }, store.t("replay.open_page"));
    this.alarms = element("ul", "alarms");
    this.none = element("p", "none", store.t("replay.no_alarm"));
    this.side = element(
      "div",
      "stack",
      button("do back", store.t("replay.back"), () => this.open("recordings")),
      this.title,
      this.what,
      this.time,
      this.trouble,
      this.page,
      element("p", "about", store.t("replay.beside")),
      panel("rows", store.t("replay.alarms"), this.alarms, this.none),
      button("do", store.t("replay.close"), () => this._close()),
    );
    this.play = button("do primary play", store.t("replay.play"), () =>
      this._do(this.state === "playing" ? "pause" : "play"),
    );
    this.step = button("do", store.t("replay.step"), () => this._do("step"));
    this.speed = select(
      SPEEDS.map((speed) => [String(speed), store.t("replay.speed_of", { n: speed })]),
      "1",
    );
    this.speed.addEventListener("change", () => this._do("speed", { speed: Number(this.speed.value) }));
    this.at = element("span", "at");
    this.coming = element("span", "coming");
    this.marks = element("div", "marks");
    this.handle = element("div", "handle");
    const facts = { role: "slider", tabindex: 0, "aria-label": store.t("replay.seek"), "aria-valuemin": 0 };
    this.slider = element("div", { class: "slider", ...facts }, this.marks, this.handle);
    this.slider.addEventListener("keydown", (event) => this._key(event));
    drags(this.slider, (share) => this._place((this.wanted = share * this.length)));
    this.slider.addEventListener("pointerup", () => this._seek());
    this.slider.addEventListener("pointercancel", () => (this.wanted = null));
    this.end = element("span");
    const speed = labelled(store.t("replay.speed"), this.speed, "beside");
    this.bar = element(
      "div",
      "replay-bar",
      element("div", "transport", this.play, this.step, speed, this.at, this.coming),
      this.slider,
      element("div", "ends", element("span", "", timeText(0)), this.end),
      element(
        "p",
        "about",
        mark("feed"),
        element("span", "", store.t("replay.mark_feed")),
        mark("person"),
        element("span", "", store.t("replay.mark_person")),
        mark("auto"),
        element("span", "", store.t("replay.mark_auto")),
      ),
    );
  }

  /** @override @param {string} [id] */
  enter(id) {
    this.id = id ?? this.id;
    if (!this.room.parts.replays.some((one) => one.id === this.id))
      this.id = id ?? this.room.parts.replays[0]?.id ?? "";
    if (!this.id) return this.open("recordings");
    this.layout("replay");
    this.room.watch("replay", this.id);
    this.places.side.append(this.side);
    this.places.strip.append(this.bar);
    this.places.map.append(this.tools.root);
    this.page.href = `${this.base}replay?id=${encodeURIComponent(this.id)}`;
    this.update();
    this.play.focus();
  }

  leave() {
    this.tools.root.remove();
  }

  async _close() {
    const { id } = this;
    const stays = this.staying();
    const answer = await this._do("close");
    if (!answer.ok || this.id !== id) return;
    this.id = "";
    if (stays()) this.open("recordings");
  }

  get state() {
    return this.room.parts.replay?.state ?? "ready";
  }

  get length() {
    return this.room.parts.replay?.length_s || 1;
  }

  update() {
    const { store } = this;
    const { replay, marks, recordings, gone } = this.room.parts;
    if (gone && gone === this.id && !replay) {
      this.id = "";
      return this.open("recordings");
    }
    if (!replay || replay.id !== this.id) return;
    const listed = recordings?.find((one) => one.name === replay.name);
    write(this.title, listed?.title ?? replay.name);
    write(this.what, listed ? maskingWords(store, listed) : "");
    write(this.time, dayAndClock(Date.parse(replay.now), store.language));
    const trouble = [
      replay.trouble ? store.t(`trouble.${replay.trouble}`) : "",
      replay.passed_over ? store.t("replay.passed", { n: replay.passed_over }) : "",
    ];
    write(this.trouble, trouble.filter(Boolean).join(" "));
    write(this.play, store.t(replay.state === "playing" ? "replay.pause" : "replay.play"));
    this.play.disabled = ["ended", "seeking", "failed"].includes(replay.state);
    this.step.disabled = this.play.disabled;
    if (document.activeElement !== this.speed) this.speed.value = String(replay.speed);
    this.slider.setAttribute("aria-valuemax", String(Math.round(replay.length_s)));
    write(this.end, timeText(replay.length_s));
    const rows = there(replay.rows);
    this.none.hidden = rows.length > 0;
    keyed(
      this.alarms,
      rows,
      (row) => row.id,
      (row) => makeAlarm(this.fly, row),
      (item, row) => fillAlarm(store, item, row),
    );
    redraw(this.marks, [this.id, marks.length, replay.length_s], () =>
      folded(marks, this.length / 50).map(({ at, until, type }) => {
        const made = mark(type === "auto" ? "auto" : FEED.has(type) ? "feed" : "person");
        made.style.left = `${(at / this.length) * 100}%`;
        if (type === "auto") made.style.width = `max(3px, ${((until - at) / this.length) * 100}%)`;
        return made;
      }),
    );
    this._go();
  }

  second() {
    this._go();
  }

  /** Between two words of the server the time goes on at the speed. */
  _go() {
    const { replay } = this.room.parts;
    if (!replay) return;
    if (this.wanted != null) return this._place(this.wanted);
    const since = replay.state === "playing" ? ((performance.now() - this.room.heard) / 1000) * replay.speed : 0;
    this._place(Math.min(replay.length_s, replay.at_s + since));
  }

  /** @param {number} at s */
  _place(at) {
    const { store } = this;
    this.now = at;
    this.handle.style.left = `${(at / this.length) * 100}%`;
    const said = `${timeText(Math.floor(at))} / ${timeText(this.length)}`;
    write(this.at, joined([said, store.t(`play.${this.state}`)]));
    attributes(this.slider, { "aria-valuenow": Math.round(at), "aria-valuetext": timeText(Math.floor(at)) });
    const next = this._after(at);
    write(
      this.coming,
      next ? store.t("replay.next", { what: this._word(next[1]), time: timeText(Math.ceil(next[0] - at)) }) : "",
    );
  }

  /** The first thing that happened after a moment; what follows by itself is none. @param {number} at s */
  _after(at) {
    return this.room.parts.marks.find(([time, type]) => time > at + 0.05 && type !== "auto");
  }

  /** @param {string} type */
  _word(type) {
    const key = [`happened.${type}`, `mark.${type}`].find((one) => Object.hasOwn(this.store.words, one));
    return key ? this.store.t(key) : type.replaceAll("_", " ");
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    const at = this.now;
    const before = () =>
      this.room.parts.marks.findLast(([time, type]) => time < at - 0.05 && type !== "auto")?.[0] ?? 0;
    const go = (/** @type {() => number} */ to) => () => {
      this.wanted = Math.min(this.length, Math.max(0, to()));
      this._place(this.wanted);
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this._seek(), 250); // a held key is one seek
    };
    const [on, back] = [go(() => at + STEP_S), go(() => at - STEP_S)];
    const ends = { Home: go(() => 0), End: go(() => this.length) };
    const pages = { PageUp: go(() => this._after(at)?.[0] ?? this.length), PageDown: go(before) };
    keys({ ArrowRight: on, ArrowUp: on, ArrowLeft: back, ArrowDown: back, ...pages, ...ends }, event);
  }

  async _seek() {
    if (this.wanted === null) return;
    await this._do("seek", { at_s: Math.round(this.wanted * 10) / 10 });
    this.wanted = null;
  }

  /** @param {string} act @param {object} [facts] */
  _do(act, facts = {}) {
    return this.room.ask("replay", { id: this.id, act, ...facts });
  }
}

/** @param {string} kind */
function mark(kind) {
  return element("i", `mark ${kind}`);
}
