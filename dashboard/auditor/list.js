// The list of looks: what is asked for above it, its rows sorted by their heads, a part of it at a time. Arrows go
// through the rows.
import { button, labelled, options, redraw } from "../shell/build.js";
import { attributes, dayOf, element, joined, moment, number, write, clock } from "../shell/format.js";
import { shape } from "../shell/shapes.js";
import { duties, missing, what, why } from "./people.js";

/** @typedef {import("./wire.js").View} View @typedef {import("./wire.js").Look} Look
 * @typedef {import("./wire.js").Part} Part */

const SHOWN = 50;
/** @type {View["alarm"][]} */
const ALARMS = ["", "with", "without"];
/** @type {View["sort"][]} */
const COLUMNS = ["at_ms", "who", "role", "what", "case", "why", "alarm"];
const TYPED_MS = 300;
const REST_MS = 200;
const HELD_MS = 1500;
const DAY = /** @type {const} */ ({ weekday: "short", day: "numeric", month: "short" });

export class List {
  /** @param {import("../shell/store.js").Store} store @param {HTMLElement} root
   * @param {import("./people.js").People} people @param {View} view
   * @param {{ask: () => void, open: (look: Look) => void}} does */
  constructor(store, root, people, view, does) {
    this.store = store;
    this.people = people;
    this.view = view;
    this.does = does;
    this.start = 0;
    /** @type {Part | null} */
    this.part = null;
    this.seq = 0; // of the look that is open
    this.timer = 0;
    this.opening = 0;
    this.period = { since: view.since, until: view.until };
    this.selects = Object.fromEntries(["who", "role", "what"].map((name) => [name, this._select(name)]));
    this.texts = Object.fromEntries(["case", "device"].map((name) => [name, this._typed(name, "text")]));
    this.days = Object.fromEntries(["since", "until"].map((name) => [name, this._typed(name, "date")]));
    const filters = { ...this.selects, ...this.texts, ...this.days };
    const fields = Object.entries(filters).map(([name, input]) =>
      labelled(store.t(`audit.filter.${name}`), input, name),
    );
    this.alarms = ALARMS.map((alarm) => button("do", "", () => this.set({ alarm }), { "data-alarm": alarm || "all" }));
    this.missing = button("do", store.t("audit.missing"), () => this.set({ missing: !this.view.missing }));
    this.clear = button("do", store.t("audit.clear"), () => this.everything());
    const alarms = element(
      "div",
      { class: "alarms", role: "group", "aria-label": store.t("audit.filter.alarm") },
      ...this.alarms,
    );
    this.of = element("p", "of");
    this.heads = COLUMNS.map((name) => this._head(name));
    this.body = element("tbody");
    this.table = element(
      "table",
      { role: "grid", tabindex: 0, "aria-label": store.t("audit.list") },
      element("thead", "", element("tr", "", ...this.heads)),
      this.body,
    );
    this.none = element("p", "none");
    this.before = button("do", store.t("audit.page_before"), () => this.go(this.start - SHOWN));
    this.next = button("do", store.t("audit.page_next"), () => this.go(this.start + SHOWN));
    this.range = element("span", { role: "status" });
    this.own = element("span", "own");
    root.append(
      element("form", { class: "filters", "aria-label": store.t("audit.filters") }, ...fields),
      element("div", "choices", alarms, this.missing, this.clear, this.of),
      element("div", "scroller", this.table, this.none),
      element("div", "pages", this.before, this.range, this.next, this.own),
    );
    root.querySelector("form")?.addEventListener("submit", (event) => event.preventDefault());
    this.moved = 0; // when a hand was over the rows
    this.table.addEventListener("pointermove", () => (this.moved = Date.now()));
    this.table.addEventListener("keydown", (event) => this._pressed(event));
    store.on("language", () => this.show());
    this._stand();
  }

  /** @param {Partial<View>} changed */
  set(changed) {
    clearTimeout(this.timer);
    Object.assign(this.view, changed);
    this.start = 0;
    this._stand();
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
    if (!renewed) this.table.parentElement?.scrollTo({ top: 0 });
  }

  get held() {
    return Date.now() - this.moved < HELD_MS;
  }

  /** Nobody is there to see it. */
  empty() {
    this.part = null;
    this.body.replaceChildren();
  }

  show() {
    const { store, part, view } = this;
    this._stand();
    if (!part) return;
    const { listed, rows } = part;
    const { people: persons, roles: held, kinds } = listed;
    const { language, words } = store;
    const counted = (/** @type {Record<string, number | number[]>} */ found) =>
      Object.entries(found).map(([name, n]) => [name, typeof n === "number" ? n : n[0]]);
    const people = counted(persons);
    this._fill("who", people, (who) => this.people.of(who));
    this._fill("role", counted(held), (role) => duties(store, role).join(", "));
    this._fill("what", counted(kinds), (what) => store.t(`audit.what.${what}`));
    for (const one of this.alarms) {
      const name = /** @type {"all" | "with" | "without"} */ (one.dataset.alarm);
      const n = number(words, listed.counts[name]);
      redraw(one, [name, n, language], () => [
        element("span", "", store.t(`audit.alarms.${name}`)),
        element("b", "", n),
      ]);
    }
    let day = "";
    redraw(this.body, [rows, language, this.seq, [...this.people.named]], () =>
      rows.map((look) => {
        const its = dayOf(look.at_ms);
        const first = its !== day && view.sort === "at_ms";
        day = its;
        return this._row(look, first || view.sort !== "at_ms", first);
      }),
    );
    write(this.none, rows.length ? "" : store.t("audit.none"));
    const last = listed.start + rows.length;
    write(
      this.range,
      listed.count
        ? store.t("audit.range", {
            from: number(words, listed.start + 1),
            to: number(words, last),
            n: number(words, listed.count),
          })
        : "",
    );
    this.before.disabled = !listed.start;
    this.next.disabled = last >= listed.count;
    const { all, with: open, without } = listed.counts;
    const nobody = all - open - without; // a list, an export, a sign-in
    const { own } = listed;
    write(
      this.own,
      joined([nobody && store.t("audit.of_nobody", { n: nobody }), own && store.t("audit.own", { n: own })]),
    );
  }

