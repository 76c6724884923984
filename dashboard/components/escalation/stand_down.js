// Who was told to stand down and has not confirmed it, in words: a patrol may still drive there.
import { joined, ticking } from "../../shell/format.js";

const LATE_MS = 60_000; // a zone that was told has called its patrol within a minute, or somebody asks

/** Of each zone [kind, sentence]. @param {import("../../shell/store.js").Store} store
 * @param {import("../../shell/wire.js").Row} row
 * @param {(at: number) => string} [since] how it is written since when */
export function standDowns(store, row, since = (at) => ticking(Math.max(0, store.now() - at))) {
  return (row.standing_down ?? []).map(({ zone_name: name, unit, at }) => {
    const said = store.t("stand_down_row", { zone: store.zone(name) });
    return [
      store.now() - at < LATE_MS ? "warn" : "bad",
      joined([said, unit && store.t("unit", { unit }), since(at)]).replaceAll(" · ", ", "),
    ];
  });
}
