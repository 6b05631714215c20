import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { apiVersionOf } from "../../../src/model/kind-definition.ts";
import { KINDS } from "../../../src/model/kinds.ts";
import { readObject } from "../../../src/model/object-reader.ts";
import { type Parsed, parse } from "../../../src/model/parse.ts";
import { printResource } from "../../../src/model/print.ts";
import { MODEL_PROBLEMS } from "../../../src/model/problem-codes.ts";
import { resourceArbitrary } from "../../support/model-arbitraries.ts";
import { anyText } from "../../support/yaml-arbitraries.ts";

const numRuns = Number(process.env.RUNS ?? 500);

describe("the parser", () => {
  it("answers any text with objects and Problems that have a place in it", () => {
    fc.assert(
      fc.property(anyText, (text) => checkAnswer(parse(text, "f"), text.split("\n").length)),
      { numRuns },
    );
  });

  it("answers any value with Problems, in every kind", () => {
    const value = fc.record({
      metadata: fc.oneof(fc.constant({ name: "x" }), fc.object({ maxDepth: 2 })),
      spec: fc.object({
        key: fieldName(),
        maxDepth: 6,
        values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null)],
      }),
      data: fc.oneof(fc.constant(undefined), fc.object()),
    });
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), value, (kind, fields) => {
        const { resource, findings } = readObject({ apiVersion: apiVersionOf(kind), kind: kind.kind, ...fields });
        assert.ok(resource !== undefined || findings.length > 0);
        for (const { code } of findings) assert.ok(Object.hasOwn(MODEL_PROBLEMS, code));
      }),
      { numRuns },
    );
  });

  it("reads back every resource that it prints", () => {
    fc.assert(
      fc.property(resourceArbitrary, (resource) => {
        const { objects, problems } = parse(printResource(resource), "f");
        assert.deepEqual(
          problems.filter(({ severity }) => severity === "error"),
          [],
        );
        assert.deepEqual(
          objects.map((entry) => entry.resource),
          [resource],
        );
      }),
      { numRuns },
    );
  });
});

function checkAnswer({ objects, problems }: Parsed, lines: number): void {
  for (const { code, position } of problems) {
    assert.ok(Object.hasOwn(MODEL_PROBLEMS, code), code);
    assert.ok(
      position && position.line >= 1 && position.line <= lines && position.column >= 1,
      JSON.stringify(position),
    );
  }
  for (const { resource, locate } of objects) {
    assert.ok(resource.metadata.name.length > 0);
    assert.ok(locate("spec.rules[0].nothing").line >= 1);
  }
}

/** Names of fields that kinds have, so that values get past the first check. */
function fieldName(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      "rules",
      "listeners",
      "backends",
      "split",
      "static",
      "dns",
      "matches",
      "filters",
      "type",
      "name",
      "port",
    ),
    fc.constantFrom("constructor", "toString", "hasOwnProperty", "weight", "hostnames", "parentRefs", "backendRefs"),
    fc.string({ maxLength: 5 }),
  );
}
