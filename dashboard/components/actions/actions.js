// What may be done with the selected alarm, and what its buttons and keys do. `panel.js` draws it.
import { copied } from "../../shell/build.js";
import { h, render } from "../../shell/kit.js";
import { free, takes } from "../../shell/order.js";
import { brief } from "../case/brief.js";
import { watchShows } from "../escalation/strip.js";
import { plain } from "./choice.js";
import { Form } from "./form.js";
import { FORMS } from "./forms.js";
import { Panel } from "./panel.js";
import { changed } from "./refusal.js";
import { Routing } from "./routing.js";
import { standDownOf } from "./stand_down.js";
import { ACTIONS } from "./table.js";

const REFUSED_MS = 8000; // a refusal stays so long

/** @typedef {import("./table.js").Action} Action @typedef {import("../../shell/wire.js").Row} Row
 *  @typedef {{id: string, label: string}} Shown
 *  @typedef {"taking" | "step" | "likely" | "list" | "offer" | "watch"} Place where a button stands */

/** Do it; a fact that throws keeps nobody from the rest. @template T @param {() => T} does @param {T} otherwise */
function attempt(does, otherwise) {
  try {
    return does();
  } catch (error) {
    globalThis.reportError?.(error); // as a fault of the page that nothing caught
    return otherwise;
  }
}

export class Actions {
  /** @param {HTMLElement} root @param {import("../../shell/store.js").Store} store
   *  @param {import("../../shell/desk.js").DeskLine} desk */
  constructor(root, store, desk) {
    this.store = store;
    this.desk = desk;
    this.root = root;
    const changed = () => this.update();
    this.routing = this._routing();
    this.form = new Form(store, desk, changed);
    this.opened = ""; // the list of everything else ("more"), or the zones to re-route to ("zones")
    this.filter = ""; // what was typed to find in the list
    this.routable = true; // by the server's last word
    this.routes = this.rerouting = this.drills = false;
    /** @type {Set<string>} the actions that stand there: what is only held for a moment stands where it stood */
    this.stood = new Set();
    /** @type {{name: string, zone: string, words: string} | null} */
    this.refusal = null;
    /** @type {unknown[]} what the panel is of: what could not be drawn is tried again once one of these is another */
    this.of = [];
    /** @type {string | null} */
    this.incident = null;
    /** @type {Record<Place, Action[]> | null} */
    this.placed = null;
    store.on("late", () => this._clear());
    store.on("rows select detail desk guard live together units keys language second", changed);
    this.update();
  }

  update() {
    const { store, root, form } = this;
    const { row, device } = store;
    if (this.incident !== store.selected) {
      this.incident = store.selected;
      this.opened = "";
      this.refusal = null;
      this.routing = this._routing();
      root.scrollTop = 0;
    }
    attempt(() => this.routing.update(), undefined);
    form.follow(store.shown?.id ?? null);
    // Where to is looked at before it is acknowledged, too. Until the server spoke it stands as it stood.
    this.routable = attempt(
      () => (store.told ? ["", "unowned"].includes(store.told.why.route) : this.routable),
      this.routable,
    );
    this.rerouting = attempt(() => !!row?.order_zone, false);
    const routable = this.routable && attempt(() => !!row && !row.closed, !!row);
    if (this.opened === "zones" && !(routable && this.rerouting)) this.opened = "";
    this.routes = routable && (!this.rerouting || this.opened === "zones");
    // A form about something else, an alarm raised by hand, goes before a drill.
    this.drills = !form.open && attempt(() => !!row?.drill, false);
    const of = [row, device, store.detail, store.told, store.units];
    if (of.some((one, n) => one !== this.of[n])) this.of = of;
    const at = document.activeElement;
    const held = this.set?.contains(at) ? at : null;
    this.placed = null;
    root.hidden = !row && !device && !form.open;
    render(h(Panel, { page: this }), root);
    this.routing.drawn();
    // A button that moved is another element; a hand whose key went stays here, on no other one.
    if (held && !held.isConnected && document.activeElement === document.body) {
      const moved = this.set?.querySelector(`.do.${held.classList[1] ?? "none"}`);
      /** @type {HTMLElement | null | undefined} */ (moved ?? this.set)?.focus({ preventScroll: true });
    }
  }

