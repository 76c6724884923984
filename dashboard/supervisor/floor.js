// The live floor: every open alarm by urgency and age, what a supervisor may do with it, who is on shift, how what
// Vigie needs stands.
import { element, write } from "../shell/format.js";
import { render } from "../shell/kit.js";
import { floored, needs } from "../shell/order.js";
import { alone } from "../shell/views.js";
import { Below } from "../components/queue/below.js";
import { flash } from "../components/queue/flash.js";
import { Near } from "../components/queue/near.js";
import { Settle } from "../components/queue/settle.js";
import { Unowned } from "../components/queue/unowned.js";
import { Plain, Reserved } from "../components/queue/row.js";
import { FORMS, against, calls, command, offered } from "./actions.js";
import { Crew } from "./crew.js";
import { FloorRow } from "./row.js";

const NAMED_PX = 44; // of a row in sight, so that its name and age can be read

export class Floor {
  /** @param {HTMLElement} root @param {import("../shell/store.js").Store} store
   * @param {import("../shell/desk.js").DeskLine} desk @param {import("./middle.js").Middle} middle
   * @param {string} work where an alarm is worked on; "" for who may not */
  constructor(root, store, desk, middle, work) {
    this.store = store;
    this.desk = desk;
    /** @type {Map<string, string>} what is opened of a row: "actions", or the form of one of them */
    this.opened = new Map();
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
        const drawn = this._li(id);
        if (drawn) drawn.scrollIntoView({ block: "start" });
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
    this.settle = new Settle(this.scroller, () => this.update());
    /** @type {import("./row.js").Does} */
    this.does = {
      press: (id, name) => this._press(id, name),
      more: (id) => this._open(id, this.opened.get(id) ? "" : "actions"),
      assign: (id, to) => {
        this._open(id, "");
        this._ask(id, "assign", (row) => ({ do: "assign", incident: row.id, to }));
      },
      decline: (id, reason) =>
        this._ask(id, "decline_hand_over", (row) => ({ do: "decline_hand_over", incident: row.id, reason })),
      // Each look is a record: by its name alone, and once.
      pick: (id, { target, detail }) => {
        if (middle.opens && detail < 2 && /** @type {Element} */ (target).closest(".pick")) middle.open(id);
      },
      opens: () => middle.opens,
      moving: () => this.settle.moving,
      work,
    };
    flash(this.scroller);
    this.scroller.addEventListener("keydown", (event) => {
      const id = /** @type {Element} */ (event.target).closest("li")?.dataset.incident ?? "";
      if (event.key !== "Escape" || !this.opened.get(id)) return;
      event.preventDefault(); // it leads out of this, and not of more
      this._back(id);
    });
    store.on("rows desk language together covers guard second live", () => this.update());
    store.on("second live", () => this.crew.tick());
  }

  /** @param {string} id @returns {HTMLElement | null} */
  _li(id) {
    return this.list.querySelector(`[data-incident="${CSS.escape(id)}"]`);
  }

  /** All open alarms, whichever centre's. */
  open() {
    const { open, others } = this.store.lists();
    return floored(this.store, [...open, ...others]);
  }

  update() {
    if (!this.store.welcomed) return; // that none is open was not told yet
    const rows = this.open();
    for (const [id, what] of this.opened) {
      const row = rows.find((one) => one.id === id);
      if (!row || (FORMS.includes(what) && !offered(row).includes(what))) this.opened.delete(id);
    }
    const hand = document.activeElement;
    const held = hand !== this.scroller && this.scroller.contains(hand) && hand?.closest("li")?.dataset.incident;
    const near = this.near.of(this.list, rows, (row) => row.id === held);
    const { over, under } = this.near.rooms(this.list);
    const order = near.map((row) => row.id).join();
    const moved = order !== this.order && this.order;
    this.order = order;
    render(
      near.map((row, n) => this._view(row, over[n])),
      this.list,
    );
    if (this.list.style.paddingBottom !== under) this.list.style.paddingBottom = under;
    this.near.measure(this.list);
    // Moving an element takes the focus from it. A hand on a button that went stays at its alarm, and on no other
    // action: the same key a second time does nothing.
    if (held && hand instanceof HTMLElement && hand !== document.activeElement)
      (hand.isConnected ? hand : this._li(held))?.focus({ preventScroll: true });
    write(this.count, String(rows.length));
    this.unowned.update();
    this._measure();
    this.store.draws(new Set(near.map((row) => row.id)));
    if (moved) this.settle.moved();
  }

  /** @param {import("../shell/store.js").Row} row @param {string} top */
  _view(row, top) {
    const { store, does } = this;
    const opened = this.opened.get(row.id) ?? "";
    // What else a row says of goes with the clock, the language, who is here and on shift, and a hand that must wait.
    const { desk, language, together: people } = store;
    const now = Math.floor(store.now() / 1000);
    const waits = [store.live, this.settle.moving, store.guarded(row.id), does.opens()].join();
    const stands = { lines: 2, selected: false, stop: true, begins: "", place: "", top };
    const props = { store, row, does, opened, now, language, desk, people, waits, ...stands };
    const view = row.reserved ? Reserved : FloorRow;
    return alone(/** @type {any} */ (view), props, { key: row.id, of: row, plain: Plain });
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
    const drawn = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const tops = new Map(drawn.map((li) => [li.dataset.incident, li.getBoundingClientRect().top]));
    const top = (/** @type {string} */ id) => tops.get(id) ?? NaN;
    const seen = rows.findLastIndex(({ id }) => top(id) <= edge);
    // What is not drawn stands where its order says; what is, may wait for a hand before it moves there.
    const under = rows.filter(({ id }, n) => (Number.isNaN(top(id)) ? n > seen : top(id) > edge));
    const go = () => this.scroller.scrollBy({ top: this.scroller.clientHeight - NAMED_PX });
    this.below.show([{ key: "floor", n: under.length, ask: under.filter(needs).length, go }]);
  }

  /** @param {string} id @param {string} name */
  _press(id, name) {
    const row = this.store.rows.get(id);
    if (!row) return;
    if (!FORMS.includes(name) || against(this.store, row, name, this.settle.moving))
      this._ask(id, name, (now) => command(now, name));
    else if (this.opened.get(id) === name) this._back(id);
    else {
      this._open(id, name);
      this._li(id)?.querySelector(".acts .person, .acts input")?.focus();
    }
  }

  /** @param {string} id @param {string} what */
  _open(id, what) {
    if (what) this.opened.set(id, what);
    else this.opened.delete(id);
    this.update();
    if (what) this._li(id)?.scrollIntoView({ block: "nearest" });
  }

  /** One step out, the hand with it. @param {string} id */
  _back(id) {
    const from = this.opened.get(id);
    const row = this.store.rows.get(id);
    this._open(id, from === "actions" || !row || calls(this.store, row) ? "" : "actions");
    this._li(id)
      ?.querySelector(from === "actions" ? ".more" : `[data-do=${from}]`)
      ?.focus();
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
