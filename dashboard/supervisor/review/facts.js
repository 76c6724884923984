// What the server answers of a view, as `facts.py` and `parts.py` make it.

/** @typedef {import("./figure.js").Figure} Figure @typedef {import("./figure.js").Share} Share
 * @typedef {import("./figure.js").Target} Target
 * @typedef {{profile?: string, period?: string, since?: string, until?: string, classes?: string[], drills?: boolean,
 * zones?: string[], cics?: string[], shifts?: string[], weekdays?: number[], hours?: number[], incidents?: string[],
 * only?: string}} View what is looked at
 * @typedef {{key: string, name: string, made_for: string, source: string}} Profile
 * @typedef {{open: Figure, missing: Figure, negative: Figure}} Standing why some are not counted
 * @typedef {Target & {under: boolean, within: Figure, counted: Figure, figure: Share | null}} Reached
 * @typedef {{from: string, since: string, until: string, n: number, within: number, share: Share | null, low: number,
 * high: number, out?: boolean}} Point with its limits where there is a share
 * @typedef {{view: View, since: string, until: string, rows: number, selected: Figure, open: Figure, excluded:
 * Record<string, number>, target: Target, targets: (Reached & Standing & {promised: number | null})[], standing:
 * Standing, quantiles: Figure[], promise: Standing & {real: Figure, within: Figure, counted: Figure, share: Share |
 * null, quantiles: Figure[]}, beside: Reached & {quantiles: Figure[]}, quality: {rows: Figure, kinds: Record<string,
 * Figure>}, load: {desk: string, shift: string, peak: Figure, a_day: Figure, flood: Figure, standing: string} | null,
 * dots: {ids: string[], at: number[], s: (number | null)[], held: (number | null)[], cls: string[], open: boolean[],
 * zone: string[], coarse: boolean[], drawn: number, total: number}, ecdf: {n: number, enough: boolean, steps?: [s:
 * number, share: number][], until?: number, times?: number[]}, heat: number[], busiest: {at: number, offset: string, n:
 * number, key: string} | null, zones: Record<string, {n: number, share: Share | null}>, unplaced: number, days: {by:
 * string, n: number, enough: boolean, centre: number, points: Point[], few: number}, slowest: {id: string, at: number |
 * null, zone: string, coarse: boolean, as: string, held: number | null, s: Record<string, number | null>}[], facets:
 * Record<"classes" | "cics" | "zones" | "shifts", Record<string, number>>}} Facts what one view comes to
 * @typedef {{n: number, part?: number, done?: number, total?: number}} Progress
 * @typedef {{n?: number, progress?: Progress, changed?: boolean, map?: import("./where.js").Outlines, word?: string,
 * export?: string, refused?: string, what?: string, view?: View, operators?: import("./operators.js").ByOperator,
 * facts?: Facts, profiles?: Profile[]}} Answer */

export {};
