// The exercise console: the code to read out, who joined and what they look at, start to end, injects, what the trainer
// makes up, remarks.
import { askMap } from "../components/map/ask.js";
import { button, form, keyed, parts, redraw, select } from "../shell/build.js";
import { attributes, element, joined, ticking, write } from "../shell/format.js";
import { NAMES } from "../shell/languages.js";
import { actionForm, actionWords } from "./action.js";
import { fillAlarm, makeAlarm, there } from "./alarms.js";
import { fitTo, MapTools } from "./maptools.js";
import { panel, timeText } from "./parts.js";
import { View } from "./room.js";

/** @typedef {import("./room.js").Shown} Shown */

const FREE = ["press", "link", "line", "zone", "message", "feed"];
/** What the start button does. @type {Record<string, string>} */
const NEXT = { waiting: "start", running: "pause", paused: "resume" };

export class Console extends View {
  /** @param {import("./room.js").Look} look */
  constructor(look) {
    super(look);
    const { store, places } = this;
    const word = (/** @type {string} */ key) => store.t(`console.${key}`);
    this.id = "";
    this.devices = "";
    this.ending = false;
    this.sure = 0;
    this.tools = new MapTools(store, { fit: () => fitTo(places.map, this.shown?.scenario.spots ?? []) });
    this.fly = (/** @type {string} */ incident) => {
      askMap("follow", { on: false });
      askMap("fly", { incident });
    };

    this.running = element("ul", "cards");
    this.nothing = element("p", "none", word("nothing"));
    const head = element(
      "div",
      "head",
      element("h1", "", word("title")),
      element("p", "about", word("about")),
      button("do", word("to_scenarios"), () => this.open("scenarios")),
    );
    this.chooser = element("div", "page", head, this.running, this.nothing);

    this.title = element("h1");
    this.state = element("p", "phase");
    this.clock = element("p", "elapsed");
    this.start = button("do primary", "", () => this._start());
    this.end = button("do", "", () => this._end());
    this.code = element("p", "code");
    const address = new URL(`${this.base}join`, location.href).href;
    const how = element("p", "about address", store.t("console.join_how", { address }));
    this.people = element("ul", "people");
    this.alone = element("p", "none", word("alone"));
    this.told = element("p", "text");
    this.left = element(
      "div",
      "stack",
      this.title,
      this.state,
      this.clock,
      element("div", "acts two", this.start, this.end),
      panel("join", word("join"), this.code, how),
      panel("trainees", word("trainees"), this.people, this.alone),
      element("details", "", element("summary", "", word("story")), this.told),
    );

    this.alarms = element("ul", "alarms rows");
    this.quiet = element("p", "none", word("quiet"));
    this.coming = element("p", "coming");
    const heading = element("div", "heading", element("h2", "", word("progress")), this.coming);
    this.under = element("div", "progress", heading, this.alarms, this.quiet);

    this.injects = element("ul", "injects");
    this.spent = element("p", "none", word("no_injects"));
    this.kind = select(
      FREE.map((kind) => [kind, store.t(`action.${kind}`)]),
      "press",
    );
    attributes(this.kind, { "aria-label": word("what") });
    this.kind.addEventListener("change", () => this._free());
    /** @type {ReturnType<typeof actionForm> | null} */
    this.form = null;
    this.free = element("div", "free");
    this.send = button("do", word("send"), () => this._act());
    this.remark = element("textarea", { rows: 2, maxlength: 2000, "aria-label": word("remark") });
    this.remark.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      remarks.requestSubmit();
    });
    const asked = { class: "remark", novalidate: "" };
    const remarks = form(asked, () => this._remark(), this.remark, element("button", "do", word("keep")));
    this.journal = element("ol", { class: "journal", tabindex: 0, "aria-label": word("journal") });
    this.right = element(
      "div",
      "stack",
      panel("inject", word("injects"), this.injects, this.spent),
      panel("remarks", word("remark"), remarks),
      panel("freely", word("freely"), this.kind, this.free, this.send),
      panel("told", word("journal"), this.journal),
    );
  }

  /** @override @param {string} [id] */
  enter(id) {
    const { exercises } = this.room.parts;
    if (id) this.id = id;
    else if (!exercises.some((one) => one.id === this.id)) this.id = exercises.length === 1 ? exercises[0].id : "";
    this.ending = false;
    if (!this.id) return this.wide(this.chooser);
    this.layout("console");
    this.room.watch("exercise", this.id);
    this.places.side.append(this.left);
    this.places.strip.append(this.under);
    this.places.more.append(this.right);
    this.places.map.append(this.tools.root);
    this.devices = "";
    this._stands(false);
    this.update();
  }

  /** Until an exercise is told nothing stands here of the one before: its buttons would act on this one by that one's
   * state. @param {boolean} told */
  _stands(told) {
    this.left.hidden = this.under.hidden = this.right.hidden = !told;
  }

  leave() {
    this.tools.root.remove();
  }

  get shown() {
    return this.room.parts.exercise;
  }

  update() {
    const { store } = this;
    const { exercises, gone } = this.room.parts;
    if (!this.id) {
      this.nothing.hidden = exercises.length > 0;
      keyed(
        this.running,
        exercises,
        (one) => one.id,
        (one) => {
          const open = button("do primary", store.t("console.open"), () => this.open("console", one.id));
          return element("li", "card", element("h2"), element("p", "facts"), element("div", "acts", open));
        },
        (item, one) => {
          const [title, facts] = parts(item);
          write(title, one.title);
          write(facts, joined([store.t(`phase.${one.state}`), timeText(Math.floor(one.at_s)), NAMES[one.language]]));
        },
      );
      return;
    }
    if (gone === this.id && !this.shown) {
      this.id = "";
      return this.open("debriefs");
    }
    const { shown } = this;
    if (!shown || shown.id !== this.id) return;
    this._stands(true);
    write(this.title, shown.title);
    const { language } = shown.scenario;
    for (const told of [this.title, this.told]) attributes(told, { lang: language });
    write(this.state, joined([store.t(`phase.${shown.state}`), NAMES[language ?? ""]]));
    this.state.dataset.state = shown.state;
    write(this.start, store.t(`console.${NEXT[shown.state] ?? "start"}`));
    this.start.disabled = shown.state === "ended";
    this.start.classList.toggle("primary", shown.state !== "running");
    write(this.end, store.t(this.ending ? "console.end_sure" : "console.end"));
    this.end.classList.toggle("danger", this.ending);
    write(this.code, shown.code);
    attributes(this.code, { "aria-label": store.t("console.code_label", { code: [...shown.code].join(" ") }) });
    write(this.told, shown.scenario.story || store.t("console.no_story"));
    this._people(shown);
    this._progress(shown);
    this._inject(shown);
    this._journal(shown);
    const devices = shown.scenario.devices.join();
    if (this.devices !== devices) {
      this.devices = devices;
      requestAnimationFrame(() => fitTo(this.places.map, shown.scenario.spots));
      this._free();
    }
    this.second();
  }

  second() {
    const { shown } = this;
    if (!this.id || !shown) return;
    const since = shown.state === "running" ? (performance.now() - this.room.heard) / 1000 : 0;
    write(this.clock, `${ticking((shown.at_s + since) * 1000)} / ${timeText(shown.length_s)}`);
  }

  /** @param {Shown} shown */
  _people(shown) {
    const { store } = this;
    this.alone.hidden = shown.trainees.length > 0;
    const rows = there(shown.rows);
    keyed(
      this.people,
      shown.trainees,
      (one) => one.id,
      ({ id, name }) => {
        const out = button("do", store.t("console.put_out"), () => this._do("kick", { trainee: id }));
        attributes(out, { "aria-label": store.t("console.put_out_label", { name }) });
        const said = element("div", "said", element("b"), element("p"), element("p", "under"));
        return element("li", "", element("span", "dot"), said, out);
      },
      (item, one) => {
        const [selected, visible] = shown.looks[one.name] ?? ["", false];
        const [name, looks, has] = parts(parts(item)[1]);
        item.dataset.here = String(!!one.here);
        write(name, one.name);
        const at = rows.find((row) => row.id === selected);
        const seen = !visible ? "console.hidden" : at ? "console.looks_at" : "console.looks";
        write(looks, store.t(one.here ? seen : "console.away", { label: at?.label }));
        const held = rows.filter((row) => row.owner === one.name && row.state !== "closed").map((row) => row.label);
        write(has, held.length ? store.t("console.has", { labels: held.join(", ") }) : "");
        has.hidden = !held.length;
      },
    );
  }

  /** @param {Shown} shown */
  _progress(shown) {
    const { store } = this;
    const now = Date.parse(shown.now);
    const rows = there(shown.rows).sort((a, b) => a.received - b.received);
    this.quiet.hidden = rows.length > 0;
    keyed(
      this.alarms,
      rows,
      (row) => row.id,
      (row) => makeAlarm(this.fly, row),
      (item, row) => fillAlarm(store, item, row, now),
    );
    const next = shown.scenario.steps.find((step) => step.at > shown.at_s || shown.state === "waiting");
    const facts = next && { what: actionWords(store, next.what), time: timeText(Math.ceil(next.at - shown.at_s)) };
    write(this.coming, facts && shown.state !== "ended" ? store.t("console.next", facts) : "");
  }

  /** @param {Shown} shown */
  _inject(shown) {
    const { store } = this;
    const { injects } = shown.scenario;
    this.spent.hidden = injects.length > 0;
    keyed(
      this.injects,
      injects,
      (one) => one.name,
      ({ name, what }) => {
        const words = joined(what.map((action) => actionWords(store, action)));
        return element(
          "li",
          "",
          button("do", name, () => this._do("inject", { name })),
          element("p", "under", words),
        );
      },
      (item, one) => {
        const waits = shown.injects.includes(one.name);
        const [press] = item.getElementsByTagName("button");
        press.disabled = !waits || shown.state !== "running";
        item.classList.toggle("spent", !waits);
      },
    );
  }

  /** @param {Shown} shown */
  _journal(shown) {
    const { store } = this;
    const told = shown.told.map(({ at_s, by: kind, inject, what }) => {
      const words = actionWords(store, what);
      return { at_s, kind, text: inject ? `${inject}: ${words}` : words };
    });
    const remarks = (shown.remarks ?? []).map(({ at_s, text }) => ({ at_s, kind: "remark", text }));
    const all = [...told, ...remarks].sort((a, b) => b.at_s - a.at_s);
    redraw(this.journal, all, () =>
      all.map(({ at_s, kind, text }) => {
        const time = element("b", "", timeText(Math.floor(at_s)));
        return element("li", kind, time, element("span", "by", store.t(`told.${kind}`)), element("span", "", text));
      }),
    );
  }

  _free() {
    const { shown } = this;
    if (!shown) return;
    this.form = actionForm(this.store, this.kind.value, shown.scenario.devices);
    this.free.replaceChildren(this.form.root);
  }

  _start() {
    const act = NEXT[this.shown?.state ?? ""];
    if (act) this._do(act);
  }

  async _act() {
    const action = this.form?.value();
    if (!action) return;
    const { form } = this;
    this.say(""); // what was said of the one before
    this.send.disabled = true;
    const answer = await this._do("act", { action });
    this.send.disabled = false;
    if (!answer.ok) return;
    this.say(this.store.t("console.sent"));
    if (this.form === form) this._free(); // a second click sends nothing twice
  }

  async _remark() {
    const text = this.remark.value.trim();
    if (!text) return this.remark.focus();
    const answer = await this._do("remark", { text });
    if (answer.ok && this.remark.value.trim() === text) this.remark.value = ""; // the next one may have been begun
  }

  async _end() {
    if (this.shown?.state !== "waiting" && !this.ending) {
      this.ending = true;
      this.update();
      clearTimeout(this.sure);
      this.sure = setTimeout(() => {
        this.ending = false;
        this.update();
      }, 5000);
      return;
    }
    this.ending = false;
    const { id } = this;
    const stays = this.staying();
    const answer = await this._do("end");
    if (!answer.ok || this.id !== id) return;
    this.id = "";
    if (stays()) this.open("debriefs");
  }

  /** @param {string} act @param {object} [facts] */
  _do(act, facts = {}) {
    return this.room.ask("run", { id: this.id, act, ...facts });
  }
}
