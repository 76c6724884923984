// Under the alarms: how what Vigie needs stands, and who is on shift, whether they see and hear, what they have.
import { clock, duration, element, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";
import { shiftTest } from "../components/presence/test.js";
import { holds } from "./actions.js";

export class Crew {
  /** @param {HTMLElement} place @param {import("../shell/store.js").Store} store */
  constructor(place, store) {
    this.store = store;
    this.drawn = "";
    this.facts = element("dl", "health");
    this.parts = new Map(
      ["feed", "orders", "sound", "technical", "test"].map((key) => {
        const value = element("dd");
        const item = element("div", key);
        item.append(element("dt", "", store.t(`floor.${key}`)), value);
        this.facts.append(item);
        return [key, { item, value }];
      }),
    );
    const head = element("h2");
    this.count = element("b");
    head.append(element("span", "", store.t("people")), this.count);
    this.list = element("ul", "people");
    this.hidden = element("p", "none", store.t("floor.nameless"));
    const crew = element("div", "crew");
    crew.append(head, this.list, this.hidden);
    // It scrolls: a hand on the keyboard must reach it too.
    crew.tabIndex = 0;
    crew.setAttribute("role", "group");
    crew.setAttribute("aria-label", store.t("people"));
    place.append(this.facts, crew);
    store.on("together health access rows live", () => this.update());
  }

  update() {
    const { store } = this;
    const { people, me } = store.together;
    write(this.count, String(people.length || store.shift));
    this.hidden.hidden = people.length > 0;
    const text = JSON.stringify([people, me]);
    if (text !== this.drawn) {
      this.drawn = text;
      this.list.replaceChildren(...people.map((person) => this._person(person, person.key === me)));
    }
    this.tick();
  }

  /** What goes with the clock. */
  tick() {
    const { store } = this;
    if (!store.health) return;
    const now = store.now();
    const { feeds, feed_state: feed, orders } = store.health;
    const beat = Math.max(0, ...feeds.map((one) => one.heartbeat ?? 0));
    const age = beat
      ? store.t("feed_heartbeat", { age: store.t("ago", { age: duration(store.words, now - beat) }) })
      : "";
    const gaps = feeds.filter((one) => one.gaps);
    const gap = gaps.length ? store.t("feed_gap", { time: clock(gaps[0].gap_at).slice(0, 5) }) : "";
    this._say(
      "feed",
      [feeds.length ? store.t(`feed.${feed}`) : store.t("feed_none"), age, gap],
      feed !== "live" || gaps.length > 0,
    );
    const late = [...store.rows.values()].filter(
      (row) => row.state !== "closed" && ["late", "failed"].includes(row.delivery),
    );
    this._say(
      "orders",
      [
        orders === "ok"
          ? store.t("sheet_ok")
          : store.t("floor.orders_late", { labels: late.map((row) => row.label).join(", ") }),
      ],
      orders !== "ok",
    );
    const { people } = store.together;
    const hear = people.filter((person) => person.receives && person.screen === "visible" && person.heard).length;
    const able = people.filter((person) => person.receives).length;
    this._say("sound", people.length ? [store.t("floor.heard", { n: hear, of: able })] : [], hear === 0);
    const alarms = store.technical();
    const fresh = alarms.filter((row) => row.state === "alarmed" && !row.owner);
    this._say(
      "technical",
      alarms.length
        ? [String(alarms.length), fresh.length ? store.t("floor.unnoted", { n: fresh.length }) : store.t("floor.noted")]
        : [store.t("floor.technical_none")],
      fresh.length > 0,
    );
    const { text, grave } = shiftTest(store);
    this._say("test", [text], grave === "failed", grave === "late");
  }

  _say(key, parts, bad, warn = false) {
    const { item, value } = this.parts.get(key);
    const said = parts.filter(Boolean).join(" · ");
    item.hidden = !said;
    write(value, said);
    value.classList.toggle("bad", bad);
    value.classList.toggle("warn", warn);
  }

  _person(person, me) {
    const { store } = this;
    const item = element("li");
    const well = person.screen === "visible" && person.heard;
    const glyph = element("span", `glyph ${well ? "well" : "unwell"}`);
    glyph.append(shape(person.heard && person.screen !== "gone" ? "sound" : "mute", 20));
    const name = element("b", "", me ? `${person.name} (${store.t("people_me")})` : person.name);
    const facts = element("div", "facts-of");
    facts.append(element("span", person.screen === "visible" ? "" : "bad", store.t(`screen.${person.screen}`)));
    if (person.screen !== "gone")
      facts.append(element("span", person.heard ? "" : "bad", store.t(person.heard ? "heard.yes" : "heard.no")));
    const has = element("span", "holds", person.receives ? holds(store, person) : store.t("floor.watches"));
    has.title = (person.holds ?? []).map((one) => `${one.label} ${store.t(`state.${one.state}`)}`).join(", ");
    item.append(glyph, name, has, facts);
    return item;
  }
}
