// What never scrolls away: trouble with the case, what was not delivered, instructions, weapons, plates.
import { day, joined, together } from "../../shell/format.js";
import { h } from "../../shell/kit.js";
import { alone } from "../../shell/views.js";
import { unconfirmed } from "../escalation/words.js";
import { Scrolling } from "./scrolling.js";

const URGENT = new Set(["weapon", "listen_only", "silent_approach"]);
/** What a case can be that is not open. */
export const TROUBLE = new Set([
  ...["unknown", "no_device", "expired", "early", "suspended", "ended", "returned", "locked", "missing", "erased"],
]);

/** @typedef {import("./case.js").Store} Store @typedef {import("../../shell/wire.js").Fact} Fact
 *  @typedef {import("../../shell/wire.js").Case} Case @typedef {import("./case.js").Shown} Shown */

/** @param {Shown} props */
export function Pinned({ store, row, detail }) {
  if (!row || !detail) return null;
  const { case: file, live } = detail;
  const undelivered = unconfirmed(store, row).filter(([, , mark]) => mark.startsWith("undelivered"));
  const warnings = [
    TROUBLE.has(file.state) && h(Warning, trouble(store, file)),
    ...undelivered.map(([, text]) => h(Warning, { text, beside: live.undelivered_why })),
    ...groups(file.pinned ?? []).map((facts, n) =>
      alone(
        Sourced,
        { store, facts, lang: file.language, language: store.language },
        { key: `${n} ${facts[0].heading}`, of: detail, plain: Texts },
      ),
    ),
  ];
  return pinned(store, warnings);
}

/** What stands in its place where it could not be drawn: what can kill, as it was written. @param {Shown} props */
export function PlainPinned({ store, detail }) {
  return pinned(store, h(Texts, { facts: detail?.case.pinned ?? [] }));
}

/** @param {Store} store @param {any} warnings */
function pinned(store, warnings) {
  if (Array.isArray(warnings) && !warnings.some(Boolean)) return null;
  const more = (/** @type {number} */ n) => ({ children: store.t("hidden_pinned", { n }) });
  // When room is short the sources of dangers yield before any danger does, then what stands beside LISTEN ONLY, then
  // the zones and units.
  const yields = ["tight", "tighter", "whole"];
  const says = { name: "pinned", label: store.t("pinned"), lines: "strong", yields, more };
  return h(Scrolling, says, warnings);
}

/** @param {Store} store @param {Case} file */
function trouble(store, { state, number, valid_from: from = "", valid_until: until = "" }) {
  const date = day(state === "early" ? from : until, store.language);
  const beside = ["unknown", "no_device"].includes(state) ? number : "";
  return { text: store.t(`case_state.${state}`, { date }), beside };
}

/** @param {{text: string, beside?: string}} props */
function Warning({ text, beside }) {
  return h(
    "div",
    { class: "warning urgent" },
    h("strong", { class: "urgent" }, text),
    beside ? h("small", null, beside) : null,
  );
}

/** The facts that one source said on one day, together: its name stands once, and more of them stay in sight.
 * @param {Fact[]} facts */
function groups(facts) {
  /** @type {Fact[][]} */
  const made = [];
  for (const fact of facts) {
    const last = made.at(-1);
    if (last && last[0].source === fact.source && last[0].date === fact.date) last.push(fact);
    else made.push([fact]);
  }
  return made;
}

/** @param {{store: Store, facts: Fact[], lang?: string}} props
 *  `lang`: of their texts */
function Sourced({ store, facts, lang }) {
  const kinds = together(", ", [...new Set(facts.map((fact) => store.t(`fact.${fact.heading}`)))]);
  const urgent = facts.some((fact) => URGENT.has(fact.heading));
  const each = facts.map((fact) =>
    h(
      "strong",
      { class: URGENT.has(fact.heading) ? "danger" : undefined, lang },
      fact.text,
      fact.doubted ? " · " : null,
      h(Doubted, { store, fact }),
    ),
  );
  // On a low screen the words say themselves what they are.
  const source = h("small", null, h("span", { class: "kind" }, kinds, " · "), sourceOf(store, facts[0]));
  return h("div", { class: urgent ? "warning danger" : "warning" }, each, source);
}

/** Each by itself: what can kill stands there whatever is wrong with another. @param {{facts: Fact[]}} props */
function Texts({ facts }) {
  const texts = facts.map((fact) => alone(Text, { fact }, { of: fact }));
  return h("div", { class: "warning danger" }, texts);
}

/** @param {{fact: Fact}} props */
function Text({ fact }) {
  return h("strong", { class: "danger" }, fact.text);
}

/** That somebody doubts it, and whoever keeps the case has not answered. @param {{store: Store, fact: Fact}} props */
export function Doubted({ store, fact: { doubted } }) {
  return doubted
    ? h("em", { class: "doubted" }, store.t("doubt.marked", { date: day(doubted, store.language) }))
    : null;
}

/** @param {Store} store @param {Fact} fact */
export function sourceOf(store, { source, date }) {
  return joined([source, date && day(date, store.language)]);
}
