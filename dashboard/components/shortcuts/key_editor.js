// Where a person turns the page's keys off, asks for Alt beside them, or gives one another key. What would collide is
// refused and said.
import { keyOf } from "../../shell/keyboard.js";
import { Component, h } from "../../shell/kit.js";
import { clash, writtenKey } from "../../shell/shortcuts.js";
import { TABLES } from "./tables.js";

const SINGLE = /** @type {const} */ (["on", "alt", "off"]);

/** It is a form: no key of the page acts in it. `asked`: the name that is being given another key.
 * @typedef {{store: import("./key_sheet.js").Store, leave: () => void}} Props
 * @extends {Component<Props, {asked: string, says: () => string}>} */
export class KeyEditor extends Component {
  how = () => this.props.store.t("keys.how");
  state = { asked: "", says: this.how };

  /** Wait for another key, or for none any more. @param {string} name */
  ask(name) {
    const says = () => this.props.store.t("keys.press", { what: this.words(name) });
    if (name !== this.state.asked) this.setState({ asked: name, ...(name && { says }) });
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { asked } = this.state;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return asked ? this.setState({ asked: "", says: this.how }) : this.props.leave();
    }
    if (!asked || event.ctrlKey || event.metaKey) return;
    const none = event.key === "Delete" || event.key === "Backspace";
    const key = none ? "" : keyOf(event);
    if (!key && !none) return; // Tab and what else writes nothing go where they always do
    event.preventDefault();
    this.give(asked, key);
  }

  /** @param {string} name @param {string} key "" for none */
  give(name, key) {
    const { store } = this.props;
    const { keys: own } = store.keys.preferences;
    const other = clash(Object.values(TABLES), own, name, key);
    const word = other ? "keys.clash" : key ? "keys.given" : "keys.taken";
    const what = () => (other ? store.t(other.words) : this.words(name));
    this.setState({ asked: other ? name : "", says: () => store.t(word, { key: writtenKey(key), what: what() }) });
    if (other) return;
    const { [name]: _, ...others } = own;
    const first = store.keys.rows.find((row) => row.name === name)?.key;
    this.keep({ keys: key === first ? others : { ...own, [name]: key } });
  }

  /** @param {import("../../shell/shortcuts.js").Preferences} changed */
  keep(changed) {
    const { keys } = this.props.store;
    keys.keep({ ...keys.preferences, ...changed });
  }

  /** @param {string} name */
  words(name) {
    const { store } = this.props;
    return store.t(store.keys.rows.find((row) => row.name === name)?.words ?? "");
  }

  /** @param {Props} props @param {typeof this.state} state */
  render({ store }, { asked, says }) {
    const { keys } = store;
    const { single_keys: single, keys: own } = keys.preferences;
    const singles = SINGLE.map((value) => {
      const facts = { type: "radio", name: "single-keys", value, checked: value === single };
      const input = h("input", { ...facts, onChange: () => this.keep({ single_keys: value }) });
      return h("label", {}, input, h("span", { class: "name" }, store.t(`keys.single.${value}`)));
    });
    const changes = keys.rows.filter((row) => row.name && !row.stays);
    const rows = changes.map(({ name = "", words }) => {
      const key = keys.keys.get(name);
      const label = key ? writtenKey(key, single === "alt") : store.t("keys.none");
      const facts = {
        class: Object.hasOwn(own, name) ? "key own" : "key",
        type: "button",
        "data-name": name,
        "aria-label": store.t("keys.of", { what: store.t(words), key: label }),
        "aria-pressed": name === asked,
        onClick: () => this.ask(name),
      };
      const button = h("button", facts, h("kbd", {}, name === asked ? "…" : label));
      return h("div", {}, h("dt", {}, button), h("dd", {}, store.t(words)));
    });
    const first = { class: "do", type: "button", onClick: () => this.keep({ single_keys: "on", keys: {} }) };
    const facts = { class: "keys-form", autocomplete: "off", onFocusOut: () => this.ask("") };
    return h(
      "form",
      { ...facts, onKeyDown: (event) => this.pressed(event), onSubmit: (event) => event.preventDefault() },
      h("fieldset", {}, h("legend", {}, store.t("keys.single")), singles),
      h("p", { class: "says", role: "status" }, says()),
      h("dl", { class: single === "off" ? "off" : "" }, rows),
      h("button", first, store.t("keys.first")),
    );
  }
}
