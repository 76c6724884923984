// The strings of the pages' scripts, as TypeScript parses them: `node strings.js FILE...` writes for each file the keys that it
// asks the catalogue for (`t`, `fill`, `word`) and every other text in it.
import { readFileSync } from "node:fs";
import ts from "typescript";

const ASKS = new Set(["t", "word", "fill"]);

/** The literals that an argument can be: both branches of a choice. @param {ts.Node} node @returns {string[]} */
function literals(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  return ts.isParenthesizedExpression(node) ? literals(node.expression) : [];
}

/** @param {string} file */
function strings(file) {
  /** @type {{t: string[], word: string[], texts: string[]}} */
  const found = { t: [], word: [], texts: [] };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const { expression, arguments: given } = node;
      const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
      const key = given[name === "fill" ? 1 : 0];
      if (ASKS.has(name) && key) found[name === "word" ? "word" : "t"].push(...literals(key));
    }
    if (ts.isStringLiteralLike(node)) found.texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.JS));
  return found;
}

process.stdout.write(JSON.stringify(Object.fromEntries(process.argv.slice(2).map((file) => [file, strings(file)]))));
