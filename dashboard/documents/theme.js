// A document in the other theme.
import { changeTheme, otherTheme } from "../shell/theme.js";

const button = /** @type {HTMLElement} */ (document.querySelector("#theme"));
const say = () => (button.textContent = button.dataset[otherTheme()] ?? "");
button.addEventListener("click", () => {
  changeTheme();
  say();
});
say();
button.hidden = false;
