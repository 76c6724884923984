// The supervisor's panel of vigilance drills: what a trainer proposed, to be confirmed by another person, and what
// became of it.
import { button, find, onEscape, select } from "../../shell/build.js";
import { clock, day, element, joined, phrase, write } from "../../shell/format.js";
import { tenths } from "../../shell/rounding.js";

/** @typedef {{id: string, state: string, zone: string, victim: string, story: string, to: string[], by: string, at:
 * number, own: boolean, before: number, confirmed_by: string, within_min: number}} Drill
 * @typedef {{id: string, at: number, came: boolean, zone: string, story: string, why: string, desks: {who: string, ms:
 * number | null}[], taken_by: string, taken_ms: number | null}} Ended */

const WITHIN = [0, 5, 15, 30, 60];

/** @param {import("../../shell/room.js").Place} place @returns {import("../../shell/room.js").Room} */
export function mountDrills(place) {
  const drills = new Drills(place);
  return { start: () => drills.start(), clear: () => drills.clear() };
}

class Drills {
  /** @param {import("../../shell/room.js").Place} place */
  constructor({ middle, store, desk, channel }) {
    this.store = store;
    this.desk = desk;
    this.channel = channel;
    this.drawn = "";
    /** @type {Map<string, {facts: string, item: HTMLElement}>} */
    this.items = new Map();
    const title = store.t("drills_title");
    this.tool = button("pill drills", title, () => this.show(!!this.root.hidden), {
      hidden: true,
      "aria-expanded": false,
    });
    // in the review's first line: the top bar has no room for it on a small screen
    find(middle, ".line").append(this.tool);
    this.list = element("div");
    const close = button("pill", store.t("drills_hide"), () => this.show(false));
    const head = element("header", "", element("h2", "", title), close);
    const rules = element("p", "rules", store.t("drills_rules"));
    this.root = element("section", "drills card", { hidden: true, "aria-label": title }, head, rules, this.list);
    middle.prepend(this.root);
    channel.on((facts) => this._take(facts));
    onEscape(this.root, (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.show(false);
    });
  }

  start() {
    this.channel.ask({});
  }

  clear() {
    this.drawn = "";
    this.items.clear();
    this.list.replaceChildren();
    this.root.hidden = true;
    this.tool.hidden = true;
  }

  /** @param {boolean} open */
  show(open) {
    this.root.hidden = !open;
    this.tool.setAttribute("aria-expanded", String(open));
    if (open) {
      this.channel.ask({});
      this.root.scrollIntoView({ block: "nearest" });
      find(this.root, "button").focus();
    } else this.tool.focus();
  }

  /** @param {{news?: boolean, closed?: boolean, waiting: Drill[], results: Ended[]}} facts */
  _take(facts) {
    const { store } = this;
    if (facts.news) {
      this.channel.ask({});
      return;
    }
    this.tool.hidden = !!facts.closed;
    const waiting = facts.waiting.filter((drill) => drill.state === "proposed" && !drill.own).length;
    write(this.tool, waiting ? phrase`${store.t("drills_title")} · ${waiting}` : store.t("drills_title"));
    this.tool.classList.toggle("asks", waiting > 0);
    const drawn = JSON.stringify(facts);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = document.activeElement;
    const parts = [
      ...this._list(store.t("drills_waiting"), facts.waiting, (drill) => this._waiting(drill)),
      ...this._list(store.t("drills_results"), facts.results, (drill) => this._result(drill)),
    ];
    this.list.replaceChildren(...(parts.length ? parts : [element("p", "none", store.t("drills_none"))]));
    // Moving an element takes the focus from it.
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.list.contains(focused))
      focused.focus({ preventScroll: true });
  }

  /** The drills under their heading, if there are any. What did not change keeps its element, and with it what was
   * chosen there. @template {{id: string}} D @param {string} title @param {D[]} drills
   * @param {(drill: D) => HTMLElement} make */
  _list(title, drills, make) {
    const items = drills.map((drill) => {
      const facts = JSON.stringify(drill);
      const known = this.items.get(drill.id);
      const item = known?.facts === facts ? known.item : make(drill);
      this.items.set(drill.id, { facts, item });
      return item;
    });
    return items.length ? [element("h3", "", title), element("ol", "", ...items)] : [];
  }

  /** @param {Drill} drill */
  _waiting(drill) {
    const { store } = this;
    const item = element("li", `drill is-${drill.state}`, { "data-drill": drill.id });
    const who = drill.to.length ? drill.to.join(", ") : store.t("drill_for_all");
    const about = joined([
      store.zone(drill.zone),
      drill.victim,
      store.t("drill_for", { who }),
      store.t("drill_by", { who: drill.by, time: clock(drill.at) }),
    ]);
    /** @param {string} name @param {() => object} [more] */
    const step = (name, more = () => ({})) => {
      const words = store.t(`do.${name}`);
      const ask = () => this.desk.ask(name, store.t("drill"), { do: name, drill: drill.id, ...more() });
      const press = (/** @type {MouseEvent} */ event) => event.detail < 2 && ask();
      return button(`do ${name}`, words, press, { "aria-label": `${words}: ${drill.story}` });
    };
    const buttons = element("div", "set");
    let hint = store.t("drill_now");
    if (drill.state === "proposed" && !drill.own) {
      const words = (/** @type {number} */ n) => (n ? store.t("drill_minutes", { n }) : store.t("drill_at_once"));
      const within = select(
        WITHIN.map((n) => [String(n), words(n)]),
        "30",
      );
      const confirm = step("confirm_drill", () => ({ within_min: Number(within.value) }));
      buttons.append(element("label", "", store.t("drill_within"), within), confirm);
      hint = store.t("drill_until", { time: clock(drill.before) });
    } else if (drill.state === "proposed") hint = store.t("drill_own");
    else if (drill.state === "confirmed")
      hint = store.t("drill_coming", { who: drill.confirmed_by, n: drill.within_min });
    buttons.append(step("cancel_drill"));
    return element(
      "li",
      `drill is-${drill.state}`,
      { "data-drill": drill.id },
      element("strong", "", drill.story),
      element("p", "", about),
      element("p", "hint", hint),
      buttons,
    );
  }

  /** @param {Ended} drill */
  _result(drill) {
    const { store } = this;
    const date = day(new Date(drill.at).toISOString().slice(0, 10), store.language);
    const taken = drill.taken_by
      ? store.t("drill_taken", { who: drill.taken_by, s: tenths((drill.taken_ms ?? 0) / 1000) })
      : store.t("drill_not_taken");
    const said = joined([
      store.t("drill_at", { day: date, time: clock(drill.at) }),
      store.zone(drill.zone),
      drill.came && taken,
      store.t(`drill_why.${drill.why || "over"}`),
    ]);
    const desks = drill.desks.map(({ who, ms }) =>
      ms == null ? store.t("drill_unseen", { who }) : store.t("drill_shown", { who, s: tenths(ms / 1000) }),
    );
    const parts = [element("strong", "", said), element("p", "", drill.story)];
    return element("li", "drill is-ended", ...parts, desks.length > 0 && element("p", "desks", desks.join(" · ")));
  }
}
