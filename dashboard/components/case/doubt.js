// That the newest position may be wrong, and why, in the same words wherever it stands.
import { duration, metres } from "../../shell/format.js";

/** @param {import("../../shell/store.js").Store} store @param {import("../../shell/wire.js").Live | undefined} live */
export function doubtOf(store, live) {
  if (live?.doubt_m == null) return "";
  const span = duration(store.words, (live.doubt_s ?? 0) * 1000);
  return store.t("doubt", { m: metres(store.words, live.doubt_m), span });
}
