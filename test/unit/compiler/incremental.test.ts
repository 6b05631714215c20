import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compile, type FoundEndpoints } from "../../../src/compiler/compile.ts";
import { type CompileDelta, Compiler, type Edit } from "../../../src/compiler/compiler.ts";
import type { ObjectStatus } from "../../../src/compiler/status.ts";
import { type EndpointQuery, endpointKey } from "../../../src/model/endpoints.ts";
import type { AnyResource } from "../../../src/model/kinds.ts";
import { keyOf } from "../../../src/model/metadata.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";
import { type Edit as EstateEdit, editArbitrary, estateArbitrary } from "../../support/model-arbitraries.ts";

/** What a receiver of deltas ends up with. */
class Receiver {
  readonly resources = new Map<string, string>();
  readonly statuses = new Map<string, ObjectStatus>();
  readonly queries = new Map<string, EndpointQuery>();
  readonly gateways = new Set<string>();

  take(delta: CompileDelta): void {
    for (const [gateway, changes] of delta.resources) {
      for (const { type, name, resource } of changes) {
        const key = `${gateway}|${type}|${name}`;
        if (resource) this.resources.set(key, fingerprint(resource));
        else assert.ok(this.resources.delete(key), `${key} is removed but was never sent`);
      }
    }
    for (const [key, status] of delta.statuses) {
      if (status) this.statuses.set(key, status);
      else this.statuses.delete(key);
    }
    for (const query of delta.queriesRemoved) assert.ok(this.queries.delete(endpointKey(query)));
    for (const query of delta.queriesAdded) this.queries.set(endpointKey(query), query);
    for (const gateway of delta.gatewaysAdded) this.gateways.add(gateway);
    for (const gateway of delta.gatewaysRemoved) this.gateways.delete(gateway);
  }
}

function fingerprint(resource: { version: string; references: readonly string[]; owners: readonly string[] }): string {
  return [resource.version, ...resource.references, "owners", ...resource.owners].join(" ");
}

/** Endpoints that depend on nothing but the query, so that both forms find the same. */
function found(query: EndpointQuery): FoundEndpoints {
  const port = (endpointKey(query).length % 60_000) + 1;
  return { query, set: { state: "known", endpoints: [{ address: "127.0.0.1", port }] } };
}

function applyEdit(objects: Map<string, AnyResource>, edit: EstateEdit): Edit {
  if (edit.kind === "remove") {
    objects.delete(edit.key);
    return { kind: "remove", key: edit.key };
  }
  objects.set(keyOf(edit.resource), edit.resource);
  return { kind: "set", resource: edit.resource };
}

test("after any series of edits the incremental compiler equals a full compile of the result", () => {
  fc.assert(
    fc.property(
      estateArbitrary,
      fc.array(fc.array(editArbitrary, { minLength: 1, maxLength: 3 }), { maxLength: 8 }),
      (estate, batches) => {
        const objects = new Map(estate.map((resource) => [keyOf(resource), resource]));
        const compiler = new Compiler(COMPILE_OPTIONS);
        const receiver = new Receiver();
        const step = (edits: readonly Edit[]) => {
          const delta = compiler.update(edits);
          assert.deepEqual(delta.defects, []);
          receiver.take(delta);
          if (delta.queriesAdded.length > 0)
            step(delta.queriesAdded.map((query) => ({ kind: "endpoints", ...found(query) })));
        };
        step([...objects.values()].map((resource) => ({ kind: "set", resource })));
        for (const batch of batches) step(batch.map((edit) => applyEdit(objects, edit)));

        const full = compile(objects.values(), [...receiver.queries.values()].map(found), COMPILE_OPTIONS);
        const expected = new Map(
          [...full.resources].flatMap(([gateway, list]) =>
            list.map((resource) => [`${gateway}|${resource.type}|${resource.name}`, fingerprint(resource)] as const),
          ),
        );
        assert.deepEqual(new Map([...receiver.resources].sort()), new Map([...expected].sort()));
        assert.deepEqual(new Map([...receiver.statuses].sort()), new Map([...full.statuses].sort()));
        assert.deepEqual([...receiver.queries.keys()].sort(), full.queries.map(endpointKey).sort());
        assert.deepEqual([...receiver.gateways].sort(), [...full.routing.gateways()].sort());
      },
    ),
    { numRuns: Number(process.env.LANDBRIDGE_PROPERTY_RUNS ?? 150) },
  );
});
