// How a person stands on this page: under the beginning of their pseudonym, or by the name that was opened, with a
// reason, on this page.

const BEGINNING = 6;
const UNASKED = new Set(["kept_from", "break_glass"]); // nobody is asked why

export class People {
  constructor() {
    /** @type {Map<string, string>} */
    this.named = new Map();
  }

  /** @param {string} pseudonym */
  of(pseudonym) {
    return this.named.get(pseudonym) ?? `#${pseudonym.slice(0, BEGINNING).toUpperCase()}`;
  }

  /** Another person stands before the page. */
  forget() {
    this.named.clear();
  }
}

/** The roles of somebody, in words. @param {import("../shell/store.js").Store} store
 * @param {string} roles space-separated @returns {string[]} */
export function duties(store, roles) {
  return roles
    .split(" ")
    .filter(Boolean)
    .map((role) => store.t(`role.${role}`));
}

const CHANGES = new Set(["case_step", "cases_imported"]); // what is noted there, not what is shown after it

/** What was shown or done. @param {import("../shell/store.js").Store} store @param {import("./wire.js").Look} look */
export function what(store, { kind, what: shown }) {
  return store.t(CHANGES.has(kind) ? `audit.kind.${kind}` : `audit.what.${shown}`);
}

/** Why somebody looked: what the alarm was to them, or the reason they gave; "" where they gave none.
 *  @param {import("../shell/store.js").Store} store @param {import("./wire.js").Look} look */
export function why(store, look) {
  if (look.need) return store.t(`audit.need.${look.need}`);
  if (look.why) return store.t(`reason.${look.why}`);
  return look.given && !UNASKED.has(look.what) ? store.t("audit.given") : "";
}

/** Whether a reason should be there and is not. @param {import("./wire.js").Look} look */
export function missing(look) {
  const about = look.case || look.device || look.incident;
  const asked = about && look.role && look.what !== "audit" && look.alarm !== "technical";
  return Boolean(asked) && !look.need && !look.given;
}
