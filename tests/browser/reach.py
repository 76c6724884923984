"""What can be clicked on a page and not be reached by the keyboard: found by what listens and by what looks like it."""

from typing import Any

# Runs before a page's own scripts: remembers what listens to a mouse.
REACH = """
window.listening = [];
const addedListener = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, ...rest) {
  const mouse = ["click", "dblclick", "mousedown", "mouseup", "pointerdown", "pointerup"].includes(type);
  if (mouse && this instanceof Element) window.listening.push(new WeakRef(this));
  return addedListener.call(this, type, ...rest);
};
"""
# The first words of each. What stands within a control, names one or holds one is reached by it; what Bokeh draws is looked at, and
# what it shows has its row in the queue. Of several in a group one has the focus, and arrows lead on.
_UNREACHED = """() => {
  const CONTROL = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]";
  const GROUP = "[role=tablist], [role=radiogroup], [role=listbox], [role=toolbar], [role=grid], [role=group], svg, table, ul, ol";
  const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  const pointed = (one) => getComputedStyle(one).cursor === "pointer";
  const looks = all(document).filter((one) => pointed(one) && !(one.parentElement && pointed(one.parentElement)));
  const found = new Set([...listening.map((one) => one.deref()).filter((one) => one?.isConnected), ...looks]);
  const reached = (one) => one.tabIndex >= 0 || one.disabled || !!one.closest(GROUP)?.querySelector("[tabindex='0'], button, input");
  const drawn = (one) => /bk-/.test(one.className) || one.localName === "canvas" || /^BK|-BK/i.test(one.localName);
  const wrong = [...found].filter((one) => {
    if (!one.checkVisibility({ visibilityProperty: true }) || drawn(one) || one === document.body) return false;
    const control = one.closest(`label, ${CONTROL}`);
    if (control instanceof HTMLLabelElement) return !control.control;
    return control ? !reached(control) : !one.querySelector(CONTROL);
  });
  const deep = (one) => one.getRootNode() instanceof ShadowRoot ? "shadow " : "";
  return { seen: found.size, wrong: wrong.map((one) => `${deep(one)}${one.localName}.${one.getAttribute("class")}: ${one.textContent.trim().slice(0, 40)}`) };
}"""


def unreached(found: Any) -> list[str]:
    """What of `page.evaluate(UNREACHED)` no key reaches. Raises AssertionError when it looked at nothing."""
    assert found["seen"] > 3, "nothing on this page can be clicked"
    return list(found["wrong"])


UNREACHED = _UNREACHED
