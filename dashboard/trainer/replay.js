// The replay room: the recording's time, play, pause, step and a seek bar with a mark for each thing that happened; its operator page opens beside.
import { clock, element, write } from "../shell/format.js";
import { dayAndClock } from "../components/timeline/scrub.js";
import { button, keyed, labelled, panel, select, timeText } from "./parts.js";
import { MapTools } from "./maptools.js";
import { fillAlarm, makeAlarm } from "./alarms.js";
import { maskingWords } from "./recordings.js";

const SPEEDS = [0.25, 0.5, 1, 2, 5, 10, 30, 60];
const STEP_S = 5; // an arrow key; a page key is a minute
const FEED = new Set(["press", "device", "call", "unit", "order"]);

export class Replay {
  /** @param {import("./room.js").Look} look */
  constructor({ store, room, base, places, open, layout, staying }) {
    this.store = store;
    this.room = room;
    this.base = base;
    this.places = places;
    this.open = open;
    this.layout = layout;
    this.staying = staying;
    this.id = "";
    this.tools = new MapTools(store);
    this.fly = (incident) => store.send({ do: "map", what: "fly", incident });
    this._side();
    this._bar();
  }

  enter(id) {
    this.id = id ?? this.id ?? "";
    if (!this.room.parts.replays.some((one) => one.id === this.id))
      this.id = id ?? this.room.parts.replays[0]?.id ?? "";
    if (!this.id) return this.open("recordings");
    this.layout("replay");
    this.room.watch("replay", this.id);
    this.places.side.append(this.side);
    this.places.strip.append(this.bar);
    this.places.map.append(this.tools.root);
    this.page.href = `${this.base}replay?id=${encodeURIComponent(this.id)}`;
    this.drawn = "";
    this.update();
    this.play.focus();
  }

  leave() {
    this.tools.root.remove();
  }

  _side() {
    const { store } = this;
    this.title = element("h1");
    this.what = element("p", "about");
    this.time = element("p", "moment");
    this.trouble = element("p", "wrong");
    this.trouble.setAttribute("role", "status");
    this.page = element("a", "do primary", store.t("replay.open_page"));
    this.page.target = "_blank";
    this.alarms = element("ul", "alarms");
    this.none = element("p", "none", store.t("replay.no_alarm"));
    const close = button("do", store.t("replay.close"), async () => {
      const { id } = this;
      const stays = this.staying();
      const answer = await this._do("close");
      if (!answer.ok || this.id !== id) return;
      this.id = "";
      if (stays()) this.open("recordings");
    });
    this.side = element("div", "stack");
    this.side.append(
      button("do back", store.t("replay.back"), () => this.open("recordings")),
      this.title,
      this.what,
      this.time,
      this.trouble,
      this.page,
      element("p", "about", store.t("replay.beside")),
      panel("rows", store.t("replay.alarms"), this.alarms, this.none),
      close,
    );
  }

  _bar() {
    const { store } = this;
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
    const keys = element("div", "transport");
    keys.append(this.play, this.step, labelled(store.t("replay.speed"), this.speed, "beside"), this.at, this.coming);
    this.slider = element("div", "slider");
    this.slider.tabIndex = 0;
    this.slider.setAttribute("role", "slider");
    this.slider.setAttribute("aria-label", store.t("replay.seek"));
    this.slider.setAttribute("aria-valuemin", "0");
    this.marks = element("div", "marks");
    this.handle = element("div", "handle");
    this.slider.append(this.marks, this.handle);
    this.slider.addEventListener("keydown", (event) => this._key(event));
    const follow = (event) => {
      const box = this.slider.getBoundingClientRect();
      this._place((this.wanted = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * this.length));
    };
    this.slider.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.slider.focus({ preventScroll: true });
      this.slider.setPointerCapture(event.pointerId);
      follow(event);
    });
    this.slider.addEventListener(
      "pointermove",
      (event) => this.slider.hasPointerCapture(event.pointerId) && follow(event),
    );
    this.slider.addEventListener("pointerup", () => this.wanted != null && this._seek(this.wanted));
    this.slider.addEventListener("pointercancel", () => (this.wanted = null));
    this.ends = element("div", "ends");
    this.ends.append(element("span", "", timeText(0)), element("span"));
    this.key = element("p", "about");
    this.key.append(
      mark("feed"),
      element("span", "", store.t("replay.mark_feed")),
      mark("person"),
      element("span", "", store.t("replay.mark_person")),
    );
    this.bar = element("div", "replay-bar");
    this.bar.append(keys, this.slider, this.ends, this.key);
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
    write(this.time, `${dayAndClock(Date.parse(replay.now), store.language)}`);
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
    write(this.ends.lastChild, timeText(replay.length_s));
    const rows = Object.values(replay.rows).filter(Boolean);
    this.none.hidden = rows.length > 0;
    keyed(
      this.alarms,
      rows,
      (row) => row.id,
      (row) => makeAlarm(this.fly, row),
      (item, row) => fillAlarm(store, item, row),
    );
    const drawn = `${this.id} ${marks.length} ${replay.length_s}`;
    if (this.drawn !== drawn) {
      this.drawn = drawn;
      this.marks.replaceChildren(
        ...marks.map(([at, type]) => {
          const made = mark(type === "fix" ? "fix" : FEED.has(type) ? "feed" : "person");
          made.style.left = `${(at / this.length) * 100}%`;
          return made;
        }),
      );
    }
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

  _place(at) {
    const { store } = this;
    this.now = at;
    this.handle.style.left = `${(at / this.length) * 100}%`;
    const said = `${timeText(Math.floor(at))} / ${timeText(this.length)}`;
    write(this.at, `${said} · ${store.t(`play.${this.state}`)}`);
    this.slider.setAttribute("aria-valuenow", String(Math.round(at)));
    this.slider.setAttribute("aria-valuetext", timeText(Math.floor(at)));
    const next = this.room.parts.marks.find(([time, type]) => time > at + 0.05 && type !== "fix");
    write(
      this.coming,
      next ? store.t("replay.next", { what: this._word(next[1]), time: timeText(Math.ceil(next[0] - at)) }) : "",
    );
  }

  _word(type) {
    const key = `mark.${type}`;
    return Object.hasOwn(this.store.words, key) ? this.store.t(key) : type.replaceAll("_", " ");
  }

  _key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { marks } = this.room.parts;
    const at = this.now ?? 0;
    const next = {
      ArrowRight: () => at + STEP_S,
      ArrowUp: () => at + STEP_S,
      ArrowLeft: () => at - STEP_S,
      ArrowDown: () => at - STEP_S,
      PageUp: () => marks.find(([time, type]) => time > at + 0.05 && type !== "fix")?.[0] ?? this.length,
      PageDown: () => marks.findLast(([time, type]) => time < at - 0.05 && type !== "fix")?.[0] ?? 0,
      Home: () => 0,
      End: () => this.length,
    }[event.key];
    if (!next) return;
    event.preventDefault();
    this.wanted = Math.min(this.length, Math.max(0, next()));
    this._place(this.wanted);
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this._seek(this.wanted), 250); // a held key is one seek
  }

  async _seek(at) {
    await this._do("seek", { at_s: Math.round(at * 10) / 10 });
    this.wanted = null;
  }

  _do(act, facts = {}) {
    return this.room.ask("replay", { id: this.id, act, ...facts });
  }
}

function mark(kind) {
  return element("i", `mark ${kind}`);
}
