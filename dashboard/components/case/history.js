// Sentences of the history, from the codes of case/history.py.
import { clock, clockAndDay, joined } from "../../shell/format.js";

/** @param {import("../../shell/store.js").Store} store @param {import("../../shell/wire.js").Line} line */
export function sentence(store, line) {
  const beside = (/** @type {number | undefined} */ ms) => clockAndDay(ms, line.at ?? store.now(), store.language);
  const what = ["press", "class", "time"]
    .map((kind) => `${kind}.${line.what}`)
    .find((key) => Object.hasOwn(store.words, key));
  const text = store.t(`history.${line.code}`, {
    who: line.who || store.t("somebody"),
    zone: store.zone(line.zone),
    n: line.n ?? 0,
    what: what ? store.t(what) : (line.what ?? ""),
    to: line.code.endsWith("_announced") ? clock(line.to).slice(0, 5) : beside(line.to),
  });
  const parts = [text];
  if (line.source && line.source !== "person" && !line.code.startsWith("ordered"))
    // What came by voice came to somebody, who entered it.
    parts.push(
      store.t(line.source === "radio" && line.who ? "history_source_by" : "history_source", {
        source: store.t(`source.${line.source}`),
        who: line.who ?? "",
      }),
    );
  // With an order goes the unit that was asked for.
  if (line.text) parts.push(line.code.startsWith("ordered") ? store.t("asked_unit", { unit: line.text }) : line.text);
  if (line.entered) parts.push(store.t("history_entered", { time: beside(line.entered) }));
  if (line.unrecorded) parts.push(store.t("history_unrecorded"));
  return joined(parts);
}
