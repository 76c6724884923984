// What the server tells this page (session.py), and what the page says of its list (view.py).

/** @typedef {{seq: number, at_ms: number, who: string, role: string, what: string, kind: string, case: string, device: string,
 *   incident: string, need: string, why: string, given: boolean, alarm: string, there: boolean, command: boolean, quiet_days: number}} Look
 *  @typedef {{state: string, at_ms: number, who: string, note: string}} Dealt
 *  @typedef {{id: string, rule: string, who: string, about: string, at_ms: number, count: number, dealt: Dealt[]}} Notice
 *  @typedef {{ready: boolean, notices: Notice[], more: number, own: number, rules: Record<string, number>}} Audit
 *  @typedef {{who: string, role: string, what: string, case: string, device: string, since: string, until: string, alarm: string,
 *   missing: boolean, notice: string, sort: string, rising: boolean}} View
 *  @typedef {{start: number, count: number, own: number, counts: {all: number, with: number, without: number},
 *   people: Record<string, [number, number, number]>, roles: Record<string, number>, kinds: Record<string, number>}} Listed
 *  @typedef {{n: number, listed: Listed, rows: Look[], marks: [at: number, asked: boolean][]}} Part
 *  @typedef {{look: Look, stream: string, version: number, words: string, cases: string[], more: number}} Opened
 *  @typedef {{ok: boolean, records: number, streams: number, checkpoints: number, head: string, findings: string[], more: number,
 *   at_ms: number, took_ms: number}} Verdict
 *  @typedef {{day: string, looks: number, people: number, open: number, without: number, missing: number,
 *   kinds: Record<string, number>, notices: Record<string, number>}} Digest */

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
