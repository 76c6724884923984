// Something that happens: in one line of words, and as a form of its own fields.
import { element } from "../shell/format.js";
import { labelled, select } from "./parts.js";

const DEFAULT = {
  press: { press: "hold" },
  line: { state: "open" },
  link: { state: "link_lost" },
  feed: { state: "down" },
  zone: { answer: "decline", after: 0 },
  message: {},
};
export const KINDS = Object.keys(DEFAULT);
export const CHOICES = {
  press: ["hold", "long", "double", "triple", "single", "test"],
  line: ["ringing", "open", "ended"],
  link: ["link_lost", "linked", "battery_low", "app_stopped", "silent", "ok"],
  feed: ["down", "up"],
  zone: ["accept", "decline", "silence"],
};
export const WITH_DEVICE = new Set(["press", "line", "link"]);

/** What a field of an action is called and how it is filled: kind text, area, number, check, select. `only` when the action says so. */
export const FIELDS = {
  press: [
    ["press", "select", "press"],
    ["battery", "number"],
    ["located", "check"],
  ],
  line: [
    ["state", "select", "line"],
    ["script", "area", "", (action) => action.state === "open"],
    ["sound", "text", "", (action) => action.state === "open"],
  ],
  link: [
    ["state", "select", "link"],
    ["battery", "number"],
  ],
  feed: [["state", "select", "feed"]],
  zone: [
    ["answer", "select", "zone"],
    ["reason", "text", "", (action) => action.answer === "decline"],
    ["after", "number"],
  ],
  message: [
    ["sender", "text"],
    ["text", "area"],
  ],
};

/** A new action of a kind. @param {string} kind @param {string} device */
export function newAction(kind, device) {
  return { do: kind, ...(WITH_DEVICE.has(kind) ? { device } : {}), ...DEFAULT[kind] };
}

/** The words of a choice. @param {import("../shell/store.js").Store} store @param {string} kind @param {string} value */
export function choiceWords(store, kind, value) {
  return store.t(kind === "press" ? `press.${value}` : `action.${kind}.${value}`);
}

/** One line. @param {import("../shell/store.js").Store} store @param {any} action */
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
  const root = element("div", "fields");
  const inputs = new Map();
  const add = (name, input, words = store.t(`action.field.${name}`)) => {
    inputs.set(name, input);
    root.append(labelled(words, input, input.type === "checkbox" ? "tick" : ""));
  };
  if (WITH_DEVICE.has(kind))
    add(
      "device",
      select(
        devices.map((one) => [one, one]),
        devices[0] ?? "",
      ),
    );
  const first = newAction(kind, devices[0] ?? "");
  for (const [name, look, choices] of FIELDS[kind]) {
    if (look === "select")
      add(
        name,
        select(
          CHOICES[choices].map((one) => [one, choiceWords(store, kind, one)]),
          first[name],
        ),
      );
    else {
      const input = element(look === "area" ? "textarea" : "input");
      if (look === "number") input.inputMode = "numeric";
      if (input instanceof HTMLTextAreaElement) input.rows = 2;
      else if (look === "check") {
        input.type = "checkbox";
        input.checked = true;
      }
      if (name === "after") input.value = "0";
      add(name, input);
    }
  }
  const needed = { message: ["sender", "text"] }[kind] ?? [];
  const value = () => {
    const action = { do: kind };
    for (const [name, input] of inputs) {
      if (needed.includes(name) && !input.value.trim()) {
        input.focus();
        return null;
      }
      if (input.type === "checkbox") action[name] = input.checked;
      else if (input.inputMode === "numeric") {
        if (input.value.trim()) action[name] = Number(input.value.replace(",", "."));
      } else if (input.value.trim()) action[name] = input.value.trim();
    }
    return action;
  };
  return { root, value };
}
