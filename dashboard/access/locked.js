// What stands in the place of a page that nobody signed in to: that it is locked, why, and the way to sign in.
import { element } from "../shell/format.js";

/** @param {import("../shell/store.js").Store} store @param {string} base @param {Node} why
 * @param {string} [next] where the way leads back to */
export function lockedPanel(store, base, why, next) {
  return element(
    "section",
    { class: "locked", hidden: true },
    element("h2", "", store.t("locked")),
    why,
    element(
      "form",
      { method: "get", action: `${base}sign-in` },
      next ? element("input", { type: "hidden", name: "next", value: next }) : null,
      element("button", "do primary", store.t("sign_in")),
    ),
  );
}
