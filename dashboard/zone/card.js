// One order on a zone's page: what happened, where, what to heed, and the answers. All text is data.
import { Spelling } from "../components/spelling/spelling.js";
import { clock, coordinates, day, duration, joined, metres } from "../shell/format.js";
import { Component, h } from "../shell/kit.js";
import { Shape, shapeOf } from "../shell/shapes.js";
import { alone, doButton } from "../shell/views.js";
import { MapOfOrder } from "./map.js";

/** @typedef {{text?: string, source?: string, date?: string, name?: string, address?: string, radius_m?: number}} Fact
 * a place has a name @typedef {{name: string, languages?: string[], facts?: Fact[]}} Person
 * @typedef {{device?: string, fix?: {lat: number, lon: number, radius?: number}, asked_unit?: string, press?: string,
 * presses?: number, class?: string, silent_approach?: boolean, reason?: string | null, instructions?: string[], case?:
 * Record<string, Person | Fact[]>}} Body
 * @typedef {{order: string, incident: string, reserved?: boolean, body: Body | null, over: string, step: string | null,
 * done: boolean, open: string[], device?: string, place?: string, names?: string[], unit?: string, since: number,
 * changed: number, fix_at?: number | null, map?: import("./map.js").OrderMap | null}} Order `body` null: it is not
 * known here @typedef {import("../shell/store.js").Store} Store
 * @typedef {{store: Store, desk: import("../shell/desk.js").DeskLine, order: Order, cards: Map<string, Card>,
 * credit?: string}} Props `cards`: those on the page; `credit`: whose addresses the words are */

// as they stand; which are open the server says
const ANSWERS = ["accepted", "en_route", "on_scene", "done", "declined", "stood_down"];
const PARTS = ["risks", "present", "suspect", "victim", "measures", "places"];

/** As what an order waits for an answer; "" where it does not. A patrol that may still drive and was called off is as
 * loud as one that is to go; closing an alarm calls nobody off. @param {Order} order */
export function callsOf({ order, reserved, over, open, step }) {
  if (reserved) return "";
  return (over ? open.length > 0 && over !== "closed" : !step) ? `${order} ${over}` : "";
}

/** What stands in its place where it could not be drawn: that there is one, and where. @param {Props} props */
export function PlainCard({ store, order }) {
  const look = `order ${callsOf(order) ? "waiting" : ""}`;
  return h("article", { class: look }, h("h2", {}, labelOf(store, order)), h("p", { class: "where" }, order.place));
}

/** What is typed and what is spelled in it stays while the order changes. @extends {Component<Props>} */
export class Card extends Component {
  /** @type {Record<string, any>} its elements, by what they are for */
  parts = {};

  componentDidMount() {
    const { store, desk, cards, order } = this.props;
    const put = (/** @type {HTMLElement} */ panel) => this.parts.spelled.append(panel);
    this.spelling = new Spelling(store, desk, { of: () => placeOf(store, this.props.order), put });
    cards.set(order.order, this);
    this.componentDidUpdate();
  }

  componentDidUpdate() {
    const { parts, spelling } = this;
    if (!spelling) return;
    parts.pointed?.append(spelling.buttons);
    spelling.update();
  }

  componentWillUnmount() {
    this.props.cards.delete(this.props.order.order);
  }

  /** @param {string} name */
  ref(name) {
    return { ref: (/** @type {HTMLElement | null} */ at) => void (this.parts[name] = at) };
  }

  /** @param {string} answer */
  async answer(answer) {
    const { store, desk, order } = this.props;
    const reason = this.parts.reason?.value.trim() ?? "";
    const declined = answer === "declined";
    if (declined && !reason) {
      desk.say(store.t("refused.reason_missing"), true);
      this.parts.reason?.focus();
      return;
    }
    await desk.ask(`answer_${answer}`, labelOf(store, order), {
      do: "answer_order",
      incident: order.incident,
      order: order.order,
      answer,
      unit: declined ? "" : (this.parts.unit?.value.trim() ?? ""),
      reason: declined ? reason : "",
    });
  }

