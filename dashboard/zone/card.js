// One order on a zone's page: what happened, where, what to heed, and the answers. All text is data.
import { clock, day, duration, element, metres, write } from "../shell/format.js";
import { shape, shapeOf } from "../shell/shapes.js";

const ANSWERS = ["accepted", "en_route", "on_scene", "done", "declined"]; // as they stand; which are open the server says
const PARTS = ["weapons", "risks", "present", "suspect", "victim", "measures", "places"];

export class Card {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk */
  constructor(store, desk) {
    this.store = store;
    this.desk = desk;
    this.order = null;
    this.drawn = "";
    this.root = element("article", "order");
    this.head = element("h2");
    this.glyph = element("span", "glyph");
    this.state = element("span", "state");
    this.age = element("span", "age");
    const top = element("header");
    top.append(this.glyph, this.head, this.state, this.age);
    this.where = element("p", "where");
    this.silence = element("p", "silence");
    this.heed = element("ul", "heed");
    this.facts = element("dl");
    this.answers = this._answers();
    this.root.append(top, this.where, this.silence, this.heed, this.answers, this.facts);
  }

  /** @param {any} order */
  show(order) {
    const { store } = this;
    this.order = order;
    if (order.reserved) {
      // An order that is kept from who is here: nothing of it, and no answer.
      this.root.className = "order reserved";
      this.root.dataset.order = order.order;
      this.root.dataset.state = "reserved";
      write(this.head, store.t("reserved"));
      this.root.replaceChildren(this.head);
      return;
    }
    const body = order.body ?? {};
    const label = body.device || store.t("by_hand");
    this.root.className = `order ${order.over ? "over" : order.step ? "answered" : "waiting"}`;
    this.root.dataset.order = order.order;
    this.root.dataset.state = order.over || (order.done ? "done" : order.step || "waiting");
    const glyph = order.over ? "closed" : order.step ? shapeOf(order.step, "press") : "press";
    if (this.glyph.dataset.shape !== glyph) {
      this.glyph.dataset.shape = glyph;
      this.glyph.replaceChildren(shape(glyph));
    }
    write(this.head, order.over ? store.t("zone.stand_down") : label);
    write(
      this.state,
      order.over
        ? store.t(`zone.over.${order.over}`)
        : order.done
          ? store.t("zone.done")
          : order.step
            ? store.t(`state.${order.step}`)
            : store.t("zone.waiting"),
    );
    const changed = JSON.stringify(order.body);
    if (changed !== this.drawn) {
      this.drawn = changed;
      this._draw(body);
    }
    this._mind(order);
    this.tick();
  }

  /** What goes with the clock. */
  tick() {
    const { store, order } = this;
    if (!order || order.reserved) return;
    const since = order.over ? order.changed : order.since;
    write(this.age, store.t("zone.since", { time: clock(since), age: duration(store.words, store.now() - since) }));
    const fix = order.body?.fix;
    const parts = [];
    if (fix) {
      parts.push(order.municipality, `${fix.lat.toFixed(5)}, ${fix.lon.toFixed(5)}`);
      if (fix.radius) parts.push(store.t("radius", { m: metres(store.words, fix.radius) }));
      if (order.fix_at) parts.push(store.t("fix_old", { age: duration(store.words, store.now() - order.fix_at) }));
    } else if (order.body) parts.push(store.t("no_position"));
    write(this.where, parts.filter(Boolean).join(" · "));
  }

  _draw(body) {
    const { store } = this;
    const silent = [store.t("zone.do_not_call"), body.silent_approach ? store.t("zone.silent_approach") : ""];
    write(this.silence, this.order.over ? "" : silent.filter(Boolean).join(" · "));
    this.heed.replaceChildren(...(body.instructions ?? []).map((text) => element("li", "", text)));
    /** @type {[string, string[]][]} */
    const rows = [];
    const told = [
      body.press && store.t(`press.${body.press}`),
      body.presses > 1 && store.t("presses", { n: body.presses }),
      body.class && store.t(`class.${body.class}`),
    ];
    rows.push([store.t("zone.press"), [told.filter(Boolean).join(" · ")]]);
    for (const name of PARTS) {
      const lines = this._lines(name, body.case?.[name]);
      if (lines.length) rows.push([store.t(`zone.part.${name}`), lines]);
    }
    this.facts.replaceChildren(
      ...rows
        .filter(([, lines]) => lines[0])
        .flatMap(([title, lines]) => [element("dt", "", title), this._list(lines)]),
    );
  }

  _list(lines) {
    const dd = element("dd");
    dd.append(...lines.map((line) => element("p", "", line)));
    return dd;
  }

  /** The lines of a part of the case. @returns {string[]} */
  _lines(name, part) {
    if (!part) return [];
    const sourced = (fact) =>
      [fact.text, [fact.source, fact.date && day(fact.date, this.store.language)].filter(Boolean).join(", ")]
        .filter(Boolean)
        .join(" · ");
    if (name === "victim" || name === "suspect")
      return [[part.name, ...(part.languages ?? [])].join(" · "), ...(part.facts ?? []).map(sourced)];
    if (name === "places") {
      return part.map((place) =>
        [
          place.name,
          place.radius_m ? this.store.t("zone.exclusion", { m: metres(this.store.words, place.radius_m) }) : "",
        ]
          .filter(Boolean)
          .join(" · "),
      );
    }
    return part.map(sourced);
  }

  _answers() {
    const { store } = this;
    const root = element("div", "answers");
    this.unit = this._field("unit", "zone.unit", 40);
    this.reason = this._field("reason", "zone.reason", 200);
    this.buttons = {};
    const row = element("div", "buttons");
    for (const answer of ANSWERS) {
      const button = element("button", "do", store.t(`do.answer_${answer}`));
      button.type = "button";
      button.addEventListener("click", () => this._answer(answer));
      this.buttons[answer] = button;
      row.append(button);
    }
    root.append(row, this.unit, this.reason);
    return root;
  }

  _field(name, words, length) {
    const label = element("label", name);
    const input = element("input");
    input.maxLength = length;
    input.autocomplete = "off";
    label.append(element("span", "", this.store.t(words)), input);
    return label;
  }

  _mind(order) {
    this.answers.hidden = !order.open.length;
    for (const [name, button] of Object.entries(this.buttons)) {
      button.hidden = !order.open.includes(name);
      button.classList.toggle("primary", name === order.open[0]);
    }
    this.reason.hidden = this.buttons.declined.hidden;
  }

  async _answer(answer) {
    const { store, desk, order } = this;
    const reason = this.reason.querySelector("input").value.trim();
    if (answer === "declined" && !reason) {
      desk.say(store.t("refused.reason_missing"), true);
      this.reason.querySelector("input").focus();
      return;
    }
    await desk.ask(`answer_${answer}`, order.body?.device || store.t("by_hand"), {
      do: "answer_order",
      incident: order.incident,
      order: order.order,
      answer,
      unit: answer === "declined" ? "" : this.unit.querySelector("input").value.trim(),
      reason: answer === "declined" ? reason : "",
    });
  }
}
