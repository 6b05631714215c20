import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FoundEndpoints } from "../../../src/compiler/compile.ts";
import { type CompileDelta, Compiler, type Edit } from "../../../src/compiler/compiler.ts";
import { printStage } from "../../../src/compiler/print.ts";
import { type EndpointQuery, endpointKey } from "../../../src/model/endpoints.ts";
import type { AnyResource } from "../../../src/model/kinds.ts";
import { keyOf } from "../../../src/model/metadata.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";
import { type Edit as EstateEdit, editArbitrary, estateArbitrary } from "../../support/model-arbitraries.ts";

function compilerEdit(edit: EstateEdit): Edit {
  return edit.kind === "remove" ? edit : { kind: "set", resource: edit.resource };
}

function found(query: EndpointQuery): FoundEndpoints {
  const port = (endpointKey(query).length % 60_000) + 1;
  return { query, set: { state: "known", endpoints: [{ address: "127.0.0.1", port }] } };
}

/** A delta as it can be compared: content by its hash, nothing in an order that means nothing. */
function comparable(delta: CompileDelta): unknown {
  const resources = [...delta.resources].flatMap(([gateway, changes]) =>
    changes.map(({ type, name, resource }) => [
      `${gateway}|${type}|${name}`,
      resource && [resource.version, ...resource.references, ...resource.owners],
    ]),
  );
  return {
    resources: Object.fromEntries(resources),
    statuses: Object.fromEntries(delta.statuses),
    gateways: [[...delta.gatewaysAdded].sort(), [...delta.gatewaysRemoved].sort()],
    queries: [delta.queriesAdded.map(endpointKey).sort(), delta.queriesRemoved.map(endpointKey).sort()],
    defects: delta.defects,
    recomputed: delta.recomputed,
  };
}

/** All that a compiler holds, and the objects it was given. */
class Estate {
  readonly #compiler = new Compiler(COMPILE_OPTIONS);
  readonly #objects = new Map<string, AnyResource>();

  preview(edits: readonly Edit[]): unknown {
    return this.#compiler.preview(edits, comparable).seen;
  }

  /** With the endpoints that are found for what it asks. */
  update(edits: readonly Edit[]): unknown[] {
    for (const edit of edits) {
      if (edit.kind === "set") this.#objects.set(keyOf(edit.resource), edit.resource);
      if (edit.kind === "remove") this.#objects.delete(edit.key);
    }
    const delta = this.#compiler.update(edits);
    const asked = delta.queriesAdded.map((query): Edit => ({ kind: "endpoints", ...found(query) }));
    return [comparable(delta), ...(asked.length > 0 ? this.update(asked) : [])];
  }

  printed(): unknown {
    const printable = {
      objects: [...this.#objects.values()],
      routing: this.#compiler.routing,
      resources: (gateway: string) => this.#compiler.resources(gateway),
    };
    return (["model", "routing", "envoy"] as const).map((stage) => printStage(stage, printable));
  }
}

const batch = fc.array(editArbitrary.map(compilerEdit), { minLength: 1, maxLength: 3 });

test("a preview says what an update would, and leaves the compiler as one that never saw it", () => {
  fc.assert(
    fc.property(
      estateArbitrary,
      fc.array(fc.record({ previewed: batch, applied: batch }), { minLength: 1, maxLength: 5 }),
      (objects, rounds) => {
        const [previewing, spared] = [new Estate(), new Estate()];
        const start = objects.map((resource): Edit => ({ kind: "set", resource }));
        for (const estate of [previewing, spared]) estate.update(start);
        for (const { previewed, applied } of rounds) {
          previewing.preview(previewed);
          assert.deepEqual(previewing.printed(), spared.printed());
          const promised = previewing.preview(applied);
          const [first, ...later] = previewing.update(applied);
          assert.deepEqual(first, promised);
          assert.deepEqual([first, ...later], spared.update(applied));
        }
        assert.deepEqual(previewing.printed(), spared.printed());
      },
    ),
    { numRuns: Number(process.env.LANDBRIDGE_PROPERTY_RUNS ?? 100) },
  );
});
