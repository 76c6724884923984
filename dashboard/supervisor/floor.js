// The live floor: every open alarm by urgency and age, what a supervisor may do with it, who is on shift, how what
// Vigie needs stands.
import { kept } from "../shell/build.js";
import { element, write } from "../shell/format.js";
import { floored, needs } from "../shell/order.js";
import { Below } from "../components/queue/below.js";
import { flash } from "../components/queue/flash.js";
import { Near } from "../components/queue/near.js";
import { Settle } from "../components/queue/settle.js";
import { Unowned } from "../components/queue/unowned.js";
import { against, command } from "./actions.js";
import { Crew } from "./crew.js";
import { ReservedRow } from "../components/reserved/row.js";
import { FloorRow } from "./row.js";

const NAMED_PX = 44; // of a row in sight, so that its name and age can be read

export class Floor {
  /** @param {HTMLElement} root @param {import("../shell/store.js").Store} store
   * @param {import("../shell/desk.js").DeskLine} desk @param {import("./middle.js").Middle} middle
   * @param {string} work where an alarm is worked on; "" for who may not */
  constructor(root, store, desk, middle, work) {
    this.store = store;
    this.desk = desk;
    /** @type {Map<string, FloorRow | ReservedRow>} */
    this.rows = new Map();
    store.everywhere = true;
    this.order = "";
    this.count = element("b");
    this.list = element("ol", "alarms");
    this.scroller = element("div", "scroller", this.list);
    this.below = new Below(store);
    this.measuring = false;
    this.near = new Near(this.scroller, () => this.update());
    this.unowned = new Unowned(store, {
      open: () => this.open(),
      go: ({ id }) => {
        const drawn = this.rows.get(id);
        if (drawn) drawn.li.scrollIntoView({ block: "start" });
        else this.scroller.scrollTo({ top: 0 }); // there stand those that call
      },
    });
    root.append(
      element("h2", "", element("span", "", store.t("floor")), this.count),
      element("div", "open", this.unowned.line, this.scroller, this.below.line),
    );
    this.scroller.addEventListener("scroll", () => this._measure(), { passive: true });
    const sizes = new ResizeObserver(() => this._measure());
    for (const part of [this.scroller, this.list]) sizes.observe(part);
    this.crew = new Crew(root, store);
    this.settle = new Settle(this.scroller, () => {
      for (const row of this.rows.values()) act(row);
    });
    /** @type {import("./row.js").Does} */
    this.does = {
      perform: (id, name) => this._ask(id, name, (row) => command(row, name)),
      assign: (id, to) => this._ask(id, "assign", (row) => ({ do: "assign", incident: row.id, to })),
      decline: (id, reason) =>
        this._ask(id, "decline_hand_over", (row) => ({ do: "decline_hand_over", incident: row.id, reason })),
      open: (id) => middle.open(id),
      opens: () => middle.opens,
      moving: () => this.settle.moving,
      work,
    };
    flash(this.scroller);
    store.on("rows desk together covers", () => this.update());
    store.on("guard", (/** @type {string} */ id) => act(this.rows.get(id)));
    store.on("second live", () => this.tick());
  }

  /** All open alarms, whichever centre's. */
  open() {
    const { open, others } = this.store.lists();
    return floored(this.store, [...open, ...others]);
  }

  update() {
    const rows = this.open();
    const hand = document.activeElement;
    const near = this.near.of(
      this.list,
      rows,
      (row) => hand !== document.body && !!this.rows.get(row.id)?.li.contains(hand),
    );
    const order = near.map((row) => row.id).join();
    const moved = order !== this.order;
    const ids = near.map((row) => row.id);
    const make = (/** @type {string} */ id, /** @type {number} */ n) =>
      near[n].reserved ? new ReservedRow(this.store, id) : new FloorRow(this.store, id, this.does);
    const drawn = kept(this.rows, ids, make, ({ li }) => li);
    for (const [n, row] of near.entries()) drawn[n].fill(row);
    this.near.put(
      this.list,
      drawn.map(({ li }) => li),
    );
    // Moving an element takes the focus from it.
    if (hand instanceof HTMLElement && hand !== document.activeElement && hand.isConnected)
      hand.focus({ preventScroll: true });
    if (moved && this.order) this.settle.moved();
    this.order = order;
    write(this.count, String(rows.length));
    this.unowned.update();
    this._measure();
    this.store.draws(new Set(ids));
  }

  /** Once a frame, when the page has been laid out anyway: no alarm waits for it. */
  _measure() {
    if (this.measuring) return;
    this.measuring = true;
    requestAnimationFrame(() => {
      this.measuring = false;
      this._below();
    });
  }

  /** How many alarms stand under the edge, or with no more than their names over it, and how many of those ask. */
  _below() {
    const rows = this.open();
    const edge = this.scroller.getBoundingClientRect().bottom - NAMED_PX;
    const top = (/** @type {string} */ id) => {
      const li = this.rows.get(id)?.li;
      return li?.isConnected ? li.getBoundingClientRect().top : NaN;
    };
    const seen = rows.findLastIndex(({ id }) => top(id) <= edge);
    // What is not drawn stands where its order says; what is, may wait for a hand before it moves there.
    const under = rows.filter(({ id }, n) => (Number.isNaN(top(id)) ? n > seen : top(id) > edge));
    const go = () => this.scroller.scrollBy({ top: this.scroller.clientHeight - NAMED_PX });
    this.below.show([{ key: "floor", n: under.length, ask: under.filter(needs).length, go }]);
  }

  tick() {
    for (const drawn of this.rows.values()) if (drawn instanceof FloorRow) drawn.tick();
    this.crew.tick();
  }

  /** Ask the desk for it, unless the alarm, or its row, changed just now. A wish that waited for a sign-in named its
   * alarm: the row that moved with the sign-in misled no hand. @param {string} id @param {string} name
   * @param {(row: import("./actions.js").Row) => Record<string, unknown>} made */
  _ask(id, name, made, waited = false) {
    const row = this.store.rows.get(id);
    if (!row || this.desk.gate(name, row.label, () => this._ask(id, name, made, true))) return;
    const why = against(this.store, row, name, !waited && this.settle.moving);
    if (why) this.desk.say(why, true);
    else this.desk.ask(name, row.label, made(row));
  }
}

/** A reserved row takes no hand. @param {FloorRow | ReservedRow | undefined} row */
function act(row) {
  if (row instanceof FloorRow) row.act();
}
