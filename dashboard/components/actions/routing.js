// Where to route: the zones the circle touches with their shares, any other zone by search, and the unit that is asked
// for. A digit names zones while none is chosen, units after; the line over them says which.
import { h } from "../../shell/kit.js";
import { joined, metres, percent } from "../../shell/format.js";
import { beyond, toCall } from "../case/abroad.js";
import { GUARD_MS } from "../../shell/guards.js";
import { Choice, Search, zonesLike } from "./choice.js";
import { Units, standing } from "./units.js";

const SHOWN = 5; // likeliest zones; the others are found by name
const BACK = "⌫"; // takes the chosen zone back

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Proposal} Proposal
 *  @typedef {import("../../shell/wire.js").Option} Option @typedef {import("../../shell/wire.js").NearUnit} NearUnit */

/** The zones that may be chosen: those that the case excludes stand there to be known. @param {Option[]} options */
const choosable = (options) => options.filter(({ excluded }) => !excluded);

/** What was chosen of one alarm. */
export class Routing {
  /** @param {Store} store @param {() => void} changed it is to be drawn anew
   *  @param {(text: string, loud: boolean) => void} say what a hand would not expect of what it chose */
  constructor(store, changed, say) {
    this.store = store;
    this.changed = changed;
    this.say = say;
    this.other = new Search(
      (text) => this.other.offer(zonesLike(store, text)),
      (zone) => this.pick(zone) && this._look(false, "input:checked"),
      changed,
    );
    this.zone = "";
    /** @type {NearUnit | null} */
    this.unit = null; // the one that is asked for; its zone is the chosen one
    this.byHand = false;
    this.searching = false;
    this.all = false; // units stand there on a low screen, too
    this.refused = 0; // how many zones have refused it
    /** @type {Option[]} */
    this.options = [];
    /** @type {import("./units.js").Standing[]} */
    this.units = [];
    /** @type {string[]} what the digits name */
    this.named = [];
    this.turnedAt = this.movedAt = -Infinity; // when that changed last, and the order of the units
    this.seen = ""; // the choice that was brought into sight
    /** @type {Element | null} the zones, and the units, while they stand there */
    this.zones = this.list = null;
    this.resized = new ResizeObserver(() => this._inSight());
  }

  get name() {
    return this.store.zone(this.store.zones[this.zone] ?? this.zone);
  }

  /** The unit that is asked for, "" for none. */
  get asked() {
    return this.unit?.unit ?? "";
  }

  /** Whether the order went to the chosen zone already, and cannot go there again. */
  get there() {
    const { row, told, zones } = this.store;
    return !!row?.order_zone && !told?.anew && zones[this.zone] === row.order_zone;
  }

  /** Whether a zone is chosen, by a hand or beforehand: the digits name units then. */
  get chosen() {
    return this.zone !== "" && !this.there;
  }

  /** Whether the digits named something else a moment ago: they do nothing now. */
  get held() {
    return performance.now() - this.turnedAt < GUARD_MS;
  }

  /** How many zones, or units, a digit names now. */
  get count() {
    return this.chosen ? this.units.length : choosable(this.options).length;
  }

  /** Choose the n-th zone, or ask for the n-th unit, or no more for it. @param {number} n from 1
   *  @returns {string} why not, in words; "" when it was done */
  digit(n) {
    const { store } = this;
    if (this.held) return store.t("digits_turned");
    const zone = choosable(this.options)[n - 1]?.zone;
    if (!this.chosen) return zone ? (this.pick(zone), "") : store.later || store.t("no_such_zone");
    const unit = this.units[n - 1]?.unit;
    if (!unit) return store.t("units.none_there");
    if (this.list?.children[n - 1]?.getClientRects().length) return this.ask(unit);
    return (this.show(true), ""); // what is not in sight is shown first
  }

  /** On a low screen: show all units, or the first and the one that is asked for. @param {boolean} all */
  show(all) {
    this.all = all;
    this.changed();
  }

  /** Take the chosen zone back: the digits name zones again. */
  back() {
    this.byHand = true;
    this.zone = "";
    this.unit = null;
    this.changed();
  }

  /** Why no zone is chosen beforehand, and that one is to be. */
  get unchosen() {
    const { why } = this.proposal;
    return joined([why && this.store.t(`why.${why}`), this.store.t("choose_zone")]);
  }

  /** Look for another zone by its name. @param {string} [typed] its first letter */
  search(typed = "") {
    if (typed) this.other.type(typed);
    const input = /** @type {HTMLInputElement | null} */ (this._look(true, "#other-zone"));
    if (!typed) input?.select();
  }

  leaveSearch() {
    this._look(false, ".zones .other");
  }

