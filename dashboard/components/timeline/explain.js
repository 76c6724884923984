// Why a target was missed, in a supervisor's own words: written into the log, beside what it explains.
import { button, form, onEscape, options } from "../../shell/build.js";
import { element } from "../../shell/format.js";
import { spanName } from "./scrub.js";

export class Explain {
  /** @param {import("../../shell/store.js").Store} store @param {import("../../shell/desk.js").DeskLine} desk @param {() => void} done */
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
    /** @type {string | undefined} the incident whose choice stands */
    this.held = undefined;
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
  }

  /** Another incident, or none. @param {string} id */
  begin(id) {
    this.id = id;
    this.why.value = "";
    this.which.replaceChildren();
    this.open(false, false);
  }

  /** @param {import("../../shell/wire.js").Story} story */
  show(story) {
    const { store } = this;
    this.label = story.label;
    this.opener.hidden = !store.may("explain");
    const chosen = this.which.value;
    const missed = story.bars.filter((bar) => bar.limits?.some((limit) => limit.missed));
    const others = story.bars.filter((bar) => !missed.includes(bar));
    const named = [...missed, ...others].map((bar) => /** @type {const} */ ([bar.name, spanName(store, bar.name)]));
    const spans = named.toSpliced(missed.length, 0, ["", store.t("timeline.explain_all")]);
    this.which.replaceChildren(...options(spans));
    if (this.held !== undefined && spans.some(([value]) => value === chosen)) this.which.value = chosen;
    this.held = this.id;
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
    const answer = await this.desk.ask("explain", this.label, {
      do: "explain",
      incident: this.id,
      interval: this.which.value,
      reason,
    });
    if (!answer?.ok) return;
    this.why.value = "";
    this.open(false);
    this.done();
  }
}
