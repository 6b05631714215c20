import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "../../../src/model/parse.ts";
import { formatProblem } from "../../../src/model/problem.ts";
import { MODEL_PROBLEMS, type ModelProblemCode } from "../../../src/model/problem-codes.ts";
import { BAD_INPUT } from "../../support/bad-input-cases.ts";

const GOOD = "apiVersion: v1\nkind: Namespace\nmetadata: { name: good }\n";
/** Reading the large ones once is enough. */
const SMALL = BAD_INPUT.filter(({ text }) => text.length < 100_000);

describe("bad input", () => {
  for (const { code, path, text, severity = "error" } of BAD_INPUT) {
    it(`${code} at ${path || "the text"}: ${MODEL_PROBLEMS[code as ModelProblemCode].title}`, () => {
      const lines = text.slice(0, text.indexOf("‸")).split("\n");
      const { problems } = parse(text.replace("‸", ""), "shop.yaml");
      const problem = problems.find((entry) => entry.code === code);
      assert.ok(problem, `no ${code} among:\n${problems.map(formatProblem).join("\n")}`);
      assert.equal(problem.path, path);
      assert.equal(problem.severity, severity);
      assert.deepEqual(problem.position, {
        file: "shop.yaml",
        line: lines.length,
        column: (lines.at(-1)?.length ?? 0) + 1,
      });
      assert.ok(problem.hint, "it says what to do");
    });
  }

  it("never hides the good documents of the same file", () => {
    for (const { text } of SMALL) {
      const { objects } = parse(`${GOOD}---\n${text.replace("‸", "")}\n---\n${GOOD}`, "shop.yaml");
      const names = objects.map(({ resource }) => resource.metadata.name).filter((name) => name === "good");
      assert.equal(names.length, 2, text);
    }
  });

  it("names each problem once", () => {
    for (const { text } of SMALL) {
      const places = parse(text.replace("‸", ""), "f").problems.map(formatProblem);
      assert.equal(new Set(places).size, places.length, places.join("\n"));
    }
  });

  it("refuses a file of 20 MB unread", () => {
    const { objects, problems } = parse(`${GOOD}---\n`.repeat(400_000), "large.yaml");
    assert.equal(objects.length, 0);
    assert.deepEqual(
      problems.map(({ code, position }) => [code, position]),
      [["LB1002", { file: "large.yaml", line: 1, column: 1 }]],
    );
  });

  it("never repeats what a Secret holds", () => {
    for (const text of [
      "data: { tls.key: 271828 }",
      'data: "271828"',
      "stringData: { a: [ 271828 ] }",
      "data: { a: '271828",
    ]) {
      const { problems } = parse(`apiVersion: v1\nkind: Secret\nmetadata: { name: x }\n${text}\n`, "f");
      assert.ok(problems.length > 0);
      assert.ok(!problems.map(formatProblem).join().includes("271828"), problems.map(formatProblem).join("\n"));
    }
  });
});
