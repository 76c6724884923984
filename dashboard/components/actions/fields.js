// The fields of the forms: each kind says its words, what may be chosen, what it is at first, and what it makes of the
// command. What was typed stands in the form (`form.js`): a field that is drawn anew loses nothing.
import { Paper, paperTimes } from "../backfill/backfill.js";
import { clock, joined } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { Choice, Search, zonesLike } from "./choice.js";
import { Where, WhereField } from "./where.js";

const CLASSES = ["real", "test", "accidental", "unknown"];
const FOUND = "victim_safe suspect_arrested suspect_gone nobody_found no_intervention";
const OUTCOMES = `${FOUND} handed_to_other_service test_ok test_failed other`;
// What was only said on the line comes last: it may be said under duress.
const VERIFIED = ["unit_saw_victim", "safe_word", "technician_present", "duplicate", "said_on_line"];
const AT_A_TEST = ["technician_present", ...VERIFIED.filter((one) => one !== "technician_present")];
const STEPS = ["accepted", "en_route", "on_scene", "safe"];
const TIMES = "pressed received presented acknowledged listening routed accepted en_route on_scene safe closed";
const MAX_WORDS = 2000;

/** @typedef {import("../../shell/store.js").Store} Store @typedef {[value: string, words: () => string][]} Options
 *  @typedef {import("../../shell/wire.js").Row | import("../../shell/wire.js").DeviceRow | null} About
 *  @typedef {{kind: string, value: string, options: Options, search: Search | Where | null}} Field in a form
 *  @typedef {{store: Store, field: Field, id: string, label: string, set: (value: string) => void}} Props
 *  @typedef {{label: string, view?: (props: any) => any, long?: boolean, hint?: string, time?: boolean,
 *    inline?: boolean, options?: (store: Store, row: any) => Options, first?: (row: any, options: Options) => string,
 *    search?: (store: Store, changed: () => void) => Search | Where, facts?: (value: string) => object}} Kind
 *    `time`: a time of day, sent as it was typed; `options`: as they were when the form was opened */

/** @param {string} set @param {(row: any, store: Store) => string[]} names @returns {Kind["options"]} */
const worded = (set, names) => (store, row) => names(row, store).map((one) => [one, () => store.t(`${set}.${one}`)]);

const outcomes = worded("outcome", () => OUTCOMES.split(" "));
// At an announced test its own way comes first, and is chosen by nobody but a person.
const ways = worded("verified", (row) => (row?.test ? AT_A_TEST : VERIFIED));
const times = worded("time", (row, { detail }) => TIMES.split(" ").filter((one) => detail?.live.times?.[one]));
/** @type {Kind["first"]} the only one there is; an offer binds nobody */
const only = (row, options) => (options.length === 1 ? options[0][0] : "");
const inMinutes = (/** @type {string} */ value) => ({ minutes: Number.parseInt(value, 10) || 0 });
const CLASS = {
  inline: true,
  options: worded("class", () => CLASSES),
  first: (/** @type {any} */ row) => row?.as_class,
};
const STEP = { inline: true, options: worded("state", () => STEPS) };

/** @type {Record<string, Kind>} */
export const FIELDS = {
  text: { label: "field_text", long: true },
  reason: { label: "field_reason", long: true, hint: "reason_hint" },
  note: { label: "field_note", long: true },
  number: { label: "field_cad_number", first: (row) => row?.cad },
  unit: { label: "field_unit" },
  recording_reference: { label: "field_recording", hint: "recording_hint" },
  happened_at: { label: "field_time", hint: "now", time: true },
  to: { label: "field_time", hint: "time_hint", time: true },
  minutes: { label: "field_minutes", first: () => "60", facts: inMinutes },
  as_class: { label: "field_class", view: Radios, ...CLASS },
  step: { label: "field_step", view: Radios, ...STEP },
  person: { label: "field_person", view: Radios, options: people, first: only, facts: (to) => ({ to }) },
  verified: { label: "field_verified", view: Pick, options: ways },
  outcome: { label: "field_outcome", view: Pick, options: outcomes },
  time: { label: "field_which", view: Pick, options: times },
  paper_times: { label: "paper.raised_at", view: Paper },
  zone: { label: "field_zone", view: Searched, search: zones },
  case: { label: "field_case", view: Searched, search: cases },
  where: { label: "field_where", view: WhereField, search: (store, changed) => new Where(store, changed) },
};

/** @param {Store} store @param {string} kind @param {About} row @param {() => void} changed @returns {Field} */
export function field(store, kind, row, changed) {
  const { options: all, first, search } = FIELDS[kind];
  const options = all?.(store, row) ?? [];
  return { kind, options, value: first?.(row, options) ?? "", search: search?.(store, changed) ?? null };
}

