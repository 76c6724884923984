// The list of looks: what is asked for above it, its rows sorted by their heads, a part of it at a time. Arrows go
// through the rows.
import { clock, dayOf, joined, moment, number } from "../shell/format.js";
import { h, render } from "../shell/kit.js";
import { Shape } from "../shell/shapes.js";
import { alone, doButton } from "../shell/views.js";
import { duties, missing, what, why } from "./people.js";

/** @typedef {import("./wire.js").View} View @typedef {import("./wire.js").Look} Look
 * @typedef {import("./wire.js").Part} Part @typedef {import("../shell/store.js").Store} Store
 * @typedef {[value: string, words: string][]} Choices */

const SHOWN = 50;
/** @type {View["alarm"][]} */
const ALARMS = ["", "with", "without"];
/** @type {View["sort"][]} */
const COLUMNS = ["at_ms", "who", "role", "what", "case", "why", "alarm"];
const TYPED_MS = 300;
const REST_MS = 200;
const HELD_MS = 1500;
const DAY = /** @type {const} */ ({ weekday: "short", day: "numeric", month: "short" });
const NOTHING = {
  start: 0,
  count: 0,
  own: 0,
  people: {},
  roles: {},
  kinds: {},
  counts: { all: 0, with: 0, without: 0 },
};

export class List {
  /** @param {Store} store @param {HTMLElement} root
   * @param {import("./people.js").People} people @param {View} view
   * @param {{ask: () => void, open: (look: Look) => void}} does */
  constructor(store, root, people, view, does) {
    this.store = store;
    this.root = root;
    this.people = people;
    this.view = view;
    this.does = does;
    this.start = 0;
    /** @type {Part | null} */
    this.part = null;
    this.seq = 0; // of the look that is open
    this.timer = 0;
    this.opening = 0;
    this.moved = 0; // when a hand was over the rows
    this.period = { since: view.since, until: view.until };
    store.on("language", () => this.show());
    this.show();
  }

  /** @param {Partial<View>} changed */
  set(changed) {
    clearTimeout(this.timer);
    Object.assign(this.view, changed);
    this.start = 0;
    this.show();
    this.does.ask();
  }

  /** Everybody's list of the period, or the looks that a notice counted, whose period is its own.
   * @param {string} [notice] */
  everything(notice = "") {
    if (!this.view.notice) this.period = { since: this.view.since, until: this.view.until };
    const period = notice ? { since: "", until: "" } : this.period;
    this.set({ who: "", role: "", what: "", case: "", device: "", alarm: "", missing: false, notice, ...period });
  }

  /** Something else than a notice's looks: of the period of before.
   * @param {Partial<View>} changed @returns {Partial<View>} */
  _leaving(changed) {
    return { ...(this.view.notice ? this.period : {}), notice: "", ...changed };
  }

  /** @param {number} start */
  go(start) {
    this.start = Math.max(0, start);
    this.does.ask();
  }

  /** @param {Part} part @param {boolean} renewed it was asked for by nobody, and stays where it is */
  take(part, renewed) {
    this.part = part;
    this.start = part.listed.start;
    this.show();
    if (!renewed) this.root.querySelector(".scroller")?.scrollTo({ top: 0 });
  }

  get held() {
    return Date.now() - this.moved < HELD_MS;
  }

  /** Nobody is there to see it. */
  empty() {
    this.part = null;
    this.show();
  }

  /** The hand is where a case is typed. */
  find() {
    /** @type {HTMLElement | null} */ (this.root.querySelector(".case input"))?.focus();
  }

  show() {
    render([this._filters(), this._choices(), this._table(), this._pages()], this.root);
  }

  get _listed() {
    return this.part?.listed ?? NOTHING;
  }

  get _last() {
    return this._listed.start + (this.part?.rows.length ?? 0);
  }

