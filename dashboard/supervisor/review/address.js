// The address of this view, to be sent to a colleague: a word that says nothing to whoever may not open it.
import { element, write } from "../../shell/format.js";

export class Address {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    const { store } = review;
    this.root = element("div", "address");
    this.root.hidden = true;
    const label = element("label", "", store.t("address"));
    this.field = element("input");
    this.field.readOnly = true;
    label.append(this.field);
    this.said = element("span");
    this.said.setAttribute("role", "status");
    const close = element("button", "pill", store.t("close_panel"));
    close.type = "button";
    close.addEventListener("click", () => this.hide());
    this.root.append(label, this.said, close);
  }

  /** @param {string} word */
  async show(word) {
    const { place, store } = this.review;
    const to = new URL("supervisor", new URL(place.base, location.href));
    to.searchParams.set("view", word);
    this.field.value = to.href;
    this.root.hidden = false;
    this.field.select();
    const copied = await navigator.clipboard?.writeText(to.href).then(
      () => true,
      () => false,
    ); // only over https or on this machine
    write(this.said, store.t(copied ? "address_copied" : "address_copy"));
  }

  /** Whether there was one to hide. */
  hide() {
    if (this.root.hidden) return false;
    this.root.hidden = true;
    this.field.value = "";
    return true;
  }
}
