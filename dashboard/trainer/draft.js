// A scenario while it is written: every change makes a new one, so that each can be taken back. What only the editor
// knows of it begins with "_" and stays here. Left as a draft of its trainer: a reload loses nothing.

/** @typedef {{_k: string, [fact: string]: any}} Thing of a list of the scenario, by a key that only the editor knows
 * @typedef {{lat: number, lon: number}} Place @typedef {Thing & Place & {at: number, radius?: number}} Point
 * @typedef {Thing & {device: string, points: Point[], every?: number}} Track
 * @typedef {{do: string, device?: string, [field: string]: any}} Action
 * @typedef {Thing & {at: number, what: Action}} Step @typedef {Thing & {name: string, what: (Action & Thing)[]}} Inject
 * @typedef {{title: string, story: string, briefing: string, lasts?: number, cases: Thing[], base: Thing[], tracks:
 * Track[], steps: Step[], injects: Inject[], references: Thing[], _devices?: string[], [field: string]: any}} Scenario
 * @typedef {"cases" | "base" | "steps" | "injects" | "references"} List */

const KEY = "scenario";
const SAME = "="; // in what is left: as what stands beside it, which would be its length once more
const MOST = 200; // changes that can be taken back
const ONE_MS = 1200; // changes of one thing in so short a time are one
const EARTH_M = 6_371_000;
let serial = 0;

/** A name that one thing of a scenario keeps while it is moved, sorted, changed. */
export function key() {
  serial += 1;
  return `${Date.now().toString(36)}${serial}`;
}

/** @type {Scenario} */
const EMPTY = {
  format: "vigie-scenario",
  version: 1,
  title: "",
  story: "",
  briefing: "",
  cases: [],
  base: [],
  tracks: [],
  steps: [],
  injects: [],
  references: [],
};

export class Draft {
  /** @param {import("../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {(() => void)[]} */
    this.listeners = [];
    this.open = false;
    this.name = ""; // the file it is kept under; "" until it was saved
    this.saved = ""; // as it was kept last
    this.begun = ""; // as it was opened
    this.device = "";
    this.now = structuredClone(EMPTY);
    /** @type {Scenario[]} */
    this.before = [];
    /** @type {Scenario[]} */
    this.after = [];
    /** @type {{what: string, at: number} | null} the last change, and when */
    this.last = null;
    /** @type {Set<object>} fields with words in them that are not in the scenario yet */
    this.typed = new Set();
    this.by = store.drafts.who;
    store.on("access drafts", () => this._left());
  }

  /** As it was left by who is here. */
  _left() {
    const { drafts } = this.store;
    if (this.by !== undefined && this.by !== drafts.who) this.clear(); // another trainer's, or nobody's
    this.by = drafts.who;
    const kept = !this.open && drafts.get(KEY);
    if (!kept) return;
    Object.assign(this, kept);
    if (kept.saved === SAME) this.saved = JSON.stringify(this.clean());
    if (kept.begun === SAME) this.begun = this.saved;
    for (const listener of this.listeners) listener();
  }

  clear() {
    this.open = false;
    this.name = this.saved = this.begun = this.device = "";
    this.now = structuredClone(EMPTY);
    this.before = [];
    this.after = [];
    this.last = null;
  }

  /** @param {Partial<Scenario>} scenario @param {string} name */
  begin(scenario, name) {
    this.clear();
    this.open = true;
    this.name = name;
    this.now = keyed({ ...structuredClone(EMPTY), ...scenario });
    this.begun = JSON.stringify(this.clean());
    this.saved = name ? JSON.stringify(this.clean()) : "";
    this.device = devices(this.now)[0] ?? "";
    this._told();
  }

  /** @param {() => void} listener */
  on(listener) {
    this.listeners.push(listener);
  }

  /** Change it. @param {(scenario: Scenario) => void} work on a copy
   * @param {string} [what] changes of the same thing soon after each other are one */
  change(work, what = "") {
    const next = structuredClone(this.now);
    work(next);
    next.steps.sort((a, b) => a.at - b.at);
    const now = performance.now();
    const same = what && this.last?.what === what && now - this.last.at < ONE_MS;
    if (!same) this.before = [...this.before, this.now].slice(-MOST);
    this.last = { what, at: now };
    this.after = [];
    this.now = next;
    this._chosen();
  }

  undo() {
    this._step(this.before, this.after);
  }

  redo() {
    this._step(this.after, this.before);
  }

  /** @param {Scenario[]} from @param {Scenario[]} to */
  _step(from, to) {
    const next = from.pop();
    if (!next) return;
    to.push(this.now);
    this.now = next;
    this.last = null;
    this._chosen();
  }

  /** What was chosen may be gone. */
  _chosen() {
    const [first = "", ...others] = devices(this.now);
    this.choose([first, ...others].includes(this.device) ? this.device : first);
  }

  /** @param {string} device */
  choose(device) {
    this.device = device;
    this._told();
  }

  /** The server has kept what it was sent. What was written since is not in it. @param {string} name
   * @param {Scenario} sent */
  kept(name, sent) {
    this.name = name;
    this.saved = JSON.stringify(sent);
    this._told();
  }

  /** Whether there is something that a new beginning would lose. */
  get unsaved() {
    return this.open && this.dirty && (this.typed.size > 0 || JSON.stringify(this.clean()) !== this.begun);
  }

  /** Whether anything is written that the server has not said it kept. */
  get dirty() {
    return this.typed.size > 0 || JSON.stringify(this.clean()) !== this.saved;
  }

  /** As it is sent: without what only the editor knows. */
  clean() {
    return bare(this.now);
  }

  _told() {
    const { open, name, device, now } = this;
    const saved = this.dirty ? this.saved : SAME;
    const begun = this.begun === this.saved ? SAME : this.begun;
    this.store.drafts.set(KEY, { open, name, saved, begun, device, now });
    for (const listener of this.listeners) listener();
  }
}

