// The review: one view, asked of the server at every choice; what comes back is drawn whole, so that all numbers are of one table.
import { element, write } from "../../shell/format.js";
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

const KEPT = "vigie.review"; // the view, over a reload and a new line to the server
const SLOW_MS = 400; // a count that takes longer says how far it is
const AGAIN_MS = 5000; // at most so often is counted anew because of what came in
const STANDARD = { classes: ["real", "accidental", "unknown", ""] };
const CROSS = ["zones", "cics", "shifts", "weekdays", "hours", "incidents", "only"];
const ZONE = "Europe/Brussels";

/** @param {import("../../shell/room.js").Place} place */
export function mountReview(place) {
  const review = new Review(place);
  return { start: () => review.start(), clear: () => review.clear() };
}

export class Review {
  /** @param {import("../../shell/room.js").Place} place */
  constructor(place) {
    this.place = place;
    this.store = place.store;
    this.standard = STANDARD;
    this.view = {};
    this.facts = null;
    this.profiles = null;
    this.map = null;
    this.n = 0;
    this.waiting = 0;
    this.asked = 0;
    this.again = 0;
    const { store } = this;
    this.locale = store.language === "en" ? "en-GB" : store.language;
    this.root = element("div", "review");
    this.chips = new Chips(this);
    this.line = element("div", "line");
    this.line.append(this.chips.root);
    this.bar = element("div", "progress");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", store.t("counting"));
    this.bar.append(element("span", "fill"), element("span", "said"));
    this.bar.hidden = true;
    this.note = element("p", "refused");
    this.note.setAttribute("role", "alert");
    this.note.hidden = true;
    this.address = new Address(this);
    this.exports = new Exports(this);
    this.operators = new Operators(this);
    this.pledge = new Pledge(this);
    this.cards = new Cards(this);
    this.charts = {
      dots: new Dots(this),
      ecdf: new Ecdf(this),
      days: new Days(this),
      where: new Where(this),
      heat: new Heat(this),
    };
    this.slowest = new Slowest(this);
    this.against = element("section", "card against");
    const { dots, ecdf, days, where, heat } = this.charts;
    const lands = element("div", "place");
    lands.append(where.root, heat.root);
    this.root.append(
      this.pledge.root,
      dots.root,
      this.cards.root,
      ecdf.root,
      days.root,
      lands,
      this.slowest.root,
      this.against,
    );
    this.root.hidden = true;
    place.middle.setAttribute("aria-label", store.t("review"));
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
    this._tools();
    place.channel.on((facts) => this._take(facts));
    for (const type of ["pointerover", "focusin"])
      for (const part of [place.middle, place.filters])
        part.addEventListener(type, ({ target }) => this._define(target));
    document.addEventListener("keydown", (event) => this._key(event));
    document.addEventListener("visibilitychange", () => this._news());
  }

  /** There is a server and a person who may see. */
  start() {
    this.devices.hidden = !this.store.may("page devices");
    this.byOperator.hidden = !this.store.may("operator figures");
    this.place.channel.ask({ what: "map" });
    const word = new URLSearchParams(location.search).get("view");
    if (word && !this.facts) this.place.channel.ask({ what: "open", word });
    else {
      this.view = this.facts ? this.view : JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
      this._ask();
    }
  }

  /** Nobody is signed in here: nothing of what was shown stays. */
  clear() {
    sessionStorage.removeItem(KEPT);
    this.n += 1; // no answer that is under way is taken
    this.facts = this.profiles = null;
    this.view = {};
    this.root.hidden = this.bar.hidden = this.note.hidden = true;
    for (const part of this.root.querySelectorAll(".drawing, table")) part.replaceChildren();
    for (const part of [this.chips.root, this.pledge.root, this.cards.root]) part.replaceChildren();
    for (const chart of Object.values(this.charts)) chart.facts = null;
    this.address.hide();
    this.exports.hide();
    this.operators.hide();
  }

  /** Look at something else. @param {Record<string, unknown>} changes undefined: the standard */
  set(changes) {
    this.view = { ...this.view, ...changes };
    for (const [name, value] of Object.entries(this.view))
      if (
        value === undefined ||
        value === "" ||
        value === false ||
        (Array.isArray(value) && !value.length && name !== "classes")
      )
        delete this.view[name];
    this._ask();
  }

  /** Only this incident; when it is chosen already, its timeline. @param {string} id */
  incident(id) {
    if (this.view.incidents?.[0] === id) this.place.open(id);
    else this.set({ incidents: [id] });
  }

  /** One more, or one less. @param {string} name @param {string} value */
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

  /** An hour of the week. */
  cell(weekday, hour) {
    const same = this.view.weekdays?.includes(weekday) && this.view.hours?.includes(hour);
    this.set({ weekdays: same ? undefined : [weekday], hours: same ? undefined : [hour] });
  }

  range(since, until) {
    const same = this.view.since === since && this.view.until === until;
    this.set(same ? { period: undefined, since: undefined, until: undefined } : { period: "range", since, until });
  }

  toggleOnly(what) {
    this.set({ only: this.view.only === what ? undefined : what });
  }

  /** Take every choice back but the profile and a standing period. */
  reset() {
    const { profile, period } = this.view;
    this.view = { ...(profile && { profile }), ...(period && period !== "range" && { period }) };
    this._ask();
  }

  zoneName(key) {
    return this.store.zones[key] ?? key;
  }

  /** Whether tests and drills are in it, in words. */
  left() {
    const tests = this.view.classes?.includes("test");
    return this.store.t(`left.${tests ? "" : "tests"}${this.view.drills ? "" : "drills"}`);
  }

