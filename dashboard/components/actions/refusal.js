// Why an action is refused on an alarm that changed just now.
import { sentence } from "../case/history.js";

/** That an alarm changed just now, and what somebody did with it. @param {import("../../shell/store.js").Store} store
 *  @param {{id: string, label: string}} row */
export function changed(store, row) {
  const by = store.guards.of(row.id);
  if (!by?.code) return store.t("refused_guard", { label: row.label });
  const what = sentence(store, { at: 0, code: by.code, who: by.who, what: by.what, zone: by.zone });
  return store.t("refused_guard_by", { label: row.label, what });
}
