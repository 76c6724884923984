// Why a target was missed, in a supervisor's own words: written into the log, beside what it explains.
import { button } from "../../shell/build.js";
import { element } from "../../shell/format.js";
import { spanName } from "./scrub.js";

export class Explain {
  /** @param {import("../../shell/store.js").Store} store @param {import("../../shell/desk.js").DeskLine} desk @param {() => void} done */
  constructor(store, desk, done) {
    this.store = store;
    this.desk = desk;
    this.done = done;
    this.opener = button("pill explain", store.t("timeline.explain"), () => this.open(this.root.hidden), {
      "aria-expanded": "false",
    });
    this.root = element("form", "explain-form", { hidden: true });
    this.which = element("select");
    this.why = element("textarea", "", { rows: 2, maxlength: 2000, required: true });
    const send = element("button", "pill primary", store.t("timeline.explain_send"));
    const back = button("pill", store.t("back"), () => this.open(false));
    const buttons = element("div", "buttons", send, back);
    this.root.append(
      labelled(store.t("timeline.explain_which"), this.which),
      labelled(store.t("timeline.explain_why"), this.why),
      buttons,
    );
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this._send();
    });
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
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

  /** @param {any} story */
  show(story) {
    const { store } = this;
    this.label = story.label;
    this.opener.hidden = !store.may("explain");
    const chosen = this.which.value;
    const missed = story.bars.filter((bar) => bar.limits?.some((limit) => limit.missed));
    const others = story.bars.filter((bar) => !missed.includes(bar));
    const options = [...missed, ...others].map((bar) => [bar.name, spanName(store, bar.name)]);
    options.splice(missed.length, 0, ["", store.t("timeline.explain_all")]);
    this.which.replaceChildren(
      ...options.map(([value, text]) => {
        const option = element("option", "", text);
        option.value = value;
        return option;
      }),
    );
    if (this.held !== undefined && options.some(([value]) => value === chosen)) this.which.value = chosen;
    this.held = this.id;
  }

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

function labelled(text, field) {
  const label = element("label", "", element("span", "", text), field);
  return label;
}
