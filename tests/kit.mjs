// The kit of the pages made from its package, as `dashboard/shell/kit.js` holds it: `make vendor` writes it, a test compares.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { buildSync } from "esbuild";

const KIT = new URL("../dashboard/shell/kit.js", import.meta.url);
const GIVES = ["Component", "h", "render"];

/** The file: the package's own text without spaces, what it gives by name, its licence before it. */
export function made() {
  const { version } = createRequire(import.meta.url)("preact/package.json");
  const licence = readFileSync(new URL("../node_modules/preact/LICENSE", import.meta.url), "utf8").trim();
  const { outputFiles } = buildSync({
    stdin: { contents: `export { ${GIVES} } from "preact";`, resolveDir: new URL(".", import.meta.url).pathname },
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    globalName: "kit",
    target: "es2022",
  });
  const notice = ["@ts-nocheck", `Preact ${version}, made by \`make vendor\`.`, "", ...licence.split("\n")];
  const head = notice.map((line) => `// ${line}`.trimEnd()).join("\n");
  const gives = GIVES.map((name) => `export const ${name} = kit.${name};`).join("\n");
  return `${head}\n${outputFiles[0].text}${gives}\n`;
}

export const vendored = () => readFileSync(KIT, "utf8");

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(KIT, made());
