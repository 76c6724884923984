// The actions of the selected alarm: what comes next, large; what is likely; the rest in a list. They never scroll
// away.
import { arrange, button, copied } from "../../shell/build.js";
import { DrillStrip } from "../drills/strip.js";
import { attributes, clock, element, joined, write } from "../../shell/format.js";
import { OfferStrip } from "../presence/offer.js";
import { WatchStrip } from "../escalation/strip.js";
import { fares } from "../escalation/words.js";
import { brief } from "../case/brief.js";
import { plain } from "./choice.js";
import { Form, agreedWords } from "./form.js";
import { FORMS } from "./forms.js";
import { Refusal, changed } from "./refusal.js";
import { Routing } from "./routing.js";
import { StandDownStrip } from "./stand_down.js";
import { free, takes } from "../../shell/order.js";
import { ACTIONS } from "./table.js";

/** @typedef {import("./table.js").Action} Action @typedef {import("../../shell/wire.js").Row} Row */

export class Actions {
  /** @param {HTMLElement} root @param {import("../../shell/store.js").Store} store
   * @param {import("../../shell/desk.js").DeskLine} desk */
  constructor(root, store, desk) {
    this.store = store;
    this.desk = desk;
    this.root = root;
    this.routing = new Routing(
      store,
      () => this.update(),
      (text, loud) => this.desk.say(text, loud),
    );
    this.routed = element("p", "routed");
    this.form = new Form(store, desk, () => this.update());
    /** @type {Map<string, {button: HTMLElement, words: HTMLElement, action: Action}>} */
    this.buttons = new Map();
    // Taking and sending never share a place: where to stands between them.
    this.taking = element("div", "buttons large taking");
    this.step = element("div", "buttons large step");
    this.likely = element("div", "buttons likely");
    const find = store.t("filter_actions");
    this.filter = element("input", { class: "filter", type: "search", "aria-label": find, placeholder: find });
    this.moreList = element("div", "buttons more-list", this.filter);
    this.offer = new OfferStrip(store);
    this.watch = new WatchStrip(store);
    this.standDown = new StandDownStrip(store, (zone) => this._button(this._of("confirm_stand_down").action, zone));
    for (const action of ACTIONS) {
      const { offer, watch, back } = action;
      const made = this._button(action).button;
      if (back) continue; // each zone has its own
      if (offer) this.offer.buttons.append(made);
      else if (watch) this.watch.buttons.append(made);
      else this.moreList.append(made);
    }
    const words = element("span");
    this.more = button(
      "more",
      "",
      () => this._open(this.opened === "more" ? "" : "more"),
      words,
      store.keys.cap("more"),
    );
    this.moreWords = words;
    this.likely.append(this.more);
    this.filter.addEventListener("input", () => this._filter());
    this.filter.addEventListener("keydown", (event) => event.key === "Enter" && this._found()[0]?.click());
    this.words = element("p", "agreed");
    this.refusal = new Refusal(store);
    store.on("late", () => this.refusal.clear());
    this.set = element(
      "div",
      "set",
      this.offer.root,
      this.routed,
      this.refusal.root,
      this.taking,
      this.routing.root,
      this.step,
      this.likely,
      this.moreList,
    );
    this.set.tabIndex = -1; // a hand whose key went stays here, on no other one

    // Silence protects: it stands here whatever is chosen below, a form too.
    this.listenOnly = element(
      "p",
      "listen-only",
      { title: store.t("listen_only_long") },
      element("span", "", store.t("listen_only")),
      element("span", "beside", " · ", element("span", "", store.t("listen_only_beside"))),
    );
    // What is about to happen is seen over a form too, and answered there.
    this.drill = new DrillStrip(store, desk);
    root.append(
      this.listenOnly,
      this.words,
      this.watch.root,
      this.standDown.root,
      this.drill.root,
      this.set,
      this.form.root,
    );
    this.opened = "";
    this.routable = true;
    /** @type {string | null} */
    this.incident = null;
    store.on("rows select detail desk guard live together units", () => this.update());
    store.on("second", () => this.routing.aged() && this.update());
    this.update();
  }

