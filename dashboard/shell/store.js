// What the page knows: the newest state of everything the server told, the selection, the server's clock. Nothing else
// holds state.
import { place } from "./coverage.js";
import { Drafts } from "./drafts.js";
import { fill } from "./format.js";
import { recall, retain } from "./kept.js";
import { speakAnew } from "./phrases.js";
import { writeDecimals } from "./rounding.js";
import { listed, technical } from "./order.js";
import { Guards, anothers } from "./guards.js";
import { Shortcuts } from "./shortcuts.js";

const PLACES = new Set(["rows", "covers", "desk", "access", "health"]); // what may place a row elsewhere
// What a message tells is kept here under its own name, and whoever listens to that name hears that it came.
const TOLD = ["unowned", "health", "shift", "units", "together", "training", "actions"];
const MANY = 200; // rows: of more the server is told which stand near the screen

/** @typedef {import("./wire.js").Row} Row
 *  @typedef {import("./wire.js").DeviceRow} DeviceRow
 *  @typedef {(fact: any) => void} Listener what it is told depends on the topic */
/** @returns {import("./wire.js").Together} */
const alone = () => ({ me: "", people: [], offers: [], shift: { start: 0, end: 0, due: null, test: null }, ready: 0 });

// What shows words that are made of what the server told: it is drawn again in another language.
const EVERYTHING = ["rows", "covers", "desk", "detail", "access", "pace", ...TOLD, "second"];

const SOMEBODY = "\x1a"; // in the place of a name, on a locked page (`queue/row_cache.py`)

/** Say "somebody" where a row names nobody. @param {object} facts @param {string} somebody */
function unnamed(facts, somebody) {
  for (const [name, fact] of Object.entries(facts)) {
    if (fact === SOMEBODY) Object.assign(facts, { [name]: somebody });
    else if (fact && typeof fact === "object") unnamed(fact, somebody);
  }
}

export class Store {
  /** @param {Record<string, string>} words */
  constructor(words) {
    this.words = words;
    writeDecimals(words.decimal ?? ".");
    this.keys = new Shortcuts();
    this.drafts = new Drafts((message) => this.send(message));
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    /** @type {Map<string, DeviceRow>} */
    this.devices = new Map();
    this.counted = { stand: 0, unnoted: 0 }; // technical alarms, as every page and paper counts them
    /** @type {import("./wire.js").Health | null} */
    this.health = null;
    this.shift = 0;
    /** @type {number | null} on a dark page: how many alarms nobody has, and nothing else is known */
    this.unowned = null;
    this.everywhere = false; // whether this page lists the alarms of every centre
    /** @type {{known: string[], own: string[], covers: string[]}} */
    this.centres = { known: [], own: [], covers: [] };
    /** @type {Set<string>} the centres this console covers */
    this.covers = new Set();
    this.desk = "";
    /** @type {import("./wire.js").Access | null} */
    this.access = null;
    this.together = alone(); // who is on shift, what is offered here, how the shift stands
    /** @type {Record<string, string>} */
    this.zones = {};
    /** @type {import("./wire.js").Detail | null} */
    this.detail = null;
    /** @type {import("./wire.js").Told | null} */
    this.actions = null;
    /** @type {import("./wire.js").NearUnits | null} */
    this.units = null;
    /** @type {import("./wire.js").Ask | null} of what on this page it is asked why somebody looked */
    this.asks = null;
    /** @type {string | null} an incident's id, or a technical alarm's key */
    this.selected = recall("vigie.selected") || null;
    this.basis = ""; // of the review: whether tests and drills are in its numbers, in words
    this.profile = "AMR"; // whose targets the review looks at, by its name
    this.welcomed = false;
    this.live = false;
    this.frozen = 0;
    this.heard = performance.now();
    this.truth = 0; // the server's time of its last message
    this.offset = 0;
    /** @type {import("./wire.js").Exercise | null} what an exercise tells beside the alarms */
    this.training = null;
    /** @type {number | null} seconds that the server's clock tells in one of ours, where it is no live one */
    this.pace = null;
    this.owed = 0; // rows that the server has yet to send
    this.raised = 0; // while it owes some: how many alarms nobody has, in all
    /** @type {Set<string>} the rows that stand near the screen */
    this.drawn = new Set();
    /** @type {ReturnType<typeof listed> | null} */
    this._lists = null;
    /** @type {Set<string> | null} until all is here again: what a welcome has not named yet */
    this._gone = null;
    this.guards = new Guards((id) => this.emit("guard", id));
    /** @type {Map<string, Listener[]>} */
    this._listeners = new Map();
    /** @type {Map<string, Listener>} */
    this._replies = new Map();
  }

