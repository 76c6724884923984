// Why a target was missed, in a supervisor's own words: written into the log, beside what it explains.
import { button, form, onEscape, options } from "../../shell/build.js";
import { element } from "../../shell/format.js";
import { spanName } from "./scrub.js";

/** @typedef {Pick<import("../../shell/wire.js").Story["bars"][number], "name" | "limits">} Bar */

export class Explain {
  /** @param {import("../../shell/store.js").Store} store @param {import("../../shell/desk.js").DeskLine} desk
   * @param {() => void} done */
  constructor(store, desk, done) {
    this.store = store;
    this.desk = desk;
    this.done = done;
    this.opener = button("pill explain", store.t("timeline.explain"), () => this.open(!!this.root.hidden), {
      "aria-expanded": "false",
    });
    this.which = element("select");
    this.why = element("textarea", { rows: 2, maxlength: 2000, required: true });
    this.id = this.label = "";
    this.chosen = false; // somebody, or the first missed time, chose which
    /** @type {Map<string, {which: string, why: string}>} what is typed and not sent yet, by incident, until another
     * person is here */
    this.kept = new Map();
    const send = element("button", "pill primary", store.t("timeline.explain_send"));
    const back = button("pill", store.t("back"), () => this.open(false));
    this.root = form(
      "explain-form",
      () => this._send(),
      { hidden: true },
      element("label", "", element("span", "", store.t("timeline.explain_which")), this.which),
      element("label", "", element("span", "", store.t("timeline.explain_why")), this.why),
      element("div", "buttons", send, back),
    );
    this.root.noValidate = false; // an empty reason is asked for by the browser
    onEscape(this.root, (event) => {
      event.preventDefault();
      this.open(false);
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.ctrlKey) this.root.requestSubmit();
    });
    let who = "";
    store.on("access", () => {
      const now = store.locked ? "" : (store.access?.name ?? "");
      if (now !== who) this.kept.clear();
      who = now;
    });
  }

  /** Another incident, or none. @param {string} id */
  begin(id) {
    if (this.id && this.why.value.trim() && !this.store.locked)
      this.kept.set(this.id, { which: this.which.value, why: this.why.value });
    this.id = id;
    this.why.value = this.kept.get(id)?.why ?? "";
    this.chosen = false;
    this.which.replaceChildren();
    this.open(false, false);
  }

  /** @param {import("../../shell/wire.js").Story} story */
  show(story) {
    const { store } = this;
    this.label = story.label;
    this.opener.hidden = !store.may("explain");
    const before = this.chosen ? this.which.value : this.kept.get(this.id)?.which;
    const spans = choices(story.bars, store.profile).map(
      (name) => /** @type {const} */ ([name, name ? spanName(store, name) : store.t("timeline.explain_all")]),
    );
    this.which.replaceChildren(...options(spans));
    if (before !== undefined && spans.some(([value]) => value === before)) this.which.value = before;
    this.chosen = true;
  }

  /** @param {boolean} on */
  open(on, focus = true) {
    this.root.hidden = !on;
    this.opener.setAttribute("aria-expanded", String(on));
    if (focus) (on ? this.which : this.opener).focus();
  }

  async _send() {
    const reason = this.why.value.trim();
    if (!reason) return;
    const { id } = this;
    const answer = await this.desk.ask("explain", this.label, {
      do: "explain",
      incident: id,
      interval: this.which.value,
      reason,
    });
    if (!answer?.ok) return;
    this.kept.delete(id);
    if (this.id !== id) return;
    this.why.value = "";
    this.open(false);
    this.done();
  }
}

/** The response times that may be explained, the preselected first: those that missed a target of the `profile` looked
 * at, the whole incident (""), and those that missed only another's. @param {readonly Bar[]} bars
 * @param {string} profile its name */
export function choices(bars, profile) {
  const missed = bars.filter((bar) => bar.limits?.some((limit) => limit.missed));
  const own = missed.filter((bar) => bar.limits?.some((limit) => limit.missed && limit.profile === profile));
  return [...own.map((bar) => bar.name), "", ...missed.filter((bar) => !own.includes(bar)).map((bar) => bar.name)];
}