/** What a field says; "" where nothing was typed or chosen. @param {Field} field */
export function valueOf({ kind, value, search }) {
  if (search) return search.value || (kind === "case" ? search.text.trim() : "");
  return kind === "paper_times" && !paperTimes(value).raised_at ? "" : value.trim();
}

/** Whether something was typed and nothing chosen for it: it must not be lost silently. @param {Field} field */
export function unfinished({ kind, search }) {
  return kind !== "case" && !!search?.text.trim() && !search.value;
}

/** Let a field stand as a draft kept it. @param {Store} store @param {Field} field @param {string} kept */
export function restore(store, field, kept) {
  const { kind, options, search } = field;
  const words = () => (kind === "zone" ? store.zone(store.zones[kept] ?? kept) : kept);
  if (search instanceof Where) search.restore(kept);
  else if (search) search.choose({ value: kept, words });
  // Who was chosen in a draft may have left.
  else if (kind !== "person" || options.some(([value]) => value === kept)) field.value = kept;
}

/** Whether a time was typed that the Belgian day has not reached. @param {string} typed @param {number} now in ms */
export function isAhead(typed, now) {
  const [, hours, minutes, seconds = "00"] = typed.match(/^(\d{1,2})[:.hH](\d\d)(?:[:.](\d\d))?$/) ?? [];
  return !!hours && `${hours.padStart(2, "0")}:${minutes}:${seconds}` > clock(now);
}

/** A label beside its control. @param {Props} props */
export function Words({ store, field: { kind, value }, id, label, set }) {
  const { long, hint, time } = FIELDS[kind];
  const onInput = (/** @type {any} */ { currentTarget }) => set(currentTarget.value);
  const placeholder = hint ? store.t(hint) : "";
  const facts = { id, maxLength: long ? MAX_WORDS : 40, placeholder, autocomplete: "off", value, onInput };
  const control = long
    ? h("textarea", { rows: 2, ...facts })
    : h("input", { ...facts, inputMode: kind === "minutes" ? "numeric" : undefined });
  // Of a time that has not been today yesterday's is meant (`dashboard/shell/clock.py` takes it so).
  const day = time && isAhead(value.trim(), store.now()) ? store.t("time_yesterday") : "";
  const says = time && h("span", { class: "which-day", role: "status" }, day);
  return h("div", { class: "field beside" }, h("label", { for: id }, label), control, says);
}

/** @param {Props} props */
function Pick({ field: { value: chosen, options }, id, label, set }) {
  const onChange = (/** @type {any} */ { currentTarget }) => set(currentTarget.value);
  const all = options.map(([value, words]) => h("option", { key: value, value }, words()));
  const control = h("select", { id, value: chosen, autocomplete: "off", onChange }, h("option", { value: "" }), all);
  return h("div", { class: "field beside" }, h("label", { for: id }, label), control);
}

/** @param {Props} props */
function Radios({ field: { kind, value: chosen, options }, id, label, set }) {
  const look = `field radios${FIELDS[kind].inline ? " inline" : ""}`;
  const all = options.map(([value, words]) => {
    const facts = { type: "radio", name: id, value, checked: value === chosen, onChange: () => set(value) };
    return h("label", { key: value, class: "option" }, h("input", facts), h("span", { class: "name" }, words()));
  });
  return h("fieldset", { class: look }, h("legend", {}, label), all);
}

/** @param {Props & {search: Search}} props */
function Searched({ store, search, id, label }) {
  return h("div", { class: "choice field" }, h(Choice, { store, search, id, label }));
}

/** Who may take an alarm over: those on shift. @param {Store} store @returns {Options} */
function people(store) {
  return store.receivers().map(({ key, name, screen, holds = [] }) => {
    const away = () => screen !== "visible" && store.t(`screen.${screen}`);
    return [key, () => joined([name, store.t("person_has", { n: holds.length }), away()])];
  });
}

/** @param {Store} store @param {() => void} changed */
function zones(store, changed) {
  const search = new Search((text) => search.offer(zonesLike(store, text)), changed, changed);
  return search;
}

/** @param {Store} store @param {() => void} changed */
function cases(store, changed) {
  let n = 0;
  const search = new Search((text) => store.send({ do: "search", text, n: ++n }), changed, changed);
  /** @param {{n: number, cases: {number: string, victim: string, devices: string[]}[]}} found */
  const take = ({ n: asked, cases }) => {
    if (asked !== n) return;
    search.offer(
      cases.map(({ number, victim, devices }) => ({
        value: number,
        words: () => [number, victim, devices.join(", ")].join(" · "),
      })),
    );
  };
  store.answers("found", take);
  return search;
}
