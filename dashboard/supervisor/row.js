// One alarm of the floor: shape, name and age, who has it, what the watch does, and under it what a supervisor may do.
// Its element stays.
import { announcedTest } from "../components/devices/words.js";
import { button, form, redraw } from "../shell/build.js";
import { attributes, element, joined, ticking, together, write, writeParts } from "../shell/format.js";
import { retain } from "../shell/kept.js";
import { shape, shapeOf } from "../shell/shapes.js";
import { needs } from "../shell/order.js";
import { nameOf, stepOf, whereOf } from "../components/queue/says.js";
import { tagsOf } from "../components/queue/tags.js";
import { takenOver } from "../components/coverage/words.js";
import { again, done, seats, upcoming } from "../components/escalation/words.js";
import { ACTIONS, against, holds, next, receivers, shown, well } from "./actions.js";

/** @typedef {import("../shell/store.js").Store} Store @typedef {import("./actions.js").Row} Row
 * @typedef {{perform: (id: string, name: string) => void, assign: (id: string, to: string) => void, decline: (id:
 * string, reason: string) => void, open: (id: string) => void, opens: () => boolean, moving: () => boolean, work:
 * string}} Does */

export class FloorRow {
  /** @param {Store} store @param {string} id @param {Does} does */
  constructor(store, id, does) {
    this.store = store;
    this.id = id;
    this.does = does;
    /** @type {Row} */
    this.row = { id, key: id, label: "", state: "", changes: 0, received: 0, priority: 0 };
    this.opened = ""; // "actions", "assign" or "decline"
    this.glyph = element("span", "glyph");
    this.pick = button("pick", "", () => does.open(id));
    this.tags = element("span", "tags");
    this.age = element("span", "age");
    this.place = element("div", "line place");
    this.who = element("div", "line who");
    this.next = element("div", "line next");
    this.more = once("more", "⋯", () => this._open(this.opened ? "" : "actions"));
    this.buttons = new Map(ACTIONS.map((name) => [name, once(`do ${name}`, "", () => this._press(name))]));
    this.work = element("a", { class: "do work", href: does.work }, store.t("floor.work"));
    this.work.addEventListener("click", () => retain("vigie.selected", id));
    this.set = element("div", "set", ...this.buttons.values(), this.work);
    this.extra = element("div", "extra");
    this.li = element(
      "li",
      { class: "row", "data-incident": id, tabindex: -1 },
      this.glyph,
      element("div", "head", this.pick, this.tags),
      this.age,
      element("div", "foot", element("div", "told", this.place, this.who, this.next), this.more),
      this.set,
      this.extra,
    );
    this.li.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.opened) return;
      event.preventDefault(); // it leads out of this, and not of more
      this._back();
    });
  }

  /** @param {Row} row */
  fill(row) {
    const { store, li } = this;
    this.row = row;
    const asks = needs(row);
    const called = store.called(row);
    const here = store.offered(row) === "me";
    const looks = ["row", `is-${row.state}`, (asks || called) && "needs", called && "called", here && "offered-here"];
    li.className = looks.filter(Boolean).join(" ");
    li.dataset.state = row.state;
    li.dataset.owner = row.owner ?? "";
    const glyph = shapeOf(row.state, "press");
    redraw(this.glyph, glyph, () => [shape(glyph)]);
    write(this.pick, row.label);
    this.pick.disabled = !this.does.opens();
    this.act();
    this.tick();
  }

  /** The buttons: which are there, which may come now. */
  act() {
    const { store, row } = this;
    // hiding it takes the focus from it
    const hand = this.li.contains(document.activeElement) ? document.activeElement : null;
    const here = ACTIONS.filter((name) => shown(row, name));
    const calls =
      needs(row) || store.called(row) || here.includes("accept_hand_over") || here.includes("withdraw_hand_over");
    this.more.hidden = calls || !here.length;
    this.more.setAttribute("aria-expanded", String(!!this.opened));
    attributes(this.more, { "aria-label": store.t("floor.actions", { label: row.label }) });
    this.set.hidden = !here.length || !(calls || this.opened);
    this.work.hidden = !store.mine(row) || !this.does.work;
    attributes(this.work, { "aria-label": store.t("floor.work_label", { label: row.label }) });
    const first = next(row);
    for (const [name, button] of this.buttons) {
      button.hidden = !here.includes(name);
      const words = store.t(name === "take_over" && store.mine(row) ? "do.acknowledge" : `do.${name}`);
      const why = against(store, row, name, this.does.moving());
      write(button, words);
      attributes(button, { "aria-label": store.t("action_label", { action: words, label: row.label }) });
      button.setAttribute("aria-disabled", String(!!why));
      attributes(button, { title: why });
      button.classList.toggle("primary", name === first);
      if (name === "assign" || name === "decline_hand_over")
        button.setAttribute("aria-expanded", String(this.opened === name));
    }
    if (this.opened && this.opened !== "actions" && !here.includes(this.opened)) this.opened = "";
    this._extra();
    // A hand on a button that went stays at its alarm, and on no other action: the same key a second time does nothing.
    if (hand?.closest("[hidden]")) this.li.focus({ preventScroll: true });
  }

  /** What goes with the clock. */
  tick() {
    const { store, row } = this;
    write(this.age, ticking(store.now() - row.received));
    write(this.place, whereOf(store, row));
    const name = nameOf(store, row);
    attributes(this.pick, { "aria-label": this.pick.disabled ? name : store.t("floor.open", { row: name }) });
    const tags = tagsOf(store, row).filter(({ short }) => !short);
    redraw(this.tags, tags, () => tags.map(({ kind, words }) => element("span", `tag ${kind}`, words)));
    const offered = store.offered(row) === "other" ? store.t("offered_row", { who: row.offered_to }) : "";
    const has = row.state === "raised" ? store.t("nobody") : seats(store, row);
    writeParts(this.who, [has, stepOf(store, row), offered]);
    const parts = [...this._wrong(), ...done(store, row)];
    const coming = upcoming(store, row);
    if (coming) parts.push(coming);
    redraw(this.next, parts, () => parts.map(([kind, words]) => element("span", kind, words)));
  }

  _wrong() {
    const { store, row } = this;
    const parts = takenOver(store, row);
    if (row.test) parts.push(["test", announcedTest(store, row)]);
    if (row.unrecorded) parts.push(["bad", store.t("unrecorded")]);
    if (row.unpresented && needs(row)) parts.push(["bad", store.t("unpresented")]);
    if (row.order_excluded) parts.push(["bad", store.t("kept_from_order")]);
    if (row.kept_from && store.console.supervisor) parts.push(["warn", store.t("kept_from", { n: row.kept_from })]);
    parts.push(...again(store, row));
    return parts;
  }

  /** @param {string} name */
  _press(name) {
    if (name === "assign" || name === "decline_hand_over") {
      if (this.opened === name) this._back();
      else if (this.buttons.get(name)?.ariaDisabled === "true") this.does.perform(this.id, name);
      else {
        this._open(name);
        this.extra.querySelector("button, input")?.focus();
      }
    } else this.does.perform(this.id, name);
  }

  /** @param {string} what */
  _open(what) {
    this.opened = what;
    this.act();
    if (what) this.li.scrollIntoView({ block: "nearest" });
  }

  /** One step out, the hand with it. */
  _back() {
    const from = this.opened;
    this._open(from === "actions" || this.more.hidden ? "" : "actions");
    (from === "actions" ? this.more : this.buttons.get(from))?.focus();
  }

  /** To whom, or why not: under the buttons, over nothing. */
  _extra() {
    const { store, row, opened } = this;
    const people = opened === "assign" ? receivers(store, row) : [];
    const held = document.activeElement;
    const kept = held instanceof HTMLElement && this.extra.contains(held) ? held.dataset.key : "";
    this.extra.hidden = opened !== "assign" && opened !== "decline_hand_over";
    redraw(this.extra, [opened, people], () =>
      opened === "assign"
        ? people.map((person) => this._person(person))
        : opened === "decline_hand_over"
          ? [this._reason()]
          : [],
    );
    if (kept && !held?.isConnected) this.extra.querySelector(`[data-key="${CSS.escape(kept)}"]`)?.focus();
  }

  /** @param {import("./actions.js").Person} person */
  _person(person) {
    const { store, row } = this;
    const assign = () => {
      this._open("");
      this.does.assign(this.id, person.key);
    };
    const has = holds(store, person);
    const there = [store.t(`screen.${person.screen}`), store.t(person.heard ? "heard.yes" : "heard.no")];
    const made = once(
      "do person",
      "",
      assign,
      element("b", "", person.name),
      element("span", "", has),
      element("span", well(person) ? "there" : "there bad", joined(there)),
    );
    made.dataset.key = person.key;
    const facts = { label: row.label, who: person.name, facts: together(", ", [has, ...there]) };
    attributes(made, { "aria-label": store.t("floor.assign_to", facts) });
    return made;
  }

  _reason() {
    const { store } = this;
    const input = element("input", { maxlength: 2000, required: "", "data-key": "reason" });
    const send = () => {
      if (input.value.trim()) this.does.decline(this.id, input.value.trim());
      else input.focus();
    };
    const label = element("label", "", store.t("field_reason"), input);
    return form({ novalidate: "" }, send, label, element("button", "do", store.t("do.decline_hand_over")));
  }
}

/** A button: the second click of a double click is no second wish. @param {string} look @param {string} text
 * @param {() => void} press @param {...import("../shell/build.js").Part} inside */
function once(look, text, press, ...inside) {
  return button(look, text, (event) => event.detail < 2 && press(), ...inside);
}
