// Finding incidents of any age: one field, what its words mean, the line that asks why, and what was found. It stands
// where it covers no alarm, and moves neither the selection nor the map.
import { button, find, form, onEscape } from "../../shell/build.js";
import { attributes, clock, clockAndDay, day, dayOf, joined, monthAndYear } from "../../shell/format.js";
import { h, render } from "../../shell/kit.js";
import { Shape, shapeOf } from "../../shell/shapes.js";
import { alone } from "../../shell/views.js";
import { Reason } from "../reason/reason.js";
import { Places } from "./places.js";

const TYPED_MS = 150; // who types on does not want to know what half a word means
const AGAIN_MS = 1000; // while the past is being read
const ANSWER_MS = 10_000;
const LONGEST = 200;

/** @typedef {import("../../shell/wire.js").FoundIncident} FoundIncident
 * @typedef {import("../../shell/wire.js").Hits} Hits @typedef {import("../../shell/wire.js").Chip} Chip
 * @typedef {{name: string, run?: () => void, href?: string, closes?: boolean}} Act what may be done with one that was
 * found, by its word `find.NAME`; `closes`: the search is over then
 * @typedef {import("./places.js").PlacesFound} PlacesFound @typedef {import("./places.js").Chosen} Chosen
 * @typedef {{n: number, text: string, why?: string, reason?: string}} Asked */

export class Find {
  /** @param {import("../../shell/store.js").Store} store @param {HTMLElement} place where it stands, first
   * @param {{ask: (asked: Asked) => void, acts: (found: FoundIncident) => Act[], left?: () => void, go?: (chosen:
   * Chosen) => void}} does `ask` is answered by `take`, and with places by `offer`; the first of the `acts` is what
   * Enter does; `left`: it was closed by hand; `go`: shows a place on the map */
  constructor(store, place, { ask, acts, left = () => {}, go }) {
    this.store = store;
    this.place = place;
    this.does = { ask, acts, left, go };
    this.n = this.timer = this.late = 0;
    this.asks = 0; // the question whose answer says whether there is anything to ask a reason for
    this.given = {}; // why the last search was carried out
    this.text = "";
    this.searched = ""; // the words that the rows were found by
    /** @type {Chip[]} */
    this.chips = [];
    /** @type {FoundIncident[]} */
    this.rows = [];
    /** @type {Set<string>} whose times are open */
    this.opened = new Set();
    /** @type {PlacesFound} */
    this.places = { n: 0, answer: 0, found: [], more: false };
    this.said = () => "";
    /** @type {Element | null} */
    this.from = null; // where the hand was before
    /** @type {HTMLElement | null} */
    this.at = null; // what was opened last
    this.reason = new Reason(store, (why, reason) => this._search(why, reason));
    this.root = form({ class: "help find", role: "search" }, () => this._submit());
    this.root.addEventListener("keydown", (event) => this._pressed(event));
    onEscape(this.root, (event) => {
      event.preventDefault();
      event.stopPropagation();
      // It leads back a step: from the reason to the words, from there away.
      if (!this.reason.open) return this.close();
      this.reason.hide();
      this.input.focus();
    });
    let who = "";
    store.on("access", () => {
      const now = store.locked ? "" : `${store.access?.name ?? ""} ${store.access?.may ?? ""}`;
      if (now === who) return;
      who = now;
      this.forget();
    });
    store.on("language", () => this.update());
  }

  get open() {
    return this.root.isConnected;
  }

  get input() {
    return find(this.root, "input");
  }

  show() {
    if (this.store.locked) return;
    if (!this.open) {
      this.from = document.activeElement;
      this.update();
      this.place.prepend(this.root);
    }
    this.root.hidden = false;
    this.input.focus();
    this.input.select();
  }

  /** Out of the way, until `show` or `again`. */
  aside() {
    this.root.hidden = true;
  }

  /** As it was left: with what was found, and the hand where it was. */
  again() {
    if (!this.open || !this.root.hidden) return;
    this.root.hidden = false;
    (this.at ?? this.input).focus();
  }

  close() {
    if (!this.open) return;
    const inside = this.root.contains(document.activeElement);
    this.reason.hide();
    this.root.remove();
    if (inside && this.from instanceof HTMLElement && this.from.isConnected) this.from.focus();
    this.does.left();
  }

  /** Nothing of what somebody looked for stays: another person, or nobody, stands before the page. */
  forget() {
    clearTimeout(this.late);
    Object.assign(this, { text: "", searched: "", given: {}, rows: [], at: null, said: () => "" });
    this.reason.forget();
    this._ask({}); // what is under way is not taken
    this.root.remove();
  }

