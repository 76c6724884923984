// The fields of the forms. Each has a root, a value as text, a way to set it, and perhaps facts of its own for the command.
import { element, write } from "../../shell/format.js";
import { paperTimes } from "../backfill/backfill.js";
import { Choice, zoneChoice } from "./choice.js";

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

/** @param {import("../../shell/store.js").Store} store @param {string} kind @param {any} row @param {() => void} changed */
export function field(store, kind, row, changed) {
  switch (kind) {
    case "text":
      return words(kind, store.t("field_text"), true);
    case "reason":
      return words(kind, store.t("field_reason"), true);
    case "note":
      return words(kind, store.t("field_note"), true);
    case "person":
      return person(store);
    case "unit":
      return words(kind, store.t("field_unit"));
    case "happened_at":
      return words(kind, store.t("field_time"), false, store.t("now"));
    case "to":
      return words(kind, store.t("field_time"), false, store.t("time_hint"));
    case "as_class":
      return radios(
        kind,
        store.t("field_class"),
        CLASSES.map((one) => [one, store.t(`class.${one}`)]),
        row?.as_class,
        true,
      );
    case "verified":
      return select(
        kind,
        store.t("field_verified"),
        verifiedBy(row).map((one) => [one, store.t(`verified.${one}`)]),
      );
    case "outcome":
      return select(
        kind,
        store.t("field_outcome"),
        OUTCOMES.map((one) => [one, store.t(`outcome.${one}`)]),
      );
    case "step":
      return radios(
        kind,
        store.t("field_step"),
        STEPS.map((one) => [one, store.t(`state.${one}`)]),
        "",
        true,
      );
    case "time": {
      const known = TIMES.filter((one) => store.detail?.live.times?.[one]);
      return select(
        kind,
        store.t("field_which"),
        known.map((one) => [one, store.t(`time.${one}`)]),
      );
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
      return place(store, changed);
  }
}

/** The ways to verify; at an announced test its own comes first, and is chosen by nobody but a person. */
function verifiedBy(row) {
  const own = "technician_present";
  return row?.test ? [own, ...VERIFIED.filter((one) => one !== own)] : VERIFIED;
}

function labelled(text, control) {
  const root = element("div", "field beside");
  const label = element("label", "", text);
  control.id = `field-${++made}`;
  label.htmlFor = control.id;
  root.append(label, control);
  return root;
}

function words(kind, label, long = false, hint = "") {
  const control = element(long ? "textarea" : "input");
  control.maxLength = long ? MAX_WORDS : 40;
  if (control instanceof HTMLTextAreaElement) control.rows = 2;
  control.placeholder = hint;
  control.autocomplete = "off";
  return {
    kind,
    label,
    root: labelled(label, control),
    value: () => control.value.trim(),
    set: (text) => (control.value = text),
  };
}

function minutes(label) {
  const one = words("minutes", label);
  const control = one.root.querySelector("input");
  control.inputMode = "numeric";
  control.value = "60";
  return { ...one, facts: () => ({ minutes: Number.parseInt(one.value(), 10) || 0 }) };
}

function select(kind, label, options) {
  const control = element("select");
  control.append(
    element("option", "", ""),
    ...options.map(([value, text]) => {
      const option = element("option", "", text);
      option.value = value;
      return option;
    }),
  );
  control.options[0].value = "";
  return {
    kind,
    label,
    root: labelled(label, control),
    value: () => control.value,
    set: (text) => (control.value = text),
  };
}

function radios(kind, label, options, chosen = "", inline = false) {
  const root = element("fieldset", `field radios${inline ? " inline" : ""}`);
  root.append(element("legend", "", label));
  const name = `field-${++made}`;
  for (const [value, text] of options) {
    const one = element("label", "option");
    const input = element("input");
    input.type = "radio";
    input.name = name;
    input.value = value;
    input.checked = value === chosen;
    one.append(input, element("span", "name", text));
    root.append(one);
  }
  const inputs = [...root.querySelectorAll("input")];
  return {
    kind,
    label,
    root,
    value: () => inputs.find((one) => one.checked)?.value ?? "",
    set: (text) => inputs.forEach((one) => (one.checked = one.value === text)),
  };
}

/** Who may take an alarm over: those on shift. The only one there is chosen beforehand; an offer binds nobody. */
function person(store) {
  const people = store.receivers();
  const text = ({ name, screen, holds }) =>
    [name, store.t("person_has", { n: (holds ?? []).length }), screen === "visible" ? "" : store.t(`screen.${screen}`)]
      .filter(Boolean)
      .join(" · ");
  const one = radios(
    "person",
    store.t("field_person"),
    people.map((who) => [who.key, text(who)]),
    people.length === 1 ? people[0].key : "",
  );
  // Who was chosen in a draft may have left.
  return {
    ...one,
    facts: () => ({ to: one.value() }),
    set: (key) => people.some((who) => who.key === key) && one.set(key),
  };
}

function zone(store, changed) {
  const choice = zoneChoice(store, store.t("field_zone"), changed);
  // A name that was typed but not chosen is no zone, and must not be lost silently.
  return {
    kind: "zone",
    label: store.t("field_zone"),
    root: wrapped(choice),
    value: () => choice.value,
    unfinished: () => choice.input.value.trim() !== "",
    set: (value) => choice.choose(value, store.zone(store.zones[value] ?? value)),
  };
}

function caseOf(store, changed) {
  let n = 0;
  const choice = new Choice(store.t("field_case"), (text) => store.send({ do: "search", text, n: ++n }), changed);
  store.answers("found", (found) => {
    if (found.n !== n) return;
    choice.offer(
      found.cases.map((one) => ({
        value: one.number,
        text: [one.number, one.victim, one.devices.join(", ")].join(" · "),
      })),
    );
  });
  return {
    kind: "case",
    label: store.t("field_case"),
    root: wrapped(choice),
    value: () => choice.value || choice.input.value.trim(),
    set: (value) => choice.choose(value, value),
  };
}

function wrapped(choice) {
  choice.root.classList.add("field");
  return choice.root;
}

function place(store, changed) {
  const root = element("div", "field place-field");
  const button = element("button", "do", store.t("place_click"));
  button.type = "button";
  const said = element("span", "place-said");
  said.setAttribute("role", "status");
  root.append(button, said);
  let at = null;
  const show = (placed) => {
    at = placed;
    write(said, store.t("place_is", { lat: at.lat.toFixed(5), lon: at.lon.toFixed(5), zone: store.zone(at.name) }));
    store.send({ do: "map", what: "placing", on: false });
    changed();
  };
  button.addEventListener("click", () => {
    store.send({ do: "map", what: "placing", on: true });
    write(said, store.t("place_waiting"));
  });
  store.answers("placed", show);
  return {
    kind: "place",
    label: store.t("field_place"),
    root,
    value: () => (at ? JSON.stringify(at) : ""),
    set: (text) => show(JSON.parse(text)),
    facts: () => ({ lat: at.lat, lon: at.lon }),
    end: () => store.send({ do: "map", what: "placing", on: false }),
  };
}
