// A document in the other theme.
import { otherTheme, remember } from "../shell/cookies.js";

const button = /** @type {HTMLElement} */ (document.querySelector("#theme"));
const say = () => (button.textContent = button.dataset[otherTheme()] ?? "");
button.addEventListener("click", () => {
  remember("vigie_theme", otherTheme());
  document.documentElement.dataset.theme = otherTheme();
  say();
});
say();
button.hidden = false;
