// Which keys are a page's own.

/** Whether a key is meant for the browser, a text or a form, also where that has no text field: then no letter of a page acts.
 *  @param {KeyboardEvent} event */
export function meantElsewhere(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return true;
  const target = event.composedPath()[0];
  return (
    target instanceof Element && !!target.closest("form, input:not([type=radio]), textarea, select, [contenteditable]")
  );
}