  /** A moment as people write it here. @param {number} ms @param {"" | "hour"} [to] */
  when(ms, to = "") {
    if (ms == null) return this.store.t("not_known");
    const day = new Intl.DateTimeFormat(this.locale, { day: "numeric", month: "short", timeZone: ZONE }).format(ms);
    const year = new Intl.DateTimeFormat(this.locale, { year: "numeric", timeZone: ZONE }).format(ms);
    const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: ZONE }).format(ms);
    return to === "hour" ? `${day} ${year} ${time}` : `${day} ${time}`;
  }

  /** A day, week or month by its first day. @param {string} from @param {string} by @param {boolean} [short] */
  period(from, by, short = false) {
    const at = Date.parse(from);
    /** @type {Intl.DateTimeFormatOptions} */
    const form =
      by === "month"
        ? { month: "short", ...(short ? {} : { year: "numeric" }) }
        : { day: "numeric", month: "short", ...(short ? {} : { year: "numeric" }) };
    const words = new Intl.DateTimeFormat(this.locale, { ...form, timeZone: "UTC" }).format(at);
    return by === "week" && !short ? this.store.t("week_of", { day: words }) : words;
  }

  /** Monday to Sunday, short. */
  weekdays() {
    const name = new Intl.DateTimeFormat(this.locale, { weekday: "short", timeZone: "UTC" });
    return Array.from({ length: 7 }, (_, day) => name.format(Date.UTC(2026, 0, 5 + day)));
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
    sessionStorage.setItem(KEPT, JSON.stringify(this.view));
    this.ask({ what: "view", first: !this.profiles });
  }

  /** @param {any} facts */
  _take(facts) {
    if (facts.progress) this._progress(facts.progress);
    if (facts.changed) this._changed();
    if (facts.map) this._mapped(facts.map);
    if (facts.word) this.address.show(facts.word);
    if (facts.export) this.exports.show(facts.export);
    if (facts.refused) this._refuse(facts);
    if (facts.view) this._opened(facts.view);
    if (facts.operators) this._done(() => this.operators.show(facts.operators));
    if (facts.facts && facts.n === this.n) this._done(() => this._show(facts));
  }

  _done(show) {
    clearTimeout(this.waiting);
    this.bar.hidden = this.note.hidden = true;
    show();
  }

  _show({ facts, profiles }) {
    this.facts = facts;
    this.profiles = profiles ?? this.profiles;
    this.root.hidden = false;
    this.store.basis = this.left();
    this.root.dataset.n = String(this.n);
    this.chips.show(facts);
    this.filters.show(facts, this.profiles);
    this.pledge.show(facts);
    this.cards.show(facts);
    for (const chart of Object.values(this.charts)) chart.show(facts);
    this.slowest.show(facts);
    this._against();
    this._define(null);
  }

  _opened(view) {
    leaveAddress();
    this.view = view;
    this._ask();
  }

  _mapped(map) {
    this.map = map;
    if (this.facts) this.charts.where.show(this.facts);
  }

  _refuse({ refused, what }) {
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
    this._done = (show) => {
      this._done = done;
      done.call(this, show);
      this.note.hidden = false;
      write(this.note, said);
    };
  }

  _progress({ n, part = undefined, done = undefined, total = undefined }) {
    if (n !== this.n || performance.now() - this.asked < SLOW_MS - 20) return;
    const { store } = this;
    const share = part ?? (total ? done / total : 0);
    this.bar.hidden = false;
    /** @type {HTMLElement} */ (this.bar.firstChild).style.width = `${Math.round(share * 100)}%`;
    this.bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    write(this.bar.lastChild, total ? store.t("counting_log", { done, total }) : store.t("counting"));
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

  /** On paper: what was looked at, and what the targets were made for. */
  _against() {
    const { store, facts } = this;
    const mine = this.profiles.find((profile) => profile.key === (facts.view.profile ?? "amr"));
    const parts = [
      element("h3", "", store.t("against", { name: mine.name })),
      element("p", "", mine.made_for),
      element("p", "", store.t("source", { source: mine.source })),
    ];
    parts.push(
      element(
        "p",
        "",
        store.t("definition_of", {
          interval: store.t(`interval.${facts.target.interval}`),
          words: store.t(`definition.${facts.target.interval}`),
        }),
      ),
    );
    parts.push(element("p", "", `${span(this, facts)} · ${this.left()} · ${store.t("open_rule")}`));
    this.against.replaceChildren(...parts);
  }

  /** The line at the foot: what the number under the hand means, else what is measured. */
  _define(target) {
    const { store, facts, place } = this;
    if (!facts) return;
    const said = target?.closest?.("[data-definition]")?.dataset.definition;
    const plain = store.t("definition_of", {
      interval: store.t(`interval.${facts.target.interval}`),
      words: store.t(`definition.${facts.target.interval}`),
    });
    write(place.note, said || `${plain} · ${this.left()} · ${store.t("open_rule")}`);
  }

  _tools() {
    const { store, place } = this;
    const tool = (name, act, where = place.tools) => {
      const button = element("button", `pill ${name}`, store.t(`tool.${name}`));
      button.type = "button";
      button.addEventListener("click", act);
      where.append(button);
      return button;
    };
    this.byOperator = tool("operators", () => this.operators.ask(), this.line);
    this.devices = beside(store.t("tool.devices"), `${place.base}devices`);
    this.devices.hidden = true;
    this.line.append(this.devices);
    tool("copy", () => place.channel.ask({ what: "copy", view: this.view }));
    tool("export", () => place.channel.ask({ what: "export", view: this.view }));
    tool("print", () => print());
  }

  _key(event) {
    if (
      event.key !== "Escape" ||
      event.defaultPrevented ||
      this.place.middle.hidden ||
      event.target.closest("input, textarea, select, form")
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
