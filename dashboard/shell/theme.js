// A page's theme, dark or light: this browser's, for whoever sits at it.
import { retain } from "./kept.js";

const other = () => (document.documentElement.dataset.theme === "light" ? "dark" : "light");

/** A button to the other theme. What the server drew in a theme, a map, is told of it: a page that loads itself anew is
 * silent in some browsers. @template {HTMLElement} B @param {B} button
 * @param {(theme: "dark" | "light") => void} say writes on it which one that is */
export function themes(button, say) {
  button.addEventListener("click", () => {
    const theme = other();
    retain("vigie_theme", theme);
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event("vigie:theme"));
    say(other());
  });
  say(other());
  return button;
}
