// What was known at the moment: state, owner, order, line, position, in words.
import { classOf } from "../case/class.js";
import { redraw } from "../../shell/build.js";
import {
  clock,
  clockAndDay,
  day,
  dayOf,
  duration,
  element,
  joined,
  metres,
  ticking,
  write,
} from "../../shell/format.js";
import { shape, shapeOf } from "../../shell/shapes.js";

/** @typedef {import("../../shell/wire.js").Known} Moment */

const FACTS = ["state", "owner", "order", "line", "position", "presses", "class"];

export class Known {
  /** @param {import("../../shell/store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Pick<import("../../shell/wire.js").Story, "known" | "spots" | "pressed" | "by_hand">} */
    this.story = { known: [], spots: [], pressed: 0, by_hand: false };
    this.root = element("div", "known", { tabindex: 0, role: "region", "aria-label": store.t("timeline.known") });
    this.time = element("b", "time");
    this.day = element("span", "day");
    this.after = element("span", "after");
    this.glyph = element("span", "glyph");
    const head = element("p", "moment", this.glyph, this.time, this.day, this.after);
    this.nothing = element("p", "nothing");
    const list = element("dl");
    this.list = list;
    /** @type {Record<string, HTMLElement>} */
    this.facts = {};
    for (const name of FACTS) {
      this.facts[name] = element("dd", "", { "data-fact": name });
      list.append(element("dt", "", store.t(`timeline.${name}`)), this.facts[name]);
    }
    this.root.append(head, this.nothing, list);
  }

  /** @param {import("../../shell/wire.js").Story} story */
  show(story) {
    this.story = story;
  }

  /** The state of knowledge at a moment; none before anything had reached us. @param {number} at
   * @returns {Moment | undefined} */
  of(at) {
    return this.story.known.findLast((one) => one.at <= at);
  }

  /** @param {number} at */
  move(at) {
    const { store, facts } = this;
    const one = this.of(at);
    write(this.time, clock(at));
    const other = dayOf(at) !== dayOf(this.story.pressed); // its own stands in the head
    write(this.day, other ? day(dayOf(at), store.language) : "");
    write(this.after, this.since(at));
    const state = one?.state ?? "";
    redraw(this.glyph, state, () => (state ? [shape(shapeOf(state, "press"), 22)] : []));
    this.root.dataset.state = state;
    this.list.hidden = !one;
    write(this.nothing, one ? "" : store.t("timeline.not_here"));
    if (!one) return;
    write(facts.state, joined([store.t(`state.${one.state}`), one.realarm && store.t(`realarm.${one.realarm}`)]));
    write(facts.owner, one.owner || store.t("nobody"));
    write(facts.order, this._order(one));
    write(facts.line, one.call ? store.t(`call.${one.call}`) : "");
    write(facts.presses, (one.presses ?? 1) > 1 ? String(one.presses) : "");
    write(facts.class, classOf(store, one));
    for (const name of ["line", "presses", "class"])
      for (const part of [facts[name], facts[name].previousElementSibling])
        part?.toggleAttribute("hidden", !facts[name].textContent);
    write(facts.position, this._position(one, at));
  }

  /** How long after the press, by the clock of who pressed. @param {number} at */
  since(at) {
    const { pressed, by_hand: raised } = this.story;
    if (at < pressed) return this.store.t("timeline.before_start", { age: ticking(pressed - at) });
    return this.store.t(raised ? "timeline.after_raised" : "timeline.after_start", { age: ticking(at - pressed) });
  }

  /** The moment in one sentence, for who does not see it. @param {number} at */
  sentence(at) {
    const one = this.of(at);
    const { store } = this;
    const when = { time: clockAndDay(at, this.story.pressed, store.language), after: this.since(at) };
    if (!one) return store.t("timeline.scrub_none", when);
    return store.t("timeline.scrub_text", {
      ...when,
      state: store.t(`state.${one.state}`),
      owner: one.owner || store.t("nobody"),
    });
  }

  /** @param {Moment} one */
  _order(one) {
    const { store } = this;
    if (!one.order_zone) return store.t("timeline.order_none");
    const step = one.order_over
      ? store.t("timeline.order_over")
      : one.order_step
        ? store.t(`state.${one.order_step}`)
        : store.t(`delivery.${one.order_delivery}`);
    return joined([store.zone(one.order_zone), step, one.unit]);
  }

  /** @param {Moment} one @param {number} at */
  _position(one, at) {
    const { store } = this;
    const spot = this.story.spots.findLast((each) => each.at <= at && each.unit === undefined && !each.late);
    if (!spot) return store.t("timeline.position_none");
    const radius = spot.radius
      ? store.t("timeline.within", { radius: metres(store.words, spot.radius) })
      : store.t("timeline.radius_unknown");
    const old = store.t("timeline.old", { age: duration(store.words, Math.max(0, at - spot.since)) });
    return joined([store.zone(one.zone, one.abroad), radius, old]);
  }
}
