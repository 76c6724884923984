// An alarm as the trainer sees it: its shape, its name, its state, who has it, where it was sent.
import { element, ticking, write, writeParts } from "../shell/format.js";
import { button, parts } from "./parts.js";
import { shape, shapeOf } from "../shell/shapes.js";

/** @param {(incident: string) => void} fly shows it on the map @param {{id: string}} row */
export function makeAlarm(fly, { id }) {
  const item = element("li", "alarm");
  const said = element("div", "said");
  said.append(
    button("pick", "", () => fly(id)),
    element("p"),
    element("p", "under"),
  );
  item.append(element("span", "glyph"), said, element("span", "age"));
  return item;
}

/** @param {import("../shell/store.js").Store} store @param {HTMLElement} item @param {any} row @param {number} [now] the exercise's or replay's own clock, ms */
export function fillAlarm(store, item, row, now) {
  const [glyph, said, age] = parts(item);
  const [label, state, under] = parts(said);
  const name = shapeOf(row.state, "press");
  if (glyph.dataset.shape !== name) {
    glyph.dataset.shape = name;
    glyph.replaceChildren(shape(name, 22));
  }
  item.dataset.state = row.state;
  write(label, row.presses > 1 ? `${row.label} · ${store.t("presses", { n: row.presses })}` : row.label);
  writeParts(state, [store.t(`state.${row.state}`), row.owner || (row.state === "closed" ? "" : store.t("nobody"))]);
  writeParts(under, [
    row.zone_name ? store.zone(row.zone_name) : "",
    row.order_zone ? store.t("training.sent_to", { zone: store.zone(row.order_zone) }) : "",
    row.as_class ? store.t(`class.${row.as_class}`) : "",
  ]);
  under.hidden = !under.textContent;
  write(age, now && row.state !== "closed" && row.received ? ticking(now - row.received) : "");
}
