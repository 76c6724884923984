// The exercise console: the code to read out, who joined and what they look at, start to end, injects, what the trainer makes up, remarks.
import { element, ticking, write } from "../shell/format.js";
import { actionForm, actionWords } from "./action.js";
import { fillAlarm, makeAlarm } from "./alarms.js";
import { fitTo, MapTools } from "./maptools.js";
import { button, keyed, panel, parts, select, timeText } from "./parts.js";

const FREE = ["press", "link", "line", "zone", "message", "feed"];

export class Console {
  /** @param {import("./room.js").Look} look */
  constructor({ store, room, say, base, places, open, layout, staying }) {
    this.store = store;
    this.room = room;
    this.say = say;
    this.places = places;
    this.open = open;
    this.layout = layout;
    this.staying = staying;
    this.id = "";
    this.tools = new MapTools(store, { fit: () => fitTo(places.map, this.shown?.scenario.spots ?? []) });
    this.fly = (incident) => store.send({ do: "map", what: "fly", incident });
    this._left(base);
    this._under();
    this._right();
    this._chooser();
  }

  enter(id) {
    const { exercises } = this.room.parts;
    if (id) this.id = id;
    else if (!exercises.some((one) => one.id === this.id)) this.id = exercises.length === 1 ? exercises[0].id : "";
    this.ending = false;
    if (!this.id) {
      this.layout("wide");
      this.room.watch("", "");
      this.places.wide.append(this.chooser);
      return this.update();
    }
    this.layout("console");
    this.room.watch("exercise", this.id);
    this.places.side.append(this.left);
    this.places.strip.append(this.under);
    this.places.more.append(this.right);
    this.places.map.append(this.tools.root);
    this.devices = "";
    this.update();
  }

  leave() {
    this.tools.root.remove();
  }

  _chooser() {
    const { store } = this;
    this.running = element("ul", "cards");
    this.nothing = element("p", "none", store.t("console.nothing"));
    const head = element("div", "head");
    head.append(
      element("h1", "", store.t("console.title")),
      element("p", "about", store.t("console.about")),
      button("do", store.t("console.to_scenarios"), () => this.open("scenarios")),
    );
    this.chooser = element("div", "page");
    this.chooser.append(head, this.running, this.nothing);
  }

  _left(base) {
    const { store } = this;
    this.title = element("h1");
    this.state = element("p", "phase");
    this.clock = element("p", "elapsed");
    this.start = button("do primary", "", () =>
      this._do({ waiting: "start", running: "pause", paused: "resume" }[this.shown?.state]),
    );
    this.end = button("do", "", () => this._end());
    const acts = element("div", "acts two");
    acts.append(this.start, this.end);
    this.code = element("p", "code");
    this.how = element(
      "p",
      "about address",
      store.t("console.join_how", { address: new URL(`${base}join`, location.href).href }),
    );
    this.people = element("ul", "people");
    this.alone = element("p", "none", store.t("console.alone"));
    this.story = element("details");
    this.told = element("p", "text");
    this.story.append(element("summary", "", store.t("console.story")), this.told);
    this.left = element("div", "stack");
    this.left.append(
      this.title,
      this.state,
      this.clock,
      acts,
      panel("join", store.t("console.join"), this.code, this.how),
      panel("trainees", store.t("console.trainees"), this.people, this.alone),
      this.story,
    );
  }

  _under() {
    const { store } = this;
    this.alarms = element("ul", "alarms rows");
    this.quiet = element("p", "none", store.t("console.quiet"));
    this.coming = element("p", "coming");
    this.under = element("div", "progress");
    const head = element("div", "heading");
    head.append(element("h2", "", store.t("console.progress")), this.coming);
    this.under.append(head, this.alarms, this.quiet);
  }

