// The editor: a scenario's sections at the left, its ways on the map, what happens on a line of time; what is wrong
// beside its field.
import { button, current, labelled } from "../shell/build.js";
import { colon, element, together, write } from "../shell/format.js";
import { known } from "./bases.js";
import { Course } from "./course.js";
import { Injects, References } from "./judged.js";
import { MapTools } from "./maptools.js";
import { slug } from "./parts.js";
import { View } from "./room.js";
import { People, Story } from "./sections.js";
import { Strip } from "./strip.js";
import { Ways } from "./ways.js";

const CHECK_MS = 400;
const MIDDLE = { lat: 50.8467, lon: 4.3525 }; // where a point is put when nothing says where: Brussels
/** @typedef {{name?: string, copy?: boolean}} Wanted a scenario by its file; none: a new one
 *  @typedef {import("./draft.js").Place} Place
 *  @typedef {"story" | "people" | "course" | "injects" | "references"} Name of a section */

/** @type {Map<string, Name>} which section has a fact of the scenario; the story has the rest */
const SECTION_OF = new Map([
  ["cases", "people"],
  ["tracks", "course"],
  ["steps", "course"],
  ["base", "course"],
  ["injects", "injects"],
  ["references", "references"],
]);

export class Editor extends View {
  /** @param {import("./room.js").Look} look */
  constructor(look) {
    super(look);
    const { places, store } = look;
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
    /** @type {Name} */
    this.section = "story";
    /** @type {import("./fields.js").Problem[]} */
    this.problems = [];
    this.shown = false;
    this.named = false; // its trainer wrote a file's name
    this.hinted = "";
    this.timer = 0;
    this.tabs = /** @type {Name[]} */ (Object.keys(this.sections)).map((name) => {
      const count = element("b", "count");
      const words = element("span", "", store.t(`editor.${name}_tab`));
      return { name, count, tab: button("tab", "", () => this.turn(name), words, count) };
    });
    this.body = element("div", { class: "body", tabindex: -1 });
    this.file = element("input", { maxlength: 80, autocomplete: "off" });
    this.file.addEventListener("input", () => (this.named = this.file.value !== ""));
    this.state = button("state", "", () => this._toFirst());
    this.undo = button("do", store.t("editor.undo"), () => this.draft.undo());
    this.redo = button("do", store.t("editor.redo"), () => this.draft.redo());
    this.run = button("do", store.t("editor.run"), () =>
      this.begin("open_exercise", { scenario: this.draft.name }, "console"),
    );
    const save = button("do primary", store.t("editor.save"), () => this._save());
    this.heading = element("h1");
    const back = button("do back", store.t("editor.back"), () => this.open("scenarios"));
    const tabs = this.tabs.map(({ tab }) => tab);
    this.side = element(
      "div",
      "editor",
      element("div", "head", back, this.heading),
      element("nav", { class: "tabs", "aria-label": store.t("editor.sections") }, ...tabs),
      this.body,
      element(
        "div",
        "foot",
        this.state,
        labelled(store.t("editor.file"), this.file, "beside"),
        element("div", "acts", save, this.run, this.undo, this.redo),
      ),
    );
    this.tools = new MapTools(store, { fit: () => this.ways.fit() });
    this.hint = element("p", { class: "hint", role: "status" });
    const stop = button("do", store.t("editor.stop"), () => this.ways.want(""));
    this.hinting = element("div", "hinting", this.hint, stop);
    this.tools.root.prepend(this.hinting);
    this.ways.changed = () => this.shown && this._changed();
    this.draft.on(() => this.shown && this._changed());
    store.on("language", () => this.shown && this._changed()); // what is wrong is told by the room, in words
    document.addEventListener("keydown", (event) => this._key(event));
  }

  /** @override @param {Wanted} [wanted] nothing: the draft as it was left */
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

  /** Whether this scenario is the draft now: not when there is none, or when its trainer went on before it came.
   * @param {Wanted} wanted */
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

  /** @param {Name} name */
  turn(name) {
    const { fields: left } = this.sections[this.section];
    left.take();
    if (name !== this.section) left.refresh(); // what could not be read is not in the scenario
    this.section = name;
    for (const one of this.tabs) current(one.tab, one.name === name);
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

  /** One click on the map. @param {string} hint @param {(place: Place) => void} picked */
  pick(hint, picked) {
    this.hinted = hint;
    this.ways.want("pick", picked);
  }

  /** The zone of a place, by its key. @param {Place} place @param {(zone: string) => void} found */
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
    this.hinting.hidden = !ways.mode;
    if (!draft.name && document.activeElement !== this.file && !this.named) this.file.value = slug(draft.now.title);
    this.standing();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this._check(), CHECK_MS);
  }

  /** What is saved, what is wrong, and whether it can be run as it is. */
  standing() {
    this.run.disabled = this.draft.dirty || !this.draft.name;
    this.judge();
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
    for (const { name, count } of this.tabs) {
      const here = problems.filter((one) => sectionOf(one.path) === name).length;
      write(count, here ? String(here) : "");
      count.hidden = !here;
    }
    const elsewhere = problems.find((one) => !beside.has(one.path));
    const text = problems.length
      ? together(" ", [
          store.t(problems.length === 1 ? "editor.wrong_one" : "editor.wrong", { n: problems.length }),
          elsewhere && colon(store.words, store.t(`editor.${sectionOf(elsewhere.path)}_tab`), elsewhere.why),
        ])
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
    if (!this.sections[this.section].fields.take()) {
      this.say(store.t("editor.not_saved"), true);
      return false;
    }
    const name = slug(this.file.value || draft.now.title);
    if (!name) {
      this.say(store.t("required", { field: store.t("editor.title") }), true);
      this.turn("story");
      this.sections.story.fields.focus("title");
      return false;
    }
    this.file.value = name;
    const sent = draft.clean();
    const answer = await this.room.ask("save", { name, scenario: sent });
    if (!answer.ok) return false;
    this.problems = answer.problems;
    this.judge();
    if (answer.problems.length) {
      this.say(store.t("editor.not_saved"), true);
      this._toFirst();
      return false;
    }
    draft.kept(answer.name, sent);
    this.say(store.t("editor.saved", { name: answer.name }));
    return true;
  }

  /** @param {KeyboardEvent} event */
  _key(event) {
    if (!this.shown || this.store.locked) return;
    const field = /** @type {Element} */ (event.target).closest("input, textarea, select");
    const typing = field && field.localName !== "select" && field.getAttribute("type") !== "checkbox";
    const control = (event.ctrlKey || event.metaKey) && !event.altKey;
    const key = event.key.toLowerCase();
    if (event.key === "Escape" && this.ways.mode) this.ways.want("");
    else if (control && key === "z" && !typing) {
      if (event.shiftKey) this.draft.redo();
      else this.draft.undo();
    } else if (control && key === "s") this._save();
    else return;
    event.preventDefault();
  }
}

/** @param {string} path of a fact of the scenario */
function sectionOf(path) {
  return SECTION_OF.get(/^[a-z_]+/.exec(path)?.[0] ?? "") ?? "story";
}