/** @param {any} value @returns {any} */
function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !name.startsWith("_") && inner !== undefined)
      .map(([name, inner]) => [name, bare(inner)]),
  );
}

/** @param {Scenario} scenario @returns {Scenario} */
function keyed(scenario) {
  /** @template T @param {T[]} list */
  const named = (list) => list.map((one) => ({ ...one, _k: key() }));
  return {
    ...scenario,
    cases: named(scenario.cases),
    base: named(scenario.base),
    tracks: named(scenario.tracks).map((track) => ({ ...track, points: named(track.points) })),
    steps: named(scenario.steps),
    injects: named(scenario.injects).map((inject) => ({ ...inject, what: named(inject.what) })),
    references: named(scenario.references),
  };
}

/** Every device of a scenario, in the order in which it first stands there. @param {Scenario} scenario */
export function devices(scenario) {
  const actions = [...scenario.steps.map((step) => step.what), ...scenario.injects.flatMap((inject) => inject.what)];
  const found = [
    ...scenario.cases.flatMap((one) => one.devices),
    ...scenario.tracks.map((track) => track.device),
    ...actions.map((action) => action.device),
    ...scenario.base.flatMap((one) => one._devices ?? []),
    ...scenario.references.map((one) => one.device),
    ...(scenario._devices ?? []),
  ];
  return [.../** @type {Set<string>} */ (new Set(found.filter(Boolean)))];
}

/** The end of what happens, seconds; a little more than that is shown. @param {Scenario} scenario */
export function lasts(scenario) {
  const ends = [
    ...scenario.steps.map((step) => step.at),
    ...scenario.tracks.flatMap((track) => track.points.map((point) => point.at)),
    ...scenario.base.map((one) => (one.at ?? 0) + (one._length ?? 0)),
  ];
  return Math.max(scenario.lasts ?? 0, 300, ...ends.map((at) => at * 1.08));
}

/** Metres between two points. @param {Place} a @param {Place} b */
export function between(a, b) {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Where a track is at a moment: on the straight way between two points. @param {Track | undefined} track
 * @param {number} at @returns {Place | null} */
export function placeAt(track, at) {
  const points = track?.points ?? [];
  const next = points.findIndex((point) => point.at >= at);
  if (next <= 0) return points.at(next) ?? null; // before the first, or after the last
  const [a, b] = [points[next - 1], points[next]];
  const share = b.at > a.at ? (at - a.at) / (b.at - a.at) : 1;
  return { lat: a.lat + (b.lat - a.lat) * share, lon: a.lon + (b.lon - a.lon) * share };
}
