// An alarm as the trainer sees it: its shape, its name, its state, who has it, where it was sent.
import { classOf } from "../components/case/class.js";
import { sentOf, whereOf } from "../components/queue/says.js";
import { button, parts, redraw } from "../shell/build.js";
import { element, joined, ticking, write, writeParts } from "../shell/format.js";
import { shape, shapeOf } from "../shell/shapes.js";

/** @typedef {import("../shell/store.js").Row} Row */

/** @param {(incident: string) => void} fly shows it on the map @param {Row} row */
export function makeAlarm(fly, { id }) {
  const pick = button("pick", "", () => fly(id));
  const said = element("div", "said", pick, element("p"), element("p", "under"));
  return element("li", "alarm", element("span", "glyph"), said, element("span", "age"));
}

/** The rows of a replay or an exercise that there are. @param {Record<string, Row | null>} rows */
export function there(rows) {
  return Object.values(rows).filter((row) => row !== null);
}

/** @param {import("../shell/store.js").Store} store @param {HTMLElement} item @param {Row} row
 * @param {number} [now] the exercise's or replay's own clock, ms */
export function fillAlarm(store, item, row, now) {
  const [glyph, said, age] = parts(item);
  const [label, state, under] = parts(said);
  const name = shapeOf(row.state, "press");
  redraw(glyph, name, () => [shape(name, 22)]);
  item.dataset.state = row.state;
  write(label, joined([row.label, (row.presses ?? 0) > 1 && store.t("presses", { n: row.presses })]));
  writeParts(state, [store.t(`state.${row.state}`), row.owner || (row.state === "closed" ? "" : store.t("nobody"))]);
  writeParts(under, [whereOf(store, row), sentOf(store, row), classOf(store, row)]);
  under.hidden = !under.textContent;
  write(age, now && row.state !== "closed" && row.received ? ticking(now - row.received) : "");
}
