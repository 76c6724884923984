"""What can be clicked on a page and not be reached by the keyboard: found by what listens to a mouse or looks like it."""

from typing import Any

# Runs before a page's own scripts: remembers what listens to a mouse, and what to keys as well.
REACH = """
window.listening = [];
window.keyed = new WeakSet();
const addedListener = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, ...rest) {
  const mouse = ["click", "dblclick", "mousedown", "mouseup", "pointerdown", "pointerup"].includes(type);
  if (mouse && this instanceof Element) window.listening.push(new WeakRef(this));
  if (type === "keydown") window.keyed.add(this);
  return addedListener.call(this, type, ...rest);
};
"""
# What stands within a control, names or holds one is reached by it; so is what answers keys for the marks in it. Of several
# in a group one has the focus, and arrows lead on. What Bokeh draws is looked at: what it shows has its row in the queue.
UNREACHED = """() => {
  const CONTROL = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable]";
  const roles = ["tablist", "radiogroup", "listbox", "toolbar", "grid", "group"].map((role) => `[role=${role}]`);
  const GROUP = [...roles, "svg", "table", "ul", "ol"].join(", ");
  const within = (one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])];
  const all = (root) => [...root.querySelectorAll("*")].flatMap(within);
  const pointed = (one) => getComputedStyle(one).cursor === "pointer";
  const looks = all(document).filter((one) => pointed(one) && !(one.parentElement && pointed(one.parentElement)));
  const heard = listening.map((one) => one.deref()).filter((one) => one?.isConnected && !keyed.has(one));
  const found = new Set([...heard, ...looks]);
  const led = (one) => !!one.closest(GROUP)?.querySelector("[tabindex='0'], button, input");
  const drawn = (one) => /bk-/.test(one.className) || one.localName === "canvas" || /^bk-/i.test(one.localName);
  const wrong = [...found].filter((one) => {
    if (!one.checkVisibility({ visibilityProperty: true }) || drawn(one) || one === document.body) return false;
    const control = one.closest(`label, ${CONTROL}`);
    if (control instanceof HTMLLabelElement) return !control.control;
    return control ? control.tabIndex < 0 && !control.disabled && !led(control) : !one.querySelector(CONTROL);
  });
  const named = (one) => `${one.localName}.${one.getAttribute("class")}: ${one.textContent.trim().slice(0, 40)}`;
  return { seen: found.size, wrong: wrong.map(named) };
}"""


def unreached(found: Any) -> list[str]:
    """What of `page.evaluate(UNREACHED)` no key reaches. Raises AssertionError when it looked at nothing."""
    assert found["seen"] > 3, "nothing on this page can be clicked"
    return list(found["wrong"])
