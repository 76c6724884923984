// The times that stood on a sheet of paper, side by side: one field of the form that enters it.
import { element } from "../../shell/format.js";

const TIMES = ["raised_at", "acknowledged_at", "routed_at", "en_route_at", "on_scene_at", "safe_at", "closed_at"];
let made = 0;

/** @param {import("../../shell/store.js").Store} store */
export function paperTimes(store) {
  const root = element("fieldset", "field paper-times");
  const legend = element("legend", "visually-hidden", store.t("field_time"));
  root.append(legend);
  const inputs = new Map(
    ["day", ...TIMES].map((name) => {
      const one = element("label", "paper-time");
      const input = element("input");
      input.id = `paper-${++made}`;
      input.autocomplete = "off";
      input.maxLength = 10;
      input.placeholder = store.t(name === "day" ? "paper_day_hint" : "time_hint_short");
      one.append(element("span", "", store.t(name === "day" ? "paper_day" : `paper.${name}`)), input);
      root.append(one);
      return [name, input];
    }),
  );
  const typed = () => Object.fromEntries([...inputs].map(([name, input]) => [name, input.value.trim()]));
  return {
    kind: "paper_times",
    label: store.t("paper.raised_at"),
    root,
    typed,
    focus: () => inputs.get("raised_at").focus(),
    value: () => (inputs.get("raised_at").value.trim() ? JSON.stringify(typed()) : ""),
    kept: () => JSON.stringify(typed()),
    set: (text) =>
      Object.entries(JSON.parse(text)).forEach(([name, value]) => inputs.has(name) && (inputs.get(name).value = value)),
    facts: () => ({}),
  };
}
