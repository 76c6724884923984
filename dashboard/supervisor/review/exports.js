// The present view as files: its rows (CSV), its report (JSON), its report on paper (PDF). Their addresses carry the sealed view.
// And, whatever the view, the Institute's export of the last whole year.
import { element } from "../../shell/format.js";

const FORMS = ["csv", "json", "pdf"];

/** A way to what opens beside this page, which goes on sounding. @param {string} text @param {string} address */
export function beside(text, address) {
  const link = element("a", "pill", text);
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
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
      const link = element("a", "pill", store.t(`export.${form}`));
      link.href = `${place.base}report/${word}.${form}`;
      link.download = "";
      return link;
    });
    const close = element("button", "pill", store.t("close_panel"));
    close.type = "button";
    close.addEventListener("click", () => this.hide());
    const year =
      Number(new Intl.DateTimeFormat("en-GB", { year: "numeric", timeZone: "Europe/Brussels" }).format(store.now())) -
      1;
    const counts = beside(store.t("export.zip", { year }), `${place.base}aggregate?since=${year}-01&until=${year}-12`);
    const institute = element("div", "institute");
    institute.append(element("span", "", store.t("export_institute")), counts);
    this.root.replaceChildren(element("span", "", store.t("export_of")), ...links, close, institute);
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
