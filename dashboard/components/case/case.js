// The case panel: who, how long, what must be known at once (pinned, it never scrolls away), then every fact with its source.
import { button, redraw } from "../../shell/build.js";
import { attributes, clock, day, duration, element, joined, phrase, ticking, write } from "../../shell/format.js";
import { shape, shapeOf } from "../../shell/shapes.js";
import { announcedTest } from "../devices/words.js";
import { nextZone, refusal, seats } from "../escalation/words.js";
import { Address } from "./address.js";
import { Circumstances } from "./circumstances.js";
import { classOf } from "./class.js";
import { notesOf } from "./notes.js";

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Row} Row @typedef {import("../../shell/wire.js").DeviceRow} DeviceRow */

const LEAST_PX = 48;

export class CasePanel {
  /** @param {HTMLElement} root @param {Store} store @param {HTMLElement} spells the buttons that copy and spell where she is */
  constructor(root, store, spells) {
    this.store = store;
    this.root = root;
    this.head = element("div", "head");
    this.glyph = element("span", "glyph");
    this.name = element("h2");
    this.age = element("span", "age");
    this.state = element("p", "state");
    this.who = element("p", "who");
    this.test = element("p", "test");
    this.declined = element("p", "declined");
    this.crossed = element("p", "crossed");
    this.notes = element("p", "notes"); // what its row says in a word, or not at all
    const title = element("div", "title", this.glyph, this.name, spells, this.age);
    this.address = new Address(store);
    this.head.append(title, this.address.root, this.state, this.declined, this.crossed, this.notes, this.test);
    this.pinned = element("div", "pinned", { tabindex: 0, role: "group", "aria-label": store.t("pinned") });
    this.morePinned = button("hidden-pinned", "", () => this.pinned.scrollBy({ top: this.pinned.clientHeight * 0.8 }));
    this.pinnedFrame = element("div", "pinned-frame", this.pinned, this.morePinned);
    this.facts = element("div", "facts", { tabindex: 0, role: "group", "aria-label": store.t("facts") });
    this.more = button("hidden-facts", "", () => this.facts.scrollBy({ top: this.facts.clientHeight * 0.8 }));
    this.nothing = element(
      "div",
      "nothing",
      element("h2", "", store.t("nothing")),
      element("p", "", store.t("nothing_hint")),
    );
    this.actions = element("div", "actions");
    const body = element("div", "facts-frame", this.facts, this.more);
    this.body = body;
    root.append(this.nothing, this.head, this.pinnedFrame, body, this.actions);
    this.circumstances = new Circumstances(store);
    this.drawn = "";
    /** @type {{id: string, case: import("./circumstances.js").Whose | null} | null} whose device the chosen technical alarm is of */
    this.whose = null;
    store.on("select access", () => this._ask());
    store.answers("whose", (whose) => {
      this.whose = whose;
      this.update();
    });
    const counting = new ResizeObserver(() => this._countHidden());
    for (const scrolling of [this.facts, this.pinned]) {
      scrolling.addEventListener("scroll", () => this._countHidden(), { passive: true });
      counting.observe(scrolling);
    }
    store.on("rows select detail desk", () => this.update());
    store.on("second", () => this.tick());
    this.update();
  }

  /** Whose a device is is asked anew for whoever is here, and of what is chosen. */
  _ask() {
    const { store } = this;
    this.whose = null;
    if (store.device && !store.locked) store.send({ do: "whose", device: store.device.id });
  }

  update() {
    const { store } = this;
    const { row, device, shown } = store;
    this.nothing.hidden = !!shown;
    this.head.hidden = this.pinnedFrame.hidden = this.body.hidden = !shown;
    if (!shown) {
      this.root.classList.remove("is-drill");
      this.drawn = "";
      // What may not be shown any more is not left behind what is hidden.
      for (const part of [this.pinned, this.facts]) part.replaceChildren();
      for (const part of [this.name, this.age, this.state, this.declined, this.crossed, this.who, this.test])
        write(part, "");
      redraw(this.notes, "", () => []);
      this.address.show(undefined);
      return;
    }
    this.root.dataset.incident = shown.id;
    this.root.classList.toggle("is-drill", !!row?.drill);
    this.body.dataset.drill = row?.drill ? store.t("drill") : "";
    this._head(shown);
    const detail = store.detailOf(row);
    const whose = device && this.whose?.id === device.id ? this.whose.case : null;
    const drawn = JSON.stringify([shown.id, detail, device, shown.past, whose]);
    if (drawn !== this.drawn) {
      const other = this.shownId !== shown.id;
      const scroll = this.facts.scrollTop;
      const held = this.facts.contains(document.activeElement) ? document.activeElement : null;
      this.drawn = drawn;
      this.shownId = shown.id;
      this.pinned.replaceChildren(...(detail ? this.circumstances.pinned(detail) : []));
      this.facts.replaceChildren(
        this.who,
        ...(detail ? this.circumstances.facts(detail) : device ? this.circumstances.technical(device, whose) : []),
      );
      if (held instanceof HTMLElement) held.focus({ preventScroll: true }); // a button that stands there again
      this.facts.scrollTop = other ? 0 : scroll;
    }
    this.pinnedFrame.hidden = !this.pinned.childElementCount;
    this.tick();
  }

