// The panel of the actions as it is drawn, from the top: what never scrolls away, then what may be done, or the open
// form. Each part stands alone: where a fact of an alarm throws, plain words and keys stand there, and they act.
import { clock, joined } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { alone } from "../../shell/views.js";
import { Drill } from "../drills/strip.js";
import { Watch } from "../escalation/strip.js";
import { fares } from "../escalation/words.js";
import { Offer } from "../presence/offer.js";
import { Cap, keyed } from "./cap.js";
import { FormView } from "./form.js";
import { PlainRouting, RoutingView } from "./routing.js";
import { StandDown } from "./stand_down.js";
import { ACTIONS } from "./table.js";

/** @typedef {import("./actions.js").Actions} Actions @typedef {import("./table.js").Action} Action
 *  @typedef {import("../../shell/kit.js").VNode} VNode @typedef {{page: Actions}} Props */

/** What stands in place of buttons that could not be drawn: all of them by word and key, for the desk decides.
 *  @param {(action: Action) => unknown} which @returns {(props: Props) => VNode} */
const plain = (which) => {
  const actions = ACTIONS.filter(which);
  return ({ page }) => {
    const buttons = actions.map((action) => h(Plain, { key: action.name, page, action }));
    return h("div", { class: "buttons" }, buttons);
  };
};
const PlainWatch = plain(({ watch }) => watch);
const PlainConfirms = plain(({ back }) => back);
const PlainSteps = plain(({ offer, watch, back, technical }) => !(offer || watch || back || technical));
const TAKING = { place: "taking" };
const STEP = { place: "step" };
const CONFIRMS = /** @type {Action} */ (ACTIONS.find(({ back }) => back));

/** @param {Props} props */
export function Panel({ page }) {
  const { store, desk, form, routing, drills } = page;
  const { row } = store;
  // Each is drawn anew with the panel: what it shows, more than its props decide.
  const part = (/** @type {any} */ view, /** @type {any} */ plain = undefined, props = {}, key = view.name) =>
    alone(view, { page, store, row, drawn: {}, ...props }, { of: page.of, plain, key });
  const confirms = (/** @type {string} */ zone) => button(page, CONFIRMS, zone);
  // Whether what stands there is told and settled: a hand may act on it.
  const held = !!row && (!store.told || store.guarded(row.id)) ? "yes" : "no";
  return [
    part(ListenOnly, PlainListenOnly), // it stands here whatever is chosen below, a form too: silence protects
    part(Agreed),
    part(WatchOver, PlainWatch),
    part(StandDown, PlainConfirms, { button: confirms }),
    drills && part(Drill, undefined, { desk }), // what is about to happen is seen over a form too, and answered there
    h(
      "div",
      { key: "set", class: "set", tabIndex: -1, hidden: form.open || drills, "data-held": held },
      part(Over),
      page.refusal && h("p", { key: "refusal", class: "refusal", id: "refusal" }, page.refusal.words),
      part(Large, PlainSteps, TAKING, "taking"),
      page.routes && page.opened !== "more" && part(RoutingView, PlainRouting, { routing }),
      part(Large, undefined, STEP, "step"),
      part(Rest),
    ),
    form.open && h(FormView, { key: `${form.name} ${form.row?.id}`, form, store }),
  ];
}

/** @typedef {Props & {store: Actions["store"], row: Actions["store"]["row"]}} Told */

/** That nobody speaks, and whether there is a line to listen to. @param {Told} props */
function ListenOnly({ store, row }) {
  if (!row || row.closed || row.drill) return null;
  return PlainListenOnly({ store, line: row.call && store.t(`line.${row.call}`) });
}

/** @param {Pick<Told, "store"> & {line?: string}} props */
function PlainListenOnly({ store, line }) {
  const beside = h("span", { class: "beside" }, " · ", h("span", {}, store.t("listen_only_beside")));
  const words = h("span", {}, joined([store.t("listen_only"), line]));
  return h("p", { class: "listen-only", title: store.t("listen_only_long") }, words, beside);
}

/** The words agreed on with the protected person, to be listened for. @param {Told} props */
function Agreed({ store, row }) {
  if (!row || row.closed || store.told?.why.classify !== "") return null;
  const { number, safe_word: safe, duress_word: duress, words_kept: kept } = store.detailOf(row)?.case ?? {};
  const said = [safe && store.t("safe_word", { word: safe }), duress && store.t("duress_word", { word: duress })];
  const words = kept ? store.t("words_kept") : joined(said) || (number ? store.t("no_words") : "");
  return words ? h("p", { class: "agreed" }, words) : null;
}

