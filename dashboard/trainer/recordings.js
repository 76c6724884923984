// The recordings: what each is, how far it is masked and when it expires; making one, taking in a foreign file, opening
// one as a replay.
import { Find } from "../components/find/find.js";
import { button, form, keyed, labelled, parts, select } from "../shell/build.js";
import { attributes, day, element, write } from "../shell/format.js";
import { cell, deleting, named, panel, slot, slug, table, timeText } from "./parts.js";
import { View } from "./room.js";

/** @typedef {import("./room.js").Recording} Recording
 *  @typedef {import("./room.js").Answer} Answer
 *  @typedef {(key: string) => string} Word */

const MASKINGS = ["masked", "strong"]; // unmasked ones are the auditor's, by the command
const LARGEST = 64 * 1024 * 1024;

/** What was done to it: nothing that is made up was ever masked. @param {import("../shell/store.js").Store} store
 * @param {Recording} one */
export function maskingWords(store, one) {
  return store.t(one.expires ? `masking.${one.masking}` : "masking.made_up");
}

export class Recordings extends View {
  /** @param {import("./room.js").Look} look */
  constructor(look) {
    super(look);
    /** @type {Word} */
    const word = (key) => this.store.t(`recordings.${key}`);
    const hint = word("numbers_hint");
    this.numbers = element("input", { autocomplete: "off", placeholder: hint, title: hint });
    this.called = element("input", { maxlength: 200, autocomplete: "off" });
    this.table = table(word("title"), ["name", "masking", "length", "incidents", "events"].map(word).concat(""));
    this.none = element("p", "none", word("none"));
    this.opened = element("ul", "running");
    this.openPanel = panel("open", word("open_now"), this.opened);
    const aside = element("div", "aside", this.openPanel, this._making(word), this._taking(word));
    const heading = element("h1", "visually-hidden", this.store.t("training"));
    this.root = element("div", "columns", heading, panel("list", word("title"), this.table.root, this.none), aside);
    this.find = new Find(this.store, aside, {
      ask: (asked) => this._ask(asked),
      acts: (found) => [{ name: "record", run: () => this._take(found) }],
    });
  }

  /** @param {{find?: boolean, record?: string}} [facts] what is wanted at once: to find incidents, to
   * record this one */
  enter({ find = false, record = "" } = {}) {
    this.wide(this.root);
    if (find) this.find.show();
    if (!record) return;
    this.numbers.value = record;
    this.called.focus();
  }

  /** @param {import("../components/find/find.js").Asked} asked */
  async _ask({ n, ...facts }) {
    const answer = await this.room.ask("find", facts, true);
    this.find.take(answer.ok ? { ...answer.hits, n } : { n, refused: "failed" });
  }

  /** Put one that was found among those to record; once more takes it out.
   * @param {import("../shell/wire.js").FoundIncident} found */
  _take({ id, label }) {
    const now = this.numbers.value.split(/[\s,;]+/).filter(Boolean);
    const there = now.includes(id);
    this.numbers.value = (there ? now.filter((one) => one !== id) : [...now, id]).join(", ");
    this.say(this.store.t(there ? "find.left_out" : "find.taken", { label }));
  }

  update() {
    const { store } = this;
    const { recordings, replays } = this.room.parts;
    this.openPanel.hidden = !replays.length;
    keyed(
      this.opened,
      replays,
      (one) => one.id,
      (one) => {
        const back = button("do", store.t("recordings.back_to"), () => this.open("replay", one.id));
        return element("li", "", element("b"), element("span", "state"), back);
      },
      (item, one) => {
        const [title, state] = parts(item);
        write(title, recordings?.find(({ name }) => name === one.name)?.title ?? one.name);
        write(state, store.t(`play.${one.state}`));
      },
    );
    this.none.hidden = recordings === null || recordings.length > 0;
    keyed(
      this.table.body,
      recordings ?? [],
      (one) => one.name,
      () => element("tr"),
      (row, one) => this._row(row, one),
    );
  }

