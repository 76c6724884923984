// What happens: the chosen device's way as a list of points with their times, and every step as a list with its fields.
import { element, write } from "../shell/format.js";
import { actionWords, CHOICES, choiceWords, FIELDS, KINDS, newAction, WITH_DEVICE } from "./action.js";
import { basesCard } from "./bases.js";
import { devices, key } from "./draft.js";
import { button, labelled, select, timeText } from "./parts.js";
import { Section } from "./sections.js";
import { newDevice, PACES, removePoint } from "./ways.js";

export class Course extends Section {
  constructor(editor) {
    super(editor);
    this.opened = ""; // the step whose fields are shown
  }

  structure(scenario) {
    const track = scenario.tracks.find((one) => one.device === this.draft.device);
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

  _devices(scenario) {
    const { draft } = this;
    const row = element("div", "chips");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", this.word("devices"));
    for (const device of devices(scenario)) {
      const chip = this.press(`device-${device}`, device, () => draft.choose(device), "chip");
      chip.setAttribute("aria-pressed", String(device === draft.device));
      row.append(chip);
    }
    row.append(
      this.press(
        "device-new",
        this.word("add_device"),
        () => {
          const device = newDevice(draft.now);
          draft.change((s) => (s._devices = [...(s._devices ?? []), device]));
          draft.choose(device);
        },
        "chip new",
      ),
    );
    return row;
  }

  _way(scenario) {
    const { draft, store } = this;
    const { ways } = this.editor;
    const { device } = draft;
    const card = element("section", "card");
    card.append(element("h2", "", device ? this.word("way_of", { device }) : this.word("way")));
    const draws = ways.mode === "draw";
    const draw = this.press(
      "draw",
      this.word(draws ? "draw_end" : "draw"),
      () => ways.want(draws ? "" : "draw"),
      draws ? "do on" : "do primary",
    );
    draw.setAttribute("aria-pressed", String(draws));
    const pace = select(
      Object.keys(PACES).map((name) => [name, this.word(`pace.${name}`)]),
      ways.pace,
    );
    pace.addEventListener("change", () => {
      ways.pace = pace.value;
      this.update();
    });
    const row = element("div", "acts");
    row.append(draw, labelled(this.word("pace"), pace, "beside"));
    card.append(row);
    const track = () => draft.now.tracks.find((one) => one.device === device);
    const points = track()?.points ?? [];
    if (!points.length) card.append(element("p", "about", this.word("way_about")));
    else card.append(this._points(points, device));
    const add = this.press("point", this.word("add_point"), () => {
      const last = track()?.points.at(-1);
      draft.change((s) => {
        let way = s.tracks.find((one) => one.device === (device || newDevice(s)));
        if (!way) s.tracks.push((way = { device: device || newDevice(s), points: [], _k: key() }));
        way.points.push(
          last ? { ...last, at: last.at + 60, _k: key() } : { at: 0, ...this.editor.middle(), _k: key() },
        );
      });
    });
    const foot = element("div", "acts");
    foot.append(add);
    if (track()) {
      foot.append(
        this.add({
          key: `every-${device}`,
          label: this.word("every"),
          kind: "number",
          step: 1,
          look: "beside short",
          path: (s) => `tracks[${s.tracks.findIndex((one) => one.device === device)}].every`,
          read: (s) => s.tracks.find((one) => one.device === device)?.every ?? 5,
          write: (s, value) => (s.tracks.find((one) => one.device === device).every = value ?? 5),
        }),
      );
    }
    card.append(foot);
    write(card.querySelector("h2"), device ? this.word("way_of", { device }) : this.word("way"));
    card.setAttribute("aria-label", store.t("editor.way"));
    return card;
  }

  _points(points, device) {
    const list = element("ol", "points-list");
    const head = element("li", "heads");
    head.setAttribute("aria-hidden", "true");
    head.append(
      element("span"),
      ...["time", "lat", "lon", "radius"].map((name) => element("span", "", this.word(name))),
      element("span"),
    );
    list.append(head);
    for (const [n, { _k: k }] of points.entries()) {
      const of = (s) => s.tracks.flatMap((track) => track.points).find((point) => point._k === k);
      const path = (name) => (s) => {
        const t = s.tracks.findIndex((track) => track.device === device);
        return `tracks[${t}].points[${s.tracks[t]?.points.findIndex((point) => point._k === k)}].${name}`;
      };
      const field = (name, kind, step) =>
        this.add({
          key: `${name}-${k}`,
          label: this.word("point_field", { n: n + 1, field: this.word(name === "at" ? "time" : name) }),
          kind,
          step,
          look: "bare",
          path: path(name),
          read: (s) => of(s)?.[name] ?? (name === "radius" ? 18 : undefined),
          write: (s, value) => (of(s)[name] = value ?? 0),
        });
      const row = element("li");
      const drop = this.press(`drop-${k}`, "✕", () => removePoint(this.draft, k), "do icon");
      drop.setAttribute("aria-label", this.word("remove_point", { n: n + 1 }));
      row.append(
        element("b", "", String(n + 1)),
        field("at", "time"),
        field("lat", "number", 0.0001),
        field("lon", "number", 0.0001),
        field("radius", "number", 1),
        drop,
      );
      list.append(row);
    }
    return list;
  }

  _steps(scenario) {
    const { draft } = this;
    const card = element("section", "card");
    card.setAttribute("aria-label", this.word("steps"));
    card.append(element("h2", "", this.word("steps")));
    const list = element("ol", "steps-list");
    for (const step of scenario.steps) list.append(this._step(step));
    if (!scenario.steps.length) card.append(element("p", "about", this.word("steps_about")));
    const adds = element("div", "acts");
    for (const kind of KINDS) {
      adds.append(
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
    }
    card.append(list, element("p", "about", this.word("add_about")), adds);
    return card;
  }

  _step(step) {
    const { _k: k } = step;
    const item = element("li");
    item.dataset.step = k;
    const open = button("what", "", () => this.open(k));
    open.dataset.press = `step-${k}`;
    open.setAttribute("aria-expanded", String(this.opened === k));
    item.append(open);
    if (this.opened !== k) return item;
    const of = (s) => s.steps.find((one) => one._k === k);
    const n = (s) => s.steps.findIndex((one) => one._k === k);
    const body = element("div", "fields");
    body.append(
      this.add({
        key: `at-${k}`,
        label: this.word("time"),
        kind: "time",
        path: (s) => `steps[${n(s)}].at`,
        read: (s) => of(s)?.at,
        write: (s, value) => (of(s).at = value),
      }),
      ...actionFields(
        this,
        k,
        step.what,
        (s) => of(s)?.what ?? {},
        (s) => `steps[${n(s)}].what`,
      ),
      this.press(`drop-${k}`, this.word("remove_step"), () =>
        this.draft.change((s) => (s.steps = s.steps.filter((one) => one._k !== k))),
      ),
    );
    item.append(body);
    return item;
  }
}

/** The fields of an action within a scenario. @param {Section} section @param {(s: any) => any} of @param {(s: any) => string} path */
export function actionFields(section, k, action, of, path) {
  const { store } = section;
  const found = [];
  if (WITH_DEVICE.has(action.do)) {
    found.push(
      section.add({
        key: `device-of-${k}`,
        label: store.t("action.field.device"),
        kind: "select",
        choices: devices(section.draft.now).map((one) => [one, one]),
        path: (s) => `${path(s)}.device`,
        read: (s) => of(s).device,
        write: (s, value) => (of(s).device = value),
      }),
    );
  }
  for (const [name, kind, choices, only] of FIELDS[action.do]) {
    if (only && !only(action)) continue;
    found.push(
      section.add({
        key: `${name}-of-${k}`,
        label: store.t(`action.field.${name}`),
        kind,
        rows: 2,
        step: 1,
        choices:
          kind === "select" ? CHOICES[choices].map((one) => [one, choiceWords(store, action.do, one)]) : undefined,
        path: (s) => `${path(s)}.${name}`,
        read: (s) => (name === "located" ? of(s).located !== false : of(s)[name]),
        write: (s, value) => (of(s)[name] = value === "" ? undefined : value),
      }),
    );
  }
  return found;
}
