// Who works at this page: the name in the top bar, warnings before a limit, the locked page, and the sign-in in its
// place.
import { button, find } from "../shell/build.js";
import { attributes, duration, element, write } from "../shell/format.js";
import { SignInForm } from "./form.js";

/** @typedef {import("../shell/sheet.js").Sheet} Sheet */

export class Access {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk
   *  @param {{panel: HTMLElement, person: Sheet, top: HTMLElement, base: string, bound?: boolean}} places
   *  `person`: the name in the bar and its sheet; `bound`: nobody signs in or out here */
  constructor(store, desk, { panel, person, top, base, bound = false }) {
    this.store = store;
    this.desk = desk;
    this.panel = panel;
    /** @type {"" | "change" | "again"} */
    this.mode = ""; // "change" or "again" while a person who is signed in opened the form
    /** @type {{words: string, run: () => void, look: boolean} | null} */
    this.wish = null;
    this.banner = element("div", "no-sign-in", { hidden: true }, store.t("no_sign_in"));
    this.glass = element("div", "no-sign-in", { role: "status", hidden: true });
    top.prepend(this.banner, this.glass);
    this.form = new SignInForm(store, base, {
      done: () => this._signedIn(),
      drop: () => this.drop(),
      lock: () => this.lock(),
      back: () => this.close(),
    });
    panel.prepend(this.form.root);
    this.bound = bound;
    this.name = element("b");
    this.warning = element("span", "warning-limit", { role: "status" });
    this.stayKey = element("span", "", store.keys.cap("stay"));
    this.pill = person.opener;
    this.sheet = person;
    this.pill.append(element("span", "lines", this.name, this.warning), this.stayKey);
    const press = () => {
      person.show(false);
      if (this.form.shown && !store.locked) this.close();
      else this.open("change");
    };
    this.change = button("pill change", "", press, element("span"), store.keys.cap("stay"));
    person.root.prepend(this.change);
    desk.gate = (action, label, run) =>
      this.gate(store.t("action_label", { action: store.t(`do.${action}`), label }), run);
    store.on("access desk", () => this.update());
    store.on("select", () => this.drop(true));
    store.on("second", () => this._tick());
    this.update();
  }

  /** When nobody is signed in, keep a wish until somebody is, and ask for it. False when the way is free.
   * @param {string} words what will be done @param {() => void} run
   * @param {boolean} [look] it only leads there: a person presses again */
  gate(words, run, look = false) {
    const { store } = this;
    if (!store.locked) return false;
    this.wish = { words, run, look };
    this.desk.say(store.t("sign_in_needed", { wish: words }), true);
    this.form.wish(words, look);
    this.form.focus();
    return true;
  }

  /** Give a wish up. @param {boolean} [quietly] */
  drop(quietly = false) {
    if (!this.wish) return;
    if (!quietly) this.desk.say(this.store.t("locked_wish_dropped", { wish: this.wish.words }));
    this.wish = null;
    this.form.wish("", false);
  }

  /** The key to stay: input is enough before the idle limit; before the shift's end a person signs in again. */
  stay() {
    const { store } = this;
    if (store.access?.state === "open" || this.bound) return;
    if (store.locked) return this.form.focus();
    const warned = this._warned();
    if (warned?.kind === "idle") {
      store.send({ do: "touch" });
      this.desk.say(store.t("stayed"));
    } else this.open(warned ? "again" : "change");
  }

  /** @param {"change" | "again"} mode */
  open(mode) {
    this.mode = mode;
    this.update();
    this.form.focus();
  }

  close() {
    if (this.store.locked) return this.drop();
    if (!this.mode) return;
    this.mode = "";
    this.update();
    this.pill.focus();
  }

  lock() {
    this.store.send({ do: "lock" });
  }

  update() {
    const { store } = this;
    const state = store.access?.state;
    const locked = state === "locked";
    this.banner.hidden = state !== "open";
    const glass = store.access?.glass ?? [];
    this.glass.hidden = glass.length === 0;
    write(this.glass, glass.length ? store.t("break_glass", { names: glass.join(", ") }) : "");
    this.change.hidden = (state !== "signed" && !locked) || this.bound;
    find(this.sheet.root, "form.desk").hidden = state !== "open";
    if (state !== "signed") this.mode = "";
    const held = locked && !this.panel.classList.contains("locked") && this.panel.contains(document.activeElement);
    this.panel.classList.toggle("locked", locked);
    this.panel.classList.toggle("changing", this.mode !== "");
    document.body.classList.toggle("locked", locked);
    this.form.show(locked ? "locked" : this.mode, store.access);
    // Hands that were writing in the panel go on in the form: their letters are no keys.
    if (held) this.form.focus();
    const name = store.access?.name || store.desk;
    write(this.name, locked ? store.t("locked_bar") : name);
    write(find(this.change, "span"), store.t(locked ? "locked_bar" : "change_person"));
    attributes(this.pill, { "aria-label": locked ? store.t("locked_bar_label") : store.t("signed_as", { name }) });
    this._tick();
    if (!locked && this.wish && !this.form.busy) this._run();
  }

  /** The limit that comes next, if it is time to say so. */
  _warned() {
    const { store } = this;
    if (store.access?.state !== "signed") return null;
    const now = store.now();
    const { idle_at = 0, ends_at = 0, idle_warn = [0, 0], ends_warn = [0, 0] } = store.access;
    const limits = [
      { kind: "idle", left: idle_at - now, warn: idle_warn },
      { kind: "end", left: ends_at - now, warn: ends_warn },
    ].filter(({ left, warn }) => left <= warn[0]);
    const [next] = limits.sort((a, b) => a.left - b.left);
    return next ? { kind: next.kind, left: next.left, near: next.left <= next.warn[1] } : null;
  }

  _tick() {
    const { store } = this;
    const warned = this._warned();
    this.warning.hidden = !warned;
    this.stayKey.hidden = !warned && !store.locked;
    this.pill.classList.toggle("warned", !!warned);
    this.pill.classList.toggle("near", !!warned?.near);
    const facts = { time: duration(store.words, Math.max(0, warned?.left ?? 0)) };
    write(this.warning, warned ? store.t(`warn_${warned.kind}`, facts) : "");
    attributes(this.pill, { title: warned ? store.t(`warn_${warned.kind}_long`, facts) : (this.pill.ariaLabel ?? "") });
  }

  _signedIn() {
    this.mode = "";
    this.update();
  }

  /** Carry out what waited for the sign-in, once the page holds what its person may see. */
  _run() {
    const { wish } = this;
    this.wish = null;
    this.form.wish("", false);
    if (wish) setTimeout(wish.run);
  }
}
