// Finding incidents of any age: one field, what its words mean, the line that asks why, and what was found. It stands
// where it covers no alarm, and moves neither the selection nor the map.
import { button, form, onEscape, parts } from "../../shell/build.js";
import {
  attributes,
  clock,
  clockAndDay,
  day,
  dayOf,
  element,
  joined,
  monthAndYear,
  write,
} from "../../shell/format.js";
import { meantElsewhere } from "../../shell/keyboard.js";
import { shape, shapeOf } from "../../shell/shapes.js";
import { Reason } from "../reason/reason.js";
import { PlaceList } from "./places.js";

const TYPED_MS = 150; // who types on does not want to know what half a word means
const AGAIN_MS = 1000; // while the past is being read
const ANSWER_MS = 10_000;
const LONGEST = 200;

/** @typedef {import("../../shell/wire.js").FoundIncident} FoundIncident
 * @typedef {import("../../shell/wire.js").Hits} Hits
 * @typedef {{name: string, run?: () => void, href?: string, closes?: boolean}} Act what may be done with one that was
 * found, by its word `find.NAME`; `closes`: the search is over then @typedef {import("./places.js").Chosen} Chosen
 * @typedef {{n: number, text: string, why?: string, reason?: string}} Asked */

export class Find {
  /** @param {import("../../shell/store.js").Store} store @param {HTMLElement} place where it stands, first
   * @param {{ask: (asked: Asked) => void, acts: (found: FoundIncident) => Act[], left?: () => void, go?: (chosen:
   * Chosen) => void}} does `ask` is answered by `take`, and with places by `offer`; the first of the `acts` is what
   * Enter does; `left`: it was closed by hand; `go`: shows a place on the map */
  constructor(store, place, { ask, acts, left = () => {}, go }) {
    this.store = store;
    this.place = place;
    this.does = { ask, acts, left };
    this.n = this.timer = this.late = 0;
    this.asks = 0; // the question whose answer says whether there is anything to ask a reason for
    /** @type {Hits | null} */
    this.hits = null;
    this.given = {}; // why the last search was carried out
    this.searched = ""; // the words that the rows were found by
    /** @type {Element | null} */
    this.from = null; // where the hand was before
    const facts = { type: "search", maxlength: LONGEST, autocomplete: "off", spellcheck: false };
    this.input = element("input", { ...facts, "aria-label": store.t("find.what"), "aria-describedby": "find-hint" });
    this.hint = element("p", { class: "hint", id: "find-hint" });
    this.input.addEventListener("input", () => this._typed());
    this.chips = element("ul", { class: "chips", "aria-label": store.t("find.understood") });
    this.reason = new Reason(store, (why, reason) => this._search(why, reason));
    this.said = element("p", { class: "said", role: "status" });
    this.list = element("ol", { class: "hits", "aria-label": store.t("find.results") });
    this.places = new PlaceList(store, (chosen) => {
      write(this.said, "");
      go?.(chosen);
    });
    const results = element("div", "results", this.list, this.places.head, this.places.list, this.places.more);
    this.hide = button("do", store.t("find.hide"), () => this.close(), element("kbd", "", "Esc"));
    const title = store.t(go ? "find.both" : "find");
    const head = element("div", "title", element("h2", "", title), this.hide);
    const submit = element("button", "do primary", store.t("find.submit"), element("kbd", "", "↵"));
    const field = element("div", "asked", element("div", "line", this.input, submit), this.hint, this.chips);
    this.root = form("help find", () => this._submit(), head, field, this.reason.root, this.said, results);
    attributes(this.root, { role: "search", "aria-label": title });
    this.root.addEventListener("keydown", (event) => this._pressed(event));
    onEscape(this.root, (event) => {
      event.preventDefault();
      event.stopPropagation();
      this._back();
    });
    let who = "";
    store.on("access", () => {
      const now = store.locked ? "" : `${store.access?.name ?? ""} ${store.access?.may ?? ""}`;
      if (now === who) return;
      who = now;
      this.forget();
    });
  }

  get open() {
    return this.root.isConnected;
  }

