// What happens: the chosen device's way as a list of points with their times, and every step as a list with its fields.
import { button, labelled, select } from "../shell/build.js";
import { attributes, element, write } from "../shell/format.js";
import { actionWords, choices, FIELDS, KINDS, newAction, WITH_DEVICE } from "./action.js";
import { basesCard } from "./bases.js";
import { devices, key } from "./draft.js";
import { timeText } from "./parts.js";
import { Section } from "./sections.js";
import { newDevice, PACES, removePoint, trackOf } from "./ways.js";

/** @typedef {import("./draft.js").Scenario} Scenario
 *  @typedef {import("./draft.js").Action} Action
 *  @typedef {import("./draft.js").Step} Step
 *  @typedef {import("./draft.js").Point} Point
 *  @typedef {import("./fields.js").Field} Field */

export class Course extends Section {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    super(editor);
    this.opened = ""; // the step whose fields are shown
  }

  /** @override @param {Scenario} scenario */
  structure(scenario) {
    const track = trackOf(scenario, this.draft.device);
    const steps = scenario.steps.map(
      (step) => `${step._k} ${step.what.do} ${step.what.state ?? step.what.answer ?? ""}`,
    );
    const { ways } = this.editor;
    return JSON.stringify([
      devices(scenario),
      this.draft.device,
      track?.points.map((point) => point._k),
      steps,
      this.opened,
      ways.mode,
      ways.pace,
      scenario.base.map((one) => one._k),
      this.editor.room.parts.recordings?.length,
    ]);
  }

  /** @override @param {Scenario} scenario */
  build(scenario) {
    return [this._devices(scenario), this._way(scenario), this._steps(scenario), basesCard(this)];
  }

  update() {
    super.update();
    // What a closed step says follows the draft too.
    for (const step of this.draft.now.steps) {
      const said = this.root.querySelector(`[data-step="${CSS.escape(step._k)}"] .what`);
      if (said) write(said, `${timeText(step.at)} ${actionWords(this.store, step.what)}`);
    }
  }

  /** Show a step's fields. @param {string} k */
  open(k) {
    this.opened = this.opened === k ? "" : k;
    this.update();
    this.editor.judge();
    this.root.querySelector(`[data-step="${CSS.escape(k)}"] :is(${this.opened ? "input, select" : "button"})`)?.focus();
  }

  /** @param {Scenario} scenario */
  _devices(scenario) {
    const { draft } = this;
    const chips = devices(scenario).map((device) => {
      const chip = this.press(`device-${device}`, device, () => draft.choose(device), "chip");
      attributes(chip, { "aria-pressed": device === draft.device });
      return chip;
    });
    const another = () => {
      const device = newDevice(draft.now);
      draft.change((s) => (s._devices = [...(s._devices ?? []), device]));
      draft.choose(device);
    };
    const look = { class: "chips", role: "group", "aria-label": this.word("devices") };
    return element("div", look, ...chips, this.press("device-new", this.word("add_device"), another, "chip new"));
  }

  /** @param {Scenario} scenario */
  _way(scenario) {
    const { draft } = this;
    const { ways } = this.editor;
    const { device } = draft;
    const draws = ways.mode === "draw";
    const draw = this.press(
      "draw",
      this.word(draws ? "draw_end" : "draw"),
      () => ways.want(draws ? "" : "draw"),
      draws ? "do on" : "do primary",
    );
    attributes(draw, { "aria-pressed": draws });
    const pace = select(
      Object.keys(PACES).map((name) => [name, this.word(`pace.${name}`)]),
      ways.pace,
    );
    pace.addEventListener("change", () => {
      ways.pace = /** @type {keyof PACES} */ (pace.value);
      this.update();
    });
    const track = trackOf(scenario, device);
    const points = track?.points ?? [];
    const add = this.press("point", this.word("add_point"), () =>
      draft.change((s) => {
        const way = trackOf(s, device || newDevice(s), true);
        const last = way.points.at(-1);
        const place = last ? { ...last, at: last.at + 60 } : { at: 0, ...this.editor.middle() };
        way.points.push({ ...place, _k: key() });
      }),
    );
    const every = () =>
      this.add({
        key: `every-${device}`,
        label: this.word("every"),
        kind: "number",
        step: 1,
        look: "beside short",
        path: (s) => `tracks[${s.tracks.findIndex((one) => one.device === device)}].every`,
        read: (s) => trackOf(s, device)?.every ?? 5,
        write: (s, value) => (trackOf(s, device, true).every = value ?? 5),
      });
    return element(
      "section",
      { class: "card", "aria-label": this.word("way") },
      element("h2", "", device ? this.word("way_of", { device }) : this.word("way")),
      element("div", "acts", draw, labelled(this.word("pace"), pace, "beside")),
      points.length ? this._points(points) : element("p", "about", this.word("way_about")),
      element("div", "acts", add, track && every()),
    );
  }

  /** @param {Point[]} points */
  _points(points) {
    const titled = (/** @type {string} */ title) => element("span", { title }, title);
    const heads = ["time", "lat", "lon", "radius"].map((name) => titled(this.word(name)));
    const head = element("li", { class: "heads", "aria-hidden": "true" }, element("span"), ...heads, element("span"));
    const rows = points.map(({ _k: k }, at) => {
      const n = at + 1;
      const of = (/** @type {Scenario} */ s) =>
        s.tracks.flatMap((track) => track.points).find((point) => point._k === k);
      const path = (/** @type {Scenario} */ s) => {
        const t = s.tracks.findIndex((track) => track.points.some((point) => point._k === k));
        return `tracks[${t}].points[${s.tracks[t]?.points.findIndex((point) => point._k === k)}]`;
      };
      /** @param {string} name @param {Field["kind"]} kind @param {number} [step] */
      const field = (name, kind, step) =>
        this.add({
          key: `${name}-${k}`,
          label: this.word("point_field", { n, field: this.word(name === "at" ? "time" : name) }),
          kind,
          step,
          look: "bare",
          path: (s) => `${path(s)}.${name}`,
          read: (s) => of(s)?.[name] ?? (name === "radius" ? 18 : undefined),
          write: (s, value) => Object.assign(of(s) ?? {}, { [name]: value ?? 0 }),
        });
      const label = this.word("remove_point", { n });
      return element(
        "li",
        "",
        element("b", "", String(n)),
        field("at", "time"),
        field("lat", "number", 0.0001),
        field("lon", "number", 0.0001),
        field("radius", "number", 1),
        this.press(`drop-${k}`, "✕", () => removePoint(this.draft, k), "do icon", label),
      );
    });
    return element("ol", "points-list", head, ...rows);
  }

  /** @param {Scenario} scenario */
  _steps(scenario) {
    const { draft } = this;
    const adds = KINDS.map((kind) =>
      this.press(`add-${kind}`, this.word(`add.${kind}`), () => {
        const k = key();
        const device = draft.device || newDevice(draft.now);
        const at = Math.round(this.editor.strip.at);
        draft.change((s) => s.steps.push({ at, what: newAction(kind, device), _k: k }));
        if (!draft.device && WITH_DEVICE.has(kind)) draft.choose(device);
        this.opened = "";
        this.open(k);
      }),
    );
    const title = this.word("steps");
    return element(
      "section",
      { class: "card", "aria-label": title },
      element("h2", "", title),
      !scenario.steps.length && element("p", "about", this.word("steps_about")),
      element("ol", "steps-list", ...scenario.steps.map((step) => this._step(step))),
      element("p", "about", this.word("add_about")),
      element("div", "acts", ...adds),
    );
  }

  /** @param {Step} step */
  _step({ _k: k, what }) {
    const shown = this.opened === k;
    const look = { "data-press": `step-${k}`, "aria-expanded": shown };
    const item = element(
      "li",
      { "data-step": k },
      button("what", "", () => this.open(k), look),
    );
    if (!shown) return item;
    const { of, at, field, drop } = this.thing("steps", k, () => this.word("time"));
    const fields = actionFields(
      this,
      k,
      what,
      (s) => of(s)?.what ?? {},
      (s) => `${at(s)}.what`,
    );
    item.append(element("div", "fields", field("at", { kind: "time" }), ...fields, drop(this.word("remove_step"))));
    return item;
  }
}

/** The fields of an action within a scenario. @param {Section} section @param {string} k its key @param {Action} action
 *  @param {(s: Scenario) => Partial<Action>} of @param {(s: Scenario) => string} path */
export function actionFields(section, k, action, of, path) {
  const { store } = section;
  /** @param {string} name @param {Partial<Field>} facts */
  const field = (name, facts) =>
    section.add({
      key: `${name}-of-${k}`,
      label: store.t(`action.field.${name}`),
      path: (s) => `${path(s)}.${name}`,
      read: (s) => (name === "located" ? of(s).located !== false : of(s)[name]),
      write: (s, value) => Object.assign(of(s), { [name]: value === "" ? undefined : value }),
      ...facts,
    });
  const fields = FIELDS[action.do]
    .filter(([, , only]) => !only || only(action))
    .map(([name, kind]) =>
      field(name, { kind, rows: 2, step: 1, choices: kind === "select" ? choices(store, action.do) : [] }),
    );
  if (!WITH_DEVICE.has(action.do)) return fields;
  const known = devices(section.draft.now).map((one) => /** @type {[string, string]} */ ([one, one]));
  return [field("device", { kind: "select", choices: known }), ...fields];
}
