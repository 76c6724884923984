// The times that stood on a sheet of paper, side by side: one field of the form that enters it.
import { h } from "../../shell/kit.js";

const TIMES = ["raised_at", "acknowledged_at", "routed_at", "en_route_at", "on_scene_at", "safe_at", "closed_at"];

/** The day and the times as they were typed, by their names. @param {string} value @returns {Record<string, string>} */
export function paperTimes(value) {
  return value ? JSON.parse(value) : Object.fromEntries(["day", ...TIMES].map((name) => [name, ""]));
}

/** @param {{store: import("../../shell/store.js").Store, field: {value: string}, id: string,
 *  set: (value: string) => void}} props */
export function Paper({ store, field, id, set }) {
  const typed = paperTimes(field.value);
  return h(
    "fieldset",
    { class: "field paper-times" },
    h("legend", { class: "visually-hidden" }, store.t("field_time")),
    Object.keys(typed).map((name) => {
      const day = name === "day";
      const facts = {
        id: `${id}-${name}`,
        autocomplete: "off",
        maxLength: 10,
        placeholder: store.t(day ? "paper_day_hint" : "time_hint_short"),
        value: typed[name],
        onInput: (/** @type {any} */ { currentTarget }) =>
          set(JSON.stringify({ ...paperTimes(field.value), [name]: currentTarget.value })),
      };
      const words = h("span", {}, store.t(day ? "paper_day" : `paper.${name}`));
      return h("label", { key: name, class: "paper-time" }, words, h("input", facts));
    }),
  );
}