  /** The routing of the alarm that is selected now. */
  _routing() {
    const { store, desk } = this;
    return new Routing(
      store,
      () => this.update(),
      (text, loud) => desk.say(text, loud),
    );
  }

  /** All actions but the forms. @returns {HTMLElement | null} */
  get set() {
    return this.root.querySelector(".set");
  }

  /** Which actions stand where: what cannot be done is not drawn. */
  get at() {
    return (this.placed ??= this._places());
  }

  /** @returns {Record<Place, Action[]>} */
  _places() {
    const { store } = this;
    const { row, device, told } = store;
    const likely = device ? ["shelve_device"] : (told?.likely ?? []);
    /** @type {Record<Place, Action[]>} */
    const at = { taking: [], step: [], likely: [], list: [], offer: [], watch: [] };
    const place = (/** @type {Action} */ { name, offer, watch }) => {
      if (offer || watch) return offer ? "offer" : "watch";
      if (name === "acknowledge") return device || (row && free(row)) ? "taking" : "likely";
      if (this.sends(name) || name === this.next) return "step";
      return likely.includes(name) ? "likely" : "list";
    };
    // Each zone has its own button to say that it stands down.
    for (const action of ACTIONS) if (!action.back && this._stands(action)) at[place(action)].push(action);
    at.likely.sort((a, b) => likely.indexOf(a.name) - likely.indexOf(b.name));
    return at;
  }

  /** Whether an action stands there. @param {Action} action */
  _stands({ name, offer, watch, facts }) {
    const { store, stood } = this;
    const { row } = store;
    const lasting = store.why(name) !== ""; // a zone that is still to be chosen is none of the desk's reasons
    const settled = store.live && !store.guarded(row?.id ?? "") && !(facts && store.later && !lasting);
    let stands = stood.has(name);
    if (offer) stands = !!row && (name === "withdraw_hand_over" ? store.mine(row) : store.offered(row) === "me");
    else if (watch) stands = watchShows(store, name, row);
    // Until the page is told, what nobody has is there to be taken.
    else if (row && !store.told) stands = name === "acknowledge" && free(row);
    else if (settled) stands = this.sends(name) ? !lasting : this.against(name) === "";
    if (stands) stood.add(name);
    else stood.delete(name);
    return stands;
  }

  /** Whether it sends to the zone that stands there chosen. @param {string} name */
  sends(name) {
    return name === "route" && this.routes;
  }

  /** The action that comes next in the life of an alarm: it is the one in colour. */
  get next() {
    const { row, device, told } = this.store;
    if (device) return device.owner ? "" : "acknowledge";
    return (row && told?.next) ?? "";
  }

  /** What the button of an action says: the one that sends, to whom, and which unit is asked for. @param {string} name
   *  @param {string} [zone] whose own it is */
  words(name, zone) {
    const { store, routing } = this;
    if (zone) {
      const left = store.row?.standing_down?.find((one) => one.zone === zone);
      return store.t(`zone_says.${name}`, { zone: store.zone(left?.zone_name) });
    }
    if (this.sends(name)) {
      if (!routing.zone || routing.searching) return store.t("send_choose");
      const to = { zone: routing.name, unit: routing.asked };
      return store.t(routing.asked ? "send_to_asking" : "send_to", to);
    }
    if (name === "route" && this.rerouting) return store.t("do.reroute");
    // Of a device one takes note: nobody has it as one has an alarm.
    return store.t(`do.${store.device && name === "acknowledge" ? "acknowledge_device" : name}`);
  }

  /** Why an action may not come now, as a sentence; "" when it may, or it cannot be known: the desk decides.
   *  @param {string} name @returns {string} */
  against(name) {
    return attempt(() => this._against(name), "");
  }

