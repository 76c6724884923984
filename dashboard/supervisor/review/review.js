// The review: one view, asked of the server at every choice; what comes back is drawn whole, so that all numbers are of
// one table.
import { button } from "../../shell/build.js";
import { attributes, clock, day, dayOf, element, joined, moment, monthAndYear, write } from "../../shell/format.js";
import { Address } from "./address.js";
import { Cards, Pledge } from "./cards.js";
import { Chips, span } from "./chips.js";
import { Days } from "./days.js";
import { Dots } from "./dots.js";
import { Ecdf } from "./ecdf.js";
import { beside, Exports } from "./exports.js";
import { Filters } from "./filters.js";
import { Heat } from "./heat.js";
import { Operators } from "./operators.js";
import { Slowest } from "./slowest.js";
import { Where } from "./where.js";

const KEPT = "review"; // the view, over a reload and a new line to the server
const SLOW_MS = 400; // a count that takes longer says how far it is
const AGAIN_MS = 5000; // at most so often is counted anew because of what came in
const STANDARD = { classes: ["real", "accidental", "unknown", ""] };
const CROSS = /** @type {const} */ (["zones", "cics", "shifts", "weekdays", "hours", "incidents", "only"]);
const YEAR_MS = 366 * 86_400_000;

/** @typedef {import("../../shell/room.js").Place} Place
 *  @typedef {import("./facts.js").View} View
 *  @typedef {import("./facts.js").Facts} Facts
 *  @typedef {import("./facts.js").Profile} Profile */

/** @param {Place} place */
export function mountReview(place) {
  const review = new Review(place);
  return { start: () => review.start(), clear: () => review.clear() };
}

export class Review {
  /** @param {Place} place */
  constructor(place) {
    this.place = place;
    this.store = place.store;
    this.standard = STANDARD;
    /** @type {View} */
    this.view = {};
    /** @type {Facts | null} */
    this.facts = null;
    /** @type {Profile[] | null} */
    this.profiles = null;
    /** @type {import("./where.js").Outlines | null} */
    this.map = null;
    this.n = 0;
    this.waiting = 0;
    this.asked = 0;
    this.again = 0;
    this.news = false;
    const { store } = this;
    this.chips = new Chips(this);
    this.byOperator = this._tool("operators", () => this.operators.ask());
    this.devices = beside(store.t("tool.devices"), `${place.base}devices`);
    this.devices.hidden = true;
    this.line = element("div", "line", this.chips.root, this.byOperator, this.devices);
    this.fill = element("span", "fill");
    this.counting = element("span", "said");
    const bar = { class: "progress", role: "progressbar", "aria-label": store.t("counting") };
    this.bar = element("div", bar, this.fill, this.counting);
    this.note = element("p", { class: "refused", role: "alert" });
    this.address = new Address(this);
    this.exports = new Exports(this);
    this.operators = new Operators(this);
    this.pledge = new Pledge(this);
    this.cards = new Cards(this);
    const dots = new Dots(this);
    const ecdf = new Ecdf(this);
    const days = new Days(this);
    const heat = new Heat(this);
    this.where = new Where(this);
    this.charts = [dots, ecdf, days, this.where, heat];
    this.slowest = new Slowest(this);
    this.against = element("section", "card against");
    this.root = element(
      "div",
      "review",
      this.pledge.root,
      dots.root,
      this.cards.root,
      ecdf.root,
      days.root,
      element("div", "place", this.where.root, heat.root),
      this.slowest.root,
      this.against,
    );
    this.root.hidden = this.bar.hidden = this.note.hidden = true;
    attributes(place.middle, { "aria-label": store.t("review") });
    place.middle.append(
      this.line,
      this.bar,
      this.note,
      this.address.root,
      this.exports.root,
      this.operators.root,
      this.root,
    );
    this.filters = new Filters(place.filters, this);
    place.tools.append(
      this._tool("copy", () => place.channel.ask({ what: "copy", view: this.view })),
      this._tool("export", () => place.channel.ask({ what: "export", view: this.view })),
      this._tool("print", () => print()),
    );
    place.channel.on((facts) => this._take(facts));
    for (const type of ["pointerover", "focusin"])
      for (const part of [place.middle, place.filters])
        part.addEventListener(type, ({ target }) => this._define(/** @type {Element} */ (target)));
    document.addEventListener("keydown", (event) => this._key(event));
    addEventListener("beforeprint", () => {
      const now = store.now();
      place.middle.dataset.printed = store.t("printed_at", {
        time: `${day(dayOf(now), store.language)} ${clock(now)}`,
      });
    });
    document.addEventListener("visibilitychange", () => this._news());
    store.on("language", () => this._speak());
  }

