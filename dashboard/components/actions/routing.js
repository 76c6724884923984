// Where to route: the zones the circle touches with their shares, any other zone by search, and the unit that is asked
// for.
import { button, choice, onEscape } from "../../shell/build.js";
import { element, joined, metres, percent, write } from "../../shell/format.js";
import { beyond, toCall } from "../case/abroad.js";
import { GUARD_MS } from "../../shell/guards.js";
import { zoneChoice } from "./choice.js";
import { Units } from "./units.js";

const SHOWN = 5; // likeliest zones; the others are found by name
const DIGITS = 3; // of those that may be chosen; the digits after them ask for units (`units.js`)

/** @typedef {import("../../shell/wire.js").Proposal} Proposal @typedef {import("../../shell/wire.js").Option} Option */

/** The zones that may be chosen: those that the case excludes stand there to be known. @param {Option[]} options */
const choosable = (options) => options.filter(({ excluded }) => !excluded);

export class Routing {
  /** @param {import("../../shell/store.js").Store} store @param {() => void} changed
   *  @param {(text: string, loud: boolean) => void} say what a hand would not expect of what it chose */
  constructor(store, changed, say) {
    this.store = store;
    this.say = say;
    this.changed = changed;
    this.root = element("fieldset", "routing");
    this.title = element("legend", "", store.t("routing"));
    this.note = element("p", "note");
    this.options = element("div", "options");
    this.other = zoneChoice(store, store.t("other_zone"), (zone) => this._pick(zone, true));
    this.otherButton = button("other", store.t("other"), () => this.search());
    this.zones = element("div", "zones", this.options, this.otherButton);
    this.units = new Units(store, (unit) => this._ask(unit));
    const leave = () => {
      this._open(false);
      this.otherButton.focus();
    };
    this.other.root.append(button("other leave", store.t("back"), leave, element("kbd", "", "Esc")));
    this.root.append(this.title, this.note, this.zones, this.units.root, this.other.root);
    onEscape(this.other.root, (event) => {
      event.stopPropagation();
      leave();
    });
    this.incident = "";
    this.refused = 0; // how many zones have refused it
    this.zone = "";
    /** @type {import("../../shell/wire.js").NearUnit | null} */
    this.unit = null; // the one that is asked for; its zone is the chosen one
    this.byHand = false;
    this.drawn = "";
    /** @type {Option[]} */
    this.shown = [];
    this.numbered = ""; // the zones that a digit chooses, in their order
    this.turnedAt = -Infinity; // when those of one alarm changed last
    this.seen = ""; // the choice that was brought into sight
    this.other.root.hidden = true;
    // While a form stood in their place they could not scroll.
    new ResizeObserver(() => this._inSight()).observe(this.zones);
  }

  get name() {
    return this.store.zone(this.store.zones[this.zone] ?? this.zone);
  }

  /** The unit that is asked for, "" for none. */
  get asked() {
    return this.unit?.unit ?? "";
  }

  /** Whether a zone is being searched by its name. */
  get searching() {
    return !this.other.root.hidden;
  }

  /** Choose the n-th zone, also in place of one that is chosen; the digits after those of zones ask for units: no key
   * has two meanings. @param {number} n from 1 @returns {string} why not, in words; "" when it was done */
  digit(n) {
    if (n > DIGITS) return this.units.nth(n - DIGITS);
    if (performance.now() - this.turnedAt < GUARD_MS) return this.store.t("digits_turned");
    const zone = choosable(this.shown)[n - 1]?.zone;
    if (zone) this._pick(zone);
    return zone ? "" : this.store.later || this.store.t("no_such_zone");
  }

  /** Why no zone is chosen beforehand, and that one is to be. */
  get unchosen() {
    const why = this._proposal(this.store.detailOf(this.store.row)).why;
    return joined([why && this.store.t(`why.${why}`), this.store.t("choose_zone")]);
  }

  /** Look for another zone by its name. @param {string} [typed] its first letter */
  search(typed = "") {
    this._open(true);
    const { input } = this.other;
    input.focus();
    if (!typed) return input.select();
    input.value = typed;
    input.dispatchEvent(new Event("input"));
  }

  /** @param {boolean} on */
  _open(on) {
    this.other.root.hidden = !on;
    this.zones.hidden = this.note.hidden = on;
    this.units.root.classList.toggle("away", on);
    this.changed();
  }

  /** @param {string} zone */
  _pick(zone, other = false) {
    const { options } = this._proposal(this.store.detailOf(this.store.row));
    const reason = options?.find((option) => option.zone === zone)?.excluded;
    if (reason) return this.say(this.store.t("excluded_zone", { reason }), true);
    this.zone = zone;
    this.byHand = true;
    if (this.unit && this.unit.zone !== zone) this.unit = null;
    this.update();
    if (other) {
      this._open(false);
      [...this.options.querySelectorAll("input")].find((input) => input.checked)?.focus();
    } else this.changed();
  }

  /** Ask for a unit, and so its zone. @param {import("../../shell/wire.js").NearUnit | null} unit */
  _ask(unit) {
    const { zone } = this;
    this.unit = unit;
    if (unit) this._pick(unit.zone);
    else this.changed();
    if (unit && zone && zone !== unit.zone)
      this.say(this.store.t("units.zone_too", { unit: unit.unit, zone: this.name }), true);
  }

  /** The desk knows no such unit: it is asked for no more. @param {string} unit */
  leave(unit) {
    if (this.asked === unit) this._ask(null);
  }

