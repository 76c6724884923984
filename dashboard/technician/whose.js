// Whose a device is: bound to an existing case, put in the place of another device, taken back. A case is a number and a name here.
import { element, write } from "../shell/format.js";
import { Form } from "./form.js";

const LEAST = 3; // letters of a search

export class Whose {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk @param {string} device */
  constructor(store, desk, device) {
    this.store = store;
    this.desk = desk;
    this.device = device;
    this.asked = 0;
    this.root = element("section", "card whose");
    this.now = element("p", "bound");
    this.root.append(element("h3", "", store.t("bench.case")), this.now, this._bound(), this._free());
    store.answers("found", (found) => found.n === this.asked && this._found(found.cases));
  }

  /** @param {{number: string, name: string} | null} held @param {string} register */
  show(held, register) {
    const { store } = this;
    const open = register === "open";
    write(
      this.now,
      !open ? store.t(`bench.register.${register}`) : held ? store.t("bench.bound", held) : store.t("bench.unbound"),
    );
    this.now.classList.toggle("is", open && !!held);
    const here = this.root.contains(document.activeElement);
    this.bound.hidden = !open || !held;
    this.free.hidden = !open || !!held;
    if (!held) this._sure(false, false);
    if (here && document.activeElement.closest("[hidden]")) (held ? this.back : this.text).focus();
  }

  _bound() {
    const { store } = this;
    this.bound = element("div");
    this.back = element("button", "do", store.t("bench.take_back"));
    this.sure = element("div", "sure");
    this.sure.hidden = true;
    const yes = element("button", "do primary", store.t("bench.take_back_yes"));
    const no = element("button", "do", store.t("back"));
    this.back.type = yes.type = no.type = "button";
    const buttons = element("div", "buttons");
    buttons.append(yes, no);
    this.sure.append(element("p", "note", store.t("bench.take_back_what")), buttons);
    this.back.addEventListener("click", () => this._sure(true));
    no.addEventListener("click", () => this._sure(false));
    yes.addEventListener("click", () =>
      this.desk.ask("bench_take_back", this.device, { do: "bench_take_back", device: this.device }),
    );
    this.yes = yes;
    this.swapFor = new Form(store, "bench.swap_for", "bench.swap", () => this._swap(this.device, this.next));
    this.next = this.swapFor.field("bench.swap_new", "text", "bench.swap_new_hint");
    this.bound.append(this.back, this.sure, this.swapFor.root);
    return this.bound;
  }

  _sure(asking, focus = true) {
    this.sure.hidden = !asking;
    this.back.hidden = asking;
    if (focus) (asking ? this.yes : this.back).focus();
  }

  _free() {
    const { store } = this;
    this.free = element("div");
    this.search = new Form(store, "bench.bind_title", "bench.search", () => this._ask());
    this.text = this.search.field("bench.search_for", "search", "bench.search_hint");
    this.text.maxLength = 100;
    this.search.submit.classList.remove("primary");
    this.found = element("ul", "found");
    this.found.setAttribute("aria-label", store.t("bench.found"));
    this.told = element("p", "note");
    this.told.setAttribute("role", "status");
    this.swap = new Form(store, "bench.swap_title", "bench.swap", () => this._swap(this.old, this.device));
    this.old = this.swap.field("bench.swap_old", "text", "bench.swap_hint");
    for (const form of [this.swap, this.swapFor]) form.submit.classList.remove("primary");
    for (const field of [this.old, this.next]) field.maxLength = 64;
    this.free.append(this.search.root, this.told, this.found, this.swap.root);
    return this.free;
  }

  _ask() {
    const text = this.text.value.trim();
    this.asked += 1;
    if (text.length < LEAST) {
      this.found.replaceChildren();
      write(this.told, text ? this.store.t("bench.search_more", { n: LEAST }) : "");
      return;
    }
    this.store.send({ do: "search", n: this.asked, text });
  }

  /** @param {{number: string, name: string}[]} cases */
  _found(cases) {
    write(this.told, this.store.t(cases.length ? "bench.found_n" : "bench.found_none", { n: cases.length }));
    this.found.replaceChildren(
      ...cases.map((one) => {
        const item = element("li");
        const bind = element("button", "do", this.store.t("bench.bind_to", one));
        bind.type = "button";
        bind.addEventListener("click", () => this._bind(one.number));
        item.append(bind);
        return item;
      }),
    );
  }

  async _bind(number) {
    const answer = await this.desk.ask("bench_bind", this.device, { do: "bench_bind", device: this.device, number });
    if (!answer?.ok) return;
    this.text.value = "";
    this.found.replaceChildren();
    write(this.told, "");
  }

  /** One of the two is a field, the other this device. @param {HTMLInputElement | string} from @param {HTMLInputElement | string} to */
  async _swap(from, to) {
    const field = /** @type {HTMLInputElement} */ (typeof from === "string" ? to : from);
    const typed = field.value.trim().replace(/\s+/g, " ");
    if (!typed) return field.focus();
    const [old, device] = typeof from === "string" ? [from, typed] : [typed, to];
    const answer = await this.desk.ask("bench_swap", old, { do: "bench_swap", device, old });
    if (answer?.ok) field.value = "";
  }
}
