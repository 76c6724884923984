// The live floor: every open alarm by urgency and age, what a supervisor may do with it, who is on shift, how what Vigie needs stands.
import { element, write } from "../shell/format.js";
import { Store } from "../shell/store.js";
import { Above } from "../components/queue/above.js";
import { Near } from "../components/queue/near.js";
import { Settle } from "../components/queue/settle.js";
import { Unowned } from "../components/queue/unowned.js";
import { against, command } from "./actions.js";
import { Crew } from "./crew.js";
import { ReservedRow } from "../components/reserved/row.js";
import { FloorRow } from "./row.js";

const FLASH_MS = 400; // 1.25 Hz, while nobody has an alarm

export class Floor {
  /** @param {HTMLElement} root @param {Store} store @param {import("../shell/desk.js").DeskLine} desk
   *  @param {import("./middle.js").Middle} middle @param {string} work where an alarm is worked on; "" for who may not */
  constructor(root, store, desk, middle, work) {
    this.store = store;
    this.desk = desk;
    this.rows = new Map();
    this.order = "";
    this.scroller = element("div", "scroller");
    const head = element("h2");
    this.count = element("b");
    head.append(element("span", "", store.t("floor")), this.count);
    this.list = element("ol", "alarms");
    this.none = element("p", "none", store.t("floor.none"));
    this.scroller.append(this.list, this.none);
    this.above = new Above(store, this.scroller, () => this.open());
    this.near = new Near(this.scroller, () => this.update());
    this.unowned = new Unowned(store, this.scroller);
    const alarms = element("div", "open");
    alarms.append(this.unowned.line, this.above.bar, this.scroller);
    root.append(head, alarms);
    this.crew = new Crew(root, store);
    this.settle = new Settle(this.scroller, () => {
      for (const row of this.rows.values()) row.act?.();
    });
    this.does = {
      perform: (id, name) => this.perform(id, name),
      assign: (id, to) => this.assign(id, to),
      decline: (id, reason) =>
        this._ask(id, "decline_hand_over", (row) => ({ do: "decline_hand_over", incident: row.id, reason })),
      open: (id) => middle.open(id),
      opens: () => middle.opens,
      moving: () => this.settle.moving,
      work,
    };
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) setInterval(() => this._flash(), FLASH_MS);
    store.on("rows desk together covers", () => this.update());
    store.on("guard", (id) => this.rows.get(id)?.act?.());
    store.on("second live", () => this.tick());
  }

  /** All open alarms, whichever centre's: what waits for the supervisor first, then what nobody has, then by age. */
  open() {
    const { store } = this;
    const me = store.console;
    const group = (row) => (store.called(row, me) ? 0 : store.offered(row) === "me" || Store.needs(row) ? 1 : 2);
    const { open, others } = store.lists();
    return [...open, ...others]
      .map((row) => ({ row, group: group(row) }))
      .sort((a, b) => a.group - b.group || a.row.received - b.row.received || (a.row.id < b.row.id ? -1 : 1))
      .map(({ row }) => row);
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
    const known = new Set(near.map((row) => row.id));
    for (const [id, drawn] of this.rows) {
      if (known.has(id)) continue;
      drawn.li.remove();
      this.rows.delete(id);
    }
    this.near.put(
      this.list,
      near.map((row) => {
        let drawn = this.rows.get(row.id);
        if (!drawn)
          this.rows.set(
            row.id,
            (drawn = row.reserved ? new ReservedRow(this.store, row.id) : new FloorRow(this.store, row.id, this.does)),
          );
        drawn.fill(row);
        return drawn.li;
      }),
    );
    // Moving an element takes the focus from it.
    if (hand instanceof HTMLElement && hand !== document.activeElement && hand.isConnected)
      hand.focus({ preventScroll: true });
    if (moved && this.order) this.settle.moved();
    this.order = order;
    write(this.count, String(rows.length));
    this.none.hidden = rows.length > 0;
    this.above.count();
    this.unowned.update();
    this.store.draws(known);
  }

  tick() {
    for (const drawn of this.rows.values()) drawn.tick?.();
    this.crew.tick();
  }

  /** Carry out an action that needs no more than a press. @param {string} id @param {string} name */
  perform(id, name) {
    this._ask(id, name, (row) => command(row, name));
  }

  /** @param {string} id @param {string} to the page's id of a person on shift */
  assign(id, to) {
    this._ask(id, "assign", (row) => ({ do: "assign", incident: row.id, to }));
  }

  /** Ask the desk for it, unless the alarm, or its row, changed just now. A wish that waited for a sign-in named its alarm: the row that
   * moved with the sign-in misled no hand. @param {(row: any) => object} made @param {boolean} [waited] */
  _ask(id, name, made, waited = false) {
    const row = this.store.rows.get(id);
    if (!row || this.desk.gate(name, row.label, () => this._ask(id, name, made, true))) return;
    const why = against(this.store, row, name, !waited && this.settle.moving);
    if (why) this.desk.say(why, true);
    else this.desk.ask(name, row.label, made(row));
  }

  _flash() {
    const on = this.scroller.classList.contains("flash");
    if (on || this.list.querySelector(".is-raised")) this.scroller.classList.toggle("flash", !on);
  }
}
