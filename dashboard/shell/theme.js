// A page's theme, dark or light: this browser's, for whoever sits at it.
import { retain } from "./kept.js";

/** The theme that is not shown now. */
export const otherTheme = () => (document.documentElement.dataset.theme === "light" ? "dark" : "light");

/** The other theme, from now on. What was drawn in a theme, a map, is in the new one once it is loaded anew. */
export function changeTheme() {
  const theme = otherTheme();
  retain("vigie_theme", theme);
  document.documentElement.dataset.theme = theme;
}
