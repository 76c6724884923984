// What a browser keeps of a page, and nothing else: how it is set, and marks drawn by chance. The one module that may
// write there (`tests/rules/test_browser_storage.py`). Nothing that somebody typed but what they call their desk, no
// person, device or place: those are drafts (`drafts.js`).
const YEAR_S = 400 * 24 * 3600; // the longest a browser keeps a cookie

/** Each thing by its name: where it lies ("tab": until the tab is closed; "browser"; "cookie": the server is told), and
 * how it must look. @type {Record<string, ["tab" | "browser" | "cookie", RegExp]>} */
export const MAY = {
  "vigie.browser": ["browser", /^[0-9a-f]{32}$/], // which browser this is: drawn by chance
  "vigie.keys": ["browser", /^\{.{0,4000}\}$/], // which keys do what, where no account keeps them
  "vigie.volume": ["browser", /^\d{1,7}$/], // how loud the sounds are here, percent
  "vigie.tab": ["tab", /^[0-9a-f]{32}$/], // with which the server seals this tab's drafts: drawn by chance
  "vigie.selected": ["tab", /^[\w/-]{1,128}$/], // what stands chosen, by its number: that says nothing of whom
  "vigie.follow": ["tab", /^(yes|no)$/], // whether the map follows what stands chosen
  "vigie.by": ["tab", /^[a-z_]{1,40}$/], // how the queue is gathered
  "vigie.top": ["tab", /^[\w/-]{1,128} -?\d{1,5} \d{1,7}$/], // the first in sight of the queue, and how far it scrolls
  "vigie.sorted": ["tab", /^(up|down) [a-z_]{1,40}$/], // by what the devices are sorted
  "vigie.training": ["tab", /^[a-z_]{1,40}$/], // which room of the trainer page is shown
  "vigie.seen": ["tab", /^[\w-]{1,64}( \d{1,7})*$/], // an exercise, and which of its notices were seen
  vigie_theme: ["cookie", /^[a-z_]{1,40}$/], // dark or light: a page comes in it
  vigie_language: ["cookie", /^[a-z_]{1,40}$/], // what is read here before anybody signs in
  vigie_cics: ["cookie", /^[\w,-]{0,400}$/], // the centres that this desk covers
  vigie_desk: ["cookie", /^.{0,40}$/su], // what this desk is called, where nobody signs in
};

/** @param {string} name */
function place(name) {
  const known = MAY[name];
  if (!known) throw new Error(`A browser may not keep ${name}`);
  return { where: known[0], looks: known[1], store: known[0] === "tab" ? sessionStorage : localStorage };
}

/** What is kept; "" for nothing, or for what does not look as it must. @param {string} name */
export function recall(name) {
  const { where, looks, store } = place(name);
  const text = where === "cookie" ? cookie(name) : (store.getItem(name) ?? "");
  return looks.test(text) ? text : "";
}

/** Keep it; what does not look as it must is not kept, nor what it replaces. @param {string} name
 * @param {string} value "": no longer */
export function retain(name, value) {
  const { where, looks, store } = place(name);
  const fits = looks.test(value) ? value : "";
  if (where === "cookie")
    document.cookie = `${name}=${encodeURIComponent(fits)}; path=/; max-age=${YEAR_S}; samesite=lax`;
  else if (fits) store.setItem(name, fits);
  else store.removeItem(name);
}

/** 16 bytes of chance, in hexadecimal. */
export function chance() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A mark of this tab or browser, drawn the first time. @param {"vigie.tab" | "vigie.browser"} name */
export function mark(name) {
  if (!recall(name)) retain(name, chance());
  return recall(name);
}

/** Take away what an earlier version of ours kept. */
export function clean() {
  for (const store of [sessionStorage, localStorage])
    for (const name of Object.keys(store))
      if (name.startsWith("vigie.") && !(MAY[name] && place(name).store === store && recall(name)))
        store.removeItem(name);
}

/** @param {string} name */
function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  try {
    return decodeURIComponent(found?.slice(name.length + 1) ?? "");
  } catch {
    return ""; // a cookie that somebody else damaged keeps no page from its alarms
  }
}
