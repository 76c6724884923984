// Node.js, where the scripts' tests run: it has no types of its own here.
declare module "node:assert/strict";
declare module "node:fs";
declare module "node:module";
declare module "node:test";
declare const process: { argv: string[]; stdout: { write(text: string): void } };
