// What the server tells a page: its message types (told.d.ts) by the names that scripts use, and what no message type
// says.

/** @typedef {import("./told.js").Change} Change the n-th that an operator notices
 * @typedef {import("./told.js").Row & {key: string, reserved?: boolean, open?: string[]}} Row `key`: what the page
 * calls this change @typedef {import("./told.js").DeviceRow & {key: string, reserved?: undefined}} DeviceRow
 * @typedef {import("./told.js").Past} Past @typedef {import("./told.js").Test} Test
 * @typedef {import("./told.js").StandingDown} StandingDown @typedef {import("./told.js").FeedRow} Feed
 * @typedef {import("./told.js").Health} Health @typedef {import("./told.js").PersonRow} Person
 * @typedef {import("./told.js").Offer} Offer @typedef {import("./told.js").News} Together
 * @typedef {import("./told.js").Option} Option @typedef {import("./told.js").Proposal} Proposal
 * @typedef {import("./told.js").Abroad} Abroad @typedef {import("./told.js").NearUnit} NearUnit
 * @typedef {import("./told.js").NearUnits} NearUnits the nearest first @typedef {import("./told.js").Live} Live
 * @typedef {import("./told.js").ShownFact} Fact @typedef {import("./told.js").ShownCase} Case
 * @typedef {import("./told.js").Line} Line
 * @typedef {import("./told.js").Ask} Ask why somebody looked: the record's id, since when, at what, by which key
 * @typedef {import("./told.js").Answer} Answer @typedef {import("./told.js").Chip} Chip what a search understood
 * @typedef {import("./told.js").FoundIncident} FoundIncident
 * @typedef {import("./told.js").Follows} Follows whom a map window follows, or why nobody
 * @typedef {import("./told.js").Known} Known @typedef {import("./told.js").Spot} Spot
 * @typedef {import("./told.js").Bar} Bar @typedef {import("./told.js").Happening} Happening
 * @typedef {import("./told.js").Story} Story
 * @typedef {{state: "open" | "signed" | "locked", why: string, page: string, service?: boolean, dark?: boolean, needs?:
 * string[], may?: string[], ways?: string[], name?: string, idle_at?: number, ends_at?: number, glass?: string[],
 * idle_warn?: number[], ends_warn?: number[], preferences?: import("./told.js").Preferences | null}} Access
 * `idle_warn`, `ends_warn`: ms before the limit, first and last; `preferences`: kept with the account; without them the
 * browser keeps its own @typedef {{id: string, live: Live, case: Case, history: Line[], flags?: boolean}} Detail
 * @typedef {{id: string, why: Record<string, string>, next: string, likely: string[], anew: boolean}} Told what may be
 * done with the selected incident
 * @typedef {{n: number, chips?: Chip[], refused?: string, count?: number, rows?: FoundIncident[]}} Hits of a search of
 * incidents
 * @typedef {{id: string, title: string, language: string, state: string, out?: boolean, briefing: string, notices: {n:
 * number, at: number, sender: string, text: string}[], lines: {incident: string, script: string, sound: string}[]}}
 * Exercise
 * @typedef {{origin?: [number, number], far?: number, reach: [number, number], m: number, zones: {name: string, at:
 * [number, number], rings: number[][]}[]}} Ground around an incident, in Mercator metres from its origin */

export {};
