// The alarm queue: what nobody has, mine, what others have; technical alarms; what was closed in the last 24 h. Rows
// are views, kept by their key.
import { button } from "../../shell/build.js";
import { attributes, element, write } from "../../shell/format.js";
import { render } from "../../shell/kit.js";
import { Others } from "../coverage/others.js";
import { recall, retain } from "../../shell/kept.js";
import { gathered, needs, SIDES } from "../../shell/order.js";
import { alone } from "../../shell/views.js";
import { Below } from "./below.js";
import { Near } from "./near.js";
import { flash } from "./flash.js";
import { Alarm, Device, Plain, Reserved } from "./row.js";
import { groupOf } from "./says.js";
import { Settle, linesOf } from "./settle.js";
import { Unowned } from "./unowned.js";

const BY = ["urgency", "zone", "centre"]; // how what others have may stand
const KEPT = "vigie.by";

/** @typedef {import("../../shell/wire.js").Row} Row @typedef {import("../../shell/wire.js").DeviceRow} DeviceRow */

export class Queue {
  /** @param {HTMLElement} root @param {import("../../shell/store.js").Store} store
   * @param {{take: (id: string) => void, refuse: (id: string) => void, fly: (id: string) => void}} does */
  constructor(root, store, does) {
    this.store = store;
    this.does = {
      pick: (/** @type {string} */ id) => store.select(id),
      fly: does.fly,
      take: (/** @type {string} */ id) => (this.settle.moving ? does.refuse(id) : does.take(id)),
    };
    this.order = "";
    this.lines = 2; // of each row
    this.room = 0; // rem that all of them have
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
    // Views know nothing of it: while a row settles none of them is drawn again.
    this.settle = new Settle(root, () => {
      const moving = String(this.settle.moving);
      for (const take of this.scroller.querySelectorAll(".take")) take.ariaDisabled = moving;
    });
    new ResizeObserver(() => {
      this._measure();
      this.update();
    }).observe(this.scroller);
    root.append(this.unowned.line, this.scroller, this.below.line);
    flash(this.scroller);
    this.scroller.addEventListener("focusin", () => this._focus(true));
    store.on("rows", () => this.update());
    store.on("select desk language second", () => this.update());
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

  /** The rows of each section, in the order they stand. @returns {Map<string, (Row | DeviceRow)[]>} */
  _listed() {
    const { store } = this;
    const { parts, others, closed } = store.lists();
    /** @type {Map<string, (Row | DeviceRow)[]>} */
    const listed = new Map(SIDES.map((side, n) => [side, parts[n]]));
    listed.set(
      "hands",
      gathered(parts[SIDES.indexOf("hands")], (row) => groupOf(this.store, row, this.by)),
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
    const { store, scroller } = this;
    const listed = this._listed();
    const all = store.lists();
    this._lines(listed);
    const focused = this._rowOf(document.activeElement);
    const stays = (/** @type {Row | DeviceRow} */ row) => row.id === store.selected || row.id === focused?.id;
    /** @type {Set<string>} */
    const known = new Set();
    let order = "";
    const stop = this._stop(listed);
    for (const [key, rows] of listed) {
      const { list, count, section } = this._part(key);
      write(count, String(rows.length));
      section.hidden = key === "others" ? all.others.length === 0 : rows.length === 0;
      const near = this.near.of(list, rows, stays);
      const { over, under } = this.near.rooms(list);
      let before = "";
      const views = near.map((row, n) => {
        const group = key === "hands" ? groupOf(store, /** @type {Row} */ (row), this.by) : "";
        const begins = group === before ? "" : group;
        before = group;
        known.add(row.id);
        return this._view(row, { technical: key === "devices", top: over[n], begins, stop: row.id === stop });
      });
      render(views, list);
      if (list.style.paddingBottom !== under) list.style.paddingBottom = under;
      this.near.measure(list);
      order += `${near.map((row) => row.id).join()};`;
    }
    this._count(all);
    const moved = order !== this.order && this.order;
    this.order = order;
    // An element that moves loses the focus.
    if (focused?.part && !scroller.contains(document.activeElement))
      this._of(focused.id)?.querySelector(focused.part)?.focus({ preventScroll: true });
    if (moved) this.settle.moved();
    this._focus();
    this._follow();
    this.unowned.update();
    store.draws(known);
  }

  /** @param {Row | DeviceRow} row @param {{technical: boolean, top: string, begins: string, stop: boolean}} stands */
  _view(row, { technical, ...stands }) {
    const { store, does } = this;
    const selected = store.selected === row.id;
    const lines = selected ? 2 : row.state === "closed" ? 1 : this.lines;
    const place = technical || row.reserved ? "" : store.place(/** @type {Row} */ (row));
    // What else a row says of goes with the clock, the language and who is here.
    const { language, desk } = store;
    const now = Math.floor(store.now() / 1000);
    const props = { store, row, does, selected, lines, place, now, language, desk, ...stands };
    const view = technical ? Device : row.reserved ? Reserved : Alarm;
    return alone(/** @type {any} */ (view), props, { key: row.id, of: row, plain: Plain });
  }

  _measure() {
    this.room = this.scroller.clientHeight / parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  /** All rows in two lines while all fit, else in one but the chosen one; not while a hand is on them.
   *  @param {Map<string, (Row | DeviceRow)[]>} listed */
  _lines(listed) {
    if (!this.room) this._measure(); // before the first rows stand: none of them changes its height
    if (!this.room || this.scroller.matches(":hover")) return;
    const heads = [...listed].filter(([key, rows]) => rows.length && key !== "nobody").length;
    const open = [...listed].reduce((sum, [key, rows]) => sum + (key === "closed" ? 0 : rows.length), 0);
    const lines = linesOf(this.lines, open, heads, this.room);
    if (lines === this.lines) return;
    this.lines = lines;
    this.near.heights.clear();
  }

  /** The row at which Tab stops: the chosen one, else the first. @param {Map<string, (Row | DeviceRow)[]>} listed */
  _stop(listed) {
    const rows = [...listed.values()].flat().filter((row) => !row.reserved);
    return (rows.find((row) => row.id === this.store.selected) ?? rows[0])?.id;
  }

  /** Which row an element is in, and what of it. @param {Element | null} at */
  _rowOf(at) {
    const li =
      at && this.scroller.contains(at) ? /** @type {HTMLElement | null} */ (at.closest("[data-incident]")) : null;
    return li && { id: li.dataset.incident ?? "", part: at?.className ? `.${at.classList[0]}` : "" };
  }

  /** @param {string | null} id @returns {HTMLElement | null} */
  _of(id) {
    return id ? this.scroller.querySelector(`[data-incident="${CSS.escape(id)}"]`) : null;
  }

  /** The focused row is the selected row: the focus follows, and what stands chosen never follows a focus but where
   * nothing does. @param {boolean} [came] the focus came just now */
  _focus(came = false) {
    const { store } = this;
    const at = document.activeElement;
    const on = at?.matches(".pick") ? this._rowOf(at) : null;
    if (!on || on.id === store.selected) return;
    const chosen = this._of(store.selected)?.querySelector(".pick");
    if (chosen instanceof HTMLElement) chosen.focus({ preventScroll: true });
    else if (came) store.select(on.id);
  }

  /** Bring into sight what was chosen elsewhere (on the map, by a search, by raising it), and what was opened again;
   * never what somebody closed. What is partly seen stays: a hand may be on it. */
  _follow() {
    const { selected, row } = this.store;
    const li = this._of(selected);
    const stands = li ? `${selected} ${!row?.closed}` : "";
    if (stands === this.followed) return;
    const closed = row?.closed && this.followed.startsWith(`${selected} `);
    this.followed = stands;
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

  /** Bring a row the operator walked to into sight. @param {string} id */
  show(id) {
    this._of(id)?.scrollIntoView({ block: "nearest" });
  }
}
