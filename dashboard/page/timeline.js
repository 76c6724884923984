// The footer: the last lines of the selected incident's history, newest last.

import { clock, element } from "./format.js";

const SHOWN = 12;

/** @param {HTMLElement} root */
export function mount(root, context) {
  const list = element("ol");
  list.tabIndex = 0;
  list.setAttribute("aria-label", context.words.timeline);
  root.append(list);
  let told = null;

  return {
    update(what) {
      if (!what.has("detail") && !what.has("selected")) return;
      const history = context.state.detail?.history ?? null;
      if (history === told) return;
      told = history;
      list.replaceChildren(...(history ?? []).slice(-SHOWN).map((entry) => {
        const item = element("li", entry.unrecorded ? "is-unrecorded" : "", sentence(entry, context));
        return item;
      }));
      list.scrollLeft = list.scrollWidth;
    },
  };
}

/** A line of the history in words. */
export function sentence(entry, context) {
  const what = context.words[`press.${entry.what}`] ?? context.words[`class.${entry.what}`] ?? context.words[`time.${entry.what}`] ?? entry.what;
  const facts = { what: what ?? "", who: entry.who || context.words.somebody, zone: entry.zone ?? "", n: entry.n ?? 0, to: clock(entry.to) };
  const parts = [`${clock(entry.at)} ${context.text(`history.${entry.code}`, facts)}`];
  if (entry.source && entry.source !== "feed") {
    parts.push(context.text("history_source", { source: context.words[`source.${entry.source}`] ?? entry.source }));
  }
  if (entry.entered) parts.push(context.text("history_entered", { time: clock(entry.entered) }));
  if (entry.unrecorded) parts.push(context.words.history_unrecorded);
  return parts.join(" · ");
}
