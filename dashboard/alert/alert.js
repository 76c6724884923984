// What makes the screen untrue or incomplete, over the whole width: the server lost, the log not written, cases closed.

import { clock, element, fill, write } from "../page/format.js";

const LOST_MS = 3000; // the server beats once a second
const FIRST_MS = 10000; // a page that is still loading
const ASK_MS = 1000;

/** @param {HTMLElement} root */
export function mount(root, context) {
  const { words, state } = context;
  const lost = element("div", "banner is-lost-banner");
  lost.setAttribute("role", "alert");
  lost.hidden = true;
  const what = element("strong");
  const trying = element("span");
  lost.append(what, trying);
  const states = element("div", "states");
  states.setAttribute("role", "status");
  root.append(lost, states);
  let beat = Date.now();
  let limit = FIRST_MS;
  let asking = false;

  context.on("tick", () => {
    beat = Date.now();
    limit = LOST_MS;
    if (!lost.hidden) found();
  });

  // A timer of its own: nothing the server sends or fails to send may stop it.
  setInterval(() => {
    if (Date.now() - beat > limit && lost.hidden) declare();
    if (!lost.hidden) ask();
  }, 250);

  function declare() {
    document.documentElement.classList.add("is-lost");
    write(what, fill(words, "lost", { time: clock(beat + (context.now() - Date.now())) }));
    write(trying, words.lost_trying);
    lost.hidden = false;
    context.sound.lost(true);
  }

  function found() {
    document.documentElement.classList.remove("is-lost");
    lost.hidden = true;
    context.sound.lost(false);
  }

  /** When the server answers but this page's line is gone, the page begins anew: selection and desk name are kept. */
  async function ask() {
    if (asking) return;
    asking = true;
    const started = Date.now();
    try {
      const answer = await fetch(`${context.base}live`, { cache: "no-store", signal: AbortSignal.timeout(ASK_MS) });
      if (answer.ok && !lost.hidden && Date.now() - beat > LOST_MS) {
        write(trying, words.lost_reloading);
        location.reload();
        return;
      }
    } catch {
      // still lost: asked again
    }
    setTimeout(() => { asking = false; }, Math.max(0, ASK_MS - (Date.now() - started)));
  }

  return {
    update(changed) {
      if (!changed.has("health") || !state.health) return;
      const said = [];
      if (state.health.recording === "failed") said.push(fill(words, "not_recorded_long", { n: state.health.held }));
      if (state.health.cases === "locked") said.push(words.cases_locked_long);
      if (state.health.cases === "missing") said.push(words.cases_missing_long);
      states.replaceChildren(...said.map((sentence) => element("div", "banner", sentence)));
    },
  };
}
