// The zones that were told to stand down and have not said that they do: each with the button for what the radio says.
import { h } from "../../shell/kit.js";
import { standDowns } from "../escalation/stand_down.js";

/** @typedef {import("../../shell/wire.js").Row} Row */

/** What the radio confirms: of this zone, or of the only one; of several a key picks none. @param {Row | null} row
 *  @param {string} [zone] */
export function standDownOf(row, zone) {
  const waits = row?.standing_down ?? [];
  const one = waits.find((each) => (zone ? each.zone === zone : waits.length === 1));
  return one && { zone: one.zone, unit: one.unit ?? "" };
}

/** @param {{store: import("../../shell/store.js").Store, row: Row | null, button: (zone: string) => unknown}} props */
export function StandDown({ store, row, button }) {
  if (!row?.standing_down?.length) return null;
  const said = standDowns(store, row);
  return h(
    "section",
    // The key stands where it acts.
    { class: `stand-down${said.length > 1 ? " several" : ""}` },
    row.standing_down.map(({ zone }, n) => {
      const [kind, words] = said[n];
      return h(
        "div",
        { key: zone, class: "line" },
        h("strong", { class: kind }, words),
        /** @type {any} */ (button(zone)),
      );
    }),
  );
}
