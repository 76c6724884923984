// How the signs among a page's keys are typed on this keyboard, as its own keys are labelled.

/** The way to a sign, by the sign: on AZERTY, QWERTZ and QWERTY. Nothing of a keyboard that is none of them, or whose
 *  signs no layout tells.
 *  @param {{get: (code: string) => string | undefined}} layout the letter of each key without Shift
 *  @returns {Record<string, string>} */
export function signsOf(layout) {
  const [upper, below, minus] = [layout.get("KeyQ"), layout.get("Period"), layout.get("Minus")];
  if (upper === "a") return { "?": "⇧,", "/": below === ":" ? "⇧:" : "", "1 2 3 4 5 6 7 8 9": "& é \" ' ( § è ! ç" };
  if (minus === "ß") return { "?": "⇧ß", "/": "⇧7" };
  return layout.get("Slash") === "/" ? { "?": "⇧/" } : {};
}

/** The same for the keyboard that the browser names; some name none. @returns {Promise<Record<string, string>>} */
export async function signsHere() {
  const { keyboard } = /** @type {{keyboard?: {getLayoutMap: () => Promise<Map<string, string>>}}} */ (navigator);
  try {
    return keyboard ? signsOf(await keyboard.getLayoutMap()) : {};
  } catch {
    return {};
  }
}
