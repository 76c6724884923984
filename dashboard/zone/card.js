// One order on a zone's page: what happened, where, what to heed, and the answers. All text is data.
import { Spelling } from "../components/spelling/spelling.js";
import { button, redraw } from "../shell/build.js";
import { clock, coordinates, day, duration, element, joined, metres, write } from "../shell/format.js";
import { shape, shapeOf } from "../shell/shapes.js";
import { MapOfOrder } from "./map.js";

/** @typedef {{text?: string, source?: string, date?: string, name?: string, address?: string, radius_m?: number}} Fact
 * a place has a name @typedef {{name: string, languages?: string[], facts?: Fact[]}} Person
 * @typedef {{device?: string, fix?: {lat: number, lon: number, radius?: number}, asked_unit?: string, press?: string,
 * presses?: number, class?: string, silent_approach?: boolean, reason?: string | null, instructions?: string[], case?:
 * Record<string, Person | Fact[]>}} Body
 * @typedef {{order: string, incident: string, reserved?: boolean, body: Body | null, over: string, step: string | null,
 * done: boolean, open: string[], device?: string, place?: string, names?: string[], unit?: string, since: number,
 * changed: number, fix_at?: number | null, map?: import("./map.js").OrderMap | null}} Order `body` null: it is not
 * known here */

// as they stand; which are open the server says
const ANSWERS = ["accepted", "en_route", "on_scene", "done", "declined", "stood_down"];
const PARTS = ["risks", "present", "suspect", "victim", "measures", "places"];

export class Card {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk */
  constructor(store, desk) {
    this.store = store;
    this.desk = desk;
    /** @type {Order | null} */
    this.order = null;
    this.head = element("h2");
    this.glyph = element("span", "glyph");
    this.state = element("span", "state");
    this.age = element("span", "age");
    this.danger = element("ul", "danger");
    this.where = element("p", "where");
    this.point = element("p", "point");
    this.said = element("p", "said");
    this.silence = element("p", "silence");
    this.heed = element("ul", "heed");
    this.facts = element("dl");
    this.unit = element("input", { maxlength: 40, autocomplete: "off" });
    this.reason = element("input", { maxlength: 200, autocomplete: "off" });
    this.told = element("label", "unit", element("span", "", store.t("zone.unit")), this.unit);
    this.why = element("label", "reason", element("span", "", store.t("zone.reason")), this.reason);
    this.buttons = new Map(
      ANSWERS.map((answer) => [answer, button("do", store.t(`do.answer_${answer}`), () => this._answer(answer))]),
    );
    this.answers = element("div", "answers", element("div", "buttons", ...this.buttons.values()), this.told, this.why);
    this.spelling = new Spelling(store, desk, { of: () => this._place(), put: (panel) => this.said.before(panel) });
    this.map = new MapOfOrder(store);
    const top = element("header", "", this.glyph, this.head, this.state, this.age);
    /** Whether it waits for an answer, and as what it does. */
    this.calls = "";
    const pointed = element("div", "pointed", this.point, this.spelling.buttons);
    const told = element("div", "", this.where, pointed, this.said, this.silence, this.heed, this.answers);
    const sight = element("div", "sight", told, this.map.root);
    this.root = element("article", { class: "order", tabindex: -1 }, top, this.danger, sight, this.facts);
  }

  /** @param {Order} order @param {string} [credit] whose addresses the words are */
  show(order, credit) {
    const { store } = this;
    this.order = order;
    this.calls = "";
    this.spelling.update();
    if (order.reserved) {
      // An order that is kept from who is here: nothing of it, and no answer.
      this.root.className = "order reserved";
      this.root.dataset.order = order.order;
      this.root.dataset.state = "reserved";
      write(this.head, store.t("reserved"));
      this.root.replaceChildren(this.head);
      return;
    }
    // A patrol that may still drive and was called off is as loud as one that is to go; closing an alarm calls nobody
    // off.
    const closed = order.over === "closed";
    const calls = order.over ? order.open.length > 0 && !closed : !order.step;
    this.calls = calls ? `${order.order} ${order.over}` : "";
    this.root.className =
      `order ${order.over ? "over " : ""}${calls ? "waiting" : order.over ? "" : "answered"}`.trim();
    this.root.dataset.order = order.order;
    this.root.dataset.state = order.over || (order.done ? "done" : order.step || "waiting");
    const glyph = order.over ? (calls ? "press" : "closed") : order.step ? shapeOf(order.step, "press") : "press";
    redraw(this.glyph, glyph, () => [shape(glyph)]);
    write(this.head, joined([order.over && !closed && store.t("zone.stand_down"), this._label(order)]));
    write(
      this.state,
      order.over
        ? joined([store.t(`zone.over.${order.over}`), !closed && !calls && store.t("zone.noted")])
        : order.done
          ? store.t("zone.done")
          : order.step
            ? store.t(`state.${order.step}`)
            : store.t("zone.waiting"),
    );
    this._draw(order.body ?? {}, order);
    this._mind(order);
    this.tick();
    const { lat, lon } = this._place() ?? {};
    const point = lat != null && lon != null && coordinates(lat, lon);
    this.map.show(order.over ? null : order.map, joined([order.place, point]), credit);
  }

