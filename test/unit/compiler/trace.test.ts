/** What trace says besides the answer: why. That the answer is Envoy's is shown by test/feature/trace-equivalence.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { trace } from "../../../src/compiler/trace/trace.ts";
import type { TraceRequest, TraceResult } from "../../../src/model/trace.ts";
import { readGoldenCase } from "../../support/golden-case.ts";

async function traceIn(golden: string, request: Partial<TraceRequest>): Promise<TraceResult> {
  const { compiled } = await readGoldenCase(golden);
  const defaults = {
    method: "GET",
    scheme: "http",
    hostname: "shop.example.com",
    port: 8080,
    path: "/",
    headers: [],
  } as const;
  return trace(compiled.routing, { ...defaults, ...request });
}

test("each route that doesn't serve the request says why, in the order in which they are tried", async () => {
  const { candidates, chosen, action } = await traceIn("match-path", { path: "/car/x?y=1" });
  assert.deepEqual(
    candidates.map(({ matched, reason }) => [matched, reason]),
    [
      [false, "path /car/x is not /cart"],
      [false, "path /car/x does not fit /cart/[0-9]+"],
      [false, "path /car/x is not under /cart/items"],
      [true, "it matches and comes first"],
      [false, "it would match, but shop/front/rule/1/match/0 comes first"],
    ],
  );
  assert.equal(chosen, "shop/front/rule/1/match/0");
  assert.deepEqual(action, { kind: "forward", path: "/car/x?y=1", sticky: undefined });
});

test("a header or parameter that is absent is told from one that doesn't fit", async () => {
  const headers = await traceIn("match-headers", {
    hostname: "shop.example.com",
    headers: [{ name: "x-beta", value: "no" }],
  });
  assert.deepEqual(
    headers.candidates.map(({ reason }) => reason),
    ["header x-beta is not yes", "it matches and comes first"],
  );
  const query = await traceIn("match-query", { path: "/?page=x&Page=1" });
  assert.equal(query.candidates[0]?.reason, "query parameter page does not fit [0-9]+");
  assert.equal(
    (await traceIn("match-query", { path: "/?page=1" })).candidates[0]?.reason,
    "query parameter Page is absent",
  );
});

test("without a listener or a host the trace ends there", async () => {
  const elsewhere = await traceIn("match-path", { port: 81 });
  assert.equal(elsewhere.listener, undefined);
  assert.deepEqual(elsewhere.action, { kind: "fail", status: 404, reason: "no listener answers there" });
  const unknown = await traceIn("match-path", { hostname: "other.example.com" });
  assert.deepEqual(unknown.listener?.listeners, ["web"]);
  assert.deepEqual(unknown.action, {
    kind: "fail",
    status: 404,
    reason: "no route of this listener serves host other.example.com",
  });
});

test("a connection that was opened for the host of another listener is misdirected", async () => {
  const request = { scheme: "https", port: 8443, hostname: "shop.example.com" } as const;
  const reused = await traceIn("listener-isolation-https", { ...request, sni: "www.example.org" });
  assert.deepEqual(reused.listener?.listeners, ["any"]);
  assert.equal(reused.action.kind === "fail" && reused.action.status, 421);
  const own = await traceIn("listener-isolation-https", request);
  assert.deepEqual(own.listener?.listeners, ["wild"]);
  assert.equal(own.action.kind, "forward");
});

test("legs come with the weights in force, not with the constant ones of the route", async () => {
  const { legs } = await traceIn("hybrid-moving-split", {});
  assert.deepEqual(
    legs.map(({ leg, weight, percent }) => [leg, weight, percent]),
    [
      ["hybrid/shop/shopfront/vm", 6667, 66.67],
      ["hybrid/shop/shopfront/k8s", 3333, 33.33],
    ],
  );
});

test("Location has the port of the listener, unless a scheme or a port is given", async () => {
  const locations = await Promise.all(
    ["/secure", "/host", "/port", "/prefix/x?q=1", "/full/x?q=1"].map(async (path) => {
      const { action } = await traceIn("filter-redirect", { path });
      return action.kind === "redirect" ? `${action.status} ${action.location}` : action.kind;
    }),
  );
  assert.deepEqual(locations, [
    "301 https://shop.example.com/secure",
    "302 http://new.example.com:8080/host",
    "307 http://shop.example.com:9000/port",
    "308 http://shop.example.com:8080/new/x?q=1",
    "303 http://shop.example.com:8080/all/new?q=1",
  ]);
});
