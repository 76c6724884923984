// The editor's first sections: what the exercise is about, and who is protected in it. Everybody in it is invented.
import { element } from "../shell/format.js";
import { devices, key } from "./draft.js";
import { Fields, rebuilt } from "./fields.js";
import { button } from "./parts.js";
import { newDevice } from "./ways.js";

const ALWAYS = { valid_from: "2020-01-01", valid_until: "2099-12-31" }; // an exercise is played for years

/** A part of the editor's left column. A section names its structure (`shape`): while that stands, only values are written. */
export class Section {
  /** @param {any} editor */
  constructor(editor) {
    this.editor = editor;
    this.store = editor.store;
    this.draft = editor.draft;
    this.fields = new Fields(editor.store, editor.draft);
    this.root = element("div", "section");
    this.shape = null;
  }

  word(name, facts) {
    return this.store.t(`editor.${name}`, facts);
  }

  /** @param {any} scenario @returns {Node[]} */
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

  /** @param {import("./fields.js").Field} field */
  add(field) {
    return this.fields.add(field);
  }

  press(name, words, does, look = "do") {
    const made = button(look, words, does);
    made.dataset.press = name;
    return made;
  }

  /** What stands in it, without the values. @param {any} [scenario] @returns {string} */
  structure(scenario) {
    return "";
  }
}

export class Story extends Section {
  build() {
    const plain = (name, kind, rows) =>
      this.add({
        key: name,
        label: this.word(name),
        kind,
        rows,
        path: () => name,
        read: (s) => s[name],
        write: (s, value) => (s[name] = value),
      });
    return [
      plain("title"),
      plain("briefing", "area", 5),
      plain("story", "area", 7),
      this.add({
        key: "lasts",
        label: this.word("lasts"),
        kind: "time",
        hint: "15:00",
        path: () => "lasts",
        read: (s) => s.lasts || undefined,
        write: (s, value) => (s.lasts = value || undefined),
      }),
      element("p", "about", this.word("lasts_about")),
    ];
  }
}

export class People extends Section {
  structure(scenario) {
    return scenario.cases.map((one) => `${one._k} ${!!one.places?.length}`).join();
  }

  build(scenario) {
    const parts = scenario.cases.map((one) => this._case(one._k));
    const make = this.press("case", this.word("add_case"), () => this.draft.change((s) => s.cases.push(newCase(s))));
    return [element("p", "about", this.word("people_about")), ...parts, make];
  }

  _case(k) {
    const of = (s) => s.cases.find((one) => one._k === k);
    const n = (s) => s.cases.findIndex((one) => one._k === k);
    const field = (name, facts) => this.add({ key: `${name}-${k}`, label: this.word(`case.${name}`), ...facts });
    const date = () => new Date().toISOString().slice(0, 10);
    const fact = (list, name) =>
      field(name, {
        path: (s) => `cases[${n(s)}].${list}`,
        read: (s) => of(s)?.[list]?.[0]?.text,
        write: (s, value) =>
          (of(s)[list] = value.trim()
            ? [
                { source: this.word("fictional"), date: date(), ...of(s)[list]?.[0], text: value },
                ...(of(s)[list] ?? []).slice(1),
              ]
            : (of(s)[list] ?? []).slice(1)),
      });
    const instruction = (kind) =>
      field(kind, {
        kind: "check",
        read: (s) => !!of(s)?.instructions?.some((one) => one.kind === kind),
        write: (s, on) => {
          const others = (of(s).instructions ?? []).filter((one) => one.kind !== kind);
          of(s).instructions = on
            ? [...others, { kind, text: this.word(`case.${kind}_text`), source: this.word("fictional"), date: date() }]
            : others;
        },
      });
    const card = element("fieldset", "card");
    const place = of(this.draft.now).places?.length > 0;
    const home = (name, step) =>
      field(`home_${name}`, {
        kind: "number",
        step,
        path: (s) => `cases[${n(s)}].places[0].${name}`,
        read: (s) => of(s)?.places?.[0]?.[name],
        write: (s, value) => (of(s).places[0][name] = value ?? 0),
      });
    const pair = element("div", "pair");
    pair.append(
      field("number", {
        path: (s) => `cases[${n(s)}].number`,
        read: (s) => of(s)?.number,
        write: (s, value) => (of(s).number = value),
      }),
      field("devices", {
        kind: "list",
        hint: "EX-1",
        path: (s) => `cases[${n(s)}].devices`,
        read: (s) => of(s)?.devices,
        write: (s, value) => (of(s).devices = value),
      }),
    );
    const names = element("div", "pair");
    names.append(
      field("victim", {
        path: (s) => `cases[${n(s)}].victim.name`,
        read: (s) => of(s)?.victim.name,
        write: (s, value) => (of(s).victim.name = value),
      }),
      field("languages", {
        kind: "list",
        hint: "nl, fr",
        path: (s) => `cases[${n(s)}].victim.languages`,
        read: (s) => of(s)?.victim.languages ?? [],
        write: (s, value) => (of(s).victim.languages = value),
      }),
    );
    const ticks = element("div", "ticks");
    ticks.append(instruction("listen_only"), instruction("silent_approach"));
    const places = element("div", "pair three");
    if (place) places.append(home("lat", 0.0001), home("lon", 0.0001), home("radius_m", 50));
    const words = element("div", "pair");
    words.append(
      ...["safe_word", "duress_word"].map((name) =>
        field(name, {
          path: (s) => `cases[${n(s)}].${name}`,
          read: (s) => of(s)?.[name],
          write: (s, value) => (of(s)[name] = value.trim() ? value : undefined),
        }),
      ),
    );
    const pick = this.press(`home-${k}`, this.word(place ? "case.home_move" : "case.home_pick"), () =>
      this.editor.pick(this.word("pick_home"), (spot) =>
        this.draft.change((s) => {
          of(s).places = [
            { name: this.word("case.home_name"), radius_m: 300, ...of(s).places?.[0], ...spot },
            ...(of(s).places ?? []).slice(1),
          ];
        }),
      ),
    );
    card.append(
      element("legend", "", this.word("case")),
      pair,
      names,
      field("suspect", {
        path: (s) => `cases[${n(s)}].suspect.name`,
        read: (s) => of(s)?.suspect?.name,
        write: (s, value) => (of(s).suspect = value.trim() ? { ...of(s).suspect, name: value } : undefined),
      }),
      ticks,
      fact("risks", "risk"),
      fact("weapons", "weapon"),
      words,
      places,
      pick,
      this.press(`drop-${k}`, this.word("case.remove"), () =>
        this.draft.change((s) => (s.cases = s.cases.filter((one) => one._k !== k))),
      ),
    );
    return card;
  }
}

function newCase(scenario) {
  const held = new Set(scenario.cases.flatMap((one) => one.devices));
  const device = devices(scenario).find((one) => !held.has(one)) ?? newDevice(scenario);
  const numbers = new Set(scenario.cases.map((one) => one.number));
  let n = scenario.cases.length + 1;
  while (numbers.has(`EX-${String(n).padStart(4, "0")}`)) n += 1;
  return {
    number: `EX-${String(n).padStart(4, "0")}`,
    victim: { name: "", languages: ["nl"] },
    devices: [device],
    ...ALWAYS,
    source: "Exercise",
    date: new Date().toISOString().slice(0, 10),
    _k: key(),
  };
}
