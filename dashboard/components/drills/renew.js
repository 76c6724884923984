// What became of the drills, on the trainer's page: asked for again and put in its place when it changed. The form is
// left alone.
const EVERY_MS = 3000;
const ANSWER_MS = 5000;

/** @param {string} id @returns {HTMLElement} */
const part = (id, page = document) => /** @type {HTMLElement} */ (page.getElementById(id));

/** The page as it is now; null when the desk does not answer, or the sign-in is over. */
async function asked() {
  try {
    const answer = await fetch("drills", { signal: AbortSignal.timeout(ANSWER_MS) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.getElementById("state") ? page : null;
  } catch {
    return null;
  }
}

async function renew() {
  const page = await asked();
  const state = part("state");
  part("lost").hidden = !!page;
  // A button under the hand stays where it is; until then the time says how old all of it is.
  if (!page || state.querySelector("button:is(:hover, :focus)")) return;
  part("made").textContent = part("made", page).textContent;
  if (!state.isEqualNode(part("state", page))) state.replaceWith(document.adoptNode(part("state", page)));
}

(async () => {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    if (!document.hidden) await renew();
  }
})();
