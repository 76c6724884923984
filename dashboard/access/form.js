// The sign-in in the place of the case: why the page is locked, what waits for the sign-in, and the fields. It covers
// nothing else.
import { button, form, onEscape } from "../shell/build.js";
import { element, together, write } from "../shell/format.js";

const OTHER_TABS = "vigie.signed-in";

/** The line between the tabs of one browser: what one of them signs in, all are. */
export function otherTabs() {
  return new BroadcastChannel(OTHER_TABS);
}

/** Make this page that of the browser's sign-in. The server speaks to it on a line that this sign-in opened.
 *  @param {import("../shell/store.js").Store} store @param {string} base */
export async function tie(store, base) {
  const facts = new URLSearchParams({ page: store.access?.page ?? "" });
  const { ok } = await fetch(`${base}page`, { method: "POST", body: facts });
  if (ok) store.emit("tied");
  return ok;
}

export class SignInForm {
  /** @param {import("../shell/store.js").Store} store @param {string} base
   *  @param {{done: () => void, drop: () => void, lock: () => void, back: () => void}} does */
  constructor(store, base, does) {
    this.store = store;
    this.base = base;
    this.does = does;
    this.mode = "";
    this.busy = false;
    this.root = element("section", "access", { hidden: true });
    this.title = element("h2");
    this.why = element("p", "why");
    this.hint = element("p", "hint");
    const strip = element("div", "strip", { role: "status" }, this.title, this.why, this.hint);
    this.waitsFor = element("p");
    const drop = button("pill", store.t("locked_wish_drop"), () => does.drop());
    this.waits = element("div", "waits", { hidden: true }, this.waitsFor, drop);
    this.form = form("sign-in", () => this._signIn());
    this.user = this._field("user_name", "text", "username", 80);
    this.password = this._field("password", "password", "current-password", 500);
    this.code = this._field("code", "text", "one-time-code", 12);
    this.code.inputMode = "numeric";
    this.said = element("p", "said", { role: "alert" });
    this.submit = element("button", "do primary", { type: "submit" }, store.t("sign_in"));
    this.lock = button("do", store.t("lock_now"), () => does.lock());
    this.out = button("do", store.t("sign_out"), () => this._signOut());
    this.back = button("do", store.t("stay_back"), () => does.back());
    const buttons = element("div", "buttons", this.submit, this.lock, this.out, this.back);
    // It opens a window of its own, which tells all tabs and goes: this page stays as it is.
    this.service = button("do", store.t("sign_in_service"), () =>
      window.open(`${base}oidc?next=in-place`, "vigie-sign-in", "popup,width=560,height=760"),
    );
    this.form.append(this.said, buttons, this.service);
    onEscape(this.root, () => does.back());
    this.root.append(strip, this.waits, this.form);
    this.tabs = otherTabs();
    this.tabs.onmessage = async () => {
      if (await tie(store, base)) does.done();
    };
  }

  get shown() {
    return this.mode !== "";
  }

  /** @param {string} word @param {string} type @param {string} autocomplete @param {number} length */
  _field(word, type, autocomplete, length) {
    const facts = {
      type,
      autocomplete,
      maxlength: length,
      name: autocomplete,
      autocapitalize: "none",
      spellcheck: "false",
    };
    const input = element("input", facts);
    this.form.append(element("label", "", element("span", "", this.store.t(word)), input));
    return input;
  }

  /** @param {"" | "locked" | "change" | "again"} mode @param {import("../shell/wire.js").Access | null} access */
  show(mode, access) {
    const { store } = this;
    const before = this.mode;
    this.mode = mode;
    this.root.hidden = mode === "";
    if (mode !== before || !mode) this._empty();
    if (!mode || !access) return;
    const locked = mode === "locked";
    this.service.hidden = !access.service;
    this.root.classList.toggle("is-locked", locked);
    const needed = together(
      ", ",
      (access.needs ?? []).map((role) => store.t(`role.${role}`)),
    );
    write(this.title, store.t(locked ? "locked" : `${mode}_title`));
    write(this.why, locked ? store.t(`locked_why.${access.why}`, { roles: needed }) : "");
    write(this.hint, locked ? store.t("locked_live") : store.t(`${mode}_hint`, { name: access.name }));
    this.lock.hidden = this.out.hidden = this.back.hidden = locked;
    if (mode === "again" && !this.user.value) this.user.value = access.name ?? "";
  }

  /** What will be done after the sign-in; "" for nothing. @param {string} words @param {boolean} look */
  wish(words, look) {
    this.waits.hidden = !words;
    write(this.waitsFor, words ? this.store.t(look ? "locked_wish_look" : "locked_wish", { wish: words }) : "");
  }

  focus() {
    (this.user.value ? this.password : this.user).focus();
  }

  _empty() {
    for (const input of [this.user, this.password, this.code]) input.value = "";
    write(this.said, "");
  }

  async _signIn() {
    if (this.busy) return;
    this.busy = true;
    this.submit.ariaDisabled = "true";
    write(this.said, this.store.t("signing_in"));
    let said = "";
    try {
      said = await this._ask();
    } catch {
      said = "sign_in_failed";
    }
    this.busy = false;
    this.submit.ariaDisabled = "false";
    write(this.said, said ? this.store.t(said) : "");
    if (!said) {
      this._empty();
      this.does.done();
    } else {
      this.password.value = this.code.value = "";
      this.password.focus();
    }
  }

  /** The word of what went wrong, "" when the page is that of who signed in. */
  async _ask() {
    const facts = new URLSearchParams({
      username: this.user.value,
      password: this.password.value,
      code: this.code.value.trim(),
    });
    const answer = await fetch(`${this.base}sign-in`, {
      method: "POST",
      body: facts,
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
    if (answer.status === 429) return "sign_in_throttled";
    if (answer.status >= 500) return "sign_in_failed";
    if (!answer.ok) return "sign_in_refused";
    if (!(await tie(this.store, this.base))) return "sign_in_failed";
    this.tabs.postMessage("");
    return "";
  }

  async _signOut() {
    await fetch(`${this.base}sign-out`, {
      method: "POST",
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
  }
}