  /** The answer to what was asked last. @param {Hits} hits */
  take({ n, chips = [], refused, rows, count = 0 }) {
    if (n !== this.n) return;
    clearTimeout(this.late);
    this.chips = chips;
    if (n === this.asks && !refused) return this._understood();
    if (refused === "not_ready") {
      const again = this.given;
      this.late = setTimeout(() => n === this.n && this._ask(again), AGAIN_MS);
    }
    if (refused) return this._say(`find.refused.${refused}`);
    if (!rows) return this.update();
    this.rows = rows;
    this.opened.clear();
    const { store } = this;
    const said = count === 0 ? "none" : count === 1 ? "count_one" : count > rows.length ? "count_more" : "count";
    const found = () => store.t(`find.${said}`, { n: count, shown: rows.length });
    this.said = () => joined([found(), count > 0 && store.t("find.keys")]);
    this.update();
    if (count && document.activeElement === this.input) find(this.root, ".hit").focus({ preventScroll: true });
  }

  /** The places that are called as was typed: an older answer is not taken, a fuller one of the same search is.
   * @param {PlacesFound} places */
  offer(places) {
    if (places.n > this.n || places.n < this.places.n) return;
    this.places = places;
    const held = this.root.contains(document.activeElement);
    this.update();
    if (held && document.activeElement === document.body) this.input.focus(); // the place in hand is none any more
  }

  /** @param {number} at which of the places */
  go(at) {
    this.places = { ...this.places, at };
    this._say("");
    this.does.go?.({ answer: this.places.answer, at });
  }

  /** A place is shown, or cannot be. @param {{ok: boolean}} went @param {string} shown where, by its word */
  went({ ok }, shown = "find.went") {
    this._say(ok ? shown : "find.refused.not_there");
  }

  /** @param {string} key "" for nothing */
  _say(key) {
    this.said = () => key && this.store.t(key);
    this.update();
  }

  /** @param {string} text */
  type(text) {
    clearTimeout(this.timer);
    this.text = text;
    this.reason.hide();
    this._say(this.rows.length && text.trim() !== this.searched ? "find.changed" : "");
    this.timer = setTimeout(() => this._ask({}), TYPED_MS);
  }

  /** @param {{why?: string, reason?: string}} reason */
  _ask(reason) {
    clearTimeout(this.timer);
    const text = this.text.trim();
    const n = ++this.n;
    if (text) return this.does.ask({ n, text, ...reason });
    this.chips = [];
    this.places = { n, answer: 0, found: [], more: false };
    this.update();
  }

  _submit() {
    if (!this.text.trim()) return;
    if (!this.store.live) return this._say("find.refused.lost");
    this._ask({});
    this.asks = this.n;
    this.late = setTimeout(() => this._say("find.refused.no_answer"), ANSWER_MS);
  }

  /** Nobody says why for nothing. */
  _understood() {
    this.asks = 0;
    const wrong = this.chips.some(({ kind }) => kind === "no_day") ? "no_day" : this.chips.length ? "" : "nothing";
    this._say(wrong && `find.refused.${wrong}`);
    if (!wrong) this.reason.ask();
  }

  /** @param {string} why @param {string} reason */
  _search(why, reason) {
    if (!this.store.live) return this._say("find.refused.lost");
    this.rows = [];
    this.searched = this.text.trim();
    this._say("find.searching");
    this.input.focus();
    this.given = { why, reason };
    this._ask(this.given);
    this.late = setTimeout(() => this._say("find.refused.no_answer"), ANSWER_MS);
  }

  /** Do what Enter does; where nothing more may be opened from here, show its times or hide them.
   * @param {FoundIncident} one @param {Act | undefined} first @param {HTMLElement} at */
  choose({ id }, first, at) {
    this.at = at;
    if (first?.closes) this.close();
    if (first?.run) return first.run();
    if (!this.opened.delete(id)) this.opened.add(id);
    this.update();
  }

