// A page's theme, dark or light.

/** The theme that is not shown now. */
export const otherTheme = () => (document.documentElement.dataset.theme === "light" ? "dark" : "light");