  /** @param {Action} action @param {string} [zone] whose it is alone */
  _button(action, zone) {
    const { name, key } = action;
    const words = element("span", "", this.store.t(`do.${name}`));
    // The second click of a double click is no second wish.
    const press = (/** @type {MouseEvent} */ event) => event.detail < 2 && this.perform(name, zone);
    const mark = key && this.store.keys.cap(name);
    const made = { button: button(`do ${name}`, "", press, words, mark), words, action };
    made.button.hidden = !zone; // until the desk says that it may come
    if (!zone) this.buttons.set(name, made);
    return made;
  }

  /** The list of everything else: show it, or find in it by typing. */
  list() {
    if (!this.store.row || this.more.hidden) return;
    if (this.opened !== "more") this._open("more");
    else this.filter.focus();
  }

  /** What of the list was typed, as it stands. @returns {HTMLElement[]} */
  _found() {
    const shown = (/** @type {HTMLElement} */ one) => !one.hidden && !one.classList.contains("away");
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.moreList.querySelectorAll(".do"))].filter(shown);
  }

  _filter() {
    const typed = plain(this.filter.value.trim());
    for (const one of this.moreList.querySelectorAll(".do"))
      one.classList.toggle("away", !plain(one.querySelector("span")?.textContent ?? "").includes(typed));
    const [first] = typed ? this._found() : [];
    for (const one of this.moreList.querySelectorAll(".do")) one.classList.toggle("first", one === first);
  }

  /** Back to what comes next. */
  less() {
    const more = this.form.open || !!this.opened || this.routing.units.opened;
    if (this.form.open) this.form.close();
    else if (this.opened) this._open("");
    else this.routing.units.open(false);
    return more;
  }

  /** Show the rarer actions ("more"), the zones to re-route to ("zones"), or neither. They take the place of the steps.
   * @param {string} what */
  _open(what) {
    this.opened = what;
    this.filter.value = "";
    this._filter();
    if (!what) this.root.scrollTop = 0; // on a low screen the rarer ones were scrolled to
    this.update();
  }

  /** Whether another zone is being chosen for an alarm that is routed. */
  get choosing() {
    return this.opened === "zones" && !this.routing.root.hidden && !this.form.open;
  }

  update() {
    const { store } = this;
    const { row, device } = store;
    if (this.incident !== store.selected) {
      this.incident = store.selected;
      this.opened = "";
      this.root.scrollTop = 0;
      this.refusal.clear();
    }
    this.routing.update();
    this.form.follow(store.shown?.id ?? null);
    this.root.hidden = !row && !device && !this.form.open;
    this.set.hidden = this.form.open;
    // Whether what stands there is told and settled: a hand may act on it.
    attributes(this.set, { "data-held": !!row && (!store.told || store.guarded(row.id)) ? "yes" : "no" });
    const closed = !!row?.closed;
    const { told } = store;
    const owned = !!told && told.why.classify === "";
    // Where to is looked at beforehand too: it comes once it is acknowledged. Until the server spoke it stands as it
    // stood.
    if (told) this.routable = ["", "unowned"].includes(told.why.route);
    const routable = !!row && !closed && this.routable;
    if (this.opened === "zones" && !(routable && row.order_zone)) this.opened = "";
    this.routing.root.hidden = !routable || (!!row.order_zone && this.opened !== "zones");
    const searching = !this.routing.root.hidden && this.routing.searching;
    this.moreList.hidden = !row || this.opened !== "more";
    this.more.setAttribute("aria-expanded", String(this.opened === "more"));
    write(this.moreWords, store.t(this.opened === "more" ? "fewer" : "more"));
    this._routed(row);
    this.offer.update(row);
    this.watch.update(row);
    this.standDown.update(row, row?.standing_down?.length ? this.against("confirm_stand_down") : "");
    this._arrange();
    const known = owned && !!store.detailOf(row)?.case.number;
    write(this.words, agreedWords(store, row) || (known ? store.t("no_words") : ""));
    this.words.hidden = !owned || closed || !this.words.textContent;
    this.listenOnly.hidden = !row || closed || !!row.drill;
    // A form about something else, an alarm raised by hand, goes before it.
    if (this.drill.update(this.form.open ? null : row)) this.set.hidden = true;
  }

  /** Put each button where it belongs: what cannot be done is not drawn. */
  _arrange() {
    const { store } = this;
    const { row, device } = store;
    const held = this.set.contains(document.activeElement) ? document.activeElement : null;
    const next = this._next();
    const likely = device ? ["shelve_device"] : (store.told?.likely ?? []);
    /** @type {Record<"taking" | "step" | "likely" | "list", HTMLElement[]>} */
    const at = { taking: [], step: [], likely: [], list: [] };
    for (const [name, { button, action }] of this.buttons) {
      this._state(name);
      if (action.offer || action.watch) continue;
      const sends = name === "route" && !this.routing.root.hidden;
      const takes = name === "acknowledge" && (!!device || (!!row && free(row)));
      const place = takes ? "taking" : sends || (name === next && name !== "acknowledge") ? "step" : "";
      const beside = name === "acknowledge" || likely.includes(name) ? "likely" : "list";
      at[place || beside].push(button);
    }
    const order = (/** @type {HTMLElement} */ one) => likely.indexOf(one.classList[1]);
    arrange(this.taking, at.taking);
    arrange(this.step, at.step);
    arrange(this.likely, [...at.likely.sort((a, b) => order(a) - order(b)), this.more]);
    arrange(this.moreList, [this.filter, ...at.list]);
    this.taking.classList.toggle("free", !device);
    this.more.hidden = !row || !at.list.some((one) => !one.hidden);
    if (!(held instanceof HTMLElement) || (held === document.activeElement && !held.hidden)) return;
    (held.isConnected && !held.hidden ? held : this.set).focus({ preventScroll: true });
  }

  /** @param {Row | null} row */
  _routed(row) {
    const { store } = this;
    const live = store.detailOf(row)?.live;
    this.routed.hidden = !row?.order_zone || !!row.closed || this.opened === "more";
    if (!row || this.routed.hidden) return;
    const [kind, said] = fares(store, row);
    const parts = [
      store.t("routed_to", { zone: store.zone(row.order_zone) }),
      clock(live?.order_at || null),
      said,
      live?.asked_unit && !live.unit && store.t("asked_unit", { unit: live.asked_unit }),
      live?.radio && (kind === "bad" || row.delivery !== "delivered") && store.t("by_voice", { number: live.radio }),
    ];
    write(this.routed, joined(parts));
    this.routed.classList.toggle("bad", kind === "bad");
    this.routed.classList.toggle("warn", kind === "warn");
  }

  /** Why an action may not come now, as a sentence; "" when it may. @param {string} name @returns {string} */
  against(name) {
    const { store } = this;
    const { row, device } = store;
    if (!store.live) return store.t("lost_trying");
    if (device) {
      if (name === "shelve_device")
        return device.shelved ? store.t("not_now.done") : store.may(name) ? "" : store.t("not_now.supervisor");
      if (name !== "acknowledge") return store.t("not_now.technical");
      return device.owner ? store.t("not_now.done") : "";
    }
    if (!row) return store.t("not_now.none");
    if (row.drill) return store.t("not_now.drill");
    const { action } = this._of(name);
    if (!action.copies && store.guarded(row.id)) return changed(store, row);
    // Until somebody has it a drill looks like an alarm: it may not stand in a CAD.
    if (action.copies && row.state === "raised") return store.t("not_now.unowned");
    const why = action.technical ? "technical_only" : store.why(action.asks ?? name);
    if (why) return store.t(`not_now.${why}`, { owner: row.owner ?? "" });
    if (name === "hand_over" && !store.receivers().length) return store.t("alone");
    if (name === "route" && row.order_zone && this.opened !== "zones") return "";
    if (action.facts && store.later && !(name === "route" && this.routing.zone)) return store.later;
    // What stands typed and was not chosen is no zone; the one that is hidden behind it was not meant.
    if (name === "route" && this.routing.searching) return store.t("choose_zone");
    if (name === "route" && !this.routing.zone) return this.routing.unchosen;
    if (name === "route" && !store.told?.anew && store.zones[this.routing.zone] === row.order_zone)
      return store.t("choose_other");
    return "";
  }

  /** The action of this name with its button. @param {string} name */
  _of(name) {
    const known = this.buttons.get(name);
    if (!known) throw new Error(`There is no action ${name}`);
    return known;
  }

  /** @param {string} name */
  _state(name) {
    const { store } = this;
    const { row, device } = store;
    const { button, words, action } = this._of(name);
    const label = store.shown?.label ?? "";
    const why = this.against(name);
    const rerouting = name === "route" && !!row?.order_zone;
    const sends = name === "route" && !this.routing.root.hidden;
    // Of a device one takes note: nobody has it as one has an alarm.
    const as = device && name === "acknowledge" ? "acknowledge_device" : name;
    const said = sends ? this._sends() : store.t(rerouting ? "do.reroute" : `do.${as}`);
    write(words, said);
    const spoken = store.t("action_label", { action: said, label });
    attributes(button, { "aria-disabled": why !== "", title: why, "aria-label": spoken });
    button.classList.toggle("primary", name === this._next());
    if (action.offer)
      button.hidden = !row || (name === "withdraw_hand_over" ? !store.mine(row) : store.offered(row) !== "me");
    else if (action.watch) button.hidden = !this.watch.shows(name, row);
    // Until the page is told, what nobody has is there to be taken.
    else if (row && !store.told) button.hidden = name !== "acknowledge" || !free(row);
    // What is only held for a moment, or waits for the server, stands where it stood.
    else if (store.live && !store.guarded(row?.id ?? "") && !(action.facts && store.later && !this._lasting(name)))
      button.hidden = sends ? this._lasting(name) : why !== "";
  }

  /** Whether the desk refuses it; a zone that is still to be chosen is none of its reasons. @param {string} name */
  _lasting(name) {
    return this.store.why(name) !== "";
  }

  /** To whom it is sent by the large button, and which unit is asked for; that a zone is to be chosen first. */
  _sends() {
    const { store, routing } = this;
    if (!routing.zone || routing.searching) return store.t("send_choose");
    const to = { zone: routing.name, unit: routing.asked };
    return store.t(routing.asked ? "send_to_asking" : "send_to", to);
  }

  /** The action that comes next in the life of an alarm: it is the one in colour. */
  _next() {
    const { row, device } = this.store;
    if (device) return device.owner ? "" : "acknowledge";
    return (row && this.store.told?.next) ?? "";
  }

  /** Carry out an action on the selected alarm. @param {string} name @param {string} [zone] that it is about */
  perform(name, zone) {
    const { store, desk } = this;
    const { row, device, shown } = store;
    // What to route to is looked at, not guessed: that wish only leads there.
    if (shown && desk.gate(name, shown.label, () => name !== "route" && this.perform(name, zone), name === "route"))
      return;
    const { action } = this._of(name);
    // What this desk asked of it a moment ago decides whether this may come: the hand does not wait for the answer,
    // this does. A form opens at once, for what is typed meanwhile is meant for it: the desk decides when it is sent.
    const before = shown && desk.pending(shown.id, name);
    if (before && !action.form) return void before.then(() => store.selected === shown.id && this.perform(name, zone));
    const back = action.back && this.standDown.of(zone);
    const why = before ? "" : this.against(name) || (action.back && !back ? this._whose(zone) : "");
    if (why || !shown) return this._refused(name, why, zone);
    this.refusal.clear();
    if (this.opened === "more") this._open("");
    if (action.copies) {
      this._copy();
    } else if (action.form) {
      this.form.show(name, shown);
      this.update();
    } else if (device) {
      const { stream, condition } = device;
      desk.ask("acknowledge_device", device.label, { do: "acknowledge_device", stream, condition });
    } else if (name === "route" && row?.order_zone && this.opened !== "zones") {
      this._open("zones"); // another zone is looked at before it is chosen
    } else if (name === "route") {
      this._route(shown, row?.order_zone ? "reroute" : "route");
    } else {
      const wish = action.step ? { do: "progress", step: action.step } : { do: action.asks ?? name };
      this._ask(name, shown, { ...wish, ...back, incident: shown.id });
    }
  }

  /** Why no zone is said to stand down: it does already, or several were told to: the first of their buttons has the
   * focus then. @param {string} [zone] */
  _whose(zone) {
    if (zone) return this.store.t("not_now.nothing_to_confirm");
    [...this.standDown.lines.values()][0]?.button.focus();
    return this.store.t("stand_down_whose");
  }

  /** @param {string} name @param {{id: string, label: string}} shown @param {Record<string, unknown>} command */
  async _ask(name, shown, command) {
    const answer = await this.desk.ask(name, shown.label, command);
    this._answered(name, shown, command, answer, typeof command.zone === "string" ? command.zone : undefined);
  }

  /** What the desk refuses once is asked in the place of the buttons. @param {string} name @param {{id: string}} shown
   * @param {Record<string, unknown>} command @param {import("../../shell/wire.js").Answer | null | undefined} answer
   * @param {string} [zone] */
  _answered(name, shown, command, answer, zone) {
    if (!answer || answer.ok || this.store.selected !== shown.id) return;
    const row = this.store.rows.get(shown.id);
    if (!answer.anyway || !row || !FORMS[name]) return this._mark(name, this.desk.why(answer), zone);
    if (this.form.open) return;
    this.form.show(name, row, { command, zone });
    this.form.refused(answer);
  }

  /** Say why an action is refused, where everything is said and beside its key. @param {string} name
   * @param {string} why @param {string} [zone] */
  _refused(name, why, zone) {
    this.desk.say(why, true);
    this._mark(name, why, zone);
  }

  /** @param {string} name @param {string} why @param {string} [zone] whose own button it was */
  _mark(name, why, zone = "") {
    const own = this.standDown.lines.get(zone);
    const { button, words } = own ?? this._of(name);
    // A stand-down of nobody in particular has no button: its words would say that it is confirmed.
    const nobody = name === "confirm_stand_down" && !own;
    this.refusal.show(button, nobody ? "" : (words.textContent ?? ""), why);
  }

  /** Put the selected alarm's brief where a CAD can be given it. */
  async _copy() {
    const { store, desk } = this;
    const { row } = store;
    const detail = store.detailOf(row);
    if (!row || !detail) return;
    const done = await copied(brief(store, row, detail));
    desk.say(store.t(done ? "brief.copied" : "brief.not_copied", { label: row.label }), !done);
  }

  /** Whether zones, or units, stand there to be chosen by a digit. @param {string} what */
  takesDigits(what) {
    const { zones, units } = this.routing;
    return (what === "zone" ? zones : units.root).getClientRects().length > 0;
  }

  /** Choose a zone, or ask for a unit, or no more for it. @param {number} n its digit */
  digit(n) {
    const why = this.routing.digit(n);
    if (why) this.desk.say(why, true);
  }

  /** Route to the chosen zone. @param {import("../../shell/wire.js").Row |
   *  import("../../shell/wire.js").DeviceRow} row @param {string} what */
  async _route(row, what) {
    const { name, asked, zone, byHand } = this.routing;
    const command = { do: "route", incident: row.id, zone, painted: !byHand, ...(asked && { asked_unit: asked }) };
    this._open("");
    const answer = await this.desk.ask(what, row.label, command);
    if (answer?.code === "unit_unknown") this.routing.leave(asked);
    this._answered("route", row, command, answer, name);
  }

  /** Take an alarm from its row, one that nobody has or that is offered here, and look at it. @param {string} id */
  take(id) {
    const row = this.store.rows.get(id);
    if (!row) return;
    this.store.select(id);
    const name = takes(this.store, row);
    if (this.store.guarded(id)) this.refuse(id);
    else if (name) this._ask(name, row, { do: name, incident: id });
  }

  /** Say that a row changed or moved just before it was to be taken. @param {string} id */
  refuse(id) {
    const row = this.store.rows.get(id);
    if (row && this.store.selected === id)
      this._refused(takes(this.store, row) || "acknowledge", changed(this.store, row));
    else if (row) this.desk.say(changed(this.store, row), true);
  }

  /** Open again the form that was open when the page was loaded anew. */
  again() {
    this.form.again();
    this.update();
  }

  paper() {
    this.form.show("from_paper", null);
    this.update();
  }

  raise() {
    this.ask("raise");
  }

  /** Open a form that is about no selected alarm. @param {string} name
   * @param {import("./forms.js").About} [about] what it is about */
  ask(name, about = {}) {
    if (this.desk.gate(name, about.label ?? "", () => this.ask(name, about))) return;
    this.form.show(name, null, about);
    this.update();
  }
}
