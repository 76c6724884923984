// The alarm queue: what nobody has, mine, what others have; technical alarms; what was closed in the last 24 h. One element a row, kept by its key.
import { button, current, redraw } from "../../shell/build.js";
import {
  attributes,
  clock,
  duration,
  element,
  joined,
  ticking,
  together,
  write,
  writeParts,
} from "../../shell/format.js";
import { zoneOf } from "../case/doubt.js";
import { Others } from "../coverage/others.js";
import { announcedTest, pastOf } from "../devices/words.js";
import { counting, upcoming } from "../escalation/words.js";
import { recall, retain } from "../../shell/kept.js";
import { shape, shapeOf } from "../../shell/shapes.js";
import { gathered, needs, SIDES, takes } from "../../shell/order.js";
import { ReservedRow } from "../reserved/row.js";
import { Below } from "./below.js";
import { Near } from "./near.js";
import { flash } from "./flash.js";
import { lowOf, nameOf, nextOf, whatOf, whereOf, whoOf } from "./says.js";
import { Settle, areLow } from "./settle.js";
import { tagsOf } from "./tags.js";
import { Unowned } from "./unowned.js";

const BY = ["urgency", "zone", "centre"]; // how what others have may stand
const KEPT = "vigie.by";

/** @typedef {import("../../shell/wire.js").Row} Row @typedef {import("../../shell/wire.js").DeviceRow} DeviceRow
 *  @typedef {ReturnType<Queue["_make"]>} Drawn the parts of a row as it stands */

export class Queue {
  /** @param {HTMLElement} root @param {import("../../shell/store.js").Store} store @param {{take: (id: string) => void, refuse: (id: string) => void, fly: (id: string) => void}} does */
  constructor(root, store, does) {
    this.store = store;
    this.does = does;
    /** @type {Map<string, Drawn | ReservedRow>} */
    this.rows = new Map();
    this.order = "";
    this.low = false; // rows are low
    this.by = BY.find((by) => by === recall(KEPT)) ?? BY[0];
    this.scroller = element("div", "scroller");
    this.followed = "";
    this.sections = new Map([...SIDES, "others", "devices", "closed"].map((key) => [key, this._section(key)]));
    this.gather = button("by", "", () => this._gather());
    this._part("hands").head.append(this.gather);
    this.others = new Others(store, this._part("others").head, () => this.update());
    this.near = new Near(this.scroller, () => this.update());
    this.unowned = new Unowned(store, {
      open: () => store.lists().open.filter((row) => store.place(row) !== "announced"),
      go: ({ id }) => {
        store.select(id);
        this.show(id);
      },
      key: "unowned",
    });
    this.below = new Below(store);
    // Its look does not change while a row settles, for that would paint all of them.
    this.settle = new Settle(root, () => {
      const moving = String(this.settle.moving);
      for (const drawn of this.rows.values()) if ("take" in drawn) drawn.take.ariaDisabled = moving;
    });
    root.append(this.unowned.line, this.scroller, this.below.line);
    flash(this.scroller);
    this.scroller.addEventListener("focusin", () => this._focus(true));
    store.on("rows", () => this.update());
    store.on("select desk", () => this.update());
    store.on("second", () => this.tick());
  }

  /** @param {string} key */
  _section(key) {
    const head = element("h2", "", "");
    const title = element("span", "", this.store.t(`part.${key}`));
    const count = element("b");
    const ask = element("span", "ask");
    head.append(title, count, ask);
    const list = element("ol");
    const section = element("div", `group ${key}`, head, list);
    this.scroller.append(section);
    return { key, section, head, list, count, ask };
  }

  /** @param {string} key */
  _part(key) {
    return /** @type {ReturnType<Queue["_section"]>} */ (this.sections.get(key));
  }

  /** What others have stands by urgency, by zone or by centre; what nobody has, and mine, always by urgency. */
  _gather() {
    this.by = BY[(BY.indexOf(this.by) + 1) % BY.length];
    retain(KEPT, this.by);
    this.update();
  }

  /** @param {Row} row */
  _group(row) {
    if (this.by === "urgency") return "";
    return this.by === "zone" ? zoneOf(this.store, row) : (row.centre ?? "");
  }

  /** The rows of each section, in the order they stand. @returns {Map<string, (Row | DeviceRow)[]>} */
  _listed() {
    const { store } = this;
    const { parts, others, closed } = store.lists();
    /** @type {Map<string, (Row | DeviceRow)[]>} */
    const listed = new Map(SIDES.map((side, n) => [side, parts[n]]));
    listed.set(
      "hands",
      gathered(parts[SIDES.indexOf("hands")], (row) => this._group(row)),
    );
    listed.set("others", this.others.take(others));
    listed.set("devices", store.technical());
    return listed.set("closed", closed);
  }

