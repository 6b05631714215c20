import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { it } from "node:test";
import { MODEL_PROBLEMS } from "../../../src/model/problem-codes.ts";
import { BAD_INPUT } from "../../support/bad-input-cases.ts";

/** Not about text that users write: shown in certificates.test.ts and bad-input.test.ts. */
const SHOWN_ELSEWHERE = ["LB1002", "LB1360", "LB1361", "LB1362", "LB1363", "LB1364"];

it("every problem code has a case that shows it", () => {
  const shown = new Set([...BAD_INPUT.map(({ code }) => code), ...SHOWN_ELSEWHERE]);
  assert.deepEqual(
    Object.keys(MODEL_PROBLEMS).filter((code) => !shown.has(code)),
    [],
  );
});

it("every problem code is used", () => {
  const folder = new URL("../../../src/model/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const source = files.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  assert.deepEqual(
    Object.keys(MODEL_PROBLEMS).filter((code) => !source.includes(`"${code}"`)),
    [],
  );
});
