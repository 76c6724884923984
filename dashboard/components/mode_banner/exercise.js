// What an exercise's page has beside the alarms: how it stands, the briefing, what others say, what is heard on the
// open line. Of a live page it has not: ways to other pages, the sheet, the sign-in. Nobody can take its dress off.
import { button, find, redraw } from "../../shell/build.js";
import { attributes, clock, element, phrase, write } from "../../shell/format.js";
import { recall, retain } from "../../shell/kept.js";

/** @typedef {import("../../shell/wire.js").Exercise} Told */

const SHOWN = 3; // notices at once: the newest; older ones come back when those are seen

export class Exercise {
  /** @param {HTMLElement} band @param {import("../../shell/store.js").Store} store
   *  @param {{alert: HTMLElement, panel: HTMLElement, page: HTMLElement}} places @param {string} base */
  constructor(band, store, { alert, panel, page }, base) {
    this.store = store;
    this.base = base;
    this.panel = panel;
    this.page = page;
    /** @type {Set<number>} */
    this.seen = new Set();
    this.title = element("span", "title");
    this.state = element("b", "state", { role: "status" });
    const brief = () => this.brief(!this.briefing);
    this.button = button("pill", store.t("on_exercise.briefing"), brief, { "aria-expanded": false });
    find(band, "span").replaceWith(this.title);
    band.append(this.state, this.button);
    /** @type {HTMLElement | null} */
    this.briefing = null;
    this.briefed = this.left = false;
    this.id = "";
    this.notices = element("div", "notices", {
      role: "region",
      "aria-label": store.t("on_exercise.notices"),
      "aria-live": "polite",
    });
    alert.after(this.notices); // in a row of its own, beside the case: what is said shall hide no warning of it
    const label = store.t("on_exercise.line");
    // it may be longer than its place
    this.line = element("section", "on-line", { "aria-label": label, tabindex: 0, hidden: true });
    find(panel, ".facts-frame").before(this.line);
    store.on("training", () => this.update());
    store.on("select", () => this.briefing && this.brief(false));
  }

  update() {
    const { store } = this;
    const { training } = store;
    if (!training) return;
    if (training.out || training.state === "ended") return this._leave(training.out ? "out" : "over");
    this.page.dataset.exercise = training.state;
    write(this.title, training.title);
    attributes(this.title, this.spoken);
    write(this.state, store.t(`on_exercise.${training.state}`));
    if (this.id !== training.id) {
      this.id = training.id;
      const [id, ...seen] = recall("vigie.seen").split(" ");
      this.seen = new Set(id === this.id ? seen.map(Number) : []);
    }
    if (training.state === "waiting" && !this.briefed) {
      this.briefed = true;
      this.brief(true);
    }
    this._notices(training.notices);
    this._line(training.lines);
  }

  /** The language of what the scenario says: who looks may read another. */
  get spoken() {
    return { lang: this.store.training?.language || null };
  }

  /** The page is no longer anybody's: it leads to where the next exercise is joined. @param {"out" | "over"} why */
  _leave(why) {
    if (!this.left) location.replace(`${this.base}join?${why}`);
    this.left = true;
  }

  /** Show or hide the briefing, over the case's facts. @param {boolean} on */
  brief(on) {
    const { store } = this;
    this.button.setAttribute("aria-expanded", String(on));
    const held = this.briefing?.contains(document.activeElement);
    this.briefing?.remove();
    this.briefing = null;
    if (held) this.button.focus();
    if (!on) return;
    this.briefing = element("section", "help briefing");
    const head = element(
      "div",
      "title",
      element("h3", "", store.t("on_exercise.briefing")),
      button("do", store.t("on_exercise.hide"), () => this.brief(false)),
    );
    const said = store.training?.briefing.trim();
    const words = (said || store.t("on_exercise.no_briefing")).split(/\n\s*\n/);
    const facts = said ? this.spoken : {};
    this.briefing.append(head, ...words.map((text) => element("p", facts, text.replace(/\s+/g, " "))));
    this.panel.prepend(this.briefing);
  }

  /** @param {Told["notices"]} all */
  _notices(all) {
    const { store } = this;
    const open = all.filter((notice) => !this.seen.has(notice.n)).slice(-SHOWN);
    redraw(this.notices, open, () =>
      open.map(({ n, at, sender, text }) => {
        const label = store.t("on_exercise.seen_label", { sender });
        const seen = button("pill", store.t("on_exercise.seen"), () => this._see(n), { "aria-label": label });
        const time = element("span", "time", clock(at).slice(0, 5));
        const words = element("span", { class: "words", ...this.spoken }, text);
        return element("div", "notice", time, element("b", this.spoken, sender), words, seen);
      }),
    );
  }

  /** @param {number} n */
  _see(n) {
    this.seen.add(n);
    retain("vigie.seen", [this.id, ...this.seen].join(" "));
    this._notices(this.store.training?.notices ?? []);
  }

  /** What is heard on the line of the alarm that is before this trainee, or theirs: words to read, a sound to hear.
   * @param {Told["lines"]} lines */
  _line(lines) {
    redraw(this.line, lines, () => {
      for (const sound of this.line.querySelectorAll("audio")) sound.pause();
      this.line.hidden = lines.length === 0;
      return lines.flatMap((line) => this._heard(line));
    });
  }

  /** @param {Told["lines"][0]} line */
  _heard({ incident, script, sound }) {
    const { store } = this;
    const label = store.rows.get(incident)?.label ?? "";
    /** @type {HTMLElement[]} */
    const parts = [element("h3", "", phrase`${store.t("on_exercise.line")} · ${label}`)];
    const words = (script ?? "").split(/\n/).filter((text) => text.trim());
    parts.push(...words.map((text) => element("p", this.spoken, text)));
    if (sound) {
      const failed = element("p", "failed");
      const audio = element("audio", { controls: true, autoplay: true, src: `${this.base}exercise/sound/${sound}` });
      audio.addEventListener("error", () => write(failed, store.t("on_exercise.sound_failed")));
      parts.push(audio, failed);
    }
    return parts;
  }
}