  /** @param {Props} props */
  render({ store, order, credit }) {
    const is = (/** @type {string} */ look, /** @type {string} */ state) => ({
      class: `order ${look}`.trim(),
      tabIndex: -1,
      "data-order": order.order,
      "data-state": state,
      ...this.ref("root"),
    });
    // An order that is kept from who is here: nothing of it, and no answer.
    if (order.reserved) return h("article", is("reserved", "reserved"), h("h2", {}, store.t("reserved")));
    const { over, step, done } = order;
    const calls = callsOf(order);
    const shape = over ? (calls ? "press" : "closed") : step ? shapeOf(step, "press") : "press";
    const off = over && over !== "closed" ? store.t("zone.stand_down") : "";
    const since = over ? order.changed : order.since;
    const age = store.t("zone.since", { time: clock(since), age: duration(store.words, store.now() - since) });
    const body = order.body ?? {};
    const facts = { store, body, language: store.language };
    // What of the case cannot be drawn keeps nobody from answering.
    const part = (/** @type {(props: any) => any} */ view, /** @type {() => any} */ plain = () => null) =>
      !over && alone(view, facts, { of: order, plain });
    return h(
      "article",
      is(
        `${over ? "over " : ""}${calls ? "waiting" : over ? "" : "answered"}`,
        over || (done ? "done" : step || "waiting"),
      ),
      h(
        "header",
        {},
        h("span", { class: "glyph" }, h(Shape, { name: shape })),
        h("h2", {}, joined([off, labelOf(store, order)])),
        h("span", { class: "state" }, stateOf(store, order, calls)),
        h("span", { class: "age" }, age),
      ),
      part(Dangers),
      h(
        "div",
        { class: "sight" },
        h(
          "div",
          {},
          this.where(),
          part(Heed, () => h(Silence, { store })),
          this.answers(),
        ),
        !over && order.map && h(MapOfOrder, { store, map: order.map, words: lineOf(order), credit }),
      ),
      part(Facts),
    );
  }

  /** Where she is, and what says it aloud; of what is over where it led. */
  where() {
    const { store, order } = this.props;
    const { place, unit, over, body, fix_at: at } = order;
    if (over) return h("p", { class: "where" }, joined([place, unit && store.t("unit", { unit })]));
    const fix = body?.fix;
    const point = fix
      ? [
          coordinates(fix.lat, fix.lon),
          fix.radius ? store.t("radius", { m: metres(store.words, fix.radius) }) : "",
          at ? store.t("fix_old", { age: duration(store.words, store.now() - at) }) : "",
        ]
      : [body && place && store.t("no_position")];
    return [
      h("p", { key: "where", class: "where" }, place || (body && !fix ? store.t("no_position") : "")),
      h("div", { key: "pointed", class: "pointed", ...this.ref("pointed") }, h("p", { class: "point" }, joined(point))),
      h("div", { key: "spelled", ...this.ref("spelled") }),
    ];
  }

  answers() {
    const { store, order } = this.props;
    const { open, over, unit } = order;
    if (!open.length) return null;
    const named = (/** @type {string} */ name) =>
      name === "stood_down" ? store.t(unit ? "zone.note_unit" : "zone.note", { unit }) : store.t(`do.answer_${name}`);
    const buttons = ANSWERS.filter((name) => open.includes(name)).map((name) => {
      const look = `do ${name === open[0] ? "primary" : ""}`.trim();
      return doButton(() => void this.answer(name), { key: name, class: look }, named(name));
    });
    const typed = (/** @type {"unit" | "reason"} */ name, /** @type {number} */ maxLength) =>
      h(
        "label",
        { key: name, class: name },
        h("span", {}, store.t(`zone.${name}`)),
        h("input", { maxLength, autocomplete: "off", ...this.ref(name) }),
      );
    return h(
      "div",
      { class: "answers" },
      h("div", { class: "buttons" }, buttons),
      !(over && unit) && typed("unit", 40),
      open.includes("declined") && typed("reason", 200),
    );
  }
}

