/** Traces with a real receiver of OTLP/HTTP. Each test sets the environment as an operator would. */
import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { afterEach, test } from "node:test";
import { createLogger } from "../../../src/lib/log.ts";
import { ChangeTrail } from "../../../src/telemetry/change-trail.ts";
import { isTracingWanted, type SpanExport, startSpanExport } from "../../../src/telemetry/span-export.ts";
import { freePort } from "../../support/free-port.ts";
import { attributesOf, OtlpReceiver } from "../../support/otlp-receiver.ts";
import { waitFor } from "../../support/wait-for.ts";

const EDGE = "Gateway/infra/edge";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";
const NAMES = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME"] as const;

afterEach(() => {
  for (const name of NAMES) delete process.env[name];
});

async function started(endpoint: string): Promise<{ spans: SpanExport; trail: ChangeTrail; lines: string[] }> {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint;
  const lines: string[] = [];
  const logger = createLogger({ level: "debug", format: "json", write: (line) => lines.push(line) });
  const spans = await startSpanExport("1.2.3", logger);
  assert.ok(spans);
  const trail = new ChangeTrail({ logger, metrics: { changeEnded() {} }, onEnded: (change) => spans.add(change) });
  return { spans, trail, lines };
}

test("a change becomes one trace below the request's, with a span for each part of the way", async () => {
  await using receiver = await OtlpReceiver.start();
  process.env.OTEL_EXPORTER_OTLP_HEADERS = "authorization=Bearer%20abc";
  process.env.OTEL_SERVICE_NAME = "edge-control";
  const { spans, trail, lines } = await started(receiver.url);
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  trail.began("c1", { source: "api", objects: ["HTTPRoute/shop/front"], traceparent });
  trail.stored("c1", 5);
  trail.compiled(["c1"], 3);
  trail.published(["c1"], 1, [EDGE]);
  trail.acknowledged(EDGE, 1);
  await spans.close();

  const [request] = receiver.requests;
  assert.equal(request?.path, "/v1/traces");
  assert.equal(request?.headers.authorization, "Bearer abc");
  assert.equal(receiver.resource()["service.name"], "edge-control");
  assert.equal(receiver.resource()["service.version"], "1.2.3");
  const received = receiver.spans();
  assert.deepEqual(new Set(received.map(({ traceId }) => traceId)), new Set([TRACE]));
  const root = received.find(({ name }) => name === "change api");
  assert.equal(root?.parentSpanId, CALLER);
  const children = received.filter(({ parentSpanId }) => parentSpanId === root?.spanId);
  assert.deepEqual(
    children.map(({ name }) => name),
    ["store", "compile", "publish", "acknowledge"],
  );
  assert.equal(attributesOf(root?.attributes ?? [])["landbridge.change.id"], "c1");
  assert.equal(attributesOf(children[3]?.attributes ?? [])["landbridge.gateway"], EDGE);
  for (const { startTimeUnixNano, endTimeUnixNano } of received) {
    assert.ok(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano));
    assert.ok(Math.abs(Number(BigInt(startTimeUnixNano) / 1_000_000n) - Date.now()) < 60_000);
  }
  assert.ok(!lines.join("").includes("Bearer"), "the collector's credential is in no log");
});

test("a caller that isn't recorded makes no trace; one without a place in a trace makes its own", async () => {
  await using receiver = await OtlpReceiver.start();
  const { spans, trail } = await started(receiver.url);
  trail.began("unsampled", { source: "api", objects: [], traceparent: `00-${TRACE}-${CALLER}-00` });
  trail.began("own", { source: "directory", objects: [] });
  trail.published(["unsampled", "own"], 1, []);
  await spans.close();
  const ids = receiver.spans().map(({ attributes }) => attributesOf(attributes)["landbridge.change.id"]);
  assert.deepEqual(
    ids.filter((id) => id !== undefined),
    ["own"],
  );
  assert.ok(receiver.spans().every(({ traceId }) => traceId !== TRACE));
});

test("what was refused is an error, in Envoy's words", async () => {
  await using receiver = await OtlpReceiver.start();
  const { spans, trail } = await started(receiver.url);
  trail.began("bad", { source: "api", objects: ["HTTPRoute/shop/front"] });
  trail.published(["bad"], 1, [EDGE]);
  trail.refused(EDGE, { resource: "Listener:port-80", message: "cannot bind", owners: ["HTTPRoute/shop/front"] });
  trail.acknowledged(EDGE, 1);
  await spans.close();
  const root = receiver.spans().find(({ name }) => name === "change api");
  assert.deepEqual(root?.status, { code: 2, message: "cannot bind" });
});

test("a collector that refuses is said once, and once when it takes them again", async () => {
  await using receiver = await OtlpReceiver.start();
  const { spans, trail, lines } = await started(receiver.url);
  let next = 0;
  const change = (count: number) => {
    for (const end = next + count; next < end; next++) {
      trail.began(`c${next}`, { source: "api", objects: [] });
      trail.published([`c${next}`], next, []);
    }
  };
  const said = (words: string) => lines.filter((line) => line.includes(words)).length;
  receiver.status = 400;
  change(1000);
  await waitFor("several refused batches", () => receiver.requests.length >= 3);
  receiver.status = 200;
  change(1000);
  await spans.close();
  assert.equal(said("traces can't be sent"), 1);
  assert.equal(said("traces are sent again"), 1);
});

test("a collector that can't be reached holds nothing up, and ending takes two seconds at most", async () => {
  const { spans, trail } = await started(`http://127.0.0.1:${await freePort()}`);
  for (let index = 0; index < 2000; index++) {
    trail.began(`c${index}`, { source: "api", objects: [] });
    trail.published([`c${index}`], index, []);
  }
  const from = performance.now();
  await spans.close();
  assert.ok(performance.now() - from < 5_000);
});

test("an address that is none stops nobody from starting", async () => {
  const { spans, trail } = await started("no address");
  trail.began("c", { source: "api", objects: [] });
  trail.published(["c"], 1, []);
  await spans.close();
});

test("without a collector in the environment nothing is sent, and no library loaded", async () => {
  const loaded: string[] = [];
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      loaded.push(specifier);
      return next(specifier, context);
    },
  });
  assert.equal(await startSpanExport("1.0.0", createLogger({ level: "debug", format: "json", write() {} })), undefined);
  hooks.deregister();
  assert.deepEqual(loaded, []);
  const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318";
  assert.ok(isTracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT }));
  assert.ok(!isTracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: "" }));
  assert.ok(!isTracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: "true" }));
  assert.ok(!isTracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: "none" }));
});