  /** The keys of all rows in the order they stand: what the arrow keys walk along. */
  keys() {
    return [...this._listed().values()].flatMap((rows) => rows.filter((row) => !row.reserved).map((row) => row.id));
  }

  update() {
    const { store } = this;
    const listed = this._listed();
    const all = store.lists();
    this.low = areLow(this.low, all.open.length + (listed.get("others")?.length ?? 0));
    this.scroller.classList.toggle("low", this.low);
    const focused = document.activeElement;
    const stays = (/** @type {Row | DeviceRow} */ row) =>
      row.id === store.selected || (focused !== document.body && !!this.rows.get(row.id)?.li.contains(focused));
    const near = new Map([...listed].map(([key, rows]) => [key, this.near.of(this._part(key).list, rows, stays)]));
    const drawnRows = [...near.values()];
    const order = drawnRows.map((rows) => rows.map((row) => row.id).join()).join(";");
    const moved = order !== this.order;
    const known = new Set(drawnRows.flatMap((rows) => rows.map((row) => row.id)));
    for (const [key, drawn] of this.rows) {
      if (known.has(key)) continue;
      drawn.li.remove();
      this.rows.delete(key);
    }
    for (const [key, rows] of listed) {
      const { list, count, section } = this._part(key);
      write(count, String(rows.length));
      section.hidden = key === "others" ? all.others.length === 0 : rows.length === 0;
      let before = "";
      this.near.put(
        list,
        (near.get(key) ?? []).map((row) => {
          const drawn = this._row(row, key === "devices");
          if (key === "hands") {
            const group = this._group(/** @type {Row} */ (row));
            attributes(drawn.li, { "data-begins": group !== before && group });
            before = group;
          }
          return drawn.li;
        }),
      );
    }
    this._count(all);
    // Moving an element takes the focus from it.
    if (moved && focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected) {
      focused.focus({ preventScroll: true });
    }
    if (moved && this.order) this.settle.moved();
    this.order = order;
    this._focus();
    this._follow();
    this.unowned.update();
    store.draws(known);
  }

  /** The focused row is the selected row: the focus follows, and what stands chosen never follows a focus but where nothing does.
   * @param {boolean} [came] the focus came just now */
  _focus(came = false) {
    const { store } = this;
    const picks = [...this.scroller.querySelectorAll("button.pick")];
    const chosen = picks.find((pick) => pick.ariaCurrent === "true");
    for (const pick of picks) {
      const stop = pick === (chosen ?? picks[0]) ? 0 : -1;
      if (pick.tabIndex !== stop) pick.tabIndex = stop;
    }
    const at = picks.find((pick) => pick === document.activeElement);
    if (!at || at === chosen) return;
    if (chosen) chosen.focus({ preventScroll: true });
    else if (came) store.select(at.closest("li")?.dataset.incident ?? null);
  }

  /** Bring into sight what was chosen elsewhere (on the map, by a search, by raising it), and what was opened again; never
   * what somebody closed. What is partly seen stays: a hand may be on it. */
  _follow() {
    const { selected, row } = this.store;
    const stands = selected && this.rows.has(selected) ? `${selected} ${!row?.closed}` : "";
    if (stands === this.followed) return;
    const closed = row?.closed && this.followed.startsWith(`${selected} `);
    this.followed = stands;
    const li = this.rows.get(selected ?? "")?.li;
    if (!li || !stands || closed) return;
    const [box, seen] = [li.getBoundingClientRect(), this.scroller.getBoundingClientRect()];
    if (box.bottom <= seen.top || box.top >= seen.bottom) this.show(selected ?? "");
  }

