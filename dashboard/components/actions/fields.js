// The fields of the forms. Each has a root, a value as text, a way to set it, and perhaps facts of its own for the
// command.
import { beside, choice, select as choices } from "../../shell/build.js";
import { clock, element, joined, write } from "../../shell/format.js";
import { again } from "../../shell/phrases.js";
import { paperTimes } from "../backfill/backfill.js";
import { Choice, zoneChoice } from "./choice.js";
import { where } from "./where.js";

const CLASSES = ["real", "test", "accidental", "unknown"];
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
// What was only said on the line comes last: it may be said under duress.
const VERIFIED = ["unit_saw_victim", "safe_word", "technician_present", "duplicate", "said_on_line"];
const STEPS = ["accepted", "en_route", "on_scene", "safe"];
const TIMES = [
  "pressed",
  "received",
  "presented",
  "acknowledged",
  "listening",
  "routed",
  "accepted",
  "en_route",
  "on_scene",
  "safe",
  "closed",
];
const MAX_WORDS = 2000;
let made = 0;

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row
 * @typedef {{kind: string, label: () => unknown, root: HTMLElement, value: () => string, set: (text: string) => void,
 * facts?: () => object, typed?: () => Record<string, string>, kept?: () => string, unfinished?: () => boolean, end?: ()
 * => void, first?: HTMLElement}} Field `typed`: times of day as they were typed; `kept`: what a draft keeps; `first`:
 * where a hand begins */

/** @param {Store} store @param {string} kind @param {Row | import("../../shell/wire.js").DeviceRow | null} row
 * @param {() => void} changed @returns {Field} */
export function field(store, kind, row, changed) {
  /** @param {string} set @param {string[]} names @returns {[string, string][]} */
  const worded = (set, names) => names.map((one) => [one, store.t(`${set}.${one}`)]);
  switch (kind) {
    case "text":
      return words(kind, store.t("field_text"), true);
    case "reason":
      return words(kind, store.t("field_reason"), true, store.t("reason_hint"));
    case "note":
      return words(kind, store.t("field_note"), true);
    case "person":
      return person(store);
    case "number": {
      const made = words(kind, store.t("field_cad_number"));
      made.set((row && "cad" in row && row.cad) || "");
      return made;
    }
    case "unit":
      return words(kind, store.t("field_unit"));
    case "recording_reference":
      return words(kind, store.t("field_recording"), false, store.t("recording_hint"));
    case "happened_at":
      return timeOfDay(store, kind, store.t("now"));
    case "to":
      return timeOfDay(store, kind, store.t("time_hint"));
    case "as_class": {
      const known = row && "as_class" in row ? row.as_class : "";
      return radios(kind, store.t("field_class"), worded("class", CLASSES), known, true);
    }
    case "verified":
      return select(kind, store.t("field_verified"), worded("verified", verifiedBy(row)));
    case "outcome":
      return select(kind, store.t("field_outcome"), worded("outcome", OUTCOMES));
    case "step":
      return radios(kind, store.t("field_step"), worded("state", STEPS), "", true);
    case "time": {
      const known = TIMES.filter((one) => store.detail?.live.times?.[one]);
      return select(kind, store.t("field_which"), worded("time", known));
    }
    case "paper_times":
      return paperTimes(store);
    case "minutes":
      return minutes(store.t("field_minutes"));
    case "zone":
      return zone(store, changed);
    case "case":
      return caseOf(store, changed);
    default:
      return where(store, changed);
  }
}

/** The ways to verify; at an announced test its own comes first, and is chosen by nobody but a person.
 * @param {object | null} row */
function verifiedBy(row) {
  const own = "technician_present";
  return row && "test" in row ? [own, ...VERIFIED.filter((one) => one !== own)] : VERIFIED;
}

/** A field of one control. @param {string} kind @param {string} label
 *  @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} control @returns {Field} */
function one(kind, label, control) {
  const root = beside(label, control, "field beside");
  return { kind, label: again(label), root, value: () => control.value.trim(), set: (text) => (control.value = text) };
}

/** @param {string} kind @param {string} label */
function words(kind, label, long = false, placeholder = "") {
  const facts = { maxlength: long ? MAX_WORDS : 40, placeholder, autocomplete: "off" };
  return one(kind, label, long ? element("textarea", { rows: 2, ...facts }) : element("input", facts));
}

