// A page before which nobody may see an alarm: all of it goes. What stays is what the sign-in page says and sounds: how
// many nobody has.
import { loadAnew } from "../shell/anew.js";
import { part } from "../shell/join.js";
import { element, together, write } from "../shell/format.js";

export class Dark {
  /** @param {import("../shell/store.js").Store} store @param {HTMLElement} page @param {string} base */
  constructor(store, page, base) {
    this.store = store;
    this.page = page;
    this.root = element("main", "no-role dark");
    this.waits = element("p", "unowned", { role: "alert" });
    this.why = element("p");
    this.way = element("a", "do", { href: `${base}sign-in` }, store.t("sign_in"));
    this.root.append(element("h1", "", store.t("dark_title")), this.waits, this.why, this.way);
    store.on("access rows", () => this.update());
  }

  update() {
    const { store, root, page } = this;
    if (!store.access) return;
    if (!store.access.dark) {
      if (root.isConnected) loadAnew(store); // somebody signed in: what was here comes back whole
      return;
    }
    const { unowned } = store;
    write(this.waits, unowned ? store.t(unowned === 1 ? "one_waits" : "more_wait", { n: unowned }) : "");
    this.waits.hidden = !unowned;
    const roles = together(
      ", ",
      (store.access.needs ?? []).map((role) => store.t(`role.${role}`)),
    );
    write(this.why, store.t(`locked_why.${store.access.why}`, { roles }));
    if (root.isConnected) return;
    // The line to the server stays, and what says that it is lost or that nothing is heard.
    const alert = part("alert");
    alert.replaceChildren(...alert.querySelectorAll(":scope > :is(.lost-banner, .sound-blocked)"));
    page.className = "is-dark";
    page.replaceChildren(alert, root, part("channel"));
    this.way.focus();
  }
}
