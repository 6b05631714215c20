import assert from "node:assert/strict";
import { test } from "node:test";
import { translateHost } from "../../../src/compiler/envoy/host.ts";
import { forward, host, match, route } from "../../support/routing-values.ts";

function bytesOf(routes: number): number {
  const exact = (index: number) => match({ kind: "exact", value: `/path/${index}` });
  const entries = Array.from({ length: routes }, (_, index) => route(exact(index), forward("hybrid/shop/front/vm")));
  return translateHost(host("shop.example.com", entries)).reduce((sum, resource) => sum + resource.bytes.length, 0);
}

test("a host costs a proxy little: 700 bytes, and 200 for each route", () => {
  const empty = bytesOf(0);
  assert.ok(empty < 700, String(empty));
  assert.ok(bytesOf(10) - empty < 10 * 200, String(bytesOf(10) - empty));
});