  /** Be told of a topic: each of TOLD, and here, message, welcome, rows, drawn, detail, select, second, pace, desk,
   * live, guard, access, asks, drafts, tied, taken, drill, keys, late. @param {string} topics
   * @param {Listener} listener */
  on(topics, listener) {
    for (const topic of topics.split(" "))
      this._listeners.set(topic, [...(this._listeners.get(topic) ?? []), listener]);
  }

  /** @param {string} topic @param {unknown} [fact] */
  emit(topic, fact) {
    if (PLACES.has(topic)) this._lists = null;
    for (const listener of this._listeners.get(topic) ?? []) listener(fact);
  }

  /** Handle the server's answers of one kind: answer, found, picked, placed, renamed. @param {string} kind
   * @param {Listener} handler */
  answers(kind, handler) {
    this._replies.set(kind, handler);
  }

  get language() {
    return this.words.language ?? "en";
  }

  /** @param {string} key @param {Record<string, unknown>} [facts] */
  t(key, facts) {
    return fill(this.words, key, facts);
  }

  /** A zone as people call it. @param {string} [name] */
  zone(name, abroad = false) {
    return name ? this.t(abroad ? "zone_abroad" : "zone", { name }) : "";
  }

  /** The moment by the server's clock; it stands still while the server can't be heard. */
  now() {
    if (this.frozen || this.pace === null) return this.frozen || Date.now() + this.offset;
    return this.truth + (performance.now() - this.heard) * this.pace;
  }

  /** Take a message of the server. @param {string} text */
  take(text) {
    const message = JSON.parse(text);
    this.heard = performance.now();
    this.truth = message.now;
    const paced = this.pace !== (message.pace ?? null);
    this.pace = message.pace ?? null;
    const offset = message.now - Date.now();
    // The message that travelled least knows best.
    if (!this.welcomed || offset > this.offset || this.offset - offset > 2000) this.offset = offset;
    const replies = message.replies ?? [];
    const welcome = replies.find((/** @type {Record<string, unknown>} */ reply) => reply.welcome)?.welcome;
    this._lists = null;
    if (message.words) this._read(message.words);
    this.owed = message.owed ?? 0;
    this.raised = message.raised ?? 0;
    if (welcome) this._welcome(welcome);
    if (message.access) this._stand(message.access);
    if (message.drafts) this.drafts.take(message.drafts);
    const told = TOLD.filter((name) => name in message);
    const unheard = JSON.stringify(this.health?.unheard);
    for (const name of told) Object.assign(this, { [name]: message[name] });
    if (message.rows) this._merge(this.rows, message.rows);
    if (message.devices) for (const rows of Object.values(message.devices)) this._merge(this.devices, rows);
    if (message.technical) this.counted = message.technical;
    if (this._gone && !this.owed) this._part();
    const placed = JSON.stringify(this.health?.unheard) !== unheard;
    if ("detail" in message) this._take(message.detail);
    if (welcome || "asks" in message) this.asks = message.asks ?? null;
    if (message.rows || message.devices || welcome || placed || message.access?.dark || "unowned" in message)
      this.emit("rows");
    if (message.took) this._took();
    if (welcome) for (const topic of ["covers", "welcome"]) this.emit(topic);
    if (welcome || message.access) this.emit("desk");
    if ("detail" in message) this.emit("detail");
    for (const name of told) this.emit(name);
    if (welcome || "asks" in message) this.emit("asks");
    if (message.access) this.emit("access");
    if (paced) this.emit("pace");
    if (message.drill) this.emit("drill", message.drill);
    if (message.drafts) this.emit("drafts");
    this.emit("message", message);
    for (const reply of replies) for (const [kind, fact] of Object.entries(reply)) this._replies.get(kind)?.(fact);
    if (message.words) this._speak();
  }

