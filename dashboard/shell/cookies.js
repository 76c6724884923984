// What this browser keeps for whoever sits at it.

const COOKIE_S = 400 * 24 * 3600; // the longest a browser keeps one

/** Keep something of this browser in a cookie. @param {string} name @param {string} value */
export function remember(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${COOKIE_S}; samesite=lax`;
}

/** @param {string} name */
export function kept(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  try {
    return decodeURIComponent(found?.slice(name.length + 1) ?? "");
  } catch {
    return ""; // a cookie that somebody else damaged keeps no page from its alarms
  }
}

/** The theme that is not shown now. */
export const otherTheme = () => (document.documentElement.dataset.theme === "light" ? "dark" : "light");