  /** @param {boolean} searching @param {string} at where the hand is then */
  _look(searching, at) {
    this.searching = searching;
    this.changed();
    const found = /** @type {HTMLElement | null} */ (document.querySelector(`.routing ${at}`));
    found?.focus();
    return found;
  }

  /** @param {string} zone @returns {boolean} whether it may be chosen */
  pick(zone) {
    const reason = this.proposal.options?.find((option) => option.zone === zone)?.excluded;
    if (reason) return (this.say(this.store.t("excluded_zone", { reason }), true), false);
    this.zone = zone;
    this.byHand = true;
    if (this.unit?.zone !== zone) this.unit = null;
    this.changed();
    return true;
  }

  /** Ask for a unit of the list, and so for its zone, or no more for it. @param {string} unit
   *  @returns {string} why not, in words; "" when it was done */
  ask(unit) {
    const { store, zone } = this;
    const one = this.units.find((other) => other.unit === unit);
    if (!one || one.gone) return store.t("units.gone");
    if (performance.now() - this.movedAt < GUARD_MS) return store.t("units.moved");
    this.all = false;
    if (unit === this.asked) return (this.leave(unit), "");
    this.unit = one;
    if (!this.pick(one.zone)) this.unit = null;
    else if (zone && zone !== one.zone) this.say(store.t("units.zone_too", { unit, zone: this.name }), true);
    return "";
  }

  /** It is asked for no more. @param {string} unit */
  leave(unit) {
    if (this.asked === unit) this.unit = null;
    this.changed();
  }

  /** The nearest units first, as the server told. */
  get found() {
    const { units, selected } = this.store;
    return units && units.id === selected ? (units.units ?? []) : [];
  }

  /** The server's proposal; one whose position has become too old since chooses nothing. @returns {Proposal} */
  get proposal() {
    const { store } = this;
    const proposal = store.detailOf(store.row)?.live.proposal ?? {};
    const old = proposal.until != null && store.now() > proposal.until;
    const why = proposal.why === "named" ? "named_long_ago" : "too_old";
    return old ? { ...proposal, preselected: "", why } : proposal;
  }

  /** Let the choice follow what the server told since. */
  update() {
    const { store } = this;
    const here = !!store.detailOf(store.row);
    const { options = [], preselected = "", declined = [] } = this.proposal;
    // What a hand chose before the zone refused it, or the case excluded it, is chosen no more; no hand was on a choice
    // that was not shown.
    const excluded = options.some((one) => one.zone === this.zone && one.excluded);
    const gone = excluded || (declined.length > this.refused && declined.includes(this.zone));
    this.refused = declined.length;
    if (gone) this.byHand = false;
    if (gone || (!here && store.locked)) this.zone = "";
    const before = this.zone;
    if (!this.byHand && here) this.zone = preselected;
    // A unit is asked for no more once it is among the nearest available ones no more, or another zone was chosen.
    const { unit } = this;
    const told = store.units?.id === store.selected;
    const there = !told || this.found.some((one) => one.unit === unit?.unit && one.zone === unit.zone);
    const lost = !!unit && (this.zone !== unit.zone || !there);
    if (lost) this.unit = null;
    // The choice changed under the operator's hand.
    if (lost || (before && before !== this.zone)) store.guard(store.selected ?? "");
    this.options = options.slice(0, SHOWN);
    if (this.zone && !this.options.some(({ zone }) => zone === this.zone))
      this.options.push({ zone: this.zone, name: store.zones[this.zone] ?? this.zone });
    const list = this.list?.parentElement;
    const held = !!list && (list.matches(":hover") || list.contains(document.activeElement));
    const were = this.units;
    this.units = standing(were, this.found, held, this.asked);
    if (moved(names(were), names(this.units))) this.movedAt = performance.now();
    // For a moment after their meaning changed, by whomever, the digits do nothing.
    const named = this.chosen ? names(this.units) : choosable(this.options).map(({ zone }) => zone);
    if (moved(this.named, named)) {
      this.turnedAt = performance.now();
      setTimeout(this.changed, GUARD_MS + 20);
    }
    this.named = named;
  }

  /** Where the zones scroll, what was chosen is seen; a hand that looks for another is left alone. */
  _inSight() {
    const zones = /** @type {HTMLElement | null} */ (this.zones);
    const chosen = /** @type {HTMLElement | null | undefined} */ (zones?.querySelector(".on"));
    if (zones && chosen) zones.scrollTop = chosen.offsetTop - zones.offsetTop;
  }

  /** It is drawn. */
  drawn() {
    if (this.seen !== this.zone) this._inSight();
    this.seen = this.zone;
  }

  /** @param {Element | null} zones that stand there now: while a form stood in their place they could not scroll */
  stand(zones) {
    if (zones === this.zones) return;
    this.resized.disconnect();
    this.zones = zones;
    if (zones) this.resized.observe(zones);
  }
}

