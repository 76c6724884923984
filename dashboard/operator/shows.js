// Choosing shows: the map goes to what was chosen once somebody stays with it, and never under a hand that is on it.

const STAYS_MS = 500; // what is only walked past is not shown
const HAND_MS = 3000;
const MOVES = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "+", "=", "-"]); // the map's own keys

/** @param {import("../shell/store.js").Store} store @param {HTMLElement} map @param {(id: string) => void} show
 *  @param {() => boolean} busy whether a place is being named for another
 *  @returns {() => void} somebody asked for something else of the map: what was to come does not */
export function showChosen(store, map, show, busy) {
  let [hand, held, due] = [-HAND_MS, false, 0];
  let wanted = "";
  const moved = () => (hand = performance.now());
  const down = (/** @type {boolean} */ now) => () => {
    if (held || now) moved();
    held = now;
  };
  const passive = { capture: true, passive: true };
  map.addEventListener("pointerdown", down(true), passive);
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, down(false), passive);
  map.addEventListener("wheel", moved, passive);
  map.addEventListener("keydown", ({ key }) => MOVES.has(key) && moved(), passive);
  const go = () => {
    if (!wanted || wanted !== store.selected || !store.rows.has(wanted)) return; // its row comes in a moment
    const id = wanted;
    wanted = "";
    if (!busy() && !held && performance.now() - hand >= HAND_MS) show(id);
  };
  store.on("select", (walks) => {
    clearTimeout(due);
    wanted = "";
    const id = store.selected ?? "";
    const stays = () => {
      wanted = id;
      go();
    };
    due = setTimeout(stays, walks ? STAYS_MS : 0);
  });
  store.on("rows", go);
  return () => {
    clearTimeout(due);
    wanted = "";
  };
}
