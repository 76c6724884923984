// Something that happens: in one line of words, and as a form of its own fields.
import { labelled, select } from "../shell/build.js";
import { element } from "../shell/format.js";

/** @typedef {import("./draft.js").Action} Action
 * @typedef {[name: string, look: "text" | "area" | "number" | "check" | "select", only?: (action: Action) => boolean]}
 * Field how it is filled: a select of the kind's choices; `only` when the action says so */

/** @type {Record<string, Record<string, unknown>>} */
const DEFAULT = {
  press: { press: "hold" },
  line: { state: "open" },
  link: { state: "link_lost" },
  feed: { state: "down" },
  zone: { answer: "decline", after: 0 },
  message: {},
};
export const KINDS = Object.keys(DEFAULT);
/** @type {Record<string, string[]>} */
const CHOICES = {
  press: ["hold", "long", "double", "triple", "single", "test"],
  line: ["ringing", "open", "ended"],
  link: ["link_lost", "linked", "battery_low", "app_stopped", "silent", "ok"],
  feed: ["down", "up"],
  zone: ["accept", "decline", "silence"],
};
export const WITH_DEVICE = new Set(["press", "line", "link"]);

/** The fields of an action. @type {Record<string, Field[]>} */
export const FIELDS = {
  press: [
    ["press", "select"],
    ["battery", "number"],
    ["located", "check"],
  ],
  line: [
    ["state", "select"],
    ["script", "area", (action) => action.state === "open"],
    ["sound", "text", (action) => action.state === "open"],
  ],
  link: [
    ["state", "select"],
    ["battery", "number"],
  ],
  feed: [["state", "select"]],
  zone: [
    ["answer", "select"],
    ["reason", "text", (action) => action.answer === "decline"],
    ["after", "number"],
  ],
  message: [
    ["sender", "text"],
    ["text", "area"],
  ],
};

/** A new action of a kind. @param {string} kind @param {string} device @returns {Action} */
export function newAction(kind, device) {
  return { do: kind, ...(WITH_DEVICE.has(kind) ? { device } : {}), ...DEFAULT[kind] };
}

/** The words of a choice. @param {import("../shell/store.js").Store} store @param {string} kind
 * @param {string} value */
function choiceWords(store, kind, value) {
  return store.t(kind === "press" ? `press.${value}` : `action.${kind}.${value}`);
}

/** What a kind's select offers, with the words. @param {import("../shell/store.js").Store} store @param {string} kind
 * @returns {[string, string][]} */
export function choices(store, kind) {
  return CHOICES[kind].map((one) => [one, choiceWords(store, kind, one)]);
}

/** One line. @param {import("../shell/store.js").Store} store @param {Action} action */
export function actionWords(store, action) {
  const facts = { device: action.device ?? "", sender: action.sender ?? "", text: action.text ?? "" };
  switch (action.do) {
    case "press":
      return store.t("said.press", { ...facts, press: choiceWords(store, "press", action.press ?? "hold") });
    case "message":
      return facts.text ? store.t("said.message", facts) : store.t("action.message");
    case "line":
    case "link":
      return store.t("said.device", { ...facts, what: choiceWords(store, action.do, action.state) });
    case "feed":
      return choiceWords(store, "feed", action.state);
    default:
      return choiceWords(store, "zone", action.answer) + (action.reason ? `: ${action.reason}` : "");
  }
}

/** A form that stands alone: `value()` is the action, or null when something needed is missing (it has the focus then).
 * @param {import("../shell/store.js").Store} store @param {string} kind @param {string[]} devices */
export function actionForm(store, kind, devices) {
  const first = newAction(kind, devices[0] ?? "");
  /** @type {Map<string, HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>} */
  const inputs = new Map();
  if (WITH_DEVICE.has(kind))
    inputs.set(
      "device",
      select(
        devices.map((one) => [one, one]),
        devices[0] ?? "",
      ),
    );
  for (const [name, look] of FIELDS[kind]) {
    if (look === "select") inputs.set(name, select(choices(store, kind), first[name]));
    else if (look === "area") inputs.set(name, element("textarea", { rows: 2 }));
    else if (look === "check") inputs.set(name, element("input", { type: "checkbox", checked: true }));
    else
      inputs.set(name, element("input", { inputmode: look === "number" && "numeric", value: name === "after" && "0" }));
  }
  const rows = [...inputs].map(([name, input]) =>
    labelled(store.t(`action.field.${name}`), input, input.type === "checkbox" ? "tick" : ""),
  );
  const needed = kind === "message" ? ["sender", "text"] : [];
  const value = () => {
    /** @type {Action} */
    const action = { do: kind };
    for (const [name, input] of inputs) {
      const text = input.value.trim();
      if (needed.includes(name) && !text) {
        input.focus();
        return null;
      }
      if (input instanceof HTMLInputElement && input.type === "checkbox") action[name] = input.checked;
      else if (text) action[name] = input.inputMode === "numeric" ? Number(text.replace(",", ".")) : text;
    }
    return action;
  };
  return { root: element("div", "fields", ...rows), value };
}