  /** @param {string} name @returns {string} */
  _against(name) {
    const { store, routing } = this;
    const { row, device } = store;
    if (!store.live) return store.t("lost_trying");
    if (device) {
      if (name === "shelve_device" && !device.shelved) return store.may(name) ? "" : store.t("not_now.supervisor");
      if (name !== "acknowledge" && name !== "shelve_device") return store.t("not_now.technical");
      return name === "shelve_device" || device.owner ? store.t("not_now.done") : "";
    }
    if (!row) return store.t("not_now.none");
    if (row.drill) return store.t("not_now.drill");
    const action = this._of(name);
    if (!action.copies && store.guarded(row.id)) return changed(store, row);
    // Until somebody has it a drill looks like an alarm: it may not stand in a CAD.
    if (action.copies && row.state === "raised") return store.t("not_now.unowned");
    const why = action.technical ? "technical_only" : store.why(action.asks ?? name);
    if (why) return store.t(`not_now.${why}`, { owner: row.owner ?? "" });
    if (name === "hand_over" && !store.receivers().length) return store.t("alone");
    const looks = name === "route" && this.rerouting && this.opened !== "zones";
    if (looks || (name !== "route" && !action.facts)) return "";
    if (store.later && !(name === "route" && routing.zone)) return store.later;
    if (name !== "route") return "";
    // What stands typed and was not chosen is no zone; the one that is hidden behind it was not meant.
    if (routing.searching) return store.t("choose_zone");
    if (!routing.zone) return routing.unchosen;
    return routing.there ? store.t("choose_other") : "";
  }

  /** @param {string} name @returns {Action} */
  _of(name) {
    const known = ACTIONS.find((action) => action.name === name);
    if (!known) throw new Error(`There is no action ${name}`);
    return known;
  }

  /** The list of everything else: show it, or find in it by typing. */
  list() {
    if (!this.store.row || !this.root.querySelector(".more")) return;
    if (this.opened === "more") /** @type {HTMLElement | null} */ (this.root.querySelector(".filter"))?.focus();
    else this.open("more");
  }

  /** Those of the list whose words have what was typed. @param {Action[]} list */
  found(list) {
    const typed = plain(this.filter.trim());
    return list.filter(({ name }) => plain(this.words(name)).includes(typed));
  }

  /** @param {string} typed */
  find(typed) {
    this.filter = typed;
    this.update();
  }

  /** Back to what comes next. */
  less() {
    const { form, routing } = this;
    const more = form.open || !!this.opened || routing.all;
    if (form.open) form.close();
    else if (this.opened) this.open("");
    else if (routing.all) {
      routing.all = false;
      this.update();
    }
    return more;
  }

  /** Show the rarer actions ("more"), the zones to re-route to ("zones"), or neither. They take the place of the steps.
   *  @param {string} what */
  open(what) {
    this.opened = what;
    this.filter = "";
    if (!what) this.root.scrollTop = 0; // on a low screen the rarer ones were scrolled to
    this.update();
  }

  /** Whether another zone is being chosen for an alarm that is routed. */
  get choosing() {
    return this.opened === "zones" && this.routes && !this.form.open;
  }

  /** Carry out an action on the selected alarm. @param {string} name @param {string} [zone] that it is about */
  perform(name, zone) {
    const { store, desk } = this;
    const { row, device, shown } = store;
    // What to route to is looked at, not guessed: that wish only leads there.
    if (shown && desk.gate(name, shown.label, () => name !== "route" && this.perform(name, zone), name === "route"))
      return;
    const action = this._of(name);
    // What this desk asked of it a moment ago decides whether this may come: this waits for the answer, the hand does
    // not. A form opens at once, for what is typed meanwhile is meant for it: the desk decides when it is sent.
    const before = shown && desk.pending(shown.id, name);
    if (before && !action.form) return void before.then(() => store.selected === shown.id && this.perform(name, zone));
    const back = action.back && standDownOf(row, zone);
    const why = before ? "" : this.against(name) || (action.back && !back ? this._whose(zone) : "");
    if (why || !shown) return this._refused(name, why, zone);
    this._clear();
    if (this.opened === "more") this.open("");
    if (action.copies) {
      this._copy();
    } else if (action.form) {
      this.form.show(name, store.shown);
    } else if (device) {
      const { stream, condition } = device;
      desk.ask("acknowledge_device", device.label, { do: "acknowledge_device", stream, condition });
    } else if (name === "route" && this.rerouting && this.opened !== "zones") {
      this.open("zones"); // another zone is looked at before it is chosen
    } else if (name === "route") {
      this._route(shown, this.rerouting ? "reroute" : "route");
    } else {
      const wish = action.step ? { do: "progress", step: action.step } : { do: action.asks ?? name };
      this._ask(name, shown, { ...wish, ...back, incident: shown.id });
    }
  }