  /** Other words from now on. @param {Record<string, string>} words */
  _read(words) {
    for (const key of Object.keys(this.words)) delete this.words[key];
    Object.assign(this.words, words);
    writeDecimals(words.decimal ?? ".");
  }

  /** Say all that stands on the page in the language that it reads now; nothing of what a hand did there is lost. */
  _speak() {
    document.documentElement.lang = this.language;
    speakAnew();
    for (const topic of EVERYTHING) this.emit(topic);
    this.emit("language");
  }

  /** With a welcome everything there is begins to come: what is not named until all is here is gone. What stays keeps
   * its place. @param {Pick<Store, "desk" | "zones" | "centres">} welcome */
  _welcome({ desk, zones, centres }) {
    this._gone = new Set([...this.rows.keys(), ...this.devices.keys()]);
    this.zones = zones;
    this.centres = centres;
    this.covers = new Set(centres.covers);
    this.welcomed = true;
    this.desk = desk;
    this.emit("here");
  }

  _part() {
    for (const key of this._gone ?? []) for (const known of [this.rows, this.devices]) known.delete(key);
    this._gone = null;
  }

  /** Say that what came is on the screen: then more comes. */
  _took() {
    const say = () => this.send({ do: "took" });
    if (document.visibilityState === "visible") requestAnimationFrame(() => setTimeout(say));
    else say();
  }

  /** These rows stand near the screen now. @param {Set<string>} keys */
  draws(keys) {
    const same = keys.size === this.drawn.size && [...keys].every((key) => this.drawn.has(key));
    this.drawn = keys;
    if (same) return;
    if (this.rows.size + this.owed > MANY) this.send({ do: "near", ids: [...keys] });
    this.emit("drawn");
  }

  /** Who works here now. On a locked page nobody: what was shown to the one before goes.
   * @param {import("./wire.js").Access} access */
  _stand(access) {
    this.access = access;
    this.drafts.stands(access.state === "locked" ? null : access.state === "signed" ? (access.name ?? "") : "");
    this.unowned = access.dark ? (this.unowned ?? 0) : null;
    if (access.dark) {
      this.rows.clear();
      this.devices.clear();
      this.counted = { stand: 0, unnoted: 0 };
      this.together = alone();
    }
    if (access.state === "locked") {
      this.desk = "";
      this.detail = this.units = this.asks = null;
    } else if (access.state === "signed") this.desk = access.name ?? "";
  }

  /** Whether somebody must sign in before anything is done here. */
  get locked() {
    return this.access?.state === "locked";
  }

  /** This console covers other centres from now on. @param {string[]} cics */
  cover(cics) {
    this.covers = new Set(cics);
    this.emit("covers");
    this.emit("rows");
  }

  /** @param {string} desk */
  named(desk) {
    this.desk = desk;
    this.emit("desk");
  }

  /** @template {Row | DeviceRow} R @param {Map<string, R>} known @param {Record<string, R | null>} rows */
  _merge(known, rows) {
    for (const [key, row] of Object.entries(rows)) {
      this._gone?.delete(key);
      if (row === null) {
        known.delete(key);
        continue;
      }
      unnamed(row, this.t("somebody"));
      const before = known.get(key);
      const theirs = before && "changes" in before && "changes" in row && anothers(before, row, this.desk);
      if (theirs) this.guard(key, theirs);
      const news = theirs && row.latest?.find(({ n, who }) => n > (before.changes ?? 0) && who && who !== this.desk);
      if (news) this.guards.tell(key, news);
      row.key = "changes" in row ? `${row.id} ${row.changes}` : row.id; // another one calls anew
      known.set(key, row);
      // Not what this desk handed over itself. What came while the page was away is told when it is back.
      const given = before && "offered_to" in before && before.offered_to && !before.offered_by;
      if (before && !given && this.mine(before) && row.owner && !this.mine(row) && row.state !== "closed")
        this.emit("taken", row);
    }
  }

  /** @param {import("./wire.js").Detail | null} detail only what changed of it */
  _take(detail) {
    if (detail === null) this.detail = null;
    else if (this.detail?.id === detail.id) this.detail = { ...this.detail, ...detail };
    else if (detail.case && detail.history) this.detail = detail;
  }

