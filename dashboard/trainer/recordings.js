// The recordings: what each is, how far it is masked and when it expires; making one, taking in a foreign file, opening one as a replay.
import { day, element, write } from "../shell/format.js";
import { button, cell, deleting, keyed, labelled, panel, select, slot, slug, table, timeText } from "./parts.js";

const MASKINGS = ["masked", "strong"]; // unmasked ones are the auditor's, by the command
const LARGEST = 64 * 1024 * 1024;

/** What was done to it: nothing that is made up was ever masked. @param {import("../shell/store.js").Store} store @param {any} one */
export function maskingWords(store, one) {
  return store.t(one.expires ? `masking.${one.masking}` : "masking.made_up");
}

export class Recordings {
  /** @param {import("./room.js").Look} look */
  constructor({ store, room, say, base, places, open, layout, staying }) {
    this.store = store;
    this.room = room;
    this.say = say;
    this.base = base;
    this.places = places;
    this.open = open;
    this.layout = layout;
    this.staying = staying;
    const word = (key) => store.t(`recordings.${key}`);
    this.table = table(word("title"), ["name", "masking", "length", "incidents", "events"].map(word).concat(""));
    this.none = element("p", "none", word("none"));
    this.list = panel("list", word("title"), this.table.root, this.none);
    this.open_ = element("ul", "running");
    this.root = element("div", "columns");
    const aside = element("div", "aside");
    this.openPanel = panel("open", word("open_now"), this.open_);
    aside.append(this.openPanel, this._making(word), this._taking(word));
    this.root.append(this.list, aside);
  }

  enter() {
    this.layout("wide");
    this.room.watch("", "");
    this.places.wide.append(this.root);
    this.update();
  }

  update() {
    const { store } = this;
    const { recordings, replays } = this.room.parts;
    this.openPanel.hidden = !replays.length;
    keyed(
      this.open_,
      replays,
      (one) => one.id,
      (one) => {
        const item = element("li");
        item.append(
          element("b"),
          element("span", "state"),
          button("do", store.t("recordings.back_to"), () => this.open("replay", one.id)),
        );
        return item;
      },
      (item, one) => {
        write(item.children[0], this._title(one.name));
        write(item.children[1], store.t(`play.${one.state}`));
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

  _title(name) {
    return this.room.parts.recordings?.find((one) => one.name === name)?.title ?? name;
  }

  _row(row, one) {
    const { store } = this;
    const title = slot(row, "name");
    if (!title.firstChild) title.append(element("b"), element("span", "under"));
    write(title.firstChild, one.title);
    write(title.lastChild, one.shipped ? store.t("recordings.shipped") : one.name);
    const masking = slot(row, "masking");
    if (!masking.firstChild) masking.append(element("b"), element("span", "under"));
    write(masking.firstChild, maskingWords(store, one));
    write(masking.lastChild, this._personal(one));
    masking.classList.toggle("warn", one.masking === "none");
    cell(row, "length", timeText(one.length_s));
    cell(row, "incidents", String(one.incidents));
    cell(row, "events", store.t("recordings.counts", { messages: one.messages, events: one.events }));
    const act = slot(row, "act");
    if (!act.firstChild) {
      act.className = "acts";
      act.append(button("do", store.t("recordings.replay"), () => this._replay(one.name)));
      if (!one.shipped) act.append(deleting(store, one.title, () => this._forget(one.name)));
    }
    act.firstElementChild.setAttribute("aria-label", store.t("recordings.replay_label", { title: one.title }));
  }

  /** What a recording still is, plainly. */
  _personal(one) {
    const { store } = this;
    if (!one.expires) return store.t("recordings.made_up");
    return store.t(one.masking === "strong" ? "recordings.of_real" : "recordings.personal", {
      day: day(one.expires.slice(0, 10), store.language),
    });
  }

  async _replay(recording) {
    const stays = this.staying();
    const answer = await this.room.ask("open_replay", { recording });
    if (answer.ok && stays()) this.open("replay", answer.id);
  }

  async _forget(recording) {
    const answer = await this.room.ask("forget_recording", { recording });
    if (answer.ok) this.say(this.store.t("recordings.deleted"));
  }

  _making(word) {
    const form = element("form");
    form.noValidate = true;
    const numbers = element("input");
    numbers.autocomplete = "off";
    numbers.placeholder = word("numbers_hint");
    const masking = select(
      MASKINGS.map((one) => [one, this.store.t(`masking.${one}`)]),
      "masked",
    );
    const called = element("input");
    called.maxLength = 200;
    called.autocomplete = "off";
    const reason = element("input");
    reason.maxLength = 2000;
    const about = element("p", "about", this.store.t("masking.about.masked"));
    const why = labelled(word("reason"), reason);
    const said = element("p", "wrong");
    said.setAttribute("role", "alert");
    masking.addEventListener("change", () => write(about, this.store.t(`masking.about.${masking.value}`)));
    const make = element("button", "do primary", word("make"));
    form.append(
      labelled(word("numbers"), numbers),
      element("p", "about", word("numbers_about")),
      labelled(word("masking"), masking),
      about,
      labelled(word("called"), called),
      why,
      said,
      make,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const incidents = numbers.value.split(/[\s,;]+/).filter(Boolean);
      const missing = !incidents.length
        ? [numbers, word("numbers")]
        : !reason.value.trim()
          ? [reason, word("reason")]
          : null;
      write(said, missing ? this.store.t("required", { field: missing[1] }) : "");
      if (missing) return missing[0].focus();
      make.disabled = true;
      write(said, word("making"));
      const answer = await this.room.ask(
        "record",
        { incidents, masking: masking.value, title: called.value.trim(), reason: reason.value.trim() },
        true,
      );
      make.disabled = false;
      write(said, answer.ok ? "" : answer.code === "unknown" ? word("no_incident") : this.room.why(answer));
      if (!answer.ok) return;
      this.say(this.store.t("recordings.made", { name: answer.name }));
      form.reset();
      write(about, this.store.t("masking.about.masked"));
    });
    return panel("make", word("make_title"), form);
  }

  _taking(word) {
    const input = element("input");
    input.type = "file";
    input.accept = ".vigierec,.jsonl";
    input.className = "visually-hidden";
    input.setAttribute("aria-label", word("take_in"));
    const said = element("p", "wrong");
    said.setAttribute("role", "alert");
    const choose = button("do", word("choose_file"), () => input.click());
    input.tabIndex = -1;
    input.addEventListener("change", async () => {
      const [file] = input.files;
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
