// The editor: a scenario's sections at the left, its ways on the map, what happens on a line of time; what is wrong beside its field.
import { element, write } from "../shell/format.js";
import { known } from "./bases.js";
import { Course } from "./course.js";
import { Injects, References } from "./judged.js";
import { MapTools } from "./maptools.js";
import { button, labelled, slug } from "./parts.js";
import { People, Story } from "./sections.js";
import { Strip } from "./strip.js";
import { Ways } from "./ways.js";

const CHECK_MS = 400;
const MIDDLE = { lat: 50.8467, lon: 4.3525 }; // where a point is put when nothing says where: Brussels
const SECTION_OF = {
  title: "story",
  story: "story",
  briefing: "story",
  lasts: "story",
  cases: "people",
  tracks: "course",
  steps: "course",
  base: "course",
  injects: "injects",
  references: "references",
};

export class Editor {
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
    this.ways = new Ways(places.map, store, this.draft);
    this.strip = new Strip(store, this.draft, {
      move: (at) => this.ways.move(at),
      open: (k) => {
        this.turn("course");
        this.sections.course.opened = "";
        this.sections.course.open(k);
      },
      device: (device) => this.draft.choose(device),
    });
    this.sections = {
      story: new Story(this),
      people: new People(this),
      course: new Course(this),
      injects: new Injects(this),
      references: new References(this),
    };
    this.section = "story";
    this.problems = [];
    this.shown = false;
    this._frame();
    this.ways.changed = () => this.shown && this._changed();
    this.draft.on(() => this.shown && this._changed());
    document.addEventListener("keydown", (event) => this._key(event));
  }

  /** @param {{name?: string, copy?: boolean} | undefined} wanted nothing: the draft as it was left */
  async enter(wanted) {
    this.layout("map");
    this.room.watch("", "");
    // Nothing of it is shown before its scenario is here: what is pressed or written meanwhile would be of another.
    if (wanted?.name && !(await this._got(wanted))) return;
    this.shown = true;
    this.places.side.append(this.side);
    this.places.strip.append(this.strip.root);
    this.places.map.append(this.tools.root);
    this.ways.show(true);
    if ((wanted && !wanted.name) || !this.draft.open) this.draft.begin({}, "");
    this.turn(wanted ? "story" : this.section);
    this.file.value = this.draft.name || slug(this.draft.now.title);
    this._changed();
    requestAnimationFrame(() => this.ways.fit());
  }

  leave() {
    this.shown = false;
    this.ways.show(false);
    this.tools.root.remove();
  }

  /** Whether this scenario is the draft now: not when there is none, or when its trainer went on before it came. */
  async _got({ name = "", copy = false }) {
    const stays = this.staying();
    const answer = await this.room.ask("get", { name });
    if (!stays()) return false;
    if (!answer.ok) {
      this.open("scenarios");
      return false;
    }
    const { scenario } = answer;
    if (copy) scenario.title = this.store.t("editor.copy_of", { title: scenario.title }).slice(0, 200);
    known(scenario.base ?? [], this.room.parts.recordings);
    this.draft.begin(scenario, copy ? "" : name);
    return true;
  }

  _frame() {
    const { store } = this;
    this.tabs = new Map(
      Object.keys(this.sections).map((name) => {
        const tab = button("tab", "", () => this.turn(name));
        tab.append(element("span", "", store.t(`editor.${name}_tab`)), element("b", "count"));
        return [name, tab];
      }),
    );
    const nav = element("nav", "tabs");
    nav.setAttribute("aria-label", store.t("editor.sections"));
    nav.append(...this.tabs.values());
    this.body = element("div", "body");
    this.body.tabIndex = -1;
    this.file = element("input");
    this.file.maxLength = 80;
    this.file.autocomplete = "off";
    this.state = button("state", "", () => this._toFirst());
    this.undo = button("do", store.t("editor.undo"), () => this.draft.undo());
    this.redo = button("do", store.t("editor.redo"), () => this.draft.redo());
    this.save = button("do primary", store.t("editor.save"), () => this._save());
    this.run = button("do", store.t("editor.run"), () => this._run());
    const acts = element("div", "acts");
    acts.append(this.save, this.run, this.undo, this.redo);
    const foot = element("div", "foot");
    foot.append(this.state, labelled(store.t("editor.file"), this.file, "beside"), acts);
    this.side = element("div", "editor");
    const back = button("do back", store.t("editor.back"), () => this.open("scenarios"));
    this.heading = element("h1");
    const head = element("div", "head");
    head.append(back, this.heading);
    this.side.append(head, nav, this.body, foot);
    this.tools = new MapTools(store, { fit: () => this.ways.fit() });
    this.hint = element("p", "hint");
    this.hint.setAttribute("role", "status");
    this.stop = button("do", store.t("editor.stop"), () => this.ways.want(""));
    const hint = element("div", "hinting");
    hint.append(this.hint, this.stop);
    this.tools.root.prepend(hint);
  }

  /** @param {string} name of a section */
  turn(name) {
    this.section = name;
    for (const [one, tab] of this.tabs) {
      if (one === name) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
    if (name !== "course") this.ways.want("");
    this.body.replaceChildren(this.sections[name].root);
    this.body.scrollTop = 0;
    if (this.shown) this.sections[name].update();
    this.judge();
  }

  /** The room's news: of what it has, only its recordings are shown here. */
  update() {
    if (this.section === "course") this.sections.course.update();
  }

  /** One click on the map. @param {string} hint @param {(place: {lat: number, lon: number}) => void} picked */
  pick(hint, picked) {
    this.hinted = hint;
    this.ways.want("pick", picked);
  }

  /** The zone of a place, by its key. */
  async where(place, found) {
    const answer = await this.room.ask("where", place);
    if (!answer.ok) return;
    if (answer.zone) found(answer.zone);
    else this.say(this.store.t("editor.abroad"), true);
  }

  /** Where a point is put that no click placed. */
  middle() {
    return this.ways.middle() ?? MIDDLE;
  }

  _changed() {
    const { draft, store, ways } = this;
    write(this.heading, draft.now.title.trim() || store.t("editor.untitled"));
    this.sections[this.section].update();
    this.strip.draw();
    ways.draw();
    this.undo.disabled = !draft.before.length;
    this.redo.disabled = !draft.after.length;
    write(
      this.hint,
      ways.mode === "draw"
        ? store.t("editor.draw_hint", { device: draft.device || "EX-1" })
        : ways.mode === "pick"
          ? this.hinted
          : "",
    );
    this.hint.parentElement.hidden = !ways.mode;
    if (!draft.name && document.activeElement !== this.file && !this.named) this.file.value = slug(draft.now.title);
    this.file.oninput = () => (this.named = this.file.value !== "");
    this.run.disabled = draft.dirty || !draft.name;
    this.judge();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this._check(), CHECK_MS);
  }

  async _check() {
    const sent = JSON.stringify(this.draft.clean());
    const answer = await this.room.ask("check", { scenario: this.draft.clean() }, true);
    if (!answer.ok || sent !== JSON.stringify(this.draft.clean())) return;
    this.problems = answer.problems;
    this.judge();
  }

  /** What is wrong: beside its field, in the sections' counts, in one line at the foot. */
  judge() {
    const { store, problems } = this;
    const beside = this.sections[this.section].fields.wrong(problems);
    for (const [name, tab] of this.tabs) {
      const here = problems.filter((one) => sectionOf(one.path) === name).length;
      write(tab.lastChild, here ? String(here) : "");
      /** @type {HTMLElement} */ (tab.lastChild).hidden = !here;
    }
    const elsewhere = problems.find((one) => !beside.has(one.path));
    const text = problems.length
      ? [
          store.t(problems.length === 1 ? "editor.wrong_one" : "editor.wrong", { n: problems.length }),
          elsewhere ? `${store.t(`editor.${sectionOf(elsewhere.path)}_tab`)}: ${elsewhere.why}` : "",
        ]
          .filter(Boolean)
          .join(" ")
      : store.t(this.draft.dirty ? "editor.unsaved" : "editor.saved_as", { name: this.draft.name });
    write(this.state, text);
    this.state.disabled = !problems.length;
    this.state.classList.toggle("bad", problems.length > 0);
  }

  _toFirst() {
    const [first] = this.problems;
    if (!first) return;
    const name = sectionOf(first.path);
    const step = /^steps\[(\d+)\]/.exec(first.path);
    this.turn(name);
    if (step) {
      this.sections.course.opened = "";
      this.sections.course.open(this.draft.now.steps[Number(step[1])]?._k ?? "");
    }
    const track = /^tracks\[(\d+)\]/.exec(first.path);
    if (track) this.draft.choose(this.draft.now.tracks[Number(track[1])]?.device ?? "");
    this.sections[name].fields.focus(first.path);
  }

  async _save() {
    const { store, draft } = this;
    const name = slug(this.file.value || draft.now.title);
    if (!name) {
      this.say(store.t("required", { field: store.t("editor.title") }), true);
      this.turn("story");
      this.sections.story.fields.focus("title");
      return false;
    }
    this.file.value = name;
    const answer = await this.room.ask("save", { name, scenario: draft.clean() });
    if (!answer.ok) return false;
    this.problems = answer.problems;
    this.judge();
    if (answer.problems.length) {
      this.say(store.t("editor.not_saved"), true);
      this._toFirst();
      return false;
    }
    draft.kept(answer.name);
    this.say(store.t("editor.saved", { name: answer.name }));
    return true;
  }

  async _run() {
    const stays = this.staying();
    const answer = await this.room.ask("open_exercise", { scenario: this.draft.name });
    if (answer.ok && stays()) this.open("console", answer.id);
  }

  _key(event) {
    if (!this.shown || this.store.locked) return;
    const typing = event.target.closest?.("input, textarea, select");
    if (event.key === "Escape" && this.ways.mode) {
      event.preventDefault();
      this.ways.want("");
    } else if (
      (event.ctrlKey || event.metaKey) &&
      !event.altKey &&
      event.key.toLowerCase() === "z" &&
      !(typing && typing.type !== "checkbox" && typing.localName !== "select")
    ) {
      event.preventDefault();
      if (event.shiftKey) this.draft.redo();
      else this.draft.undo();
    } else if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      this._save();
    }
  }
}

function sectionOf(path) {
  return SECTION_OF[/^[a-z_]+/.exec(path)?.[0] ?? ""] ?? "story";
}
