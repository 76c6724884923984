// The keyboards of Belgium as their keys write: the letters of AZERTY, of the Dutch QWERTY (US International) and of
// QWERTZ.
import { readFileSync } from "node:fs";

/** What each key writes, without Shift and with it, by the key's place.
 * @type {Record<string, Record<string, [string, string]>>} */
export const LAYOUTS = JSON.parse(readFileSync(new URL("./layouts.json", import.meta.url), "utf-8"));

/** A key event as far as a page reads it. @param {Partial<KeyboardEvent> & {graph?: boolean}} facts @returns {any} */
export function pressed({ graph = false, ...facts }) {
  return {
    ...{ key: "", code: "", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, isComposing: false },
    ...{ defaultPrevented: false, repeat: false, keyCode: 0, composedPath: () => [] },
    getModifierState: (/** @type {string} */ name) => graph && name === "AltGraph",
    ...facts,
  };
}

/** The event of the key that writes this on a layout. @param {string} layout @param {string} key
 * @param {object} [facts] */
export function typed(layout, key, facts = {}) {
  for (const [code, writes] of Object.entries(LAYOUTS[layout]))
    for (const [shift, one] of writes.entries())
      if (one === key) return pressed({ key, code, shiftKey: shift === 1, ...facts });
  throw new Error(`${layout} writes no ${key}`);
}
