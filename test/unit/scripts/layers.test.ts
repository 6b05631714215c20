import assert from "node:assert/strict";
import test from "node:test";
import { checkLayersOf, type Layers } from "../../../scripts/checks/layers.ts";

const rules: Layers = {
  layers: { lib: [], model: ["lib"], config: ["model"] },
  anyMayImport: ["package.json"],
  pure: ["model"],
  pureMayImport: { "node:net": ["isIP"] },
};

function check(file: string, ...lines: string[]): string[] {
  return checkLayersOf(file, lines.join("\n"), rules);
}

test("what layers.json allows passes", () => {
  const allowed = [
    'import { queue } from "../lib/queue.ts";',
    'import { keys } from "./keys.ts";',
    'import * as z from "zod";',
    'import manifest from "../../package.json" with { type: "json" };',
  ];
  assert.deepEqual(check("src/model/kind.ts", ...allowed), []);
});

test("every way to name another folder is seen, types too, with its line", () => {
  const ways = [
    'import { a } from "../config/a.ts";',
    'import type { A } from "../config/a.ts";',
    'import "../config/a.ts";',
    'export * from "../config/a.ts";',
    'export { a } from "../config/a.ts";',
    'const a = await import("../config/a.ts");',
    'let b: import("../config/a.ts").A;',
  ];
  for (const way of ways) {
    const [complaint, ...more] = check("src/model/kind.ts", "", way);
    assert.match(complaint ?? "", /^src\/model\/kind\.ts:2: model may not import config/, way);
    assert.deepEqual(more, [], way);
  }
});

test("an import in a comment or a text is none", () => {
  assert.deepEqual(
    check("src/model/kind.ts", '// import "../config/a.ts";', "const text = 'import \"../config/a.ts\"';"),
    [],
  );
});

test("src/ imports nothing from outside of it, and no name that only shows at run time", () => {
  assert.match(check("src/config/a.ts", 'import "../../test/support/x.ts";')[0] ?? "", /outside the folders of src/);
  assert.equal(check("src/config/a.ts", "await import(name);").length, 1);
});

test("a folder that layers.json doesn't know is refused", () => {
  assert.match(check("src/other/a.ts", "")[0] ?? "", /doesn't know the folder/);
  assert.match(check("src/a.ts", "")[0] ?? "", /doesn't know the folder/);
});

test("a pure folder uses no clock, no chance and nothing that acts", () => {
  const impure = [
    "Date.now();",
    "new Date();",
    "Math.random();",
    "process.env.HOME;",
    "setTimeout(() => {}, 1);",
    "globalThis.fetch;",
    'fetch("x");',
    'console.log("x");',
    'import { readFileSync } from "node:fs";',
    'import { connect } from "node:net";',
    'import * as net from "node:net";',
    'import { readFileSync } from "fs";',
  ];
  for (const line of impure) assert.equal(check("src/model/kind.ts", line).length, 1, line);
  for (const line of impure) assert.deepEqual(check("src/config/kind.ts", line), [], `elsewhere: ${line}`);
});

test("a pure folder may compute with given times, with types, and with what the list allows", () => {
  const harmless = ["new Date(0);", 'import { isIP } from "node:net";', 'import type { Socket } from "node:net";'];
  for (const line of harmless) assert.deepEqual(check("src/model/kind.ts", line), [], line);
});
