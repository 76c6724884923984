// The editor's last sections: what the trainer may add while it runs, and how each incident ought to be worked.
import { element } from "../shell/format.js";
import { KINDS, newAction } from "./action.js";
import { actionFields } from "./course.js";
import { devices, key, placeAt } from "./draft.js";
import { Section } from "./sections.js";

/** @typedef {import("./draft.js").Scenario} Scenario
 *  @typedef {import("./draft.js").Thing} Thing
 *  @typedef {import("./draft.js").Inject} Inject */

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
  /** @override @param {Scenario} scenario */
  structure(scenario) {
    const of = (/** @type {Inject} */ { what }) =>
      what.map((action) => [action._k, action.do, action.state, action.answer]);
    return JSON.stringify([devices(scenario), scenario.injects.map((one) => [one._k, of(one)])]);
  }

  /** @override @param {Scenario} scenario */
  build(scenario) {
    const add = this.press("inject", this.word("add_inject"), () =>
      this.draft.change((s) =>
        s.injects.push({
          name: this.word("inject_name", { n: s.injects.length + 1 }),
          what: [fresh(s, this.draft.device)],
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

  /** @param {Inject} inject */
  _inject({ _k: k, what }) {
    const { draft } = this;
    const { of, at, set, field, drop } = this.thing("injects", k, () => this.word("inject_named"));
    /** @param {Scenario} s @returns {Inject["what"]} */
    const all = (s) => of(s)?.what ?? [];
    const actions = what.map((action) => {
      const { _k } = action;
      const n = (/** @type {Scenario} */ s) => all(s).findIndex((one) => one._k === _k);
      /** @param {Scenario} s @returns {Partial<import("./draft.js").Action>} */
      const inner = (s) => all(s)[n(s)] ?? {};
      const kind = this.add({
        key: `do-${_k}`,
        label: this.word("what"),
        kind: "select",
        choices: KINDS.map((kind) => [kind, this.store.t(`action.${kind}`)]),
        read: (s) => inner(s).do,
        write: (s, kind) => (all(s)[n(s)] = { ...newAction(kind, draft.device || devices(s)[0]), _k }),
      });
      const gone = this.press(`drop-${_k}`, this.word("remove_action"), () =>
        draft.change((s) => set(s, { what: all(s).filter((one) => one._k !== _k) })),
      );
      const fields = actionFields(this, _k, action, inner, (s) => `${at(s)}.what[${n(s)}]`);
      return element("div", "fields action", kind, ...fields, what.length > 1 && gone);
    });
    const more = this.press(`more-${k}`, this.word("add_action"), () =>
      draft.change((s) => all(s).push(fresh(s, draft.device))),
    );
    return element(
      "fieldset",
      "card",
      element("legend", "", this.word("inject")),
      field("name", { max: 200 }),
      ...actions,
      element("div", "acts", more, drop(this.word("remove_inject"))),
    );
  }
}

/** @param {Scenario} scenario @param {string} device */
function fresh(scenario, device) {
  return { ...newAction("press", device || devices(scenario)[0] || "EX-1"), _k: key() };
}

export class References extends Section {
  /** @override @param {Scenario} scenario */
  structure(scenario) {
    return JSON.stringify([devices(scenario), scenario.references.map((one) => one._k)]);
  }

  /** @override @param {Scenario} scenario */
  build(scenario) {
    const held = new Set(scenario.references.map((one) => one.device));
    const free = devices(scenario).filter((device) => !held.has(device));
    const adds = free.map((device) =>
      this.press(`reference-${device}`, this.word("add_reference", { device }), () =>
        this.draft.change((s) => s.references.push({ device, _k: key() })),
      ),
    );
    return [
      element("p", "about", this.word("references_about")),
      ...scenario.references.map((one) => this._reference(one)),
      element("div", "acts", ...adds),
    ];
  }

  /** @param {Thing} reference */
  _reference({ _k: k, device }) {
    const { store, draft } = this;
    const { set, field: plain, drop } = this.thing("references", k, (name) => this.word(`reference.${name}`));
    const field = (/** @type {string} */ name, /** @type {Partial<import("./fields.js").Field>} */ facts) =>
      plain(name, { write: (s, value) => set(s, { [name]: value === "" ? undefined : value }), ...facts });
    /** A choice that may be left open. @param {string} name @param {[string, string][]} choices */
    const choice = (name, choices) =>
      field(name, { kind: "select", choices: [["", this.word("not_judged")], ...choices] });
    /** @param {string} kind @param {string[]} list @returns {[string, string][]} */
    const words = (kind, list) => list.map((one) => [one, store.t(`${kind}.${one}`)]);
    const expect = (/** @type {import("./draft.js").Place} */ place) =>
      this.editor.where(place, (zone) => draft.change((s) => set(s, { zone })));
    const pick = this.press(`pick-${k}`, this.word("reference.pick"), () =>
      this.editor.pick(this.word("pick_zone"), expect),
    );
    const press = this.press(`press-${k}`, this.word("reference.at_press"), () => {
      const { tracks, steps } = draft.now;
      const step = steps.find((one) => one.what.do === "press" && one.what.device === device);
      const at = placeAt(
        tracks.find((one) => one.device === device),
        step?.at ?? 0,
      );
      if (at) expect(at);
      else this.editor.say(this.word("no_way"), true);
    });
    const zones = Object.entries(store.zones).map(
      ([zone, name]) => /** @type {[string, string]} */ ([zone, store.zone(name)]),
    );
    return element(
      "fieldset",
      "card",
      element("legend", "", device),
      element("div", "pair wide", choice("zone", zones)),
      element("div", "acts", pick, press),
      ...["silent_approach", "read_instructions", "keep_listening"].map((name) =>
        field(name, { kind: "tri", look: "beside" }),
      ),
      element(
        "div",
        "pair",
        choice("as_class", words("class", CLASSES)),
        choice("outcome", words("outcome", OUTCOMES)),
      ),
      field("why", { kind: "area", rows: 2 }),
      drop(this.word("reference.remove")),
    );
  }
}