  _filters() {
    const { store } = this;
    const { people, roles, kinds } = this._listed;
    const submit = (/** @type {Event} */ event) => event.preventDefault();
    return h(
      "form",
      { class: "filters", "aria-label": store.t("audit.filters"), autocomplete: "off", onSubmit: submit },
      this._select("who", people, (who) => this.people.of(who)),
      this._select("role", roles, (role) => duties(store, role).join(", ")),
      this._select("what", kinds, (what) => store.t(`audit.what.${what}`)),
      ["case", "device"].map((name) => this._typed(name, "text")),
      ["since", "until"].map((name) => this._typed(name, "date")),
    );
  }

  /** @param {string} name @param {Record<string, number | number[]>} found how often each stands in the list
   * @param {(value: string) => string} said */
  _select(name, found, said) {
    const { store } = this;
    const value = this._wanted(name);
    const counted = Object.entries(value && !(value in found) ? { ...found, [value]: 0 } : found);
    const choices = /** @type {Choices} */ (
      counted.map(([one, n]) => [one, `${said(one)} (${typeof n === "number" ? n : n[0]})`])
    );
    choices.sort((one, other) => one[1].localeCompare(other[1]));
    const all = /** @type {Choices} */ ([["", store.t("audit.any")], ...choices]);
    const change = (/** @type {any} */ { currentTarget }) => this.set(this._leaving({ [name]: currentTarget.value }));
    const options = all.map(([one, words]) => h("option", { key: one, value: one }, words));
    const facts = { value, class: value ? "on" : "", autocomplete: "off", onChange: change };
    return this._labelled(name, h("select", /** @type {any} */ (facts), options));
  }

  /** @param {string} name @param {string} type */
  _typed(name, type) {
    const value = this._wanted(name);
    const input = (/** @type {any} */ { currentTarget }) => {
      // At once, and asked for a moment later: what is typed into another field until then is asked for with it.
      Object.assign(this.view, this._leaving({ [name]: currentTarget.value }));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.set({}), TYPED_MS);
    };
    const look = value && type === "text" ? "on" : "";
    return this._labelled(
      name,
      h("input", { type, value, class: look, maxLength: 64, autocomplete: "off", onInput: input }),
    );
  }

  /** @param {string} name @returns {string} */
  _wanted(name) {
    return /** @type {Record<string, any>} */ (this.view)[name];
  }

  /** @param {string} name @param {any} input */
  _labelled(name, input) {
    const words = h("span", { class: "name" }, this.store.t(`audit.filter.${name}`));
    return h("label", { key: name, class: `labelled ${name}` }, words, input);
  }

  _choices() {
    const { store, view } = this;
    const alarms = ALARMS.map((alarm) => {
      const name = alarm || "all";
      return doButton(
        () => this.set({ alarm }),
        { key: name, "data-alarm": name, "aria-pressed": view.alarm === alarm },
        h("span", {}, store.t(`audit.alarms.${name}`)),
        this.part && h("b", {}, number(store.words, this._listed.counts[name])),
      );
    });
    return h(
      "div",
      { class: "choices" },
      h("div", { class: "alarms", role: "group", "aria-label": store.t("audit.filter.alarm") }, alarms),
      doButton(() => this.set({ missing: !view.missing }), { "aria-pressed": view.missing }, store.t("audit.missing")),
      doButton(() => this.everything(), {}, store.t("audit.clear")),
      view.notice ? h("p", { class: "of" }, store.t("audit.of_notice")) : null,
    );
  }

  _table() {
    const { store, view, part } = this;
    const heads = COLUMNS.map((name) => {
      const sorted = name === view.sort;
      const sort = () => this.set({ sort: name, rising: sorted ? !view.rising : name !== "at_ms" });
      const facts = { scope: "col", role: "columnheader" };
      return h(
        "th",
        { key: name, ...facts, "aria-sort": sorted ? (view.rising ? "ascending" : "descending") : "none" },
        h("button", { class: "sort", type: "button", onClick: sort }, store.t(`audit.col.${name}`)),
      );
    });
    let day = "";
    const rows = (part?.rows ?? []).map((look) => {
      const first = view.sort === "at_ms" && dayOf(look.at_ms) !== day;
      day = dayOf(look.at_ms);
      const stands = { first, dated: first || view.sort !== "at_ms", chosen: look.seq === this.seq };
      const props = { store, look, who: this.people.of(look.who), language: store.language, ...stands };
      return alone(Row, { ...props, choose: this._choose }, { of: look, key: `${look.seq}` });
    });
    return h(
      "div",
      { class: "scroller" },
      h(
        "table",
        {
          role: "grid",
          tabIndex: 0,
          "aria-label": store.t("audit.list"),
          "aria-activedescendant": this.seq ? `look-${this.seq}` : undefined,
          onKeyDown: (/** @type {KeyboardEvent} */ event) => this._pressed(event),
          onPointerMove: () => void (this.moved = Date.now()),
        },
        h("thead", {}, h("tr", {}, heads)),
        h("tbody", {}, rows),
      ),
      part && !rows.length && h("p", { class: "none" }, store.t("audit.none")),
    );
  }

  _pages() {
    const { store, part } = this;
    const { words } = store;
    const { start, count, own, counts } = this._listed;
    const facts = { from: number(words, start + 1), to: number(words, this._last), n: number(words, count) };
    const nobody = counts.all - counts.with - counts.without; // a list, an export, a sign-in
    const said = [nobody && store.t("audit.of_nobody", { n: nobody }), own && store.t("audit.own", { n: own })];
    const go = (/** @type {number} */ by) => () => this.go(this.start + by);
    return h(
      "div",
      { class: "pages" },
      doButton(go(-SHOWN), { disabled: !start }, store.t("audit.page_before")),
      h("span", { role: "status" }, part && count ? store.t("audit.range", facts) : ""),
      doButton(go(SHOWN), { disabled: this._last >= count }, store.t("audit.page_next")),
      h("span", { class: "own" }, joined(said)),
    );
  }

  /** @param {Look} look */
  _choose = (look) => {
    this.seq = look.seq;
    this.show();
    document.getElementById(`look-${look.seq}`)?.scrollIntoView({ block: "nearest" });
    clearTimeout(this.opening); // who passes over a row opens nothing: each opening is recorded
    this.opening = setTimeout(() => this.does.open(look), REST_MS);
  };

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.altKey || event.metaKey || !this.part) return;
    const { rows } = this.part;
    const at = rows.findIndex((look) => look.seq === this.seq);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? 0 : at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "PageDown" && this._last < this._listed.count) this.go(this.start + SHOWN);
    else if (event.key === "PageUp" && this._listed.start) this.go(this.start - SHOWN);
    else if (to === undefined) return;
    else if (rows[to]) this._choose(rows[to]);
    event.preventDefault();
  }
}

