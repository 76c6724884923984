// The strings of the pages' scripts, as TypeScript parses them: `node strings.js FILE...` writes for each file the keys
// that it asks the catalogue for (`t`, `fill`, `word`), every other text in it, and where a sentence is put together or
// on the page by hand: nobody could make it anew in another language (dashboard/shell/phrases.js).
import { readFileSync } from "node:fs";
import ts from "typescript";

const ASKS = new Set(["t", "word", "fill"]);

const SENTENCES = new Set(["t", "fill", "joined", "together", "colon", "duration", "metres", "zone", "clockAndDay"]);
const PUTS = new Set(["append", "prepend", "replaceChildren", "before", "after", "replaceWith", "setAttribute"]);
const SHOWN = new Set(["textContent", "innerText", "title", "placeholder", "ariaLabel", "alt"]);
// a window's title and the map's names are written in `says` or on `language`
const OF_THE_WINDOW = new Set(["document", "region"]);

/** @param {ts.CallExpression} call */
function called({ expression }) {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** Whether this is a sentence, in one branch of a choice at least. @param {ts.Node} node @returns {boolean} */
function says(node) {
  if (ts.isCallExpression(node)) return SENTENCES.has(called(node));
  if (ts.isConditionalExpression(node)) return says(node.whenTrue) || says(node.whenFalse);
  if (ts.isBinaryExpression(node)) return says(node.left) || says(node.right);
  return ts.isTaggedTemplateExpression(node) || (ts.isParenthesizedExpression(node) && says(node.expression));
}

/** Whether a sentence stands anywhere in it. @param {ts.Node} node @returns {boolean} */
const holds = (node) => says(node) || node.getChildren().some(holds);

/** Whether a sentence is put together or shown here so that it stays as it is. @param {ts.Node} node
 * @returns {boolean} */
function loose(node) {
  if (ts.isTemplateExpression(node))
    return !ts.isTaggedTemplateExpression(node.parent) && node.templateSpans.some(({ expression }) => says(expression));
  if (ts.isBinaryExpression(node)) {
    const { left, right, operatorToken: sign } = node;
    if (sign.kind === ts.SyntaxKind.PlusToken) return says(left) || says(right);
    if (sign.kind !== ts.SyntaxKind.EqualsToken || !ts.isPropertyAccessExpression(left)) return false;
    return SHOWN.has(left.name.text) && !OF_THE_WINDOW.has(left.expression.getText()) && says(right);
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { expression, arguments: given } = node;
  if (expression.name.text === "join") return holds(expression.expression);
  return PUTS.has(expression.name.text) && given.some((one) => says(one));
}

/** The literals that an argument can be: both branches of a choice. @param {ts.Node} node @returns {string[]} */
function literals(node) {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  return ts.isParenthesizedExpression(node) ? literals(node.expression) : [];
}

/** @param {string} file */
function strings(file) {
  /** @type {{t: string[], word: string[], texts: string[], loose: string[]}} */
  const found = { t: [], word: [], texts: [], loose: [] };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const { arguments: given } = node;
      const name = called(node);
      const key = given[name === "fill" ? 1 : 0];
      if (ASKS.has(name) && key) found[name === "word" ? "word" : "t"].push(...literals(key));
    }
    if (ts.isStringLiteralLike(node)) found.texts.push(node.text);
    if (loose(node)) found.loose.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.JS));
  return found;
}

process.stdout.write(JSON.stringify(Object.fromEntries(process.argv.slice(2).map((file) => [file, strings(file)]))));
