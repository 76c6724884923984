// The editor's first sections: what the exercise is about, and who is protected in it. Everybody in it is invented.
import { button } from "../shell/build.js";
import { element } from "../shell/format.js";
import { devices, key } from "./draft.js";
import { Fields, rebuilt } from "./fields.js";
import { newDevice } from "./ways.js";

/** @typedef {import("./draft.js").Scenario} Scenario
 *  @typedef {import("./draft.js").Thing} Thing
 *  @typedef {import("./fields.js").Field} Field
 *  @typedef {import("../shell/build.js").Part} Part */

const ALWAYS = { valid_from: "2020-01-01", valid_until: "2099-12-31" }; // an exercise is played for years

/** A part of the editor's left column. A section names its structure (`shape`): while that stands, only values are
 * written. */
export class Section {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.store = editor.store;
    this.draft = editor.draft;
    this.fields = new Fields(editor.store, editor.draft, () => editor.standing());
    this.root = element("div", "section");
    /** @type {string | null} */
    this.shape = null;
  }

  /** @param {string} name @param {Record<string, unknown>} [facts] */
  word(name, facts) {
    return this.store.t(`editor.${name}`, facts);
  }

  /** @param {Scenario} scenario @returns {Node[]} */
  build(scenario) {
    throw new Error(`nothing builds ${scenario}`);
  }

  update() {
    const shape = this.structure(this.draft.now);
    if (shape === this.shape) return this.fields.refresh();
    this.shape = shape;
    this.fields.clear();
    rebuilt(this.root, () => this.build(this.draft.now));
  }

  /** @param {Field} field */
  add(field) {
    return this.fields.add(field);
  }

  /** @param {string} name @param {string} words @param {() => void} does */
  press(name, words, does, look = "do", label = "") {
    return button(look, words, does, { "data-press": name, "aria-label": label || null });
  }

  /** One thing of a list of the scenario: itself, where it stands, a field of a fact of it, and a button that takes it
   * out. @param {import("./draft.js").List} list @param {string} k its key @param {(name: string) => string} label */
  thing(list, k, label) {
    /** @param {Scenario} s @returns {Thing | undefined} */
    const of = (s) => s[list].find((one) => one._k === k);
    /** @param {Scenario} s */
    const at = (s) => `${list}[${s[list].findIndex((one) => one._k === k)}]`;
    /** @param {Scenario} s @param {Record<string, unknown>} facts */
    const set = (s, facts) => Object.assign(of(s) ?? {}, facts);
    /** @param {string} name @param {Partial<Field>} [facts] */
    const field = (name, facts) =>
      this.add({
        key: `${name}-${k}`,
        label: label(name),
        path: (s) => `${at(s)}.${name}`,
        read: (s) => of(s)?.[name],
        write: (s, value) => set(s, { [name]: value }),
        ...facts,
      });
    const drop = (/** @type {string} */ words, look = "do", label = "") =>
      this.press(
        `drop-${k}`,
        words,
        () => this.draft.change((s) => Object.assign(s, { [list]: s[list].filter((one) => one._k !== k) })),
        look,
        label,
      );
    return { of, at, set, field, drop };
  }

  /** What stands in it, without the values. @param {Scenario} [scenario] @returns {string} */
  structure(scenario) {
    return "";
  }
}

export class Story extends Section {
  /** @override */
  build() {
    const plain = (/** @type {string} */ name, /** @type {Partial<Field>} */ facts = {}) =>
      this.add({
        key: name,
        label: this.word(name),
        path: () => name,
        read: (s) => s[name] || undefined,
        write: (s, value) => Object.assign(s, { [name]: value }),
        ...facts,
      });
    return [
      plain("title"),
      plain("briefing", { kind: "area", rows: 5 }),
      plain("story", { kind: "area", rows: 7 }),
      plain("lasts", { kind: "time", hint: "15:00", write: (s, value) => (s.lasts = value || undefined) }),
      element("p", "about", this.word("lasts_about")),
    ];
  }
}

export class People extends Section {
  /** @override @param {Scenario} scenario */
  structure(scenario) {
    return scenario.cases.map((one) => `${one._k} ${!!one.places?.length}`).join();
  }

  /** @override @param {Scenario} scenario */
  build(scenario) {
    const make = this.press("case", this.word("add_case"), () => this.draft.change((s) => s.cases.push(newCase(s))));
    return [
      element("p", "about", this.word("people_about")),
      ...scenario.cases.map((one) => this._case(one._k, one.places?.length > 0)),
      make,
    ];
  }

