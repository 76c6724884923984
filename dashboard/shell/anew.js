// The one way in which a page loads itself. Some browsers silence it then until it is touched: it says so before.
import { element } from "./format.js";

const SAID_MS = 1000;

/** @param {import("./store.js").Store} store
 * @param {() => Promise<boolean>} [may] whether it may after all, asked while it is said
 * @returns {Promise<boolean>} whether it does */
export async function loadAnew(store, may = async () => true) {
  const said = element("div", "banner", { role: "alert" }, store.t("loads_anew"));
  const sounds = document.querySelector(".sound-blocked"); // a page that makes no sound loses none
  if (sounds) document.getElementById("alert")?.append(said);
  const told = new Promise((resolve) => setTimeout(resolve, sounds ? SAID_MS : 0));
  const [does] = await Promise.all([may(), told]);
  if (does) location.reload();
  else said.remove();
  return does;
}