  update() {
    const { store, root, reason } = this;
    const title = store.t(this.does.go ? "find.both" : "find");
    attributes(root, { "aria-label": title });
    const hide = { class: "do", type: "button", onClick: () => this.close() };
    const words = store.t(store.may("search cases") ? "find.hint_names" : "find.hint");
    const input = { type: "search", maxlength: LONGEST, autocomplete: "off", spellcheck: false, value: this.text };
    const typed = (/** @type {any} */ { currentTarget }) => this.type(currentTarget.value);
    const said = { "aria-label": store.t("find.what"), "aria-describedby": "find-hint" };
    const drawn = {}; // each is drawn anew with the search
    const hits = this.rows.map((one) =>
      alone(Hit, { find: this, one, drawn }, { of: one, plain: PlainHit, key: one.id }),
    );
    const line = [
      h("input", { ...input, ...said, onInput: typed }),
      h("button", { class: "do primary" }, store.t("find.submit"), h("kbd", {}, "↵")),
    ];
    const chips = this.chips.map((chip) => h(Understood, { store, chip }));
    const asked = [
      h("div", { class: "line" }, line),
      h("p", { class: "hint", id: "find-hint" }, words),
      h("ul", { class: "chips", "aria-label": store.t("find.understood") }, chips),
    ];
    const results = [
      h("ol", { class: "hits", "aria-label": store.t("find.results") }, hits),
      h(Places, { store, places: this.places, go: (at) => this.go(at) }),
    ];
    const why = (/** @type {Element | null} */ at) => void (at?.contains(reason.root) || at?.append(reason.root));
    const parts = [
      h("div", { class: "title" }, h("h2", {}, title), h("button", hide, store.t("find.hide"), h("kbd", {}, "Esc"))),
      h("div", { class: "asked" }, asked),
      h("div", { class: "why", ref: why }),
      h("p", { class: "said", role: "status" }, this.said()),
      h("div", { class: "results" }, results),
    ];
    render(parts, root);
  }

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const mains = /** @type {HTMLElement[]} */ ([...this.root.querySelectorAll(".hit")]);
    const row = /** @type {Element} */ (event.target).closest(".results li");
    const to = mains.findIndex((main) => main.parentElement === row) + way;
    event.preventDefault();
    if (to < 0) this.input.focus();
    else mains[Math.min(to, mains.length - 1)]?.focus();
  }
}

/** What a word was taken for. @param {{store: import("../../shell/store.js").Store, chip: Chip}} props */
function Understood({ store, chip: { kind, text, since = "", until = "" } }) {
  const name = store.t(`find.kind.${kind === "who" && store.may("search cases") ? "who_names" : kind}`);
  const days = since && [...new Set([since, until])].map((one) => day(one, store.language)).join(" – ");
  return h("li", { "data-kind": kind }, h("span", {}, name), h("b", {}, days || text));
}

/** @param {{find: Find, one: FoundIncident}} props */
function Hit({ find, one }) {
  const { store } = find;
  const { id, label, state, received, place, was_in: zone, abroad, as_class, outcome, origin } = one;
  const exact = (/** @type {number} */ ms) => `${day(dayOf(ms), store.language)} ${clock(ms).slice(0, 5)}`;
  const when = received == null ? "" : one.coarse ? monthAndYear(received, store.language) : exact(received);
  const was = abroad ? store.zone(zone, abroad) : store.t("find.was_in", { zone: store.zone(zone) });
  const where = one.coarse ? [zone] : [place || (!abroad && store.t("find.no_place")), zone && was];
  const how = [
    one.drill && store.t("find.drill"),
    as_class && store.t(`class.${as_class}`),
    outcome ? store.t(`outcome.${outcome}`) : store.t(`state.${state}`),
    origin === "hand" && store.t("find.by_hand"),
  ];
  const [first, ...others] = find.does.acts(one);
  const opened = find.opened.has(id);
  const facts = { class: "hit", type: "button", "aria-expanded": first ? undefined : opened };
  const open = (/** @type {any} */ { currentTarget }) => find.choose(one, first, currentTarget);
  const inside = [
    h("span", { class: "glyph" }, h(Shape, { name: shapeOf(state, "press"), size: 20 })),
    h("b", { class: "label" }, label),
    h("time", {}, when),
    h("span", { class: "where" }, joined(where)),
    h("span", { class: "how" }, joined(how)),
  ];
  const acts = others.map(({ name, href, run }) => {
    const words = store.t(`find.${name}`);
    const named = { class: "pill", "aria-label": store.t("find.act", { act: words, label, when }), "data-act": name };
    if (href) return h("a", { ...named, href, target: "_blank", rel: "noopener" }, words);
    return h("button", { ...named, type: "button", onClick: run }, words);
  });
  const at = (/** @type {number} */ ms) => clockAndDay(ms, store.now(), store.language);
  const times = Object.entries(one.times ?? {}).sort((a, b) => a[1] - b[1]);
  const lines = times.map(([name, ms]) => [h("dt", {}, store.t(`time.${name}`)), h("dd", {}, at(ms))]);
  return h(
    "li",
    { "data-id": id, "data-state": state },
    h("button", { ...facts, onClick: open }, inside),
    acts.length > 0 && h("span", { class: "acts" }, acts),
    opened && h("dl", { class: "times" }, lines),
  );
}

/** What stands in its place where it could not be drawn: it is counted, and somebody may know its number.
 * @param {{one: FoundIncident}} props */
const PlainHit = ({ one: { id, label } }) => h("li", { "data-id": id }, h("b", { class: "label" }, label));

/** The visible way to it, with its key. @param {import("../../shell/store.js").Store} store @param {() => void} open */
export function finder(store, open) {
  const made = button("pill finder", store.t("find.open"), open, store.keys.cap("find"));
  store.on("access", () => (made.hidden = store.locked));
  return made;
}
