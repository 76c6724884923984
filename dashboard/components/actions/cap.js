// A key on the button that does the same, as the person before the page has it: gone while it does nothing.
import { h } from "../../shell/kit.js";

/** @typedef {import("../../shell/store.js").Store} Store */

/** @param {{store: Store, name: string}} props */
export function Cap({ store, name }) {
  const label = store.keys.label(name);
  return label ? h("kbd", {}, label) : null;
}

/** What the button says of its key to whoever hears the page. @param {Store} store @param {string} name */
export function keyed(store, name) {
  return { "aria-keyshortcuts": store.keys.label(name).replace("⇧", "Shift+") || undefined };
}
