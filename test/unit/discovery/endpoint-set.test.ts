import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical, sameEndpoints } from "../../../src/discovery/endpoint-set.ts";
import type { Endpoint } from "../../../src/model/endpoints.ts";

const A: Endpoint = { address: "10.0.0.1", port: 80 };
const B: Endpoint = { address: "10.0.0.2", port: 80 };

test("equal sets have one order, and each address and port once", () => {
  assert.deepEqual(canonical([B, A, B]), [A, B]);
  assert.deepEqual(canonical([A, B]), [A, B]);
});

test("order and an explicit default weight are no difference; weight, port, state and reason are", () => {
  const known = (...endpoints: Endpoint[]) => ({ state: "known", endpoints }) as const;
  assert.ok(sameEndpoints(known(A, B), known(B, { ...A, weight: 1 })));
  assert.ok(!sameEndpoints(known(A), known({ ...A, weight: 2 })));
  assert.ok(!sameEndpoints(known(A), known({ ...A, port: 81 })));
  const stale = (reason: string) => ({ state: "stale", endpoints: [A], reason }) as const;
  assert.ok(!sameEndpoints(known(A), stale("x")));
  assert.ok(!sameEndpoints(stale("x"), stale("y")));
});
