// A document in the other theme.
import { themes } from "../shell/theme.js";

const button = /** @type {HTMLElement} */ (document.querySelector("#theme"));
themes(button, (theme) => (button.textContent = button.dataset[theme] ?? "")).hidden = false;
