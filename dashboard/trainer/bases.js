// The recordings that play inside a scenario: their feed's messages only, what persons did then is the trainees' part
// now.
import { element } from "../shell/format.js";
import { key } from "./draft.js";

/** What the room knows of the recordings a scenario names: their devices, their length.
 * @param {import("./draft.js").Thing[]} bases @param {import("./room.js").Recording[] | null} recordings */
export function known(bases, recordings) {
  for (const base of bases) {
    const listed = recordings?.find((one) => one.name === base.recording);
    base._devices = listed?.devices ?? [];
    base._length = listed?.length_s ?? 0;
  }
}

/** @param {import("./sections.js").Section} section */
export function basesCard(section) {
  const { draft, editor } = section;
  const recordings = editor.room.parts.recordings ?? [];
  const rows = draft.now.base.map(({ _k: k, recording }) => {
    const { of, set, field, drop } = section.thing("base", k, (name) => section.word(name === "at" ? "from" : "base"));
    /** @type {[string, string][]} */
    const choices = recordings.map((one) => [one.name, one.title]);
    if (!choices.some(([name]) => name === recording)) choices.unshift([recording, recording]);
    const change = (/** @type {import("./draft.js").Scenario} */ s, /** @type {string} */ name) => {
      set(s, { recording: name });
      known(s.base, recordings);
    };
    return element(
      "div",
      "pair base",
      field("recording", { kind: "select", choices, write: change }),
      field("at", { key: `base-at-${k}`, kind: "time", read: (s) => of(s)?.at ?? 0 }),
      drop("✕", "do icon", section.word("remove_base", { recording })),
    );
  });
  const add = section.press("base", section.word("add_base"), () =>
    draft.change((s) => {
      s.base.push({ recording: recordings[0].name, at: Math.round(editor.strip.at), _k: key() });
      known(s.base, recordings);
    }),
  );
  const none = element("p", "about", section.word("no_bases"));
  const title = element("h2", "", section.word("bases"));
  return element("section", "card", title, ...rows, recordings.length ? add : none);
}