  /** @param {HTMLElement} row @param {Recording} one */
  _row(row, one) {
    const { store } = this;
    const { name, title } = one;
    named(row, "name", title, one.shipped ? store.t("recordings.shipped") : name);
    const masking = named(row, "masking", maskingWords(store, one), this._personal(one));
    masking.classList.toggle("warn", one.masking === "none");
    cell(row, "length", timeText(one.length_s));
    cell(row, "incidents", String(one.incidents));
    cell(row, "events", store.t("recordings.counts", { messages: one.messages, events: one.events }));
    const act = slot(row, "act");
    if (!act.firstChild) {
      act.className = "acts";
      const replay = () => this.begin("open_replay", { recording: name }, "replay");
      act.append(button("do", store.t("recordings.replay"), replay));
      if (!one.shipped) act.append(deleting(store, title, () => this._forget(name)));
    }
    const [first] = act.children;
    if (first) attributes(first, { "aria-label": store.t("recordings.replay_label", { title }) });
  }

  /** What a recording still is, plainly. @param {Recording} one */
  _personal(one) {
    const { store } = this;
    if (!one.expires) return store.t("recordings.made_up");
    return store.t(one.masking === "strong" ? "recordings.of_real" : "recordings.personal", {
      day: day(one.expires.slice(0, 10), store.language),
    });
  }

  /** @param {string} recording */
  async _forget(recording) {
    const answer = await this.room.ask("forget_recording", { recording });
    if (answer.ok) this.say(this.store.t("recordings.deleted"));
  }

  /** @param {Word} word */
  _making(word) {
    const about = element("p", "about", this.store.t("masking.about.masked"));
    const { numbers } = this;
    const masking = select(
      MASKINGS.map((one) => [one, this.store.t(`masking.${one}`)]),
      "masked",
    );
    masking.addEventListener("change", () => write(about, this.store.t(`masking.about.${masking.value}`)));
    const { called } = this;
    const reason = element("input", { maxlength: 2000, autocomplete: "off" });
    const said = element("p", { class: "wrong", role: "alert" });
    const make = element("button", "do primary", word("make"));
    const send = async () => {
      const incidents = numbers.value.split(/[\s,;]+/).filter(Boolean);
      const missing = !incidents.length
        ? { field: numbers, name: word("numbers") }
        : !reason.value.trim()
          ? { field: reason, name: word("reason") }
          : null;
      write(said, missing ? this.store.t("required", { field: missing.name }) : "");
      if (missing) return missing.field.focus();
      make.disabled = true;
      write(said, word("making"));
      const facts = { masking: masking.value, title: called.value.trim(), reason: reason.value.trim() };
      const answer = await this.room.ask("record", { incidents, ...facts }, true);
      make.disabled = false;
      write(said, answer.ok ? "" : answer.code === "unknown" ? word("no_incident") : this.room.why(answer));
      if (!answer.ok) return;
      this.say(this.store.t("recordings.made", { name: answer.name }));
      making.reset();
      write(about, this.store.t("masking.about.masked"));
    };
    const making = form(
      { novalidate: "" },
      send,
      labelled(word("numbers"), numbers),
      element("p", "about", word("numbers_about")),
      labelled(word("masking"), masking),
      about,
      labelled(word("called"), called),
      labelled(word("reason"), reason),
      said,
      make,
    );
    return panel("make", word("make_title"), making);
  }

  /** @param {Word} word */
  _taking(word) {
    const facts = { type: "file", accept: ".vigierec,.jsonl", class: "visually-hidden", tabindex: -1 };
    const input = element("input", { ...facts, "aria-label": word("take_in") });
    const said = element("p", { class: "wrong", role: "alert" });
    const choose = button("do", word("choose_file"), () => input.click());
    input.addEventListener("change", async () => {
      const file = input.files?.[0];
      if (!file) return;
      choose.disabled = true;
      write(said, word("taking"));
      const answer = file.size > LARGEST ? { ok: false, code: "too_large", detail: "" } : await this._send(file);
      input.value = "";
      choose.disabled = false;
      write(said, answer.ok ? "" : this.room.why(answer));
      if (answer.ok) this.say(word("taken"));
    });
    return panel("take", word("take_title"), element("p", "about", word("take_about")), choose, input, said);
  }

  /** @param {File} file @returns {Promise<Answer>} */
  async _send(file) {
    try {
      const name = slug(file.name.replace(/\.[^.]*$/, "")) || "recording";
      const answer = await fetch(`${this.base}training/recordings`, {
        method: "POST",
        body: file,
        headers: { "X-Vigie-Name": name, "Content-Type": "application/octet-stream" },
      });
      return await answer.json();
    } catch {
      return { ok: false, code: "failed", detail: "" };
    }
  }
}