  /** How many stand in each part, how many of them ask again; the same once more under the list.
   * @param {ReturnType<import("../../shell/store.js").Store["lists"]>} all */
  _count(all) {
    const { store } = this;
    const asking = (/** @type {Row[]} */ rows) => rows.filter((row) => needs(row)).length;
    SIDES.forEach((side, n) => {
      const ask = side === "nobody" ? 0 : asking(all.parts[n]);
      write(this._part(side).ask, ask ? store.t("ask_n", { n: ask }) : "");
    });
    const [, , hands, bench] = all.parts;
    write(this.gather, store.t(`by.${this.by}`));
    attributes(this.gather, { "aria-label": store.t("by_label", { by: store.t(`by.${this.by}`) }) });
    this.gather.hidden = hands.length < 2;
    const unnoted = store.technical().filter((row) => row.state === "alarmed" && !row.owner).length;
    const go = (/** @type {string} */ key) => () => this._part(key).section.scrollIntoView({ block: "start" });
    const part = (/** @type {string} */ key, /** @type {number} */ n, ask = 0) => ({ key, n, ask, go: go(key) });
    this.below.show([
      part("hands", hands.length + bench.length, asking([...hands, ...bench])),
      part("devices", store.devices.size, unnoted),
    ]);
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
    const selected = this.store.selected === row.id;
    const low = this.low && !selected;
    if (drawn.row !== row || drawn.desk !== this.store.desk || drawn.stands !== stands || drawn.low !== low) {
      drawn.row = row;
      drawn.stands = stands;
      drawn.desk = this.store.desk;
      drawn.low = low;
      incident ? this._fill(drawn, incident) : this._fillDevice(drawn, /** @type {DeviceRow} */ (row));
    }
    drawn.li.classList.toggle("selected", selected);
    drawn.li.classList.toggle("is-low", low);
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
      take: button("take", "", press, { hidden: true }),
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
    /** @type {{row: Row | DeviceRow | null, desk: string, stands: string, low: boolean}} */
    const drawn = { row: null, desk: "", stands: "", low: false };
    return { li, ...parts, ...drawn };
  }

  /** @param {Drawn} drawn @param {Row} row */
  _fill(drawn, row) {
    const { store } = this;
    const announced = drawn.stands === "announced";
    const data = drawn.li.dataset;
    data.state = row.state;
    data.stands = drawn.stands;
    data.zone = row.zone ?? "";
    data.presses = String(row.presses ?? 1);
    data.owner = row.owner ?? "";
    data.flags = (row.flags ?? []).join(" ");
    const looks = [
      `row is-${row.state}`,
      row.drill && "is-drill",
      needs(row) && !announced && "needs",
      announced && "announced",
      store.offered(row) === "me" && "offered-here",
    ];
    drawn.li.className = looks.filter(Boolean).join(" ");
    draws(drawn, shapeOf(row.state, "press"));
    write(drawn.pick, row.label);
    write(drawn.test, announcedTest(store, row));
    const taken = takes(store, row);
    const offered = taken === "accept_hand_over";
    drawn.take.hidden = announced || !taken;
    write(drawn.take, store.t(offered ? "do.accept_hand_over" : "take"));
    const named = { action: store.t("do.accept_hand_over"), label: row.label };
    attributes(drawn.take, { "aria-label": store.t(offered ? "action_label" : "take_label", named) });
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
    attributes(drawn.pick, { "aria-label": together(", ", [row.label, condition, store.t(`state.${row.state}`)]) });
    const count = row.count ?? 1;
    const often = row.flaps ? store.t("flapping", { n: row.flaps }) : count > 1 && store.t("times_n", { n: count });
    marks(drawn.tags, often ? [[row.flaps ? "flaps" : "presses", often]] : [], "tag ");
    data.flaps = String(row.flaps ?? 0);
    const battery = row.battery == null ? "" : store.t("battery", { n: row.battery });
    marks(drawn.place, [["where", joined([condition, battery])]]);
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
    attributes(drawn.pick, { "aria-label": nameOf(store, row) });
    if (row.state === "closed") {
      write(drawn.age, clock(row.closed).slice(0, 5));
      marks(drawn.tags, tagsOf(store, row, now), "tag ");
      marks(drawn.place, [["where", whereOf(store, row)]]);
      const outcome = row.outcome ? store.t(`outcome.${row.outcome}`) : "";
      const took = row.took_s != null ? store.t("took", { time: ticking(row.took_s * 1000) }) : "";
      writeParts(drawn.what, [outcome, took]);
      write(drawn.who, row.owner ?? "");
      write(drawn.next, "");
      return;
    }
    write(drawn.age, ticking(now - row.received));
    // A low row has its graver news as tags, and the rest when it is chosen.
    marks(
      drawn.tags,
      tagsOf(store, row, now).filter(([kind]) => drawn.low || !kind.startsWith("short")),
      "tag ",
    );
    if (drawn.low) {
      const { place, corner } = lowOf(store, row);
      marks(drawn.place, place);
      write(drawn.who, corner);
      marks(drawn.next, counting(store, row) ? [/** @type {string[]} */ (upcoming(store, row))] : []);
      return;
    }
    marks(drawn.place, [["where", whereOf(store, row)]]);
    // The case alone says where she is from its places: here for who has it open beside.
    const live = store.detailOf(row)?.live;
    writeParts(drawn.what, [live?.relation ?? "", ...whatOf(store, row, now)]);
    writeParts(drawn.who, whoOf(store, row));
    const told = drawn.stands === "announced";
    marks(drawn.next, told ? [["", store.t("announced", { centre: row.centre })]] : nextOf(store, row, now));
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
