// The scenarios: what there is, running one as an exercise, opening one (or a copy of one that came with Vigie) in the editor.
import { element, write } from "../shell/format.js";
import { button, keyed, panel, timeText } from "./parts.js";

export class Scenarios {
  /** @param {import("./room.js").Look} look */
  constructor({ store, room, say, places, open, layout, staying, draft }) {
    this.store = store;
    this.room = room;
    this.say = say;
    this.places = places;
    this.open = open;
    this.layout = layout;
    this.staying = staying;
    this.draft = draft;
    const word = (key) => store.t(`scenarios.${key}`);
    this.list = element("ul", "cards");
    this.none = element("p", "none", word("none"));
    const make = button("do primary", word("new"), () => this._edit({}));
    this.kept = element("section", "card kept");
    this.kept.setAttribute("aria-label", word("unsaved"));
    const acts = element("div", "acts");
    this.back = button("do primary", word("go_on"), () => this.open("editor"));
    this.drop = button("do", "", () => this._drop());
    acts.append(this.back, this.drop);
    this.kept.append(element("h2", "", word("unsaved")), element("p"), acts);
    const head = element("div", "head");
    head.append(element("h1", "", word("title")), element("p", "about", word("about")), make);
    this.root = element("div", "page");
    this.root.append(head, this.kept, this.list, this.none);
  }

  enter() {
    this.layout("wide");
    this.room.watch("", "");
    this.places.wide.append(this.root);
    this.sure = false;
    this.update();
  }

  update() {
    const { store } = this;
    const { scenarios } = this.room.parts;
    const { unsaved } = this.draft;
    this.kept.hidden = !unsaved;
    write(this.kept.children[1], unsaved ? this.draft.now.title || store.t("editor.untitled") : "");
    write(this.drop, store.t(this.sure ? "scenarios.drop_sure" : "scenarios.drop"));
    this.drop.classList.toggle("danger", this.sure);
    this.none.hidden = scenarios === null || scenarios.length > 0;
    keyed(
      this.list,
      scenarios ?? [],
      (one) => one.name,
      (one) => {
        const item = element("li", "card");
        const acts = element("div", "acts");
        acts.append(
          button("do primary", store.t("scenarios.run"), () => this._run(one.name)),
          button("do", store.t(one.shipped ? "scenarios.copy" : "scenarios.edit"), () =>
            this._edit({ name: one.name, copy: one.shipped }),
          ),
        );
        if (!one.shipped)
          acts.append(button("do", store.t("scenarios.copy"), () => this._edit({ name: one.name, copy: true })));
        item.append(element("h2"), element("p", "facts"), acts);
        return item;
      },
      (item, one) => {
        write(item.children[0], one.title);
        const facts = [
          timeText(one.length_s),
          store.t("scenarios.incidents", { n: one.incidents }),
          store.t("scenarios.injects", { n: one.injects }),
        ];
        if (one.shipped) facts.push(store.t("scenarios.shipped"));
        write(item.children[1], facts.join(" · "));
        for (const press of item.querySelectorAll("button"))
          press.setAttribute("aria-label", `${press.textContent}: ${one.title}`);
      },
    );
  }

  /** What was written and not saved is not lost by opening another. */
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

  async _run(scenario) {
    const stays = this.staying();
    const answer = await this.room.ask("open_exercise", { scenario });
    if (answer.ok && stays()) this.open("console", answer.id);
  }
}