/** @param {{store: Store, look: Look, who: string, dated: boolean, first: boolean, chosen: boolean,
 * choose: (look: Look) => void}} props `first` of its day */
function Row({ store, look, who, dated, first, chosen, choose }) {
  const said = why(store, look);
  const lacks = !said && missing(look);
  const open = look.alarm === "open" || look.alarm === "technical";
  const marks = [first && "day", look.alarm === "none" && !look.need && "without", lacks && "lacks"];
  const cell = (/** @type {string} */ look, /** @type {any[]} */ ...inside) =>
    h("td", { class: look || undefined, role: "gridcell" }, inside);
  return h(
    "tr",
    {
      id: `look-${look.seq}`,
      class: marks.filter(Boolean).join(" ") || undefined,
      "aria-selected": chosen,
      onClick: () => choose(look),
    },
    cell(
      "when",
      h("span", { class: "date" }, dated ? moment(look.at_ms, store.language, DAY) : ""),
      h("time", {}, clock(look.at_ms)),
    ),
    cell("person", who),
    cell("dim", look.command ? store.t("audit.command") : duties(store, look.role).join(", ")),
    cell("", what(store, look)),
    cell("case", look.case || look.device),
    cell(said ? "" : "bad", said || (lacks ? store.t("audit.none_given") : "")),
    cell(
      "mark",
      look.alarm ? h(Shape, { name: open ? "scene" : "device", size: 14 }) : null,
      h("span", {}, look.alarm ? store.t(`audit.alarm.${look.alarm}`) : ""),
    ),
  );
}
