// What a page keeps in its browser, and how it joins its server: it says who it is and is sent all there is.
import { element } from "./format.js";

const COOKIE_S = 400 * 24 * 3600; // the longest a browser keeps one

/** Keep something of this browser in a cookie. */
export function remember(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${COOKIE_S}; samesite=lax`;
}

function kept(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  try {
    return decodeURIComponent(found?.slice(name.length + 1) ?? "");
  } catch {
    return ""; // a cookie that somebody else damaged keeps no page from its alarms
  }
}

/** The way between the two pages of a supervisor, for whoever has both. @param {import("./store.js").Store} store
 *  @param {"operator" | "supervisor"} page where it leads @param {string} base */
export function way(store, page, base) {
  const link = element("a", "pill way", store.t(`to_${page}`));
  link.href = `${base}${page}`;
  link.hidden = true;
  store.on("access", () => {
    if (!store.locked) link.hidden = !store.may("page supervisor");
  });
  return link;
}

/** Let the page hear its server from now on. @param {import("./store.js").Store} store @param {{look: () => void}} watchdog
 *  @param {() => Record<string, unknown>} more what the page adds to its hello */
export function join(store, watchdog, more) {
  const hello = () => {
    let browser = localStorage.getItem("vigie.browser");
    if (!browser) {
      browser = [...crypto.getRandomValues(new Uint8Array(16))]
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join("");
      localStorage.setItem("vigie.browser", browser);
    }
    store.send({
      do: "hello",
      desk: kept("vigie_desk"),
      cics: kept("vigie_cics").split(",").filter(Boolean),
      browser,
      ...more(),
    });
  };
  const line = (window.vigieLine ??= { received: [] });
  line.take = (text) => {
    store.take(text);
    watchdog.look();
  };
  line.opened = hello;
  for (const text of line.received.splice(0)) line.take(text);
  if (line.send) hello();
}
