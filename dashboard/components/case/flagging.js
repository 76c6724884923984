// Saying that a fact of the case is doubtful: which, and why. Who keeps the case sees it; nothing is taken away here.
import { Component, h } from "../../shell/kit.js";

/** @typedef {import("../../shell/store.js").Store} Store @typedef {import("../../shell/wire.js").Fact} Fact
 *  @typedef {{store: Store, incident: string, facts: Fact[]}} Props */

let asked = 0;

/** What somebody types in it stays while the facts change. @extends {Component<Props, {answer: string}>} */
export class Flagging extends Component {
  state = { answer: "" };
  n = 0;
  /** @type {HTMLDetailsElement | null} */
  at = null;

  componentDidMount() {
    this.props.store.answers("doubted", (/** @type {{n: number, code: string}} */ { n, code }) => {
      if (n !== this.n) return;
      const text = this.at?.querySelector("textarea");
      if (!code && text) text.value = "";
      this.setState({ answer: code || "noted" });
    });
  }

  send() {
    const { store, incident } = this.props;
    const [fact, text] = [this.at?.querySelector("select")?.value, this.at?.querySelector("textarea")?.value];
    this.n = asked += 1;
    store.send({ do: "doubt", n: this.n, incident, fact, text });
  }

  /** @param {Props} props */
  render({ store, facts }) {
    const { answer } = this.state;
    const place = (/** @type {HTMLDetailsElement | null} */ at) => void (this.at = at);
    const choices = facts.map(({ text }) => h("option", { key: text, value: text }, text));
    return h(
      "details",
      { class: "flagging", ref: place },
      h("summary", null, store.t("doubt.title")),
      labelled(store.t("doubt.fact"), h("select", { autocomplete: "off" }, choices)),
      labelled(store.t("doubt.text"), h("textarea", { autocomplete: "off", rows: 2, maxLength: 2000 })),
      h("button", { class: "do", type: "button", onClick: () => this.send() }, store.t("doubt.do")),
      h("p", { class: "hint", role: "status" }, answer ? store.t(`doubt.${answer}`) : null),
    );
  }
}

/** @param {string} name @param {import("../../shell/kit.js").VNode} input */
function labelled(name, input) {
  return h("label", { class: "labelled" }, h("span", { class: "name" }, name), input);
}
