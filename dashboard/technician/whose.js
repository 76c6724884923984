// Whose a device is: bound to an existing case, put in the place of another device, taken back. A case is a number and
// a name here.
import { button } from "../shell/build.js";
import { element, write } from "../shell/format.js";
import { Form, Once, Sure } from "./form.js";

const LEAST = 3; // letters of a search

/** @typedef {{number: string, name: string}} Held a case */

export class Whose {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk
   * @param {string} device */
  constructor(store, desk, device) {
    this.store = store;
    this.desk = desk;
    this.device = device;
    this.asked = 0;
    this.now = element("p", { class: "bound", tabindex: -1, role: "status" });
    this.once = new Once(store);
    /** @type {string | undefined} the number of its case, as it was shown last */
    this.held = undefined;
    this.back = new Sure(store, "bench.take_back", "bench.take_back_what", "bench.take_back_yes", () =>
      desk.ask("bench_take_back", device, { do: "bench_take_back", device }),
    );
    const swapFor = new Form(store, "bench.swap_for", "bench.swap", () => this._swap(this.device, this.next));
    this.next = swapFor.field("bench.swap_new", "text", "bench.swap_new_hint");
    this.bound = element("div", "", this.back.begin, this.back.box, swapFor.root);
    const search = new Form(store, "bench.bind_title", "bench.search", () => this._ask());
    this.text = search.field("bench.search_for", "search", "bench.search_hint");
    this.text.maxLength = 100;
    this.told = element("p", { class: "note", role: "status" });
    this.found = element("ul", { class: "found", "aria-label": store.t("bench.found") });
    const swap = new Form(store, "bench.swap_title", "bench.swap", () => this._swap(this.old, this.device));
    this.old = swap.field("bench.swap_old", "text", "bench.swap_hint");
    for (const { submit } of [search, swap, swapFor]) submit.classList.remove("primary");
    for (const field of [this.old, this.next]) field.maxLength = 64;
    this.free = element("div", "", search.root, this.told, this.found, swap.root);
    const title = element("h3", "", store.t("bench.case"));
    this.root = element("section", "card whose", title, this.now, this.once.box, this.bound, this.free);
    store.answers(
      "found",
      (/** @type {{n: number, cases: Held[]}} */ found) => found.n === this.asked && this._found(found.cases),
    );
  }

  /** @param {Held | null} held @param {string} register @param {boolean} [heard] it ever spoke, or is the receiver's */
  show(held, register, heard = true) {
    const { store } = this;
    const open = register === "open";
    write(
      this.now,
      !open
        ? store.t(`bench.register.${register}`)
        : held
          ? store.t("bench.bound", held)
          : store.t(heard ? "bench.unbound" : "bench.unheard"),
    );
    this.now.classList.toggle("is", open && !!held);
    const here = this.root.contains(document.activeElement);
    this.bound.hidden = !open || !held;
    this.free.hidden = !open || !!held;
    if (!held) this.back.ask(false, false);
    if (held?.number !== this.held) this.once.close();
    this.held = held?.number;
    if (here && document.activeElement?.closest("[hidden]")) this.now.focus();
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

  /** @param {Held[]} cases */
  _found(cases) {
    write(this.told, this.store.t(cases.length ? "bench.found_n" : "bench.found_none", { n: cases.length }));
    this.found.replaceChildren(
      ...cases.map((one) =>
        element(
          "li",
          "",
          button("do", this.store.t("bench.bind_to", one), () => this._bind(one.number)),
        ),
      ),
    );
  }

  /** @param {string} number */
  async _bind(number, sure = false) {
    const { device } = this;
    const answer = await this.desk.ask("bench_bind", device, { do: "bench_bind", device, number, sure });
    if (!answer?.ok)
      return this._unheard("bench.unheard_bind", { device }, answer, this.text, () => this._bind(number, true));
    this.text.value = "";
    this.found.replaceChildren();
    write(this.told, "");
  }

  /** One of the two is a field, the other this device. @param {HTMLInputElement | string} from
   * @param {HTMLInputElement | string} to */
  _swap(from, to) {
    const field = /** @type {HTMLInputElement} */ (typeof from === "string" ? to : from);
    const typed = field.value.trim().replace(/\s+/g, " ");
    if (!typed) return field.focus();
    return typeof from === "string" ? this._swapped(from, typed, field) : this._swapped(typed, this.device, field);
  }

  /** @param {string} old @param {string} device @param {HTMLInputElement} field */
  async _swapped(old, device, field, sure = false) {
    const answer = await this.desk.ask("bench_swap", old, { do: "bench_swap", device, old, sure });
    if (answer?.ok) field.value = "";
    else
      this._unheard("bench.unheard_swap", { device, old }, answer, field, () =>
        this._swapped(old, device, field, true),
      );
  }

  /** Ask once more whether a device that nobody ever heard of is to get a case. @param {string} question
   * @param {{device: string, old?: string}} devices @param {import("../shell/desk.js").Answer | null} answer
   * @param {HTMLElement} from @param {() => void} done */
  _unheard(question, devices, answer, from, done) {
    if (answer?.code !== "bench_unheard") return;
    const { store } = this;
    const meant = answer.meant ? store.t("did_you_mean", { name: answer.meant }) : "";
    const said = store.t(question, { ...devices, case: answer.case });
    this.once.ask([meant, said].filter(Boolean).join(" "), store.t("bench.unheard_yes", devices), from, () => {
      this.now.focus();
      done();
    });
  }
}
