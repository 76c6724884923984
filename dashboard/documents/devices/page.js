// The page of the devices: the form that announces a test; the rest stands in the page as it was made.
import { find } from "../../shell/build.js";
import { fill } from "../../shell/format.js";
import { Announce } from "../../components/devices/announce.js";

const words = JSON.parse(find(document, "#words").textContent);
const { devices, tests, max } = JSON.parse(find(document, "#facts").textContent);
new Announce(find(document, "#announce"), {
  t: (key, facts) => fill(words, key, { ...facts }),
  address: "devices",
  devices,
  tests,
  max,
  changed: () => location.reload(),
});
