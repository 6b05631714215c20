import assert from "node:assert/strict";
import { test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { type EnvoyResource, TYPE_URL } from "../../../src/compiler/envoy/resource.ts";
import { DeltaDiscoveryResponseSchema } from "../../../src/gen/envoy/service/discovery/v3/discovery_pb.js";
import { encodeDeltaResponse } from "../../../src/xds/delta-response.ts";

const resource: fc.Arbitrary<EnvoyResource> = fc.record({
  type: fc.constantFrom("Cluster" as const, "RouteConfiguration" as const),
  name: fc.string({ unit: "grapheme", minLength: 1 }),
  version: fc.string({ minLength: 1 }),
  bytes: fc.oneof(
    fc.uint8Array(),
    fc.nat(40_000).map((length) => new Uint8Array(length).fill(7)),
  ),
  references: fc.constant([]),
  owners: fc.constant([]),
});

test("a response is, byte for byte, what the protobuf library writes", () => {
  fc.assert(
    fc.property(
      fc.array(resource),
      fc.array(fc.string({ unit: "grapheme" })),
      fc.nat(),
      (resources, removed, nonce) => {
        const written = encodeDeltaResponse({ typeUrl: TYPE_URL.Cluster, nonce: `n${nonce}`, resources, removed });
        const expected = toBinary(
          DeltaDiscoveryResponseSchema,
          create(DeltaDiscoveryResponseSchema, {
            typeUrl: TYPE_URL.Cluster,
            nonce: `n${nonce}`,
            removedResources: removed,
            resources: resources.map(({ type, name, version, bytes }) => ({
              name,
              version,
              resource: { typeUrl: TYPE_URL[type], value: new Uint8Array(bytes) },
            })),
          }),
        );
        assert.deepEqual(written, Buffer.from(expected));
      },
    ),
  );
});