  /** There is a server and a person who may see. */
  start() {
    this.devices.hidden = !this.store.leads("devices");
    this.byOperator.hidden = !this.store.may("operator figures");
    this.place.channel.ask({ what: "map" });
    const word = new URLSearchParams(location.search).get("view");
    if (word && !this.facts) this.place.channel.ask({ what: "open", word });
    else {
      this.view = this.facts ? this.view : (this.store.drafts.get(KEPT) ?? {});
      this._ask();
    }
  }

  /** Nobody is signed in here: nothing of what was shown stays. */
  clear() {
    this.n += 1; // no answer that is under way is taken
    this.facts = this.profiles = null;
    this.view = {};
    this.root.hidden = this.bar.hidden = this.note.hidden = true;
    for (const part of this.root.querySelectorAll(".drawing, table")) part.replaceChildren();
    for (const part of [this.chips.root, this.pledge.root, this.cards.root]) part.replaceChildren();
    for (const chart of this.charts) chart.facts = null;
    this.address.hide();
    this.exports.hide();
    this.operators.hide();
  }

  /** Look at something else. @param {Partial<View>} changes undefined: the standard */
  set(changes) {
    const said = Object.entries({ ...this.view, ...changes }).filter(
      ([name, value]) => value && (!Array.isArray(value) || value.length || name === "classes"),
    );
    this.view = Object.fromEntries(said);
    this._ask();
  }

  /** Only this incident; when it is chosen already, its timeline. @param {string} id */
  incident(id) {
    if (this.view.incidents?.[0] === id) this.place.open(id);
    else this.set({ incidents: [id] });
  }

  /** One more, or one less. @param {"classes" | "zones" | "cics" | "shifts"} name @param {string} value */
  toggle(name, value) {
    const before = this.view[name] ?? (name === "classes" ? STANDARD.classes : []);
    const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
    if (name === "classes" && !after.length) return; // no class at all would choose every one
    const plain =
      name === "classes" &&
      after.length === STANDARD.classes.length &&
      STANDARD.classes.every((one) => after.includes(one));
    this.set({ [name]: plain ? undefined : after });
  }

  /** An hour of the week. @param {number} weekday @param {number} hour */
  cell(weekday, hour) {
    const same = this.view.weekdays?.includes(weekday) && this.view.hours?.includes(hour);
    this.set({ weekdays: same ? undefined : [weekday], hours: same ? undefined : [hour] });
  }

  /** @param {string} since @param {string} until days */
  range(since, until) {
    const same = this.view.since === since && this.view.until === until;
    this.set(same ? { period: undefined, since: undefined, until: undefined } : { period: "range", since, until });
  }

  /** @param {"over" | "look"} what */
  toggleOnly(what) {
    this.set({ only: this.view.only === what ? undefined : what });
  }

  /** Take every choice back but the profile and a standing period. */
  reset() {
    const { profile, period } = this.view;
    this.view = { ...(profile && { profile }), ...(period && period !== "range" && { period }) };
    this._ask();
  }

  /** @param {string} key */
  zoneName(key) {
    return this.store.zones[key] ?? key;
  }

