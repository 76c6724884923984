// Under the alarms: how what Vigie needs stands, and who is on shift, whether they see and hear, what they have. On a
// low screen alarms need the room: it is one line, which says what is wrong and opens the rest.
import { redraw } from "../shell/build.js";
import { attributes, clock, duration, element, joined, phrase, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";
import { blindWords, coversWords } from "../components/coverage/words.js";
import { heldWords } from "../components/presence/held.js";
import { shiftTest } from "../components/presence/test.js";
import { holds, well } from "./actions.js";

/** @typedef {import("./actions.js").Person} Person
 *  @typedef {{heartbeat?: number, gaps?: number, gap_at?: number}} Feed */

// Where the column, or a page that scrolls, has room for all of it; as in page.css.
const ROOMY = "not all and (max-height: 56.25em), (max-width: 68.75em), (max-height: 35em)";

export class Crew {
  /** @param {HTMLElement} place @param {import("../shell/store.js").Store} store */
  constructor(place, store) {
    this.store = store;
    this.parts = new Map(
      ["centres", "feed", "orders", "sound", "technical", "test", "cases"].map((key) => [key, element("dd")]),
    );
    const facts = [...this.parts].map(([key, value]) =>
      element("div", key, element("dt", "", store.t(`floor.${key}`)), value),
    );
    this.count = element("b");
    this.list = element("ul", "people");
    this.hidden = element("p", "none", store.t("floor.nameless"));
    const title = store.t("people");
    // A hand on the keyboard must reach it too where it scrolls.
    const crew = element(
      "div",
      { class: "crew", tabindex: 0, role: "group", "aria-label": title },
      element("h2", "", element("span", "", title), this.count),
      this.list,
      this.hidden,
    );
    this.line = element("summary");
    const rest = element("details", "rest", this.line, element("dl", "health", ...facts), crew);
    const roomy = matchMedia(ROOMY);
    const fit = () => (rest.open = roomy.matches);
    roomy.addEventListener("change", fit);
    fit();
    place.append(rest);
    store.on("together health access rows live", () => this.update());
    /** @type {{expired: number, review_missed: number}} */
    this.lapsed = { expired: 0, review_missed: 0 };
    store.answers("lapsed", (/** @type {typeof this.lapsed} */ lapsed) => {
      this.lapsed = lapsed;
      this.tick();
    });
  }

  update() {
    /** @type {{people: Person[], me: string}} */
    const { people, me } = this.store.together;
    write(this.count, String(people.length || this.store.shift));
    this.hidden.hidden = people.length > 0;
    redraw(this.list, [people, me], () => people.map((person) => this._person(person, person.key === me)));
    this.tick();
  }

  /** What goes with the clock. */
  tick() {
    const { store } = this;
    if (!store.health) return;
    const now = store.now();
    /** @type {{feeds: Feed[], feed_state: string, orders: string}} */
    const { feeds, feed_state: feed, orders } = store.health;
    this._say("centres", [blindWords(store)], true);
    const beat = Math.max(0, ...feeds.map((one) => one.heartbeat ?? 0));
    const age = beat && store.t("feed_heartbeat", { age: store.t("ago", { age: duration(store.words, now - beat) }) });
    const [missed] = feeds.filter((one) => one.gaps);
    const gap = missed && store.t("feed_gap", { time: clock(missed.gap_at).slice(0, 5) });
    const state = store.t(feeds.length ? `feed.${feed}` : "feed_none");
    this._say("feed", [state, age, gap], feed !== "live" || !!missed);
    const late = [...store.rows.values()].filter(
      (row) => row.state !== "closed" && ["late", "failed"].includes(row.delivery ?? ""),
    );
    const labels = late.map((row) => row.label).join(", ");
    this._say("orders", [store.t(orders === "ok" ? "sheet_ok" : "floor.orders_late", { labels })], orders !== "ok");
    /** @type {Person[]} */
    const people = store.together.people;
    const able = people.filter((person) => person.receives);
    const hear = able.filter(well).length;
    this._say("sound", [people.length && store.t("floor.heard", { n: hear, of: able.length })], hear === 0);
    const { stand, unnoted } = store.counted;
    const noted = store.t(unnoted ? "floor.unnoted" : "floor.noted", { n: unnoted });
    this._say("technical", stand ? [String(stand), noted] : [store.t("floor.technical_none")], unnoted > 0);
    const { expired, review_missed } = this.lapsed;
    const overdue = [
      expired && store.t("floor.cases_expired", { n: expired }),
      review_missed && store.t("floor.reviews_missed", { n: review_missed }),
    ];
    this._say("cases", overdue, expired > 0, review_missed > 0);
    const { text, grave } = shiftTest(store);
    this._say("test", [text], grave === "failed", grave === "late");
    /** @type {[string, string][]} */
    const wrong = [...this.parts].flatMap(([key, { className, textContent }]) =>
      className && textContent ? [[className, store.t(`floor.${key}`)]] : [],
    );
    const shift = [store.t("people"), this.count.textContent ?? ""];
    redraw(this.line, [shift, wrong, hear, able.length], () => [
      element("span", "", shift[0], " ", element("b", "", shift[1])),
      ...(wrong.length
        ? wrong.map(([kind, words]) => element("span", kind, words))
        : [element("span", "", people.length ? store.t("floor.heard", { n: hear, of: able.length }) : "")]),
    ]);
  }

  /** @param {string} key @param {(string | false | 0 | undefined)[]} parts @param {boolean} bad */
  _say(key, parts, bad, warn = false) {
    const value = /** @type {HTMLElement} */ (this.parts.get(key));
    const said = joined(parts);
    if (value.parentElement) value.parentElement.hidden = !said;
    write(value, said);
    value.classList.toggle("bad", bad);
    value.classList.toggle("warn", warn);
  }

  /** @param {Person} person @param {boolean} me */
  _person(person, me) {
    const { store } = this;
    const { screen, heard } = person;
    const covers = coversWords(store, person.covers);
    const glyph = shape(heard && screen !== "gone" ? "sound" : "mute", 20);
    const has = element("span", "holds", holds(store, person));
    attributes(has, {
      title: heldWords(store, person),
    });
    return element(
      "li",
      "",
      element("span", `glyph ${well(person) ? "well" : "unwell"}`, glyph),
      element("b", "", me ? phrase`${person.name} (${store.t("people_me")})` : person.name),
      has,
      element(
        "div",
        "facts-of",
        element("span", screen === "visible" ? "" : "bad", store.t(`screen.${screen}`)),
        screen !== "gone" && element("span", heard ? "" : "bad", store.t(heard ? "heard.yes" : "heard.no")),
        covers && element("span", "", covers),
      ),
    );
  }
}
