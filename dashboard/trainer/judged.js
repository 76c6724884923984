// The editor's last sections: what the trainer may add while it runs, and how each incident ought to be worked.
import { element } from "../shell/format.js";
import { KINDS, newAction } from "./action.js";
import { actionFields } from "./course.js";
import { devices, key, placeAt } from "./draft.js";
import { Section } from "./sections.js";

const CLASSES = ["real", "accidental", "test", "unknown"];
const OUTCOMES = [
  "victim_safe",
  "suspect_arrested",
  "suspect_gone",
  "nobody_found",
  "no_intervention",
  "handed_to_other_service",
  "test_ok",
  "test_failed",
  "other",
];

export class Injects extends Section {
  structure(scenario) {
    return JSON.stringify([
      devices(scenario),
      scenario.injects.map((one) => [
        one._k,
        one.what.map((action) => [action._k, action.do, action.state, action.answer]),
      ]),
    ]);
  }

  build(scenario) {
    const { draft } = this;
    const add = this.press("inject", this.word("add_inject"), () =>
      draft.change((s) =>
        s.injects.push({
          name: this.word("inject_name", { n: s.injects.length + 1 }),
          what: [fresh(s, draft.device)],
          _k: key(),
        }),
      ),
    );
    return [
      element("p", "about", this.word("injects_about")),
      ...scenario.injects.map((one) => this._inject(one)),
      add,
    ];
  }

  _inject({ _k: k, what }) {
    const { draft } = this;
    const of = (s) => s.injects.find((one) => one._k === k);
    const n = (s) => s.injects.findIndex((one) => one._k === k);
    const card = element("fieldset", "card");
    card.append(
      element("legend", "", this.word("inject")),
      this.add({
        key: `name-${k}`,
        label: this.word("inject_named"),
        max: 200,
        path: (s) => `injects[${n(s)}].name`,
        read: (s) => of(s)?.name,
        write: (s, value) => (of(s).name = value),
      }),
    );
    for (const action of what) {
      const inner = (s) => of(s)?.what.find((one) => one._k === action._k) ?? {};
      const path = (s) => `injects[${n(s)}].what[${of(s)?.what.findIndex((one) => one._k === action._k)}]`;
      const body = element("div", "fields action");
      body.append(
        this.add({
          key: `do-${action._k}`,
          label: this.word("what"),
          kind: "select",
          choices: KINDS.map((kind) => [kind, this.store.t(`action.${kind}`)]),
          read: (s) => inner(s).do,
          write: (s, kind) => {
            const { what: all } = of(s);
            const at = all.findIndex((one) => one._k === action._k);
            all[at] = { ...newAction(kind, draft.device || devices(s)[0]), _k: action._k };
          },
        }),
        ...actionFields(this, action._k, action, inner, path),
      );
      if (what.length > 1)
        body.append(
          this.press(`drop-${action._k}`, this.word("remove_action"), () =>
            draft.change((s) => (of(s).what = of(s).what.filter((one) => one._k !== action._k))),
          ),
        );
      card.append(body);
    }
    const acts = element("div", "acts");
    acts.append(
      this.press(`more-${k}`, this.word("add_action"), () =>
        draft.change((s) => of(s).what.push(fresh(s, draft.device))),
      ),
      this.press(`drop-${k}`, this.word("remove_inject"), () =>
        draft.change((s) => (s.injects = s.injects.filter((one) => one._k !== k))),
      ),
    );
    card.append(acts);
    return card;
  }
}

function fresh(scenario, device) {
  return { ...newAction("press", device || devices(scenario)[0] || "EX-1"), _k: key() };
}

export class References extends Section {
  structure(scenario) {
    return JSON.stringify([devices(scenario), scenario.references.map((one) => one._k)]);
  }

  build(scenario) {
    const held = new Set(scenario.references.map((one) => one.device));
    const free = devices(scenario).filter((device) => !held.has(device));
    const adds = element("div", "acts");
    for (const device of free) {
      adds.append(
        this.press(`reference-${device}`, this.word("add_reference", { device }), () =>
          this.draft.change((s) => s.references.push({ device, _k: key() })),
        ),
      );
    }
    return [
      element("p", "about", this.word("references_about")),
      ...scenario.references.map((one) => this._reference(one)),
      adds,
    ];
  }

  _reference({ _k: k, device }) {
    const { store, draft } = this;
    const of = (s) => s.references.find((one) => one._k === k);
    const field = (name, facts) =>
      this.add({
        key: `${name}-${k}`,
        label: this.word(`reference.${name}`),
        path: (s) => `references[${s.references.findIndex((one) => one._k === k)}].${name}`,
        read: (s) => of(s)?.[name],
        write: (s, value) => (of(s)[name] = value === "" ? undefined : value),
        ...facts,
      });
    const zones = [
      ["", this.word("not_judged")],
      ...Object.entries(store.zones).map(([zone, name]) => [zone, store.zone(name)]),
    ];
    const chosen = (words, list, kind) => [["", words], ...list.map((one) => [one, store.t(`${kind}.${one}`)])];
    const card = element("fieldset", "card");
    const zone = element("div", "pair wide");
    const set = (place) => this.editor.where(place, (found) => draft.change((s) => (of(s).zone = found)));
    const picks = element("div", "acts");
    picks.append(
      this.press(`pick-${k}`, this.word("reference.pick"), () => this.editor.pick(this.word("pick_zone"), set)),
      this.press(`press-${k}`, this.word("reference.at_press"), () => {
        const { now } = draft;
        const step = now.steps.find((one) => one.what.do === "press" && one.what.device === device);
        const at = placeAt(
          now.tracks.find((one) => one.device === device),
          step?.at ?? 0,
        );
        if (at) set(at);
        else this.editor.say(this.word("no_way"), true);
      }),
    );
    zone.append(field("zone", { kind: "select", choices: zones }));
    const class_ = element("div", "pair");
    class_.append(
      field("as_class", { kind: "select", choices: chosen(this.word("not_judged"), CLASSES, "class") }),
      field("outcome", { kind: "select", choices: chosen(this.word("not_judged"), OUTCOMES, "outcome") }),
    );
    card.append(
      element("legend", "", device),
      zone,
      picks,
      ...["silent_approach", "read_instructions", "keep_listening"].map((name) =>
        field(name, { kind: "tri", look: "beside" }),
      ),
      class_,
      field("why", { kind: "area", rows: 2 }),
      this.press(`drop-${k}`, this.word("reference.remove"), () =>
        draft.change((s) => (s.references = s.references.filter((one) => one._k !== k))),
      ),
    );
    return card;
  }
}
