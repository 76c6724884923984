// The ten-press test: said before what it sets off, counted press by press, judged with its reasons, and its record to
// print.
import { button, redraw } from "../shell/build.js";
import { element, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";

const WARNING = { "": "bench.test_warning", yes: "bench.test_announced", joins: "bench.test_joins" };

/** @typedef {{heard: number, of: number, pressed: boolean, id: string, ok: boolean | null, why: string[], notes:
 * string[]}} Test `ok` null: it is under way @typedef {{visible: number}} Screens
 * @typedef {keyof WARNING} Mark whether its presses are marked as announced */

export class Trial {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk
   * @param {string} device @param {string} base */
  constructor(store, desk, device, base) {
    this.store = store;
    this.desk = desk;
    this.device = device;
    this.base = base;
    this.asking = false;
    /** @type {[trial: Test | null, screens: Screens, held: object | null, mark: Mark] | null} as it was shown last */
    this.last = null;
    this.state = element("p", { class: "state", role: "status" });
    this.dots = element("ol", { class: "dots", "aria-hidden": "true" });
    this.said = element("p", "note");
    this.why = element("ul", "why");
    this.begin = button("do primary", store.t("bench.test_begin"), () => this._ask(true));
    this.go = button("do primary", store.t("bench.test_go"), () => this._wish("begin", "bench_begin"));
    this.back = button("do", store.t("back"), () => this._ask(false));
    this.finish = button("do primary", store.t("bench.test_finish"), () => this._wish("finish", "bench_finish"));
    this.drop = button("do", store.t("bench.test_drop"), () => this._wish("drop", "bench_drop"));
    const beside = { class: "do", target: "_blank", rel: "noopener" };
    this.print = element("a", beside, store.t("bench.print"));
    this.named = element("a", beside, store.t("bench.print_named"));
    this.buttons = [this.begin, this.go, this.back, this.finish, this.drop, this.print, this.named];
    this.root = element(
      "section",
      "card trial",
      element("h3", "", store.t("bench.test")),
      this.state,
      this.dots,
      this.said,
      this.why,
      element("div", "buttons", ...this.buttons),
    );
  }

  /** @param {Test | null} trial @param {Screens} screens @param {object | null} held the case @param {Mark} mark */
  show(trial, screens, held, mark) {
    const { store } = this;
    const here = this.root.contains(document.activeElement);
    const running = trial?.ok === null;
    const over = trial && !running ? trial : null;
    if (running) this.asking = false;
    this.root.dataset.state = running ? "running" : over ? (over.ok ? "ok" : "failed") : "none";
    const facts = { n: Math.min(trial?.heard ?? 0, trial?.of ?? 0), of: trial?.of };
    const state = running
      ? store.t("bench.test_running", facts)
      : over
        ? store.t(over.ok ? "bench.test_ok" : "bench.test_failed")
        : "";
    redraw(this.state, [state, over?.ok], () => (over ? [shape(over.ok ? "closed" : "press", 22), state] : [state]));
    this.state.hidden = !state;
    this.dots.hidden = !running;
    redraw(this.dots, [trial?.heard, trial?.of], () =>
      Array.from({ length: trial?.of ?? 0 }, (_, n) => element("li", n < (trial?.heard ?? 0) ? "on" : "")),
    );
    write(
      this.said,
      this.asking
        ? store.t(!screens.visible ? "bench.test_alone" : WARNING[mark], { n: screens.visible })
        : running
          ? store.t(trial.pressed ? "bench.test_waiting" : "bench.test_how")
          : over
            ? store.t("bench.test_after")
            : store.t("bench.test_what"),
    );
    const why = (over?.why ?? []).map((code) => ({ look: "bad", key: `bench.why.${code}` }));
    const notes = (over?.notes ?? []).map((code) => ({ look: "", key: `bench.note.${code}` }));
    const reasons = [...why, ...notes];
    redraw(this.why, reasons, () =>
      reasons.map(({ look, key }) => element("li", look, store.t(key, { n: trial?.heard, of: trial?.of }))),
    );
    this.why.hidden = !reasons.length;
    this.begin.hidden = running || this.asking;
    this.begin.classList.toggle("primary", !over?.ok);
    this.print.classList.toggle("primary", !!over?.ok);
    write(this.begin, store.t(over ? "bench.test_again" : "bench.test_begin"));
    this.go.hidden = this.back.hidden = !this.asking;
    this.finish.hidden = !running || trial.pressed;
    this.drop.hidden = !running;
    this.print.hidden = !over;
    this.named.hidden = !over || !held;
    if (over) {
      this.print.href = `${this.base}handout/${over.id}`;
      this.named.href = `${this.base}handout/${over.id}?name=1`;
    }
    write(this.print, store.t(held ? "bench.print" : "bench.print_free"));
    this.last = [trial, screens, held, mark];
    if (here && /** @type {HTMLElement} */ (document.activeElement).hidden)
      this.buttons.find((one) => !one.hidden)?.focus();
  }

  /** @param {boolean} asking */
  _ask(asking) {
    this.asking = asking;
    if (this.last) this.show(...this.last);
    (asking ? this.go : this.begin).focus();
  }

  /** @param {string} step @param {string} action */
  async _wish(step, action) {
    await this.desk.ask(action, this.device, { do: "bench_test", step, device: this.device });
  }
}
