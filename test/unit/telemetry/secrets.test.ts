/** A real Secret goes the whole way, and nothing that tells of the way holds any of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Estate } from "../../../src/control/estate.ts";
import { createLogger } from "../../../src/lib/log.ts";
import { parse } from "../../../src/model/parse.ts";
import { ChangeTrail } from "../../../src/telemetry/change-trail.ts";
import { Metrics } from "../../../src/telemetry/metrics.ts";
import { startSpanExport } from "../../../src/telemetry/span-export.ts";
import { makeSelfSigned } from "../../support/certificates.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";
import { OtlpReceiver } from "../../support/otlp-receiver.ts";
import { NO_FACTS } from "../../support/scraped-facts.ts";
import { gatewayYaml } from "../../support/test-estate.ts";

const EDGE = "Gateway/infra/edge";
const PASSWORD = "correct-horse-battery-staple";

test("no log line, metric or trace of a change holds any of a Secret's values", async () => {
  const { certificate, key } = await makeSelfSigned({ dnsNames: ["a.test"] });
  const secret = (name: string, type: string, stringData: object) =>
    JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "infra" }, type, stringData });
  const text = [
    gatewayYaml(8443).replace("protocol: HTTP,", "protocol: HTTPS, tls: { certificateRefs: [ { name: web } ] },"),
    secret("web", "kubernetes.io/tls", { "tls.crt": certificate, "tls.key": key }),
    secret("login", "Opaque", { password: PASSWORD }),
  ].join("\n---\n");
  const { objects, problems } = parse(text, "estate.yaml");
  assert.deepEqual(problems, []);

  await using receiver = await OtlpReceiver.start();
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.url;
  const lines: string[] = [];
  const logger = createLogger({ level: "debug", format: "json", write: (line) => lines.push(line) });
  const spans = await startSpanExport("1.0.0", logger);
  assert.ok(spans);
  using metrics = new Metrics(
    () => ({ ...NO_FACTS, objects: objects.map(({ resource }) => ({ kind: resource.kind, source: "store" })) }),
    "1.0.0",
  );
  const trail = new ChangeTrail({ logger, metrics, onEnded: (change) => spans.add(change) });
  const estate = new Estate(COMPILE_OPTIONS);
  const upserts = objects.map(({ resource }) => ({ resource, origin: { source: "store" } }));
  const change = estate.applySource({ upserts, removals: [], problems: [] }, Date.now());
  const published = [...(change.resources.get(EDGE) ?? [])].map(({ type, name }) => `${type} ${name}`);
  assert.ok(
    published.some((resource) => resource.startsWith("Secret ")),
    "the certificate really is on its way",
  );

  trail.began("c1", { source: "api", objects: change.edited });
  trail.compiled(["c1"], change.recomputed);
  trail.published(["c1"], 1, [EDGE]);
  for (const { type } of change.resources.get(EDGE) ?? []) metrics.pushed(type);
  // The worst that a proxy could do: say what it couldn't take.
  trail.refused(EDGE, { resource: "Secret:web", message: `not a key: ${key}`, owners: ["Secret/infra/web"] });
  trail.acknowledged(EDGE, 1);
  await spans.close();

  const told = [lines.join(""), await metrics.text(), ...receiver.requests.map((request) => request.text)].join("\n");
  assert.ok(told.includes("Secret/infra/web"), "objects are named");
  assert.ok(receiver.spans().length > 0);
  const [, body = ""] = key.split("\n");
  for (const value of [body, btoa(key).slice(40, 90), PASSWORD, btoa(PASSWORD)])
    assert.ok(!told.includes(value), value);
});
