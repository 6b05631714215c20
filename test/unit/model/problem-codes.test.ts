import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { it } from "node:test";
import { MODEL_PROBLEMS } from "../../../src/model/problem-codes.ts";
import { BAD_INPUT } from "../../support/bad-input-cases.ts";

/** Not about text that users write: shown in the tests named here. */
const SHOWN_ELSEWHERE = [
  ...["LB1002"], // bad-input.test.ts
  ...["LB1360", "LB1361", "LB1362", "LB1363", "LB1364"], // certificates.test.ts
  ...["LB1380", "LB1381", "LB1382"], // object-meta.test.ts
  ...["LB1383", "LB1384"], // of changes, which the API checks
];

it("every problem code has a case that shows it", () => {
  const shown = new Set([...BAD_INPUT.map(({ code }) => code), ...SHOWN_ELSEWHERE]);
  assert.deepEqual(
    Object.keys(MODEL_PROBLEMS).filter((code) => !shown.has(code)),
    [],
  );
});

it("every problem code is used", () => {
  // The API adds the rules about changes; all others are the model's.
  const folders = ["../../../src/model/", "../../../src/api/resources/"].map((path) => new URL(path, import.meta.url));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => new URL(name, folder)));
  const sources = files.filter(({ pathname }) => pathname.endsWith(".ts"));
  const source = sources.map((file) => readFileSync(file, "utf8")).join("\n");
  assert.deepEqual(
    Object.keys(MODEL_PROBLEMS).filter((code) => !source.includes(`"${code}"`)),
    [],
  );
});