  /** Whether tests and drills are in it, in words. */
  left() {
    const tests = this.view.classes?.includes("test");
    return this.store.t(`left.${tests ? "" : "tests"}${this.view.drills ? "" : "drills"}`);
  }

  /** A moment as people write it, with its year in a view of years. @param {number | null} ms
   * @param {"" | "hour" | "month"} [to] */
  when(ms, to = "") {
    if (ms == null || to === "month") return ms ? monthAndYear(ms, this.store.language) : this.store.t("not_known");
    const { since = "", until = "" } = this.facts ?? {};
    const long = Date.parse(until) - Date.parse(since) > YEAR_MS;
    /** @type {Intl.DateTimeFormatOptions} */
    const year = to === "hour" || long ? { year: "numeric" } : {};
    const day = moment(ms, this.store.language, { day: "numeric", month: "short", ...year });
    return `${day} ${clock(ms).slice(0, 5)}`;
  }

  /** A day, week or month by its first day; on an axis `short`, or with its `year` alone beside it.
   * @param {string} from @param {string} by @param {"" | "short" | "year"} [axis] */
  period(from, by, axis = "") {
    const words = moment(Date.parse(from), this.store.language, {
      ...(by === "month" ? {} : { day: "numeric" }),
      month: "short",
      ...(axis === "short" ? {} : { year: "numeric" }),
      timeZone: "UTC",
    });
    return by === "week" && !axis ? this.store.t("week_of", { day: words }) : words;
  }

  /** Monday to Sunday, short. */
  weekdays() {
    const name = (/** @type {number} */ day) =>
      moment(Date.UTC(2026, 0, 5 + day), this.store.language, { weekday: "short", timeZone: "UTC" });
    return Array.from({ length: 7 }, (_, day) => name(day));
  }