  /** Why no zone is said to stand down: it does already, or several were told to: the first of their buttons has the
   *  focus then. @param {string} [zone] */
  _whose(zone) {
    if (zone) return this.store.t("not_now.nothing_to_confirm");
    /** @type {HTMLElement | null} */ (this.root.querySelector(".stand-down .do"))?.focus();
    return this.store.t("stand_down_whose");
  }

  /** @param {string} name @param {Shown} shown @param {Record<string, unknown>} command */
  async _ask(name, shown, command) {
    const answer = await this.desk.ask(name, shown.label, command);
    this._answered(name, shown, command, answer, typeof command.zone === "string" ? command.zone : undefined);
  }

  /** What the desk refuses once is asked in the place of the buttons. @param {string} name @param {{id: string}} shown
   *  @param {Record<string, unknown>} command @param {import("../../shell/wire.js").Answer | null} answer
   *  @param {string} [zone] */
  _answered(name, shown, command, answer, zone) {
    if (!answer || answer.ok || this.store.selected !== shown.id) return;
    const row = this.store.rows.get(shown.id);
    if (!answer.anyway || !row || !FORMS[name]) return this._mark(name, this.desk.why(answer), zone);
    if (this.form.open) return;
    this.form.show(name, row, { command, zone });
    this.form.refused(answer);
  }

  /** Say it with all else, and beside its key. @param {string} name @param {string} why @param {string} [zone] */
  _refused(name, why, zone) {
    this.desk.say(why, true);
    this._mark(name, why, zone);
  }

  /** Over the keys, and marked on the key itself. Nothing below it moves: the hand is still there. @param {string} name
   *  @param {string} why @param {string} [zone] whose own button it was */
  _mark(name, why, zone = "") {
    // A stand-down of nobody in particular has no button: its words would say that it is confirmed.
    const action = name === "confirm_stand_down" && !zone ? "" : this.words(name, zone);
    this.refusal = { name, zone, words: action ? this.store.t("colon", { name: action, text: why }) : why };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this._clear(), REFUSED_MS);
    this.update();
  }

  _clear() {
    clearTimeout(this.timer);
    if (!this.refusal) return;
    this.refusal = null;
    this.update();
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

  /** Whether zones, or units, stand there to be chosen by a digit. */
  get takesDigits() {
    const { form, opened, routing } = this;
    return this.routes && !routing.searching && !form.open && !this.drills && opened !== "more";
  }

  /** Choose a zone, or ask for a unit, or no more for it. @param {number} n its digit */
  digit(n) {
    const why = this.routing.digit(n);
    if (why) this.desk.say(why, true);
  }

  /** Whether a zone stands chosen that can be taken back. */
  get takesBack() {
    return this.takesDigits && this.routing.chosen;
  }

  /** Route to the chosen zone. @param {Shown} shown @param {string} what */
  async _route(shown, what) {
    const { name, asked, zone, byHand } = this.routing;
    const command = { do: "route", incident: shown.id, zone, painted: !byHand, ...(asked && { asked_unit: asked }) };
    this.open("");
    const answer = await this.desk.ask(what, shown.label, command);
    if (answer?.code === "unit_unknown") this.routing.leave(asked);
    this._answered("route", shown, command, answer, name);
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
  }

  paper() {
    this.form.show("from_paper", null);
  }

  raise() {
    this.ask("raise");
  }

  /** Open a form that is about no selected alarm. @param {string} name @param {import("./forms.js").About} [about] */
  ask(name, about = {}) {
    if (this.desk.gate(name, about.label ?? "", () => this.ask(name, about))) return;
    this.form.show(name, null, about);
  }
}
