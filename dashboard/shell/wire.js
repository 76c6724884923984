// What the server tells a page, as its message types say it: moments are ms since 1970, and what has its default is left out.

/** @typedef {{id: string, at: number, as_class: string | null, outcome: string | null}} Closure
 *  @typedef {{tests: number, real: number, last_test: number | null}} Past
 *  @typedef {{who: string, until: number, where: string}} Test
 *  @typedef {{zone: string, zone_name: string, at: number, unit?: string}} StandingDown
 *  @typedef {{n: number, code: string, who?: string, what?: string, zone?: string}} Change the n-th that an operator notices
 *
 *  @typedef {{id: string, label: string, state: string, changes: number, received: number, priority: number, key: string, zone?: string,
 *    zone_name?: string, zone_share?: number, abroad?: boolean, municipality?: string, near?: string, owner?: string, owned?: number, offered_to?: string, offered_by?: string, bench?: boolean,
 *    presses?: number, test?: Test, past?: Past, flags?: string[], as_class?: string, earlier_class?: string, earlier_at?: number, outcome?: string, realarm?: string, realarm_anew?: boolean, hushed?: boolean, missed?: [string, number][], loudness?: number,
 *    ladder?: string, confirmed?: string, outside?: string, gone?: string, copied?: boolean, supervisor?: boolean, helpers?: string[], listener?: string, cad?: string,
 *    next?: string, next_at?: number, warn_at?: number, unpresented?: boolean, unrecorded?: number, drill?: boolean, paper?: boolean,
 *    call?: string, listening?: boolean, fix_at?: number, radius_m?: number, doubt_m?: number, doubt_s?: number, speed_m_s?: number, delivery?: string, order_zone?: string, next_zone?: string,
 *    declined?: string, declined_why?: string, undelivered?: {what: "order" | "update" | "cancel", zone_name: string, final: boolean}[], standing_down?: StandingDown[], goes_on?: boolean, step?: string, done?: boolean, unit?: string, unit_status?: string, tracking_until?: number, tracking_ended?: boolean,
 *    closed?: number, took_s?: number, closures?: Closure[], centre?: string, belongs?: string, announced?: string[],
 *    everyones?: boolean, kept_from?: number, order_excluded?: boolean, warns?: string[], beside?: string[], latest?: Change[], reserved?: boolean, press?: string, origin?: string, open?: string[]}} Row `key`: what the page calls this change
 *
 *  @typedef {{id: string, stream: string, condition: string, label: string, state: string, since: number, changes?: number, key: string,
 *    count?: number, flaps?: number, battery?: number, past?: Past, owner?: string, returned?: number, shelved?: number, shelved_why?: string,
 *    reserved?: undefined}} DeviceRow
 *
 *  @typedef {{name: string, state: string, since: number, heartbeat?: number, message?: number, lag_ms?: number, behind?: number,
 *    ids_again?: number, gaps?: number, gap_at?: number, gap_why?: string, gap_numbers?: string,
 *    exercise?: boolean}} Feed
 *  @typedef {{feed_state: string, feeds: Feed[], recording: "ok" | "aside" | "failed" | "cut_off", held: number, cases: string, orders: "ok" | "late",
 *    let_go: Record<string, number>, blind: Record<string, number>, unheard: Record<string, string[]>, degraded: string,
 *    degraded_at: number | null, degraded_reason: string, replica_lost: string}} Health
 *
 *  @typedef {{key: string, name: string, since: number, screen: string, heard: boolean, receives: boolean,
 *    holds?: {id: string, label: string, state: string}[], covers?: string[]}} Person
 *  @typedef {{id: string, label: string, state: string, giver: string, note: string, whole: boolean, at: number}} Offer
 *  @typedef {{start: number, end: number, due: number | null, test: {at: number, ok: boolean, feed: string, took_ms: number} | null}} Shift
 *  @typedef {{me: string, people: Person[], offers: Offer[], shift: Shift, ready: number}} Together
 *
 *  @typedef {{state: "open" | "signed" | "locked", why: string, page: string, service?: boolean, dark?: boolean, needs?: string[],
 *    may?: string[], ways?: string[], name?: string, idle_at?: number, ends_at?: number, glass?: string[], idle_warn?: number[],
 *    ends_warn?: number[],
 *    preferences?: import("./shortcuts.js").Preferences | null}} Access `idle_warn`, `ends_warn`: ms before the limit, first and last;
 *    `preferences`: kept with the account; without them the browser keeps its own
 *
 *  @typedef {{zone: string, name: string, share?: number, by?: string, excluded?: string, declined?: string | null}} Option
 *  @typedef {{options?: Option[], preselected?: string, why?: string, border_m?: number, outside?: number,
 *    declined?: string[], until?: number}} Proposal
 *  @typedef {{beyond_m: number, neighbours?: {country: string, contact?: string}[], within?: boolean}} Abroad
 *  @typedef {{unit: string, zone: string, zone_name: string, m: number, at: number, road_s?: number, road_m?: number, asking?: boolean, age?: string, off_m?: number}} NearUnit
 *  @typedef {{id: string, units?: NearUnit[], straight?: string, unsure?: string, off_m?: number, blurred?: boolean}} NearUnits the nearest first
 *  @typedef {{id: string, proposal: Proposal, radius_m?: number, lat?: number, lon?: number, confidence?: number, method?: string,
 *    speed_m_s?: number, fix_at?: number, battery?: number, transport?: string, line?: string, answered_by?: string, near?: string, abroad?: Abroad, passages?: {place: string, way: string, at: number}[],
 *    near_full?: string, names?: string[], relation?: string, reason?: string, press?: string, order?: string, order_at?: number, order_zone?: string, asked_unit?: string, channel?: string, radio?: string,
 *    stands_at?: number, kmh?: number, heading?: string, moves_until?: number,
 *    delivery?: string, undelivered_why?: string, declined_at?: number, unit?: string, unit_status?: string, unit_at?: number, offered_note?: string,
 *    offered_at?: number, unreadable?: [string, string][], times?: Record<string, object>}} Live
 *  @typedef {{heading: string, text: string, source?: string, date?: string, address?: string, radius_m?: number, doubted?: string}} Fact
 *  @typedef {{state: string, number?: string, victim?: string, languages?: string[], suspect?: string, valid_from?: string,
 *    valid_until?: string, safe_word?: string, duress_word?: string, words_kept?: boolean, pinned?: Fact[], facts?: Fact[], safe_numbers?: string[],
 *    language?: string}} Case
 *  @typedef {{at: number, code: string, who?: string, what?: string, zone?: string, text?: string, n?: number, source?: string,
 *    entered?: number | null, to?: number, unrecorded?: boolean}} Line
 *  @typedef {{id: string, live: Live, case: Case, history: Line[], flags?: boolean}} Detail
 *  @typedef {{of: string, at: number, what: string, on: string}} Ask why somebody looked: the record's id, since when, at what, by which key
 *  @typedef {{id: string, why: Record<string, string>, next: string, anew: boolean}} Told what may be done with the selected incident
 *  @typedef {{id: string, ok: boolean, code?: string, who?: string, since?: number, anyway?: boolean, incident?: string,
 *    about?: string[], meant?: string, case?: string}} Answer
 *
 *  @typedef {{kind: string, text: string, since?: string, until?: string}} Chip what a search understood
 *  @typedef {{id: string, label: string, state: string, received?: number, place?: string, was_in?: string, as_class?: string,
 *    outcome?: string, origin?: string, drill?: boolean, abroad?: boolean, coarse?: boolean,
 *    times?: Record<string, number>}} FoundIncident
 *  @typedef {{n: number, chips?: Chip[], refused?: string, count?: number, rows?: FoundIncident[]}} Hits of a search of incidents
 *
 *  @typedef {{desk?: string, label?: string, why?: string, since?: number}} Follows whom a map window follows, or why nobody
 *
 *  @typedef {{id: string, title: string, state: string, out?: boolean, briefing: string,
 *    notices: {n: number, at: number, sender: string, text: string}[],
 *    lines: {incident: string, script: string, sound: string}[]}} Exercise
 *
 *  @typedef {{at: number, state: string, owner?: string, presses?: number, realarm?: string, call?: string, zone?: string, abroad?: boolean,
 *    order_zone?: string, order_step?: string, order_delivery?: string, order_over?: boolean, unit?: string, as_class?: string, earlier_class?: string,
 *    earlier_at?: number}} Known
 *  @typedef {{at: number, since: number, x: number, y: number, r?: number, radius?: number, unit?: string, late?: boolean}} Spot
 *  @typedef {{name: string, seconds: number, entered_s: number, start: number, end: number, original_s?: number,
 *    two_clocks?: boolean, limits?: {profile: string, limit_s: number, missed: boolean}[]}} Bar
 *  @typedef {{version: number, at: number, happened: number, clock: string, line: Line, who?: string, was?: number,
 *    held_up_s?: number, gone?: boolean, day?: string}} Happening
 *  @typedef {{feed: string, count: number, median_s: number, least_s: number, most_s: number, held_up?: number}} Offset
 *  @typedef {{records: number, label: string, open: boolean, start: number, received: number, end: number, pressed: number,
 *    held_up_s: number | null, by_hand: boolean, erased: boolean, drill: boolean, as_class: string, outcome: string,
 *    happenings: Happening[], known: Known[], spots: Spot[], bars: Bar[], missing: string[], offsets: Offset[],
 *    province: string}} Story
 *  @typedef {{origin?: [number, number], far?: number, reach: [number, number], m: number,
 *    zones: {name: string, at: [number, number], rings: number[][]}[]}} Ground around an incident, in Mercator metres from its origin */

export {};
