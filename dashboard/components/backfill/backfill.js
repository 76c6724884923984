// The times that stood on a sheet of paper, side by side: one field of the form that enters it.
import { element } from "../../shell/format.js";

const TIMES = ["raised_at", "acknowledged_at", "routed_at", "en_route_at", "on_scene_at", "safe_at", "closed_at"];
let made = 0;

/** @param {import("../../shell/store.js").Store} store */
export function paperTimes(store) {
  const root = element("fieldset", "field paper-times");
  const legend = element("legend", "visually-hidden", store.t("field_time"));
  root.append(legend);
  const field = (/** @type {string} */ name) => {
    const day = name === "day";
    const hint = store.t(day ? "paper_day_hint" : "time_hint_short");
    const input = element("input", { id: `paper-${++made}`, autocomplete: "off", maxlength: 10, placeholder: hint });
    root.append(
      element("label", "paper-time", element("span", "", store.t(day ? "paper_day" : `paper.${name}`)), input),
    );
    return input;
  };
  const inputs = new Map(["day", ...TIMES].map((name) => [name, field(name)]));
  const first = /** @type {HTMLInputElement} */ (inputs.get("raised_at"));
  const typed = () => Object.fromEntries([...inputs].map(([name, input]) => [name, input.value.trim()]));
  return {
    kind: "paper_times",
    label: () => store.t("paper.raised_at"),
    root,
    typed,
    first,
    value: () => (first.value.trim() ? JSON.stringify(typed()) : ""),
    kept: () => JSON.stringify(typed()),
    set: (/** @type {string} */ text) => {
      const known = JSON.parse(text);
      for (const [name, input] of inputs) input.value = known[name] ?? input.value;
    },
    facts: () => ({}),
  };
}
