// The ten-press test: said before what it sets off, counted press by press, judged with its reasons, and its record to print.
import { element, write } from "../shell/format.js";
import { shape } from "../shell/shapes.js";

const WARNING = { "": "bench.test_warning", yes: "bench.test_announced", joins: "bench.test_joins" };

export class Trial {
  /** @param {import("../shell/store.js").Store} store @param {import("../shell/desk.js").DeskLine} desk @param {string} device @param {string} base */
  constructor(store, desk, device, base) {
    this.store = store;
    this.desk = desk;
    this.device = device;
    this.base = base;
    this.asking = false;
    this.root = element("section", "card trial");
    this.title = element("h3", "", store.t("bench.test"));
    this.state = element("p", "state");
    this.state.setAttribute("role", "status");
    this.dots = element("ol", "dots");
    this.dots.setAttribute("aria-hidden", "true");
    this.said = element("p", "note");
    this.why = element("ul", "why");
    this.buttons = element("div", "buttons");
    this.begin = this._button("bench.test_begin", "do primary", () => this._ask(true));
    this.go = this._button("bench.test_go", "do primary", () => this._wish("begin", "bench_begin"));
    this.back = this._button("back", "do", () => this._ask(false));
    this.finish = this._button("bench.test_finish", "do primary", () => this._wish("finish", "bench_finish"));
    this.drop = this._button("bench.test_drop", "do", () => this._wish("drop", "bench_drop"));
    this.print = this._link("bench.print");
    this.named = this._link("bench.print_named");
    this.buttons.append(this.begin, this.go, this.back, this.finish, this.drop, this.print, this.named);
    this.root.append(this.title, this.state, this.dots, this.said, this.why, this.buttons);
  }

  /** @param {any} trial @param {any} screens @param {any} held the case @param {"" | "yes" | "joins"} mark */
  show(trial, screens, held, mark) {
    const { store } = this;
    const here = this.root.contains(document.activeElement);
    const running = !!trial && trial.ok === null;
    const over = !!trial && trial.ok !== null;
    if (running) this.asking = false;
    this.root.dataset.state = running ? "running" : over ? (trial.ok ? "ok" : "failed") : "none";
    const heard = Math.min(trial?.heard ?? 0, trial?.of ?? 0);
    const state = running
      ? store.t("bench.test_running", { n: heard, of: trial.of })
      : over
        ? store.t(trial.ok ? "bench.test_ok" : "bench.test_failed")
        : "";
    if (this.state.textContent !== state) {
      this.state.replaceChildren(
        ...(over ? [shape(trial.ok ? "closed" : "press", 22)] : []),
        document.createTextNode(state),
      );
    }
    this.state.hidden = !state;
    this.dots.hidden = !running;
    this._dots(trial);
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
    const reasons = over
      ? [...trial.why.map((code) => `bench.why.${code}`), ...trial.notes.map((code) => `bench.note.${code}`)]
      : [];
    if (this.why.dataset.said !== reasons.join()) {
      this.why.dataset.said = reasons.join();
      this.why.replaceChildren(
        ...reasons.map((key, n) =>
          element("li", n < trial.why.length ? "bad" : "", store.t(key, { n: trial.heard, of: trial.of })),
        ),
      );
    }
    this.why.hidden = !reasons.length;
    this.begin.hidden = running || this.asking;
    this.begin.classList.toggle("primary", !over || !trial.ok);
    this.print.classList.toggle("primary", over && trial.ok);
    write(this.begin, store.t(over ? "bench.test_again" : "bench.test_begin"));
    this.go.hidden = this.back.hidden = !this.asking;
    this.finish.hidden = !running || trial.pressed;
    this.drop.hidden = !running;
    this.print.hidden = !over;
    this.named.hidden = !over || !held;
    if (over) {
      this.print.href = `${this.base}handout/${trial.id}`;
      this.named.href = `${this.base}handout/${trial.id}?name=1`;
    }
    write(this.print, store.t(held ? "bench.print" : "bench.print_free"));
    this.last = [trial, screens, held, mark];
    if (here && /** @type {HTMLElement} */ (document.activeElement).hidden)
      /** @type {HTMLElement[]} */ ([...this.buttons.children]).find((one) => !one.hidden)?.focus();
  }

  _dots(trial) {
    if (!trial) return;
    const said = `${trial.heard} ${trial.of}`;
    if (this.dots.dataset.said === said) return;
    this.dots.dataset.said = said;
    this.dots.replaceChildren(
      ...Array.from({ length: trial.of }, (_, n) => element("li", n < trial.heard ? "on" : "")),
    );
  }

  _ask(asking) {
    this.asking = asking;
    const [trial, screens, held, mark] = this.last;
    this.show(trial, screens, held, mark);
    (asking ? this.go : this.begin).focus();
  }

  async _wish(step, action) {
    await this.desk.ask(action, this.device, { do: "bench_test", step, device: this.device });
  }

  _button(key, name, run) {
    const button = element("button", name, this.store.t(key));
    button.type = "button";
    button.addEventListener("click", run);
    return button;
  }

  _link(key) {
    const link = element("a", "do", this.store.t(key));
    link.target = "_blank";
    link.rel = "noopener";
    return link;
  }
}