  show() {
    const { store } = this;
    if (store.locked) return;
    if (!this.open) {
      this.from = document.activeElement;
      write(this.hint, store.t(store.may("search cases") ? "find.hint_names" : "find.hint"));
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
    this.n += 1; // what is under way is not taken
    clearTimeout(this.late);
    this.hits = null;
    this.searched = this.input.value = "";
    this.given = {};
    this.chips.replaceChildren();
    this.list.replaceChildren();
    this.places.clear(this.n);
    write(this.said, "");
    this.reason.forget();
    this.root.remove();
  }

  /** The answer to what was asked last. @param {Hits} hits */
  take(hits) {
    if (hits.n !== this.n) return;
    clearTimeout(this.late);
    this._chips(hits.chips ?? []);
    if (hits.n === this.asks && !hits.refused) return this._understood(hits.chips ?? []);
    if (hits.refused === "not_ready") {
      const again = this.given;
      this.late = setTimeout(() => hits.n === this.n && this._ask(again), AGAIN_MS);
    }
    if (hits.refused) return write(this.said, this.store.t(`find.refused.${hits.refused}`));
    if (!hits.rows) return;
    this.hits = hits;
    this._rows(hits);
  }

  /** The places that are called as was typed. @param {import("./places.js").PlacesFound} places */
  offer(places) {
    if (places.n <= this.n) this.places.offer(places);
  }

  /** A place is shown, or cannot be. @param {{ok: boolean}} went @param {string} shown where, by its word */
  went({ ok }, shown = "find.went") {
    write(this.said, this.store.t(ok ? shown : "find.refused.not_there"));
  }

  _typed() {
    clearTimeout(this.timer);
    this.reason.hide();
    write(
      this.said,
      this.list.firstChild && this.input.value.trim() !== this.searched ? this.store.t("find.changed") : "",
    );
    this.timer = setTimeout(() => this._ask({}), TYPED_MS);
  }

  /** @param {{why?: string, reason?: string}} reason */
  _ask(reason) {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (!text) {
      this.places.clear(++this.n);
      return this.chips.replaceChildren();
    }
    this.does.ask({ n: ++this.n, text, ...reason });
  }

  _submit() {
    if (!this.input.value.trim()) return;
    if (!this.store.live) return write(this.said, this.store.t("find.refused.lost"));
    this._ask({});
    this.asks = this.n;
    this.late = setTimeout(() => write(this.said, this.store.t("find.refused.no_answer")), ANSWER_MS);
  }

  /** Nobody says why for nothing. @param {import("../../shell/wire.js").Chip[]} chips */
  _understood(chips) {
    this.asks = 0;
    const wrong = chips.some(({ kind }) => kind === "no_day") ? "no_day" : chips.length ? "" : "nothing";
    write(this.said, wrong && this.store.t(`find.refused.${wrong}`));
    if (!wrong) this.reason.ask();
  }

  /** @param {string} why @param {string} reason */
  _search(why, reason) {
    if (!this.store.live) return write(this.said, this.store.t("find.refused.lost"));
    this.list.replaceChildren();
    this.searched = this.input.value.trim();
    write(this.said, this.store.t("find.searching"));
    this.input.focus();
    this.given = { why, reason };
    this._ask(this.given);
    this.late = setTimeout(() => write(this.said, this.store.t("find.refused.no_answer")), ANSWER_MS);
  }

  /** @param {import("../../shell/wire.js").Chip[]} chips */
  _chips(chips) {
    const { store } = this;
    this.chips.replaceChildren(
      ...chips.map(({ kind, text, since = "", until = "" }) => {
        const name = store.t(`find.kind.${kind === "who" && store.may("search cases") ? "who_names" : kind}`);
        const days = since && [...new Set([since, until])].map((one) => day(one, store.language)).join(" – ");
        return element("li", { "data-kind": kind }, element("span", "", name), element("b", "", days || text));
      }),
    );
  }

  /** @param {Hits} hits */
  _rows({ count = 0, rows = [] }) {
    const { store } = this;
    const said = count === 0 ? "none" : count === 1 ? "count_one" : count > rows.length ? "count_more" : "count";
    write(
      this.said,
      joined([store.t(`find.${said}`, { n: count, shown: rows.length }), count > 0 && store.t("find.keys")]),
    );
    this.list.replaceChildren(...rows.map((one) => this._row(one)));
    if (count && document.activeElement === this.input) this._mains()[0].focus({ preventScroll: true });
  }

  /** @param {FoundIncident} one */
  _row(one) {
    const { store } = this;
    const { id, label, state, received, place, was_in: zone, abroad, as_class, outcome, origin } = one;
    const exact = (/** @type {number} */ ms) => `${day(dayOf(ms), store.language)} ${clock(ms).slice(0, 5)}`;
    const when = received == null ? "" : one.coarse ? monthAndYear(received, store.language) : exact(received);
    const was = abroad ? store.zone(zone, abroad) : store.t("find.was_in", { zone: store.zone(zone) });
    const where = one.coarse ? [zone] : [place || (!abroad && store.t("find.no_place")), zone && was];
    const times = element("dl", { class: "times", hidden: true });
    const [first, ...others] = this.does.acts(one);
    const open = () => {
      this.at = main;
      if (first?.closes) this.close();
      if (first?.run) first.run();
      else this._times(main, times, one);
    };
    const main = button(
      "hit",
      "",
      open,
      { "aria-expanded": first ? null : false },
      element("span", "glyph", shape(shapeOf(state, "press"), 20)),
      element("b", "label", label),
      element("time", "", when),
      element("span", "where", joined(where)),
      element(
        "span",
        "how",
        joined([
          one.drill && store.t("find.drill"),
          as_class && store.t(`class.${as_class}`),
          outcome ? store.t(`outcome.${outcome}`) : store.t(`state.${state}`),
          origin === "hand" && store.t("find.by_hand"),
        ]),
      ),
    );
    const acts = others.map(({ name, href, run = () => {} }) => {
      const words = store.t(`find.${name}`);
      const named = { "aria-label": store.t("find.act", { act: words, label, when }), "data-act": name };
      return href
        ? element("a", { class: "pill", href, target: "_blank", rel: "noopener", ...named }, words)
        : button("pill", words, run, named);
    });
    const row = element(
      "li",
      { "data-id": id, "data-state": state },
      main,
      acts.length > 0 && element("span", "acts", ...acts),
      times,
    );
    return row;
  }

  /** How it went, where nothing more may be opened from here. @param {HTMLElement} main @param {HTMLElement} list
   * @param {FoundIncident} one */
  _times(main, list, { times = {} }) {
    list.hidden = !list.hidden;
    main.ariaExpanded = String(!list.hidden);
    if (list.hidden) return;
    const known = Object.entries(times).sort((a, b) => a[1] - b[1]);
    list.replaceChildren(
      ...known.flatMap(([name, at]) => [
        element("dt", "", this.store.t(`time.${name}`)),
        element("dd", "", this._clock(at)),
      ]),
    );
  }

  /** @param {number} at */
  _clock(at) {
    return clockAndDay(at, this.store.now(), this.store.language);
  }

  _mains() {
    const rows = parts(this.list).map((row) => /** @type {HTMLElement} */ (row.firstElementChild));
    return [...rows, ...this.places.mains()];
  }

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const mains = this._mains();
    const row = /** @type {Element} */ (event.target).closest(".results li");
    const at = mains.findIndex((main) => main.parentElement === row);
    const to = at + way;
    event.preventDefault();
    if (to < 0) this.input.focus();
    else mains[Math.min(to, mains.length - 1)]?.focus();
  }

  /** Escape leads back a step: from the reason to the words, from there away. */
  _back() {
    if (!this.reason.open) return this.close();
    this.reason.hide();
    this.input.focus();
  }
}

/** The visible way to it, with its key. @param {import("../../shell/store.js").Store} store @param {() => void} open */
export function finder(store, open) {
  const made = button("pill finder", store.t("find.open"), open, store.keys.cap("find"));
  store.on("access", () => (made.hidden = store.locked));
  return made;
}
