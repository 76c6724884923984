// The present view as files: its rows (CSV), its report (JSON), its report on paper (PDF). Their addresses carry the
// sealed view, and ask why. And, whatever the view, the Institute's export of the last whole year.
import { button } from "../../shell/build.js";
import { dayOf, element } from "../../shell/format.js";

const FORMS = ["csv", "json", "pdf"];

/** A way to what opens beside this page, which goes on sounding. @param {string} text @param {string} href */
export function beside(text, href) {
  return element("a", { class: "pill", href, target: "_blank", rel: "noopener" }, text);
}

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
      return beside(store.t(`export.${form}`), `${place.base}report/${word}.${form}`);
    });
    const year = Number(dayOf(store.now()).slice(0, 4)) - 1;
    const counts = beside(store.t("export.zip", { year }), `${place.base}aggregate?since=${year}-01&until=${year}-12`);
    this.root.replaceChildren(
      element("span", "", store.t("export_of")),
      ...links,
      button("pill", store.t("close_panel"), () => this.hide()),
      element("div", "institute", element("span", "", store.t("export_institute")), counts),
    );
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