  /** Refuse actions on an alarm for a moment: it is not what the operator was looking at. @param {string} id
   * @param {Partial<import("./wire.js").Change>} [by] what changed of it */
  guard(id, by = {}) {
    this.guards.hold(id, by);
  }

  /** @param {string} id */
  guarded(id) {
    return this.guards.of(id) !== null;
  }

  /** Only a person selects. @param {string | null} id @param {boolean} [walks] along the rows, past this one perhaps */
  select(id, walks = false) {
    if (this.selected === id || this.rows.get(id ?? "")?.reserved) return;
    this.selected = id;
    if (this.detail?.id !== id) this.detail = null;
    if (this.actions?.id !== id) this.actions = null;
    retain("vigie.selected", id ?? "");
    this.send({ do: "select", incident: this.devices.has(id ?? "") ? null : id });
    this.emit("select", walks);
  }

  /** @param {Record<string, unknown>} message */
  send(message) {
    window.vigieLine?.send?.(message);
  }

  /** The selected incident's row, if it is on the board. */
  get row() {
    return this.selected ? (this.rows.get(this.selected) ?? null) : null;
  }

  /** The selected technical alarm. */
  get device() {
    return this.selected ? (this.devices.get(this.selected) ?? null) : null;
  }

  /** What is selected: an incident or a technical alarm. */
  get shown() {
    return this.row ?? this.device;
  }

  /** The details of this incident, if they are here. @param {{id: string} | null | undefined} row */
  detailOf(row) {
    return row && this.detail?.id === row.id ? this.detail : null;
  }

  /** Why nothing can be said of the selected incident yet; "" once its facts are here. What is not here is not
   * unknown. */
  get later() {
    return this.row && !this.detailOf(this.row) ? this.t("not_yet") : "";
  }

  /** What the server says of what may be done with the selected incident; null until it came. Then everything is tried:
   * the desk decides. */
  get told() {
    return this.actions !== null && this.actions.id === this.selected ? this.actions : null;
  }

  /** Why a command may not come now for the selected incident: a code of the server's; "" when it may, or is not told
   * yet. @param {string} command */
  why(command) {
    return this.told?.why[command] ?? "";
  }

  /** Whether who is here may, by the server's word. A page that was not told takes more rather than less.
   * @param {string} what */
  may(what) {
    return this.access?.may?.includes(what) ?? true;
  }

  /** Whether there is another page that whoever is signed in may open. @param {string} page */
  leads(page) {
    return this.access?.ways?.includes(page) ?? false;
  }

  /** Whether an alarm stands in this desk's main queue and so sounds here. @param {Row} row */
  concerns(row) {
    return this.place(row) === "main";
  }

  /** @param {{owner?: string}} row */
  mine(row) {
    return !!row.owner && row.owner === this.desk;
  }

  /** To whom an alarm is offered: "me", "other", or "" to nobody. @param {Row} row */
  offered(row) {
    if (!row.offered_to || (row.state === "closed" && !row.standing_down?.length && !row.goes_on)) return "";
    return row.offered_to === this.desk ? "me" : "other";
  }

  /** The others on shift who may take an alarm over. */
  receivers() {
    return this.together.people.filter((person) => person.receives && person.key !== this.together.me);
  }

  /** Whether the watch has called this console's supervisor for it. Its owner is not called to their own alarm.
   * @param {Row} row */
  called(row, me = this.console) {
    return !!row.supervisor && row.state !== "closed" && me.supervisor && !this.mine(row);
  }

  /** What this console is, to decide where an alarm stands on it: its supervisor is whom the watch calls to confirm. */
  get console() {
    const supervisor = this.may("confirm_escalation");
    return { covers: this.covers, unheard: this.health?.unheard ?? {}, supervisor, desk: this.desk };
  }

  /** Where an alarm stands here: "main", "announced", "other". @param {Row} row */
  place(row) {
    return place(row, this.console);
  }

  /** How many alarms nobody has: the number that the list, the title, the map and whatever is read aloud say. */
  get nobodys() {
    return this.unowned ?? this.lists().unowned;
  }

  /** Where every alarm stands, found once for a message. */
  lists() {
    return (this._lists ??= listed(this));
  }

  technical() {
    return technical(this.devices.values());
  }
}