  /** What goes with the clock. */
  tick() {
    const { store, order } = this;
    if (!order || order.reserved) return;
    const since = order.over ? order.changed : order.since;
    write(this.age, store.t("zone.since", { time: clock(since), age: duration(store.words, store.now() - since) }));
    if (order.over) {
      write(this.where, joined([order.place, order.unit && store.t("unit", { unit: order.unit })]));
      write(this.point, "");
      this.spelling.buttons.hidden = true;
      return;
    }
    const fix = order.body?.fix;
    const point = fix && [
      coordinates(fix.lat, fix.lon),
      fix.radius ? store.t("radius", { m: metres(store.words, fix.radius) }) : "",
      order.fix_at ? store.t("fix_old", { age: duration(store.words, store.now() - order.fix_at) }) : "",
    ];
    write(this.where, order.place || (order.body && !fix ? store.t("no_position") : ""));
    write(this.point, joined(point ?? [order.body && order.place && store.t("no_position")]));
    this.spelling.buttons.hidden = !order.place && !fix;
  }

  /** Where she is, to be copied and spelled; of what is over nobody is to go there. */
  _place() {
    const { order } = this;
    if (!order || order.reserved || order.over) return null;
    const { lat, lon } = order.body?.fix ?? {};
    return { label: this._label(order), words: order.place ?? "", names: order.names, lat, lon };
  }

  /** @param {Body} body @param {Order} order */
  _draw(body, order) {
    const { store } = this;
    const danger = [
      ...this._lines(body.case?.weapons).map((what) => store.t("zone.weapon", { what })),
      ...(body.silent_approach ? [store.t("zone.silent_approach")] : []),
    ];
    redraw(this.danger, danger, () => danger.map((text) => element("li", "", text)));
    this.danger.hidden = !danger.length;
    write(this.said, body.reason ? store.t("zone.said", { text: body.reason }) : "");
    write(this.silence, order.over ? "" : store.t("zone.do_not_call"));
    redraw(this.heed, body.instructions, () => (body.instructions ?? []).map((text) => element("li", "", text)));
    redraw(this.facts, body, () => {
      const told = joined([
        body.press && store.t(`press.${body.press}`),
        (body.presses ?? 0) > 1 && store.t("presses", { n: body.presses }),
        body.class && store.t(`class.${body.class}`),
      ]);
      return [
        { title: store.t("zone.asked_unit"), lines: [body.asked_unit ?? ""] },
        { title: store.t("zone.press"), lines: [told] },
        ...PARTS.map((name) => ({ title: store.t(`zone.part.${name}`), lines: this._lines(body.case?.[name]) })),
      ]
        .filter(({ lines }) => lines[0])
        .flatMap(({ title, lines }) => [
          element("dt", "", title),
          element("dd", "", ...lines.map((text) => element("p", "", text))),
        ]);
    });
  }

  /** The lines of a part of the case. @param {Person | Fact[] | undefined} part @returns {string[]} */
  _lines(part) {
    const { store } = this;
    if (!part) return [];
    if (!Array.isArray(part)) return [joined([part.name, ...(part.languages ?? [])]), ...this._lines(part.facts)];
    return part.map(({ name, address, radius_m: radius, text, source, date }) =>
      name === undefined
        ? joined([text, [source, date && day(date, store.language)].filter(Boolean).join(", ")])
        : joined([name, address, radius ? store.t("zone.exclusion", { m: metres(store.words, radius) }) : ""]),
    );
  }

  /** @param {Order} order */
  _label(order) {
    return order.body?.device || order.device || this.store.t("by_hand");
  }

  /** @param {Order} order */
  _mind({ open, over, unit }) {
    this.answers.hidden = !open.length;
    for (const [name, answer] of this.buttons) {
      answer.hidden = !open.includes(name);
      answer.classList.toggle("primary", name === open[0]);
    }
    this.why.hidden = !open.includes("declined");
    this.told.hidden = !!over && !!unit;
    const noted = this.buttons.get("stood_down");
    if (noted) write(noted, this.store.t(unit ? "zone.note_unit" : "zone.note", { unit }));
  }

  /** @param {string} answer */
  async _answer(answer) {
    const { store, desk, order } = this;
    if (!order) return;
    const reason = this.reason.value.trim();
    const declined = answer === "declined";
    if (declined && !reason) {
      desk.say(store.t("refused.reason_missing"), true);
      this.reason.focus();
      return;
    }
    await desk.ask(`answer_${answer}`, this._label(order), {
      do: "answer_order",
      incident: order.incident,
      order: order.order,
      answer,
      unit: declined ? "" : this.unit.value.trim(),
      reason: declined ? reason : "",
    });
  }
}
