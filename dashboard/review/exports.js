// The present view as files: its rows (CSV), its report (JSON), its report on paper (PDF). Their addresses carry the sealed view.
import { element } from "../page/format.js";

const FORMS = ["csv", "json", "pdf"];

export class Exports {
  /** @param {import("./review.js").Review} review */
  constructor(review) {
    this.review = review;
    this.root = element("div", "address exports");
    this.root.hidden = true;
  }

  /** @param {string} word */
  show(word) {
    const { store, place } = this.review;
    const links = FORMS.map((form) => {
      const link = element("a", "pill", store.t(`export.${form}`));
      link.href = `${place.base}report/${word}.${form}`;
      link.download = "";
      return link;
    });
    const close = element("button", "pill", store.t("close_panel"));
    close.type = "button";
    close.addEventListener("click", () => this.hide());
    this.root.replaceChildren(element("span", "", store.t("export_of")), ...links, close);
    this.root.hidden = false;
    links[0].focus();
  }

  /** Whether there was something to hide. */
  hide() {
    if (this.root.hidden) return false;
    this.root.hidden = true;
    this.root.replaceChildren();
    return true;
  }
}
