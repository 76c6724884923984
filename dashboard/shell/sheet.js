// A sheet over a panel's facts, so that it covers no alarm: its button opens and shuts it, Escape shuts it.
import { onEscape } from "./build.js";
import { h } from "./kit.js";

export class Sheet {
  /** @param {HTMLElement} panel @param {HTMLElement} opener has the focus once it is shut @param {HTMLElement} root
   * @param {() => void} [draw] draws what stands in it */
  constructor(panel, opener, root, draw = () => {}) {
    this.panel = panel;
    this.opener = opener;
    this.root = root;
    this.draw = draw;
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

  /** @param {boolean} on */
  show(on = !this.open) {
    if (on === this.open) return;
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

  /** Its heading, with the button that shuts it. @param {string} words @param {string} hide */
  title(words, hide) {
    const facts = { class: "do", type: "button", onClick: () => this.show(false) };
    return h("div", { class: "title" }, h("h3", {}, words), h("button", facts, hide));
  }

  focus() {
    const first = this.root.querySelector("button:not([hidden]), input:not([hidden])");
    /** @type {HTMLElement | null} */ (first)?.focus();
  }
}
