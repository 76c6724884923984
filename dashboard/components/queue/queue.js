// The alarm queue: open alarms, technical alarms, what was closed in the last 24 h. One element a row, kept by its key.
import { button, current, redraw } from "../../shell/build.js";
import { clock, duration, element, joined, metres, ticking, write, writeParts } from "../../shell/format.js";
import { Others } from "../coverage/others.js";
import { announcedTest, pastOf } from "../devices/words.js";
import { done, upcoming } from "../escalation/words.js";
import { shape, shapeOf } from "../../shell/shapes.js";
import { Store } from "../../shell/store.js";
import { ReservedRow } from "../reserved/row.js";
import { Above } from "./above.js";
import { Near } from "./near.js";
import { Settle } from "./settle.js";
import { Unowned } from "./unowned.js";

const FLASH_MS = 400; // 1.25 Hz, while nobody has an alarm

/** @typedef {import("../../shell/wire.js").Row} Row @typedef {import("../../shell/wire.js").DeviceRow} DeviceRow
 *  @typedef {ReturnType<Queue["_make"]>} Drawn the parts of a row as it stands */

export class Queue {
  /** @param {HTMLElement} root @param {Store} store @param {{take: (id: string) => void, refuse: (id: string) => void, fly: (id: string) => void}} does */
  constructor(root, store, does) {
    this.store = store;
    this.does = does;
    /** @type {Map<string, Drawn | ReservedRow>} */
    this.rows = new Map();
    this.order = "";
    this.scroller = element("div", "scroller");
    this.sections = ["alarms", "others", "devices", "closed"].map((key) => this._section(key));
    this.others = new Others(store, this.sections[1].head, () => this.update());
    this.above = new Above(store, this.scroller, () => store.lists().open);
    this.near = new Near(this.scroller, () => this.update());
    this.unowned = new Unowned(store, this.scroller);
    // Its look does not change while a row settles, for that would paint all of them.
    this.settle = new Settle(root, () => {
      const moving = String(this.settle.moving);
      for (const drawn of this.rows.values()) if ("take" in drawn) drawn.take.ariaDisabled = moving;
    });
    root.append(this.unowned.line, this.above.bar, this.scroller);
    // A CSS animation would keep the browser composing frames for ever, and an alarm waiting for its turn among them.
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) setInterval(() => this._flash(), FLASH_MS);
    store.on("rows", () => this.update());
    store.on("select desk", () => this.update());
    store.on("second", () => this.tick());
  }

  /** @param {string} key */
  _section(key) {
    const head = element("h2", "", "");
    const title = element("span", "", this.store.t(key));
    const count = element("b");
    head.append(title, count);
    const list = element("ol");
    const none = element("p", "none", key === "alarms" ? this.store.t("no_alarm") : "");
    const section = element("div", `group ${key}`, head, list, none);
    this.scroller.append(section);
    return { key, section, head, list, count, none };
  }

  /** The keys of all rows in the order they stand: what the arrow keys walk along. */
  keys() {
    const { open, others, closed } = this.store.lists();
    const all = [...open, ...(this.others.opened ? others : []), ...this.store.technical(), ...closed];
    return all.filter((row) => !row.reserved).map((row) => row.id);
  }

  update() {
    const { store } = this;
    const all = store.lists();
    const lists = [all.open, this.others.take(all.others), store.technical(), all.closed];
    const focused = document.activeElement;
    const stays = (/** @type {Row | DeviceRow} */ row) =>
      row.id === store.selected || (focused !== document.body && !!this.rows.get(row.id)?.li.contains(focused));
    const near = lists.map((rows, n) => this.near.of(this.sections[n].list, rows, stays));
    const order = near.map((rows) => rows.map((row) => row.id).join()).join(";");
    const moved = order !== this.order;
    const known = new Set(near.flatMap((rows) => rows.map((row) => row.id)));
    for (const [key, drawn] of this.rows) {
      if (known.has(key)) continue;
      drawn.li.remove();
      this.rows.delete(key);
    }
    lists.forEach((rows, n) => {
      const { list, count, section, none, key } = this.sections[n];
      write(count, String(rows.length));
      section.hidden = key === "others" ? all.others.length === 0 : rows.length === 0 && key !== "alarms";
      none.hidden = rows.length > 0 || key !== "alarms";
      this.near.put(
        list,
        near[n].map((row) => this._row(row, key === "devices").li),
      );
    });
    // Moving an element takes the focus from it.
    if (moved && focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected) {
      focused.focus({ preventScroll: true });
    }
    if (moved && this.order) this.settle.moved();
    this.order = order;
    this.above.count();
    this.unowned.update();
    store.draws(known);
  }

  _flash() {
    const on = this.scroller.classList.contains("flash");
    if (on || this.sections[0].list.querySelector(".is-raised")) this.scroller.classList.toggle("flash", !on);
  }

  /** @param {Row | DeviceRow} row @param {boolean} technical */
  _row(row, technical) {
    let drawn = this.rows.get(row.id);
    if (!drawn) {
      drawn = row.reserved ? new ReservedRow(this.store, row.id) : this._make(row.id, technical);
      this.rows.set(row.id, drawn);
    }
    if (!("take" in drawn)) {
      drawn.fill(row);
      return drawn;
    }
    const incident = technical ? null : /** @type {Row} */ (row);
    const stands = incident ? this.store.place(incident) : "main";
    if (drawn.row !== row || drawn.desk !== this.store.desk || drawn.stands !== stands) {
      drawn.row = row;
      drawn.stands = stands;
      drawn.desk = this.store.desk;
      incident ? this._fill(drawn, incident) : this._fillDevice(drawn, /** @type {DeviceRow} */ (row));
    }
    const selected = this.store.selected === row.id;
    drawn.li.classList.toggle("selected", selected);
    current(drawn.pick, selected);
    return drawn;
  }

  /** @param {string} id @param {boolean} technical */
  _make(id, technical) {
    const press = (/** @type {MouseEvent} */ event) => {
      if (event.detail > 1) return;
      if (this.settle.moving) this.does.refuse(id);
      else this.does.take(id);
    };
    const parts = {
      glyph: element("span", "glyph"),
      pick: element("button", "pick", { type: "button" }),
      tags: element("span", "tags"),
      age: element("span", "age"),
      place: element("div", "line place"),
      what: element("div", "line what"),
      test: element("div", "line test"),
      who: element("div", "line who"),
      next: element("div", "line next"),
      take: button("take", this.store.t("take"), press, { hidden: true }),
    };
    const { glyph, pick, tags, age, place, what, test, who, next, take } = parts;
    const head = element("div", "head", pick, tags);
    const foot = element("div", "foot", element("div", "told", who, next), take);
    const facts = { "data-incident": id, "data-kind": technical ? "technical" : "press" };
    const li = element("li", "row", facts, glyph, head, age, place, what, test, foot);
    li.addEventListener("click", (event) => {
      if (event.target !== take) this.store.select(id);
    });
    li.addEventListener("dblclick", () => this.does.fly(id));
    /** @type {{row: Row | DeviceRow | null, desk: string, stands: string}} */
    const drawn = { row: null, desk: "", stands: "" };
    return { li, ...parts, ...drawn };
  }

  /** @param {Drawn} drawn @param {Row} row */
  _fill(drawn, row) {
    const { store } = this;
    const mine = store.mine(row);
    const needs = Store.needs(row) && drawn.stands !== "announced";
    const data = drawn.li.dataset;
    data.state = row.state;
    data.stands = drawn.stands;
    data.zone = row.zone ?? "";
    data.presses = String(row.presses ?? 1);
    data.owner = row.owner ?? "";
    data.flags = (row.flags ?? []).join(" ");
    drawn.li.className = `row is-${row.state}${row.drill ? " is-drill" : ""}${needs ? " needs" : ""}${drawn.stands === "announced" ? " announced" : ""}${store.offered(row) === "me" ? " offered-here" : ""}${store.selected === row.id ? " selected" : ""}`;
    draws(drawn, shapeOf(row.state, "press"));
    write(drawn.pick, row.label);
    const zone = row.zone ? store.zone(row.zone_name || row.zone) : store.t("no_position");
    const owner = row.owner || store.t("nobody");
    const facts = { label: row.label, state: store.t(`state.${row.state}`), zone, owner };
    drawn.pick.ariaLabel = store.t("row_label", facts);
    const tags = [];
    if (mine) tags.push(["mine", store.t("mine")]);
    if ((row.presses ?? 1) > 1) tags.push(["presses", store.t("presses", { n: row.presses })]);
    const { centre } = row;
    if (centre && !store.covers.has(centre) && row.state !== "closed") tags.push(["centre", centre]);
    if (row.belongs && row.state !== "closed") tags.push(["unlocated", store.t("unlocated")]);
    if (row.as_class) tags.push(["class", store.t(`class.${row.as_class}`)]);
    if (row.paper) tags.push(["paper", store.t("paper")]);
    if (row.drill) tags.push(["drill", store.t("drill")]);
    if (row.bench) tags.push(["bench", store.t("bench")]);
    if (store.offered(row) === "me") tags.push(["offered", store.t("offered_you")]);
    marks(drawn.tags, tags, "tag ");
    // "PZ Gent · Gent" says Gent twice.
    write(drawn.place, joined([zone, row.municipality !== row.zone_name && row.municipality]));
    write(drawn.test, announcedTest(store, row));
    drawn.take.hidden = !(row.state === "raised" || (row.gone && !mine)) || drawn.stands === "announced";
    drawn.take.setAttribute("aria-label", store.t("take_label", { label: row.label }));
    this._ticking(drawn, row);
  }

  /** @param {Drawn} drawn @param {DeviceRow} row */
  _fillDevice(drawn, row) {
    const { store } = this;
    const data = drawn.li.dataset;
    data.state = row.state;
    data.zone = data.flags = "";
    data.presses = "0";
    data.owner = row.owner ?? "";
    drawn.li.className = `row is-technical is-${row.state}${row.owner ? "" : " unnoted"}`;
    draws(drawn, "device");
    write(drawn.pick, row.label);
    const condition = store.t(`condition.${row.condition}`);
    drawn.pick.ariaLabel = `${row.label}, ${condition}, ${store.t(`state.${row.state}`)}`;
    const count = row.count ?? 1;
    const often = row.flaps ? store.t("flapping", { n: row.flaps }) : count > 1 && store.t("times_n", { n: count });
    marks(drawn.tags, often ? [[row.flaps ? "flaps" : "presses", often]] : [], "tag ");
    data.flaps = String(row.flaps ?? 0);
    const battery = row.battery == null ? "" : store.t("battery", { n: row.battery });
    write(drawn.place, joined([condition, battery]));
    write(drawn.what, row.returned ? store.t("returned", { time: clock(row.returned) }) : "");
    const aside = row.shelved ? store.t("shelved", { who: row.owner, time: clock(row.shelved).slice(0, 5) }) : "";
    write(drawn.who, aside || (row.owner ? store.t("noted_by", { owner: row.owner }) : ""));
    const why = row.shelved_why ? store.t("shelved_why", { why: row.shelved_why }) : "";
    writeParts(drawn.next, [why, pastOf(store, row)]);
    this._ticking(drawn, row);
  }

  /** What of a row goes with the clock. @param {Drawn} drawn @param {Row | DeviceRow} row */
  _ticking(drawn, row) {
    const { store } = this;
    const now = store.now();
    if ("since" in row) {
      write(drawn.age, duration(store.words, now - row.since));
      return;
    }
    if (row.state === "closed") {
      write(drawn.age, clock(row.closed).slice(0, 5));
      const outcome = row.outcome ? store.t(`outcome.${row.outcome}`) : "";
      const took = row.took_s != null ? store.t("took", { time: ticking(row.took_s * 1000) }) : "";
      writeParts(drawn.what, [outcome, took]);
      write(drawn.who, row.owner ?? "");
      write(drawn.next, "");
      return;
    }
    write(drawn.age, ticking(now - row.received));
    writeParts(drawn.what, this._what(row, now));
    writeParts(drawn.who, this._who(row));
    this._next(drawn, row, now);
  }

  /** @param {Row} row @param {number} now */
  _what(row, now) {
    const { store } = this;
    const parts = [row.origin === "hand" ? store.t("by_hand") : store.t(`press.${row.press}`)];
    if (row.fix_at) {
      const age = duration(store.words, now - row.fix_at);
      const radius = row.radius_m
        ? store.t("radius", { m: metres(store.words, row.radius_m) }).replace(" ", "\u00a0")
        : "";
      parts.push(radius ? store.t("radius_old", { radius, age }) : store.t("fix_old", { age }));
      const speed = row.speed_m_s ?? 0;
      if (speed > 0.5) parts.push(store.t("moving", { kmh: Math.round(speed * 3.6) }).replace(" ", "\u00a0"));
    } else if (row.zone) parts.push(store.t("no_position")); // without a zone the line above says it
    return parts;
  }

  /** @param {Row} row */
  _who(row) {
    const { store } = this;
    const offered = store.offered(row) === "other" ? store.t("offered_row", { who: row.offered_to }) : "";
    if (row.state === "raised") return [store.t("nobody"), offered];
    const parts = [row.owner ?? "", offered];
    if (row.state === "acknowledged") parts.push(row.order_zone ? "" : store.t("not_routed"));
    // The row has named its zone already.
    else
      parts.push(
        row.state === "routed" && row.order_zone !== row.zone_name
          ? store.t("routed_to", { zone: store.zone(row.order_zone) })
          : store.t(`state.${row.state}`),
      );
    if (row.unit) parts.push(store.t("unit", { unit: row.unit }));
    if (row.done) parts.push(store.t("done_says"));
    return parts;
  }

  /** What is wrong, what the watch will do next and when, flags in words, what was closed of this device. @param {Drawn} drawn @param {Row} row @param {number} now */
  _next(drawn, row, now) {
    const { store } = this;
    const announced = drawn.stands === "announced";
    const parts = announced
      ? [["", store.t("announced", { centre: row.centre })]]
      : [...this._whose(row), ...this._said(row, now)];
    marks(drawn.next, parts);
  }

  /** @param {Row} row @param {number} now */
  _said(row, now) {
    const { store } = this;
    const parts = [];
    if (row.unrecorded) parts.push(["bad", store.t("unrecorded")]);
    // Whoever acknowledged it has seen it; the history keeps that nobody had.
    if (row.unpresented && Store.needs(row)) parts.push(["bad", store.t("unpresented")]);
    if (row.order_excluded) parts.push(["bad", store.t("kept_from_order")]);
    if (row.kept_from && store.console.supervisor) parts.push(["warn", store.t("kept_from", { n: row.kept_from })]);
    if (row.realarm && row.realarm !== "undelivered") parts.push(["bad", store.t(`realarm.${row.realarm}`)]);
    if (row.delivery === "late" || row.delivery === "failed") parts.push(["bad", store.t(`delivery.${row.delivery}`)]);
    else if (row.realarm === "undelivered") parts.push(["bad", store.t("realarm.undelivered")]);
    else if (row.delivery === "radio" && row.state === "routed") parts.push(["warn", store.t("delivery.radio")]);
    parts.push(...done(store, row));
    const next = upcoming(store, row);
    if (next) parts.push(next);
    for (const flag of row.flags ?? []) if (flag !== "no_fix") parts.push(["warn", store.t(`flag.${flag}`)]);
    if (row.tracking_ended) parts.push(["warn", store.t("tracking_ended")]);
    // While nobody answers there is graver news, and no room.
    else if (row.tracking_until && !row.ladder)
      parts.push(["", store.t("tracking_in", { time: duration(store.words, Math.max(0, row.tracking_until - now)) })]);
    if (row.closures?.length) {
      const closed = row.closures.map(
        (c) => `${store.t(`class.${c.as_class ?? "unknown"}`)} ${clock(c.at).slice(0, 5)}`,
      );
      parts.push(["", `${store.t("closures")} ${closed.join(", ")}`]);
    }
    if (row.past) parts.push(["past", pastOf(store, row)]);
    return parts;
  }

  /** Why an alarm stands here that this console does not cover, or that has no position. @param {Row} row */
  _whose(row) {
    const { store } = this;
    const parts = row.belongs ? [["warn", store.t(`belongs.${row.belongs}`, { centre: row.centre })]] : [];
    if (row.centre && !store.covers.has(row.centre) && row.centre in (store.health?.unheard ?? {}))
      parts.push(["bad", store.t("taken_over", { centre: row.centre })]);
    return parts;
  }

  /** Bring a row the operator walked to into sight. @param {string} id */
  show(id) {
    this.rows.get(id)?.li.scrollIntoView({ block: "nearest" });
  }

  tick() {
    for (const drawn of this.rows.values()) if ("take" in drawn && drawn.row) this._ticking(drawn, drawn.row);
    this.others.tick();
  }
}

/** @param {Drawn} drawn @param {string} name of a shape */
function draws(drawn, name) {
  redraw(drawn.glyph, name, () => [shape(name)]);
}

/** @param {HTMLElement} place @param {string[][]} parts kind and words @param {string} [look] */
function marks(place, parts, look = "") {
  redraw(place, parts, () => parts.map(([kind, words]) => element("span", `${look}${kind}`, words)));
}
