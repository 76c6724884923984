// The scenarios: what there is, running one as an exercise, opening one (or a copy of one that came with Vigie) in the
// editor.
import { button, keyed, labelled, parts, select } from "../shell/build.js";
import { attributes, element, joined, write } from "../shell/format.js";
import { NAMES } from "../shell/languages.js";
import { timeText } from "./parts.js";
import { View } from "./room.js";

export class Scenarios extends View {
  /** @param {import("./room.js").Look} look */
  constructor(look) {
    super(look);
    const word = (/** @type {string} */ key) => this.store.t(`scenarios.${key}`);
    this.sure = false;
    this.chosen = false; // the language of an exercise, by hand
    this.list = element("ul", "cards");
    this.none = element("p", "none", word("none"));
    this.back = button("do primary", word("go_on"), () => this.open("editor"));
    this.drop = button("do", "", () => this._drop());
    this.unsaved = element("p");
    this.kept = element(
      "section",
      { class: "card kept", "aria-label": word("unsaved") },
      element("h2", "", word("unsaved")),
      this.unsaved,
      element("div", "acts", this.back, this.drop),
    );
    this.language = select(Object.entries(NAMES));
    for (const option of this.language.options) option.lang = option.value;
    this.language.addEventListener("change", () => (this.chosen = true));
    const head = element(
      "div",
      "head",
      element("h1", "", word("title")),
      element("p", "about", word("about")),
      labelled(word("language"), this.language, "beside"),
      button("do primary", word("new"), () => this._edit({})),
    );
    this.root = element("div", "page", head, this.kept, this.list, this.none);
  }

  enter() {
    this.sure = false;
    this.wide(this.root);
  }

  update() {
    const { store } = this;
    const { scenarios } = this.room.parts;
    const { unsaved } = this.draft;
    this.kept.hidden = !unsaved;
    if (!this.chosen) this.language.value = store.language;
    write(this.unsaved, unsaved ? this.draft.now.title || store.t("editor.untitled") : "");
    write(this.drop, store.t(this.sure ? "scenarios.drop_sure" : "scenarios.drop"));
    this.drop.classList.toggle("danger", this.sure);
    this.none.hidden = scenarios === null || scenarios.length > 0;
    keyed(
      this.list,
      scenarios ?? [],
      (one) => one.name,
      ({ name, shipped }) => {
        const copy = button("do", store.t("scenarios.copy"), () => this._edit({ name, copy: true }));
        const edit = button("do", store.t("scenarios.edit"), () => this._edit({ name }));
        const run = button("do primary", store.t("scenarios.run"), () =>
          this.begin("open_exercise", { scenario: name, language: this.language.value }, "console"),
        );
        const acts = element("div", "acts", run, !shipped && edit, copy);
        return element("li", "card", element("h2"), element("p", "facts"), acts);
      },
      (item, one) => {
        const [title, facts] = parts(item);
        write(title, one.title);
        const said = [
          timeText(one.length_s),
          store.t("scenarios.incidents", { n: one.incidents }),
          store.t("scenarios.injects", { n: one.injects }),
          one.shipped && store.t("scenarios.shipped"),
        ];
        write(facts, joined(said));
        for (const press of item.querySelectorAll("button"))
          attributes(press, { "aria-label": `${press.textContent}: ${one.title}` });
      },
    );
  }

  /** What was written and not saved is not lost by opening another. @param {import("./editor.js").Wanted} wanted */
  _edit(wanted) {
    if (!this.draft.unsaved) return this.open("editor", wanted);
    this.say(this.store.t("scenarios.unsaved_first"), true);
    this.back.focus();
  }

  _drop() {
    if (this.sure) this.draft.clear();
    this.sure = !this.sure;
    this.update();
  }
}
