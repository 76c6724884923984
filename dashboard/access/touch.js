// Input keeps a sign-in alive; the server is told at most so often.
export const TOUCH_MS = 30_000;

/** Tell the server of whatever is pressed or clicked on this page. @param {import("../shell/store.js").Store} store */
export function touching(store) {
  let touched = 0;
  for (const type of ["pointerdown", "keydown", "wheel"]) {
    document.addEventListener(
      type,
      () => {
        if (performance.now() - touched < TOUCH_MS) return;
        touched = performance.now();
        store.send({ do: "touch" });
      },
      { passive: true },
    );
  }
}