/** @param {Store} store @param {Order} order */
function labelOf(store, order) {
  return order.body?.device || order.device || store.t("by_hand");
}

/** @param {Store} store @param {Order} order @param {string} calls */
function stateOf(store, { over, done, step }, calls) {
  if (over) return joined([store.t(`zone.over.${over}`), over !== "closed" && !calls && store.t("zone.noted")]);
  if (done) return store.t("zone.done");
  return store.t(step ? `state.${step}` : "zone.waiting");
}

/** Where she is, to be copied and spelled; of what is over nobody is to go there. @param {Store} store
 * @param {Order} order */
function placeOf(store, order) {
  if (order.reserved || order.over) return null;
  const { lat, lon } = order.body?.fix ?? {};
  return { label: labelOf(store, order), words: order.place ?? "", names: order.names, lat, lon };
}

/** The same on one line. @param {Order} order */
function lineOf({ place, body }) {
  return joined([place, body?.fix && coordinates(body.fix.lat, body.fix.lon)]);
}

/** @param {{store: Store, body: Body}} props */
function Dangers({ store, body }) {
  const weapons = linesOf(store, body.case?.weapons).map((what) => store.t("zone.weapon", { what }));
  const dangers = [...weapons, ...(body.silent_approach ? [store.t("zone.silent_approach")] : [])];
  return dangers.length > 0 ? h("ul", { class: "danger" }, items(dangers)) : null;
}

/** @param {{store: Store, body: Body}} props */
function Heed({ store, body: { reason, instructions = [] } }) {
  return [
    reason ? h("p", { key: "said", class: "said" }, store.t("zone.said", { text: reason })) : null,
    h(Silence, { key: "silence", store }),
    h("ul", { key: "heed", class: "heed" }, items(instructions)),
  ];
}

/** @param {{store: Store}} props */
function Silence({ store }) {
  return h("p", { class: "silence" }, store.t("zone.do_not_call"));
}

/** @param {{store: Store, body: Body}} props */
function Facts({ store, body }) {
  const told = joined([
    body.press && store.t(`press.${body.press}`),
    (body.presses ?? 0) > 1 && store.t("presses", { n: body.presses }),
    body.class && store.t(`class.${body.class}`),
  ]);
  const facts = [
    { title: store.t("zone.asked_unit"), lines: [body.asked_unit ?? ""] },
    { title: store.t("zone.press"), lines: [told] },
    ...PARTS.map((name) => ({ title: store.t(`zone.part.${name}`), lines: linesOf(store, body.case?.[name]) })),
  ];
  const lines = (/** @type {string[]} */ texts) => texts.map((text, n) => h("p", { key: n }, text));
  return h(
    "dl",
    {},
    facts
      .filter(({ lines: [first] }) => first)
      .map((fact) => [h("dt", {}, fact.title), h("dd", {}, lines(fact.lines))]),
  );
}

/** The lines of a part of the case. @param {Store} store @param {Person | Fact[] | undefined} part
 * @returns {string[]} */
function linesOf(store, part) {
  if (!part) return [];
  if (!Array.isArray(part)) return [joined([part.name, ...(part.languages ?? [])]), ...linesOf(store, part.facts)];
  return part.map(({ name, address, radius_m: radius, text, source, date }) =>
    name === undefined
      ? joined([text, [source, date && day(date, store.language)].filter(Boolean).join(", ")])
      : joined([name, address, radius ? store.t("zone.exclusion", { m: metres(store.words, radius) }) : ""]),
  );
}

/** @param {string[]} texts */
function items(texts) {
  return texts.map((text, n) => h("li", { key: n }, text));
}
