// What the server tells this page (session.py), and what the page says of its list (view.py).

/** @typedef {import("./told.js").Look} Look @typedef {import("./told.js").Dealt} Dealt
 * @typedef {{id: string, rule: string, who: string, about: string, at_ms: number, count: number, dealt: Dealt[]}}
 * Notice @typedef {{ready: boolean, notices: Notice[], more: number, own: number, looks: number,
 * rules: Record<string, number>}} Audit
 * @typedef {import("./told.js").View} View @typedef {import("./told.js").Part} Part
 * @typedef {import("./told.js").Opened} Opened @typedef {import("./told.js").Verdict} Verdict
 * @typedef {import("./told.js").Digest} Digest */

/** Everybody's list of a period. @param {string} since @param {string} until both days in it @returns {View} */
export function whole(since, until) {
  return {
    who: "",
    role: "",
    what: "",
    case: "",
    device: "",
    since,
    until,
    alarm: "",
    missing: false,
    notice: "",
    sort: "at_ms",
    rising: false,
  };
}
