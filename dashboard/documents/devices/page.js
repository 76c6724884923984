// The page of the devices: the form that announces a test; the rest stands in the page as it was made.
import { fill } from "../../shell/format.js";
import { Announce } from "../../components/devices/announce.js";

const words = JSON.parse(document.getElementById("words").textContent);
const facts = JSON.parse(document.getElementById("facts").textContent);
new Announce(document.getElementById("announce"), {
  t: (key, said) => fill(words, key, said),
  address: "devices",
  devices: facts.devices,
  tests: facts.tests,
  max: facts.max,
  changed: () => location.reload(),
});