/** @param {import("./units.js").Standing[]} units */
const names = (units) => units.map(({ unit }) => unit);

/** Whether one stands where another stood. What is only added at the end moves nothing. @param {string[]} before
 *  @param {string[]} now */
const moved = (before, now) => before.some((name, n) => now[n] !== name);

/** @typedef {{routing: Routing, store: Store}} Props */

/** @param {Props} props */
export function RoutingView({ routing, store }) {
  const { options, searching, other } = routing;
  const may = choosable(options);
  const leave = () => routing.leaveSearch();
  const onKeyDown = (/** @type {KeyboardEvent} */ event) =>
    event.key === "Escape" && (event.stopPropagation(), leave());
  const facts = { class: "other", type: "button" };
  const choice = [
    h(Choice, { store, search: other, id: "other-zone", label: store.t("other_zone") }),
    h("button", { ...facts, class: "other leave", onClick: leave }, store.t("back"), h("kbd", {}, "Esc")),
  ];
  const zones = [
    options.map((option) => h(Zone, { key: option.zone, routing, store, option, n: may.indexOf(option) + 1 })),
    h("button", { ...facts, onClick: () => routing.search() }, store.t("other")),
  ];
  const ref = (/** @type {Element | null} */ at) => void routing.stand(at);
  return h(
    "fieldset",
    { class: `routing${routing.held ? " held" : ""}` },
    h("legend", {}, store.t("routing")),
    searching
      ? h("div", { key: "other", class: "choice", onKeyDown }, choice)
      : [h(Note, { routing, store }), h("div", { class: "zones", ref }, zones), h(Units, { routing, store })],
  );
}

/** Which digits name what now, before how the zones were found, which yields where room is short.
 * @param {Props} props */
function Note({ routing, store }) {
  const { chosen, count: n } = routing;
  const key = n ? store.keys.written("1") : "";
  const says = key && [h("kbd", {}, n > 1 ? `${key}–${n}` : key), " ", store.t(chosen ? "digit_unit" : "digit_zone")];
  return h("p", { class: "note" }, says, h("span", { class: "beside" }, key && " · ", note(routing, store)));
}

/** @param {Routing} routing @param {Store} store */
function note({ proposal, options }, store) {
  const { why, border_m: border, options: all = [], outside = 0 } = proposal;
  const abroad = store.detailOf(store.row)?.live.abroad;
  const unsaid = all.length - SHOWN;
  const inside = border != null && options.length === 1 && store.t("inside_border", { m: metres(store.words, border) });
  const more = unsaid > 0 && store.t("more_zones", { n: unsaid });
  const beside = outside > 0.005 && store.t("outside_share", { n: Math.round(outside * 100) });
  const said = why ? [store.t(`why.${why}`)] : [inside, more, beside];
  const there = abroad ? [beyond(store, abroad), ...toCall(store, abroad)] : [];
  return joined([...said, ...there]) || store.t("routing");
}

/** @param {Props & {option: Option, n: number}} props `n`: which of those that may be chosen it is, from 1; 0: none */
function Zone({ routing, store, option: { zone, name, share, by, excluded, declined }, n }) {
  const checked = zone === routing.zone;
  const digit = n && !routing.chosen ? store.keys.written(String(n)) : "";
  const key = checked && routing.chosen ? BACK : digit;
  const part = share == null ? "" : store.t("share", { n: percent(share) });
  const facts = { type: "radio", name: "zone", value: zone, checked, disabled: !n, onChange: () => routing.pick(zone) };
  return h(
    "label",
    { class: `option${checked ? " on" : ""}` },
    h("input", facts),
    h("span", { class: "name" }, store.zone(name)),
    (key || part) && h("span", { class: "share" }, part, key && h("kbd", {}, key)),
    share != null && h("span", { class: "bar", style: `--share: ${share}` }),
    by && h("span", { class: "by" }, store.t(`option.${by}`)),
    excluded && h("span", { class: "excluded" }, store.t("excluded_zone", { reason: excluded })),
    !excluded && declined != null && h("span", { class: "declined" }, joined([store.t("declined_zone"), declined])),
  );
}

/** What stands in its place where it could not be drawn: the zones by their names. @param {Props} props */
export function PlainRouting({ routing, store }) {
  const zones = routing.options.map(({ zone }) => {
    const facts = { type: "radio", name: "zone", checked: zone === routing.zone, onChange: () => routing.pick(zone) };
    return h("label", { key: zone, class: "option" }, h("input", facts), store.zone(store.zones[zone] ?? zone));
  });
  return h("fieldset", { class: "routing" }, zones);
}
