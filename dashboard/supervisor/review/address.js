// The address of this view, to be sent to a colleague: a word that says nothing to whoever may not open it.
import { button, copied } from "../../shell/build.js";
import { element, write } from "../../shell/format.js";

export class Address {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    const { store } = review;
    this.field = element("input", { readonly: "" });
    this.said = element("span", { role: "status" });
    const label = element("label", "", store.t("address"), this.field);
    const close = button("pill", store.t("close_panel"), () => this.hide());
    this.root = element("div", "address", label, this.said, close);
    this.root.hidden = true;
  }

  /** @param {string} word */
  async show(word) {
    const { place, store } = this.review;
    const to = new URL("supervisor", new URL(place.base, location.href));
    to.searchParams.set("view", word);
    this.field.value = to.href;
    this.root.hidden = false;
    this.field.select();
    write(this.said, store.t((await copied(to.href)) ? "address_copied" : "address_copy"));
  }

  /** Whether there was one to hide. */
  hide() {
    if (this.root.hidden) return false;
    this.root.hidden = true;
    this.field.value = "";
    return true;
  }
}