  _right() {
    const { store } = this;
    this.injects = element("ul", "injects");
    this.spent = element("p", "none", store.t("console.no_injects"));
    this.kind = select(
      FREE.map((kind) => [kind, store.t(`action.${kind}`)]),
      "press",
    );
    this.kind.setAttribute("aria-label", store.t("console.what"));
    this.free = element("div", "free");
    this.kind.addEventListener("change", () => this._free());
    const send = button("do", store.t("console.send"), async () => {
      const action = this.form.value();
      if (!action) return;
      const answer = await this._do("act", { action });
      if (answer.ok) this.say(store.t("console.sent"));
    });
    const remarks = element("form", "remark");
    remarks.noValidate = true;
    this.remark = element("textarea");
    this.remark.rows = 2;
    this.remark.maxLength = 2000;
    this.remark.setAttribute("aria-label", store.t("console.remark"));
    this.remark.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      remarks.requestSubmit();
    });
    remarks.append(this.remark, element("button", "do", store.t("console.keep")));
    remarks.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = this.remark.value.trim();
      if (!text) return this.remark.focus();
      const answer = await this._do("remark", { text });
      if (answer.ok && this.remark.value.trim() === text) this.remark.value = ""; // the next one may have been begun
    });
    this.journal = element("ol", "journal");
    this.journal.tabIndex = 0;
    this.journal.setAttribute("aria-label", store.t("console.journal"));
    this.right = element("div", "stack");
    this.right.append(
      panel("inject", store.t("console.injects"), this.injects, this.spent),
      panel("remarks", store.t("console.remark"), remarks),
      panel("freely", store.t("console.freely"), this.kind, this.free, send),
      panel("told", store.t("console.journal"), this.journal),
    );
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
          const item = element("li", "card");
          const acts = element("div", "acts");
          acts.append(button("do primary", store.t("console.open"), () => this.open("console", one.id)));
          item.append(element("h2"), element("p", "facts"), acts);
          return item;
        },
        (item, one) => {
          write(item.children[0], one.title);
          write(item.children[1], `${store.t(`phase.${one.state}`)} · ${timeText(Math.floor(one.at_s))}`);
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
    write(this.title, shown.title);
    write(this.state, store.t(`phase.${shown.state}`));
    this.state.dataset.state = shown.state;
    write(
      this.start,
      store.t(
        { waiting: "console.start", running: "console.pause", paused: "console.resume", ended: "console.start" }[
          shown.state
        ],
      ),
    );
    this.start.disabled = shown.state === "ended";
    this.start.classList.toggle("primary", shown.state !== "running");
    write(this.end, store.t(this.ending ? "console.end_sure" : "console.end"));
    this.end.classList.toggle("danger", this.ending);
    write(this.code, shown.code);
    this.code.setAttribute("aria-label", store.t("console.code_label", { code: [...shown.code].join(" ") }));
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

  _people(shown) {
    const { store } = this;
    this.alone.hidden = shown.trainees.length > 0;
    const rows = Object.values(shown.rows).filter(Boolean);
    keyed(
      this.people,
      shown.trainees,
      (one) => one.id,
      (one) => {
        const item = element("li");
        const said = element("div", "said");
        said.append(element("b"), element("p"), element("p", "under"));
        const out = button("do", store.t("console.put_out"), () => this._do("kick", { trainee: one.id }));
        out.setAttribute("aria-label", store.t("console.put_out_label", { name: one.name }));
        item.append(element("span", "dot"), said, out);
        return item;
      },
      (item, one) => {
        const [selected, visible] = shown.looks[one.name] ?? ["", false];
        const said = item.children[1];
        item.dataset.here = String(!!one.here);
        write(said.children[0], one.name);
        const at = rows.find((row) => row.id === selected);
        const looks = !one.here
          ? store.t("console.away")
          : !visible
            ? store.t("console.hidden")
            : at
              ? store.t("console.looks_at", { label: at.label })
              : store.t("console.looks");
        write(said.children[1], looks);
        const has = rows.filter((row) => row.owner === one.name && row.state !== "closed").map((row) => row.label);
        write(said.children[2], has.length ? store.t("console.has", { labels: has.join(", ") }) : "");
        parts(said)[2].hidden = !has.length;
      },
    );
  }

  _progress(shown) {
    const { store } = this;
    const now = Date.parse(shown.now);
    const rows = Object.values(shown.rows)
      .filter(Boolean)
      .sort((a, b) => a.received - b.received);
    this.quiet.hidden = rows.length > 0;
    keyed(
      this.alarms,
      rows,
      (row) => row.id,
      (row) => makeAlarm(this.fly, row),
      (item, row) => fillAlarm(store, item, row, now),
    );
    const next = shown.scenario.steps.find((step) => step.at > shown.at_s || shown.state === "waiting");
    write(
      this.coming,
      next && shown.state !== "ended"
        ? store.t("console.next", {
            what: actionWords(store, next.what),
            time: timeText(Math.ceil(next.at - shown.at_s)),
          })
        : "",
    );
  }

  _inject(shown) {
    const { store } = this;
    const { injects } = shown.scenario;
    this.spent.hidden = injects.length > 0;
    keyed(
      this.injects,
      injects,
      (one) => one.name,
      (one) => {
        const item = element("li");
        item.append(
          button("do", one.name, () => this._do("inject", { name: one.name })),
          element("p", "under", one.what.map((action) => actionWords(store, action)).join(" · ")),
        );
        return item;
      },
      (item, one) => {
        const waits = shown.injects.includes(one.name);
        item.querySelector("button").disabled = !waits || shown.state !== "running";
        item.classList.toggle("spent", !waits);
      },
    );
  }

  _journal(shown) {
    const { store } = this;
    const told = shown.told.map((one) => ({
      at_s: one.at_s,
      kind: one.by,
      text: one.inject ? `${one.inject}: ${actionWords(store, one.what)}` : actionWords(store, one.what),
    }));
    const remarks = (shown.remarks ?? []).map((one) => ({ at_s: one.at_s, kind: "remark", text: one.text }));
    const all = [...told, ...remarks].sort((a, b) => b.at_s - a.at_s);
    const drawn = JSON.stringify(all);
    if (this.journal.dataset.drawn === String(all.length) && this.drawn === drawn) return;
    this.drawn = drawn;
    this.journal.dataset.drawn = String(all.length);
    this.journal.replaceChildren(
      ...all.map((one) => {
        const item = element("li", one.kind);
        item.append(
          element("b", "", timeText(Math.floor(one.at_s))),
          element("span", "by", store.t(`told.${one.kind}`)),
          element("span", "", one.text),
        );
        return item;
      }),
    );
  }

  _free() {
    const { shown } = this;
    if (!shown) return;
    this.form = actionForm(this.store, this.kind.value, shown.scenario.devices);
    this.free.replaceChildren(this.form.root);
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

  _do(act, facts = {}) {
    return act ? this.room.ask("run", { id: this.id, act, ...facts }) : Promise.resolve({ ok: false });
  }
}