/** @param {Told} props */
function WatchOver({ page, store, row }) {
  return h(Watch, { store, row, buttons: page.at.watch.map((action) => button(page, action)) });
}

/** What stands over the steps: an offer, and how the order fares. @param {Told} props */
function Over({ page, store, row }) {
  const offer = h(Offer, { store, row, buttons: page.at.offer.map((action) => button(page, action)) });
  if (!row?.order_zone || row.closed || page.opened === "more") return offer;
  const live = store.detailOf(row)?.live;
  const [kind, said] = fares(store, row);
  const parts = [
    store.t("routed_to", { zone: store.zone(row.order_zone) }),
    clock(live?.order_at || null),
    said,
    live?.asked_unit && !live.unit && store.t("asked_unit", { unit: live.asked_unit }),
    live?.radio && (kind === "bad" || row.delivery !== "delivered") && store.t("by_voice", { number: live.radio }),
  ];
  return [offer, h("p", { class: `routed ${kind === "bad" || kind === "warn" ? kind : ""}`.trim() }, joined(parts))];
}

/** Taking and sending never share a place: where to stands between them. The list takes their room; their keys act.
 *  @param {Told & {place: "taking" | "step"}} props */
function Large({ page, store, place }) {
  const actions = page.opened === "more" ? [] : page.at[place];
  const free = place === "taking" && !store.device ? " free" : "";
  if (!actions.length) return null;
  return h(
    "div",
    { class: `buttons large ${place}${free}` },
    actions.map((action) => button(page, action)),
  );
}

/** What is likely, the way to the list of everything else, and that list. @param {Told} props */
function Rest({ page, store, row }) {
  const { likely, list } = page.at;
  const all = page.opened === "more";
  const found = page.found(list);
  const open = () => page.open(all ? "" : "more");
  const find = store.t("filter_actions");
  const filter = {
    class: "filter",
    type: "search",
    autocomplete: "off",
    "aria-label": find,
    placeholder: find,
    value: page.filter,
    onInput: (/** @type {any} */ { currentTarget }) => page.find(currentTarget.value),
    onKeyDown: (/** @type {KeyboardEvent} */ { key }) => key === "Enter" && found[0] && page.perform(found[0].name),
  };
  const more = { class: "more", type: "button", "aria-expanded": all, ...keyed(store, "more") };
  const words = h("span", {}, store.t(all ? "fewer" : "more"));
  return [
    h(
      "div",
      { class: "buttons likely" },
      h(
        "div",
        {},
        likely.map((action) => button(page, action)),
      ),
      row && list.length > 0 && h("button", { ...more, onClick: open }, words, h(Cap, { store, name: "more" })),
    ),
    row &&
      all &&
      h(
        "div",
        { class: "buttons more-list" },
        h("input", filter),
        found.map((action, n) => button(page, action, "", page.filter.trim() && n === 0 ? "first" : "")),
      ),
  ];
}

/** @param {Actions} page @param {Action} action @param {string} [zone] whose own it is @param {string} [look] */
function button(page, action, zone = "", look = "") {
  const { store } = page;
  const props = { page, store, row: store.row, action, zone, look, drawn: {} };
  return alone(Do, props, { of: page.of, plain: Plain, key: `${action.name} ${zone}` });
}

/** An action's button. @param {Told & {action: Action, zone: string, look: string}} props */
function Do({ page, store, action: { name, key }, zone, look }) {
  const { refusal } = page;
  const why = page.against(name);
  const words = page.words(name, zone);
  const refused = refusal?.name === name && refusal.zone === zone;
  const looks = ["do", name, name === page.next && "primary", refused && "refused", look].filter(Boolean);
  const facts = {
    class: looks.join(" "),
    type: "button",
    "aria-disabled": why !== "",
    title: why,
    "aria-label": store.t("action_label", { action: words, label: store.shown?.label ?? "" }),
    "aria-describedby": refused ? "refusal" : undefined,
    ...(key && keyed(store, name)),
  };
  return h("button", { ...facts, ...press(page, name, zone) }, h("span", {}, words), key && h(Cap, { store, name }));
}

/** An action's word and key. @param {Props & {action: Action, zone?: string}} props */
function Plain({ page, action: { name }, zone }) {
  const { store } = page;
  const facts = { class: `do ${name}`, type: "button", ...press(page, name, zone) };
  return h("button", facts, h("span", {}, store.t(`do.${name}`)), h(Cap, { store, name }));
}

/** A second click is no second wish. @param {Actions} page @param {string} name @param {string} [zone] */
function press(page, name, zone) {
  return { onClick: (/** @type {MouseEvent} */ { detail }) => detail < 2 && page.perform(name, zone || undefined) };
}