  /** @param {string} k @param {boolean} lives whether there is a protected place */
  _case(k, lives) {
    const { of, at, set, field, drop } = this.thing("cases", k, (name) => this.word(`case.${name}`));
    const today = () => ({ source: this.word("fictional"), date: new Date().toISOString().slice(0, 10) });
    /** The first of a list of facts, as text. @param {string} list @param {string} name */
    const fact = (list, name) =>
      field(name, {
        path: (s) => `${at(s)}.${list}`,
        read: (s) => of(s)?.[list]?.[0]?.text,
        write: (s, value) => {
          const [first, ...others] = of(s)?.[list] ?? [];
          set(s, { [list]: value.trim() ? [{ ...today(), ...first, text: value }, ...others] : others });
        },
      });
    const instruction = (/** @type {string} */ kind) =>
      field(kind, {
        kind: "check",
        path: undefined,
        read: (s) => !!of(s)?.instructions?.some((/** @type {Thing} */ one) => one.kind === kind),
        write: (s, on) => {
          const others = (of(s)?.instructions ?? []).filter((/** @type {Thing} */ one) => one.kind !== kind);
          const made = { kind, text: this.word(`case.${kind}_text`), ...today() };
          set(s, { instructions: on ? [...others, made] : others });
        },
      });
    /** A fact of a person. @param {"victim" | "suspect"} who @param {string} name @param {Partial<Field>} [facts] */
    const person = (who, name, facts) => ({
      path: (/** @type {Scenario} */ s) => `${at(s)}.${who}.${name}`,
      read: (/** @type {Scenario} */ s) => of(s)?.[who]?.[name],
      write: (/** @type {Scenario} */ s, /** @type {unknown} */ value) =>
        set(s, { [who]: { ...of(s)?.[who], [name]: value } }),
      ...facts,
    });
    const home = (/** @type {string} */ name, /** @type {number} */ step) =>
      field(`home_${name}`, {
        kind: "number",
        step,
        path: (s) => `${at(s)}.places[0].${name}`,
        read: (s) => of(s)?.places?.[0]?.[name],
        write: (s, value) => ((of(s)?.places ?? [{}])[0][name] = value ?? 0),
      });
    const secret = (/** @type {string} */ name) =>
      field(name, { write: (s, value) => set(s, { [name]: value.trim() ? value : undefined }) });
    const suspect = (/** @type {Scenario} */ s, /** @type {string} */ name) =>
      set(s, { suspect: name.trim() ? { ...of(s)?.suspect, name } : undefined });
    const pick = this.press(`home-${k}`, this.word(lives ? "case.home_move" : "case.home_pick"), () =>
      this.editor.pick(this.word("pick_home"), (spot) =>
        this.draft.change((s) => {
          const [first, ...others] = of(s)?.places ?? [];
          set(s, { places: [{ name: this.word("case.home_name"), radius_m: 300, ...first, ...spot }, ...others] });
        }),
      ),
    );
    const pair = (/** @type {Part[]} */ ...inside) => element("div", "pair", ...inside);
    return element(
      "fieldset",
      "card",
      element("legend", "", this.word("case")),
      pair(field("number"), field("devices", { kind: "list", hint: "EX-1" })),
      pair(
        field("victim", person("victim", "name")),
        field("languages", person("victim", "languages", { kind: "list", hint: "nl, fr" })),
      ),
      field("suspect", person("suspect", "name", { write: suspect })),
      element("div", "ticks", instruction("listen_only"), instruction("silent_approach")),
      fact("risks", "risk"),
      fact("weapons", "weapon"),
      pair(secret("safe_word"), secret("duress_word")),
      element("div", "pair three", ...(lives ? [home("lat", 0.0001), home("lon", 0.0001), home("radius_m", 50)] : [])),
      pick,
      drop(this.word("case.remove")),
    );
  }
}

/** @param {Scenario} scenario @returns {Thing} */
function newCase(scenario) {
  const held = new Set(scenario.cases.flatMap((one) => one.devices));
  const device = devices(scenario).find((one) => !held.has(one)) ?? newDevice(scenario);
  const numbers = new Set(scenario.cases.map((one) => one.number));
  const named = (/** @type {number} */ n) => `EX-${String(n).padStart(4, "0")}`;
  let n = scenario.cases.length + 1;
  while (numbers.has(named(n))) n += 1;
  return {
    number: named(n),
    victim: { name: "", languages: ["nl"] },
    devices: [device],
    ...ALWAYS,
    source: "Exercise",
    date: new Date().toISOString().slice(0, 10),
    _k: key(),
  };
}
