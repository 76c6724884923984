// A sheet over a panel's facts, so that it covers no alarm: its button opens and shuts it, Escape shuts it.
import { onEscape } from "./build.js";

export class Sheet {
  /** @param {HTMLElement} panel @param {HTMLElement} opener has the focus once it is shut @param {HTMLElement} root */
  constructor(panel, opener, root) {
    this.panel = panel;
    this.opener = opener;
    this.root = root;
    opener.setAttribute("aria-expanded", "false");
    for (const one of [opener, root])
      onEscape(one, (event) => {
        if (!this.open) return;
        event.preventDefault(); // it leads out of this, and not of more
        this.show(false);
      });
  }

  get open() {
    return this.root.isConnected;
  }

  /** Whether it may open now. */
  may() {
    return true;
  }

  /** Draw what stands in it. */
  draw() {}

  toggle() {
    this.show(!this.open);
  }

  /** @param {boolean} on */
  show(on) {
    if (on === this.open || (on && !this.may())) return;
    const { opener, root } = this;
    const inside = root.contains(document.activeElement);
    opener.setAttribute("aria-expanded", String(on));
    if (on) {
      this.panel.prepend(root);
      this.draw();
      this.focus();
    } else {
      root.remove();
      if (inside) opener.focus();
    }
  }

  /** Draw it anew; the focus of what goes stays in it. */
  update() {
    const inside = this.root.contains(document.activeElement);
    if (this.open) this.draw();
    if (inside && !this.root.contains(document.activeElement)) this.focus();
  }

  focus() {
    const first = this.root.querySelector("button:not([hidden]), input:not([hidden])");
    /** @type {HTMLElement | null} */ (first)?.focus();
  }
}
