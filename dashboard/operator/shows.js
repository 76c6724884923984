// Choosing shows: the map goes to what was chosen once somebody stays with it, and never under a hand that is on it.

const STAYS_MS = 500; // what is only walked past is not shown
const HAND_MS = 3000;
const HANDS = ["pointerdown", "pointerup", "wheel", "keydown"];

/** @param {import("../shell/store.js").Store} store @param {HTMLElement} map @param {(id: string) => void} show
 *  @param {() => boolean} busy whether a place is being named for another */
export function showChosen(store, map, show, busy) {
  let hand = -HAND_MS;
  let due = 0;
  for (const kind of HANDS)
    map.addEventListener(kind, () => (hand = performance.now()), { capture: true, passive: true });
  store.on("select", (walks) => {
    clearTimeout(due);
    const id = store.selected ?? "";
    due = setTimeout(
      () => store.rows.has(id) && !busy() && performance.now() - hand >= HAND_MS && show(id),
      walks ? STAYS_MS : 0,
    );
  });
}
