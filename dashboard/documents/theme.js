// A document in the other theme.
import { retain } from "../shell/kept.js";
import { otherTheme } from "../shell/theme.js";

const button = /** @type {HTMLElement} */ (document.querySelector("#theme"));
const say = () => (button.textContent = button.dataset[otherTheme()] ?? "");
button.addEventListener("click", () => {
  retain("vigie_theme", otherTheme());
  document.documentElement.dataset.theme = otherTheme();
  say();
});
say();
button.hidden = false;
