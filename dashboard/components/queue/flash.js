// The marks of what nobody has, and of what asks again, go dim and bright, under 3 Hz; not where less motion is asked
// for.
const FLASH_MS = 400; // 1.25 Hz

/** @param {HTMLElement} list that holds the rows: it has the class `flash` while they are dim */
export function flash(list) {
  const less = matchMedia("(prefers-reduced-motion: reduce)"); // followed while the page is open: a shift is long
  // A CSS animation would keep the browser composing frames for ever, and an alarm waiting for its turn among them.
  setInterval(() => {
    const on = list.classList.contains("flash");
    if (on || (!less.matches && list.querySelector(".is-raised, .again"))) list.classList.toggle("flash", !on);
  }, FLASH_MS);
}
