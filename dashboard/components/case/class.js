// What kind of press it was, in words; a class from before she pressed again, or before it was opened again, is said to
// be earlier.
import { clock } from "../../shell/format.js";

/** @param {import("../../shell/store.js").Store} store
 *  @param {{as_class?: string, earlier_class?: string, earlier_at?: number}} row "" where nobody has said */
export function classOf(store, { as_class: now, earlier_class: earlier, earlier_at: at }) {
  if (now) return store.t(`class.${now}`);
  if (!earlier) return "";
  return store.t("class_earlier", { as_class: store.t(`class.${earlier}`), time: clock(at).slice(0, 5) });
}