/** A time of day; of one that has not been today it says that yesterday's is meant (`dashboard/shell/clock.py` takes it
 * so). @param {Store} store @param {string} kind @param {string} placeholder */
function timeOfDay(store, kind, placeholder) {
  const made = words(kind, store.t("field_time"), false, placeholder);
  const said = element("span", "which-day", { role: "status" });
  made.root.append(said);
  made.root.addEventListener("input", () =>
    write(said, isAhead(made.value(), store.now()) ? store.t("time_yesterday") : ""),
  );
  return made;
}

/** Whether what was typed is a time that the Belgian day has not reached. @param {string} typed
 * @param {number} now in ms */
export function isAhead(typed, now) {
  const [, hours, minutes, seconds = "00"] = typed.match(/^(\d{1,2})[:.hH](\d\d)(?:[:.](\d\d))?$/) ?? [];
  return !!hours && `${hours.padStart(2, "0")}:${minutes}:${seconds}` > clock(now);
}

/** @param {string} label */
function minutes(label) {
  const facts = { maxlength: 40, autocomplete: "off", inputmode: "numeric", value: "60" };
  const made = one("minutes", label, element("input", facts));
  return { ...made, facts: () => ({ minutes: Number.parseInt(made.value(), 10) || 0 }) };
}

/** @param {string} kind @param {string} label @param {[string, string][]} options */
function select(kind, label, options) {
  return one(kind, label, choices([["", ""], ...options]));
}

/** @param {string} kind @param {string} label @param {[string, string][]} options @returns {Field} */
function radios(kind, label, options, chosen = "", inline = false) {
  const root = element("fieldset", `field radios${inline ? " inline" : ""}`, element("legend", "", label));
  const name = `field-${++made}`;
  root.append(
    ...options.map(([value, text]) =>
      choice("option", text, { type: "radio", name, value, checked: value === chosen }),
    ),
  );
  const inputs = [...root.querySelectorAll("input")];
  return {
    kind,
    label: again(label),
    root,
    value: () => inputs.find((one) => one.checked)?.value ?? "",
    set: (text) => inputs.forEach((one) => (one.checked = one.value === text)),
  };
}

/** Who may take an alarm over: those on shift. The only one there is chosen beforehand; an offer binds nobody.
 * @param {Store} store */
function person(store) {
  const people = store.receivers();
  /** @param {import("../../shell/wire.js").Person} who */
  const text = ({ name, screen, holds = [] }) =>
    joined([name, store.t("person_has", { n: holds.length }), screen !== "visible" && store.t(`screen.${screen}`)]);
  const one = radios(
    "person",
    store.t("field_person"),
    people.map((who) => [who.key, text(who)]),
    people.length === 1 ? people[0].key : "",
  );
  return {
    ...one,
    facts: () => ({ to: one.value() }),
    // Who was chosen in a draft may have left.
    set: (/** @type {string} */ key) => people.some((who) => who.key === key) && one.set(key),
  };
}

/** @param {Store} store @param {() => void} changed @returns {Field} */
function zone(store, changed) {
  const choice = zoneChoice(store, store.t("field_zone"), changed);
  // A name that was typed but not chosen is no zone, and must not be lost silently.
  return {
    kind: "zone",
    label: () => store.t("field_zone"),
    root: wrapped(choice),
    value: () => choice.value,
    unfinished: () => choice.input.value.trim() !== "",
    set: (value) => choice.choose(value, store.zone(store.zones[value] ?? value)),
  };
}

/** @param {Store} store @param {() => void} changed @returns {Field} */
function caseOf(store, changed) {
  let n = 0;
  const choice = new Choice(
    store,
    store.t("field_case"),
    (text) => store.send({ do: "search", text, n: ++n }),
    changed,
  );
  /** @param {{n: number, cases: {number: string, victim: string, devices: string[]}[]}} found */
  const take = ({ n: asked, cases }) => {
    const text = (/** @type {(typeof cases)[0]} */ { number, victim, devices }) =>
      [number, victim, devices.join(", ")].join(" · ");
    if (asked === n) choice.offer(cases.map((one) => ({ value: one.number, text: text(one) })));
  };
  store.answers("found", take);
  return {
    kind: "case",
    label: () => store.t("field_case"),
    root: wrapped(choice),
    value: () => choice.value || choice.input.value.trim(),
    set: (value) => choice.choose(value, value),
  };
}

/** @param {Choice} choice */
function wrapped(choice) {
  choice.root.classList.add("field");
  return choice.root;
}
