// Which keys are a page's own, and what a key writes on the keyboard it is pressed on.

const DIGIT = /^Digit(\d)$/;

/** Whether a key is meant for the browser, a text or a form, also where that has no text field: then no letter of a
 * page acts. @param {KeyboardEvent} event @param {boolean} [alt] with Alt it is a page's own, too */
export function meantElsewhere(event, alt = false) {
  if (event.ctrlKey || event.metaKey || (event.altKey && !alt) || event.isComposing || event.defaultPrevented)
    return true;
  const target = event.composedPath()[0];
  return (
    target instanceof Element && !!target.closest("form, input:not([type=radio]), textarea, select, [contenteditable]")
  );
}

/** The key of a shortcut by what it writes here, so that AZERTY, QWERTY and QWERTZ agree: "a", "shift+a", "1", "/". ""
 * for one that writes no character, writes it with AltGr, or is part of one that is being composed.
 * @param {KeyboardEvent} event */
export function keyOf(event) {
  const { key, code, shiftKey } = event;
  // 229: an input method has the key, whatever else the event tells of it.
  if (event.isComposing || event.keyCode === 229 || event.getModifierState("AltGraph")) return "";
  if ([...key].length !== 1 || key.trim() === "") return "";
  // AZERTY writes the digits of its upper row with Shift. With Shift QWERTZ writes its "/" there.
  const digit = /^\d$/.test(key) ? key : shiftKey ? "" : (DIGIT.exec(code)?.[1] ?? "");
  if (digit) return digit;
  return shiftKey && /^\p{L}$/u.test(key) ? `shift+${key.toLowerCase()}` : key.toLowerCase();
}