  /** A question that only the newest answer counts for. @param {object} facts */
  ask(facts) {
    this.n += 1;
    this.asked = performance.now();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this._progress({ n: this.n }), SLOW_MS);
    this.place.channel.ask({ ...facts, n: this.n, view: this.view });
  }

  _ask() {
    this.store.drafts.set(KEPT, this.view);
    this.ask({ what: "view", first: !this.profiles });
  }

  /** @param {import("./facts.js").Answer} answer */
  _take(answer) {
    if (answer.progress) this._progress(answer.progress);
    if (answer.changed) this._changed();
    if (answer.map) {
      this.map = answer.map;
      if (this.facts) this.where.show(this.facts);
    }
    if (answer.word) this.address.show(answer.word);
    if (answer.export) this.exports.show(answer.export);
    if (answer.refused) this._refuse(answer.refused, answer.what);
    if (answer.view) {
      leaveAddress();
      this.view = answer.view;
      this._ask();
    }
    const { facts, operators, profiles } = answer;
    if (operators) this._done(() => this.operators.show(operators));
    if (facts && answer.n === this.n) this._done(() => this._show(facts, profiles));
  }

  /** @param {() => void} show */
  _done(show) {
    clearTimeout(this.waiting);
    this.bar.hidden = this.note.hidden = true;
    show();
  }

  /** In another language all is drawn anew, and asked again: what a profile was made for comes in words. */
  _speak() {
    if (!this.facts) return;
    this._show(this.facts);
    this.operators.draw();
    this.ask({ what: "view", first: true });
  }

  /** @param {Facts} facts @param {Profile[]} [profiles] */
  _show(facts, profiles) {
    this.facts = facts;
    this.profiles = profiles ?? this.profiles;
    this.root.hidden = false;
    this.store.basis = this.left();
    this.store.profile = this.profiles?.find(({ key }) => key === (facts.view.profile ?? "amr"))?.name ?? "";
    this.root.dataset.n = String(this.n);
    for (const part of [this.chips, this.pledge, this.cards, ...this.charts, this.slowest]) part.show(facts);
    this.filters.show(facts, this.profiles);
    this._against(facts);
    this._define(null);
  }

  /** @param {string} refused @param {string} [what] was asked */
  _refuse(refused, what) {
    clearTimeout(this.waiting);
    this.bar.hidden = true;
    if (what === "operators") {
      this.operators.refuse(this.store.t(`review_refused.${refused}`));
      return;
    }
    this.note.hidden = false;
    write(this.note, this.store.t(`review_refused.${refused}`));
    if (what === "open") {
      leaveAddress();
      this.view = {};
      this._askBeside();
    } else if (what === "view" && this.facts === null && Object.keys(this.view).length) {
      this.view = {}; // what this browser kept is of another version
      this._askBeside();
    }
  }

  /** Count the standard view, and leave standing what was said. */
  _askBeside() {
    const said = this.note.textContent;
    this._ask();
    const done = this._done;
    this._done = (/** @type {() => void} */ show) => {
      this._done = done;
      done.call(this, show);
      this.note.hidden = false;
      write(this.note, said);
    };
  }

  /** @param {import("./facts.js").Progress} progress */
  _progress({ n, part, done = 0, total }) {
    if (n !== this.n || performance.now() - this.asked < SLOW_MS - 20) return;
    const { store } = this;
    const percent = Math.round((part ?? (total ? done / total : 0)) * 100);
    this.bar.hidden = false;
    this.fill.style.width = `${percent}%`;
    this.bar.setAttribute("aria-valuenow", String(percent));
    write(this.counting, total ? store.t("counting_log", { done, total }) : store.t("counting"));
  }

  /** More came in: count again, soon and seldom, and never on a page that nobody sees. */
  _changed() {
    if (this.again) return;
    this.again = setTimeout(() => {
      this.again = 0;
      this.news = true;
      this._news();
    }, AGAIN_MS);
  }

  _news() {
    if (!this.news || document.hidden || !this.facts) return;
    this.news = false;
    this._ask();
  }

  /** What is measured, in words. @param {Facts} facts */
  _measured({ target }) {
    const words = this.store.t(`definition.${target.interval}`);
    return this.store.t("definition_of", { interval: this.store.t(`interval.${target.interval}`), words });
  }

  /** On paper: what was looked at, and what the targets were made for. @param {Facts} facts */
  _against(facts) {
    const { store } = this;
    const mine = this.profiles?.find((profile) => profile.key === (facts.view.profile ?? "amr"));
    if (!mine) return;
    const { name, made_for: words, source } = mine;
    const looked = joined([span(this, facts), this.left(), store.t("open_rule")]);
    this.against.replaceChildren(
      element("h3", "", store.t("against", { name })),
      ...[words, store.t("source", { source }), this._measured(facts), looked].map((text) => element("p", "", text)),
    );
  }

  /** The line at the foot: what the number under the hand means, else what is measured.
   * @param {Element | null} target */
  _define(target) {
    const { facts, place } = this;
    if (!facts) return;
    const said = target?.closest("[data-definition]")?.dataset.definition;
    write(place.note, said || this._measured(facts));
  }

  /** @param {string} name @param {() => void} act */
  _tool(name, act) {
    return button(`pill ${name}`, this.store.t(`tool.${name}`), act);
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (
      event.key !== "Escape" ||
      event.defaultPrevented ||
      this.place.middle.hidden ||
      /** @type {Element} */ (event.target).closest("input, textarea, select, form")
    )
      return;
    if (this.address.hide() || this.exports.hide() || this.operators.hide()) event.preventDefault();
    else if (CROSS.some((name) => this.view[name]) || this.view.classes || this.view.period === "range") {
      event.preventDefault();
      this.reset();
    }
  }
}

/** The page goes its own way from here: what was sent to it is no longer what it shows. */
function leaveAddress() {
  const here = new URL(location.href);
  here.searchParams.delete("view");
  history.replaceState(null, "", here);
}