  /** A unit that is asked for no more once it is among the nearest available ones no more, or another zone was
   * chosen. */
  _mind() {
    const { store, unit } = this;
    if (!unit) return;
    const told = store.units?.id === store.selected && this.units.found;
    if (this.zone === unit.zone && (!told || told.some((one) => one.unit === unit.unit && one.zone === unit.zone)))
      return;
    this.unit = null;
    store.guard(this.incident);
  }

  update() {
    const { store } = this;
    const detail = store.detailOf(store.row);
    if (this.incident !== store.selected) {
      this.incident = store.selected ?? "";
      this.zone = "";
      this.unit = null;
      this.byHand = false;
      this.refused = 0;
      this.other.clear();
      this.other.root.hidden = true;
      this.zones.hidden = this.note.hidden = false;
      this.units.root.classList.remove("away");
    }
    const proposal = this._proposal(detail);
    const refused = proposal.declined ?? [];
    // What a hand chose before the zone refused it, or the case excluded it, is chosen no more.
    const kept = proposal.options?.some(({ zone, excluded }) => zone === this.zone && excluded);
    if (kept || (refused.length > this.refused && refused.includes(this.zone))) {
      this.byHand = false;
      this.zone = "";
    }
    this.refused = refused.length;
    if (!detail && store.locked) this.zone = ""; // no hand was on a choice that was not shown
    if (!this.byHand && detail) {
      const before = this.zone;
      this.zone = proposal.preselected ?? "";
      // The choice changed under the operator's hand.
      if (before && before !== this.zone) store.guard(this.incident);
    }
    this._mind();
    this.units.update(this.asked);
    const options = (proposal.options ?? []).slice(0, SHOWN);
    if (this.zone && !options.some((option) => option.zone === this.zone))
      options.push({ zone: this.zone, name: store.zones[this.zone] ?? this.zone });
    this.shown = options;
    const numbered = JSON.stringify([
      this.incident,
      ...choosable(options)
        .slice(0, DIGITS)
        .map(({ zone }) => zone),
    ]);
    const [of, ...before] = JSON.parse(this.numbered || "[]");
    if (of === this.incident && before.length && this.numbered !== numbered) this.turnedAt = performance.now();
    this.numbered = numbered;
    const drawn = JSON.stringify([options, this.zone, this.incident]);
    const abroad = detail?.live.abroad;
    const there = abroad ? [beyond(store, abroad), ...toCall(store, abroad)] : [];
    write(this.note, joined([this._note(proposal, options), ...there]) || store.t("routing"));
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = this.options.contains(document.activeElement)
      ? /** @type {HTMLInputElement} */ (document.activeElement).value
      : null;
    const may = choosable(options);
    this.options.replaceChildren(...options.map((option) => this._option(option, may.indexOf(option) + 1)));
    if (this.seen !== this.zone) this._inSight();
    this.seen = this.zone;
    if (focused !== null) [...this.options.querySelectorAll("input")].find((input) => input.value === focused)?.focus();
  }

  /** Where the zones scroll, what was chosen is seen; a hand that looks for another is left alone. */
  _inSight() {
    const chosen = this.options.querySelector(".on");
    if (chosen instanceof HTMLElement) this.zones.scrollTop = chosen.offsetTop - this.zones.offsetTop;
  }

  /** Whether the chosen zone's position has just become too old: no event tells. */
  aged() {
    const until = this.store.detail?.live.proposal.until;
    return !this.byHand && this.zone !== "" && until != null && this.store.now() > until;
  }

  /** The server's proposal; one whose position has become too old since chooses nothing.
   * @param {import("../../shell/wire.js").Detail | null} detail @returns {Proposal} */
  _proposal(detail) {
    const proposal = detail?.live.proposal ?? {};
    const old = proposal.until != null && this.store.now() > proposal.until;
    const why = proposal.why === "named" ? "named_long_ago" : "too_old";
    return old ? { ...proposal, preselected: "", why } : proposal;
  }

  /** @param {Proposal} proposal @param {Option[]} options */
  _note(proposal, options) {
    const { store } = this;
    if (proposal.why) return store.t(`why.${proposal.why}`);
    const parts = [];
    if (proposal.border_m != null && options.length === 1)
      parts.push(store.t("inside_border", { m: metres(store.words, proposal.border_m) }));
    const unsaid = (proposal.options?.length ?? 0) - SHOWN;
    if (unsaid > 0) parts.push(store.t("more_zones", { n: unsaid }));
    const { outside = 0 } = proposal;
    if (outside > 0.005) parts.push(store.t("outside_share", { n: Math.round(outside * 100) }));
    return joined(parts);
  }

  /** @param {Option} option @param {number} n which of those that may be chosen it is, from 1; 0: none of them */
  _option({ zone, name, share, by, excluded, declined }, n) {
    const { store } = this;
    const checked = zone === this.zone;
    const facts = { type: "radio", name: "zone", value: zone, checked, disabled: !n };
    const label = choice(`option${checked ? " on" : ""}`, store.zone(name), facts, () => this._pick(zone));
    const digit = n && n <= DIGITS ? store.keys.written(String(n)) : "";
    const part = share == null ? "" : store.t("share", { n: percent(share) });
    if (digit || part) label.append(element("span", "share", part, digit && element("kbd", "", digit)));
    if (share != null) label.append(element("span", "bar", { style: `--share: ${share}` }));
    if (by) label.append(element("span", "by", store.t(`option.${by}`)));
    if (excluded) label.append(element("span", "excluded", store.t("excluded_zone", { reason: excluded })));
    else if (declined != null) label.append(element("span", "declined", joined([store.t("declined_zone"), declined])));
    return label;
  }
}
