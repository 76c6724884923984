// The recordings that play inside a scenario: their feed's messages only, what persons did then is the trainees' part now.
import { element } from "../shell/format.js";
import { key } from "./draft.js";

/** What the room knows of the recordings a scenario names: their devices, their length. @param {any[]} bases @param {any[] | null} recordings */
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
  const card = element("section", "card");
  card.append(element("h2", "", section.word("bases")));
  const recordings = editor.room.parts.recordings ?? [];
  const choices = recordings.map((one) => [one.name, one.title]);
  for (const { _k: k, recording } of draft.now.base) {
    const of = (s) => s.base.find((one) => one._k === k);
    const n = (s) => s.base.findIndex((one) => one._k === k);
    const offered = choices.some(([name]) => name === recording) ? choices : [[recording, recording], ...choices];
    const row = element("div", "pair base");
    const drop = section.press(
      `drop-${k}`,
      "✕",
      () => draft.change((s) => (s.base = s.base.filter((one) => one._k !== k))),
      "do icon",
    );
    drop.setAttribute("aria-label", section.word("remove_base", { recording }));
    row.append(
      section.add({
        key: `recording-${k}`,
        label: section.word("base"),
        kind: "select",
        choices: offered,
        path: (s) => `base[${n(s)}].recording`,
        read: (s) => of(s)?.recording,
        write: (s, value) => {
          of(s).recording = value;
          known(s.base, recordings);
        },
      }),
      section.add({
        key: `base-at-${k}`,
        label: section.word("from"),
        kind: "time",
        path: (s) => `base[${n(s)}].at`,
        read: (s) => of(s)?.at ?? 0,
        write: (s, value) => (of(s).at = value),
      }),
      drop,
    );
    card.append(row);
  }
  if (recordings.length) {
    card.append(
      section.press("base", section.word("add_base"), () =>
        draft.change((s) => {
          s.base.push({ recording: recordings[0].name, at: Math.round(editor.strip.at), _k: key() });
          known(s.base, recordings);
        }),
      ),
    );
  } else card.append(element("p", "about", section.word("no_bases")));
  return card;
}
