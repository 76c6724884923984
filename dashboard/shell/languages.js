// The choice of the language that somebody reads: kept with their account, and in the browser for who comes before a
// sign-in.
import { attributes, element } from "./format.js";

// each in itself, the same on every page
/** @type {Record<string, string>} */
export const NAMES = { fr: "Français", nl: "Nederlands", de: "Deutsch", en: "English" };

/** @param {import("./store.js").Store} store
 * @param {(name: string, value: string) => void} remember keeps something in the browser */
export function languageChooser(store, remember) {
  const choices = Object.entries(NAMES).map(([code, name]) =>
    // What is chosen shows its code alone: the bar is narrow.
    element("option", { value: code, lang: code }, `${code.toUpperCase()}\u2003${name}`),
  );
  const chooser = element("select", { class: "pill language", "aria-label": store.t("choose_language") }, ...choices);
  const stands = () => {
    chooser.value = store.language;
    attributes(chooser, { lang: store.language });
  };
  chooser.addEventListener("change", () => {
    remember("vigie_language", chooser.value);
    store.send({ do: "prefer", language: chooser.value });
  });
  store.on("language", stands);
  stands();
  return chooser;
}