  /** What is asked for, on what asks for it. */
  _stand() {
    const { view } = this;
    for (const [name, input] of Object.entries({ ...this.texts, ...this.days })) {
      const wanted = /** @type {Record<string, any>} */ (view)[name];
      if (input.value !== wanted && document.activeElement !== input) input.value = wanted;
      input.classList.toggle("on", Boolean(wanted) && name in this.texts);
    }
    for (const [name, input] of Object.entries(this.selects)) {
      const wanted = /** @type {Record<string, any>} */ (view)[name];
      input.value = wanted;
      input.classList.toggle("on", Boolean(wanted));
    }
    for (const one of this.alarms)
      attributes(one, { "aria-pressed": (view.alarm || "all") === /** @type {string} */ (one.dataset.alarm) });
    attributes(this.missing, { "aria-pressed": view.missing });
    write(this.of, view.notice ? this.store.t("audit.of_notice") : "");
    this.heads.forEach((head, n) => {
      const sorted = COLUMNS[n] === view.sort;
      attributes(head, { "aria-sort": sorted ? (view.rising ? "ascending" : "descending") : "none" });
    });
  }

  /** @param {View["sort"]} name */
  _head(name) {
    const sort = button("sort", this.store.t(`audit.col.${name}`), () => {
      const same = this.view.sort === name;
      this.set({ sort: name, rising: same ? !this.view.rising : name !== "at_ms" });
    });
    return element("th", { scope: "col", role: "columnheader" }, sort);
  }

  /** @param {string} name */
  _select(name) {
    const input = element("select", "", ...options([["", this.store.t("audit.any")]]));
    input.addEventListener("change", () => this.set(this._leaving({ [name]: input.value })));
    return input;
  }

  /** @param {string} name @param {string} type */
  _typed(name, type) {
    const input = element("input", { type, maxlength: 64, autocomplete: "off" });
    input.addEventListener("input", () => {
      // At once, and asked for a moment later: what is typed into another field until then is asked for with it.
      Object.assign(this.view, this._leaving({ [name]: input.value }));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.set({}), TYPED_MS);
    });
    return input;
  }

  /** @param {string} name @param {(string | number)[][]} found @param {(value: string) => string} said */
  _fill(name, found, said) {
    const input = this.selects[name];
    const wanted = /** @type {Record<string, any>} */ (this.view)[name];
    const values = found.map(([value]) => String(value));
    if (wanted && !values.includes(wanted)) found = [[wanted, 0], ...found];
    const choices = found
      .map(([value, n]) => /** @type {[string, string]} */ ([String(value), `${said(String(value))} (${n})`]))
      .sort((one, other) => one[1].localeCompare(other[1]));
    redraw(input, [choices, this.store.language], () => options([["", this.store.t("audit.any")], ...choices], wanted));
    input.value = wanted;
  }

  /** @param {Look} look @param {boolean} dated @param {boolean} first of its day */
  _row(look, dated, first) {
    const { store } = this;
    const said = why(store, look);
    const lacks = !said && missing(look);
    const open = look.alarm === "open" || look.alarm === "technical";
    const marks = [first && "day", look.alarm === "none" && !look.need && "without", lacks && "lacks"];
    const cells = [
      element(
        "td",
        "when",
        element("span", "date", dated ? moment(look.at_ms, store.language, DAY) : ""),
        element("time", "", clock(look.at_ms)),
      ),
      element("td", "person", this.people.of(look.who)),
      element("td", "dim", look.command ? store.t("audit.command") : duties(store, look.role).join(", ")),
      element("td", "", what(store, look)),
      element("td", "case", look.case || look.device),
      element("td", said ? "" : "bad", said || (lacks ? store.t("audit.none_given") : "")),
      element(
        "td",
        "mark",
        look.alarm ? shape(open ? "scene" : "device", 14) : "",
        element("span", "", look.alarm ? store.t(`audit.alarm.${look.alarm}`) : ""),
      ),
    ];
    for (const cell of cells) cell.setAttribute("role", "gridcell");
    const row = element("tr", { id: `look-${look.seq}`, class: marks.filter(Boolean).join(" ") || null }, ...cells);
    row.setAttribute("aria-selected", String(look.seq === this.seq));
    row.addEventListener("click", () => this.choose(look));
    return row;
  }

  /** @param {Look} look */
  choose(look) {
    this.seq = look.seq;
    for (const row of this.body.children) row.setAttribute("aria-selected", String(row.id === `look-${look.seq}`));
    this.table.setAttribute("aria-activedescendant", `look-${look.seq}`);
    document.getElementById(`look-${look.seq}`)?.scrollIntoView({ block: "nearest" });
    clearTimeout(this.opening); // who passes over a row opens nothing: each opening is recorded
    this.opening = setTimeout(() => this.does.open(look), REST_MS);
  }

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    if (event.target !== this.table || event.ctrlKey || event.altKey || event.metaKey || !this.part) return;
    const { rows } = this.part;
    const at = rows.findIndex((look) => look.seq === this.seq);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? 0 : at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (event.key === "PageDown" && !this.next.disabled) this.go(this.start + SHOWN);
    else if (event.key === "PageUp" && !this.before.disabled) this.go(this.start - SHOWN);
    else if (to === undefined) return;
    else if (rows[to]) this.choose(rows[to]);
    event.preventDefault();
  }
}