  /** @param {Row | DeviceRow} shown */
  _head(shown) {
    const { store } = this;
    const { row, device } = store;
    const kind = device ? "technical" : "press";
    const glyph = shapeOf(shown.state, kind);
    redraw(this.glyph, glyph, () => [shape(glyph, 26)]);
    write(this.name, shown.label);
    this.head.className = `head is-${device ? "technical" : shown.state}`;
    const state = [store.t(`state.${shown.state}`)];
    if (row) {
      if ((row.presses ?? 1) > 1) state.push(store.t("presses", { n: row.presses }));
      const said = classOf(store, row);
      if (said) state.push(said);
      if (row.outcome) state.push(store.t(`outcome.${row.outcome}`));
      const on = seats(store, row);
      if (store.mine(row)) state.push(phrase`${store.t("mine")} (${on})`);
      else if (row.state !== "raised") state.push(on || store.t("nobody"));
      state.push(store.t(row.origin === "hand" ? "by_hand" : `press.${row.press}`));
    } else if (device) {
      state.unshift(store.t(`condition.${device.condition}`));
      if (device.flaps) state.push(store.t("flapping", { n: device.flaps }));
      if (device.shelved)
        state.splice(
          1,
          1,
          store.t("shelved", { who: device.owner, time: clock(device.shelved).slice(0, 5) }),
          store.t("shelved_why", { why: device.shelved_why }),
        );
      else if (device.owner) state.push(store.t("noted_by", { owner: device.owner }));
    }
    write(this.state, joined(state));
    write(this.declined, row ? this._declined(row) : "");
    this.declined.hidden = !this.declined.textContent;
    this.declined.classList.toggle("bad", row?.realarm === "declined");
    write(this.crossed, row?.next_zone ? nextZone(store, row) : "");
    this.crossed.hidden = !this.crossed.textContent;
    this.crossed.classList.toggle("bad", row?.realarm === "zone");
    const file = store.detailOf(row)?.case;
    write(this.who, file ? this._who(file) : "");
    this.who.hidden = !this.who.textContent;
    write(this.test, announcedTest(store, row));
    this.test.hidden = !this.test.textContent;
  }

  /** That a zone refused, and why, until another is asked. @param {Row} row */
  _declined(row) {
    if (!row.declined) return "";
    const { store } = this;
    return joined([refusal(store, row), clock(store.detailOf(row)?.live.declined_at).slice(0, 5)]);
  }

  /** @param {import("../../shell/wire.js").Case} file */
  _who(file) {
    const { store } = this;
    if (!file.number) return "";
    const parts = [store.t("case_number", { number: file.number })];
    if (file.victim) parts.push(file.victim);
    if (file.languages?.length)
      parts.push(store.t("speaks", { languages: file.languages.map((l) => l.toUpperCase()).join(", ") }));
    return joined(parts);
  }

  tick() {
    const { store } = this;
    const { row, device } = store;
    if (row) write(this.age, row.state === "closed" ? clock(row.closed) : ticking(store.now() - row.received));
    else if (device) write(this.age, duration(store.words, store.now() - device.since));
    const notes = row ? notesOf(store, row, store.now()) : [];
    redraw(this.notes, notes, () => notes.map(([kind, words]) => element("span", `part ${kind}`, words)));
    const live = store.detailOf(row)?.live;
    this.address.show(live);
    if (live) this.circumstances.tick(this.facts, live);
    this._countHidden();
  }

  /** Facts below the edge are counted, never merely gone. */
  _countHidden() {
    // Under a form on a low screen there may be no room for facts at all. The frame is measured: the bar itself takes from the facts.
    const facts = this.body.clientHeight < LEAST_PX ? 0 : below(this.facts, "dd, li");
    this.more.hidden = facts === 0;
    write(this.more, this.store.t("hidden", { n: facts }));
    attributes(this.more, { "aria-label": this.store.t("hidden_label", { n: facts }) });
    // When room is short the sources of dangers yield before any danger does.
    this.pinned.classList.remove("tight");
    if (this.pinned.scrollHeight > this.pinned.clientHeight) this.pinned.classList.add("tight");
    const warnings = this.pinnedFrame.hidden ? 0 : below(this.pinned, "strong");
    this.morePinned.hidden = warnings === 0;
    write(this.morePinned, this.store.t("hidden_pinned", { n: warnings }));
  }
}

/** How many lines stand below the edge of what scrolls. @param {HTMLElement} scrolling @param {string} lines */
function below(scrolling, lines) {
  const bottom = scrolling.scrollTop + scrolling.clientHeight;
  return [...scrolling.querySelectorAll(lines)].filter(
    (line) => line.offsetTop + Math.min(line.offsetHeight, 24) > bottom,
  ).length;
}
