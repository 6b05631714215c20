/** One write is followed by one id through everything that tells of it, and none of that tells a secret. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { COMPILE_STAGES } from "../../src/client/local-types.ts";
import { createLogger } from "../../src/lib/log.ts";
import { ApiEstate } from "../support/api-estate.ts";
import {
  type Manifest,
  manifest,
  ObjectRequests,
  outcomeOf,
  pathOf,
  route,
  secret,
  service,
} from "../support/api-objects.ts";
import { makeSelfSigned } from "../support/certificates.ts";
import { attributesOf, OtlpReceiver, type ReceivedSpan } from "../support/otlp-receiver.ts";
import { waitFor } from "../support/wait-for.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CLIENT_SPAN = "00f067aa0ba902b7";
const HOST = "shop.test";
const COLLECTOR = "OTEL_EXPORTER_OTLP_ENDPOINT";

interface JournalEntry {
  readonly number: number;
  readonly note: Readonly<Record<string, unknown>>;
}

let collector: OtlpReceiver;
let collectorBefore: string | undefined;
let estate: ApiEstate;
let objects: ObjectRequests;
let certificate: string;
let privateKey: string;
const log: string[] = [];

before(async () => {
  collector = await OtlpReceiver.start();
  collectorBefore = process.env[COLLECTOR];
  process.env[COLLECTOR] = collector.url;
  const logger = createLogger({ level: "debug", format: "json", write: (line) => log.push(line) });
  estate = await ApiEstate.start(undefined, { logger });
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  ({ certificate, key: privateKey } = await makeSelfSigned({ dnsNames: [HOST] }));
  for (const name of ["infra", "shop"]) await objects.make(manifest("Namespace", "", name));
  await objects.make(webCertificate());
  const controllerName = "landbridge.dev/gateway-controller";
  await objects.make(manifest("GatewayClass", "", "landbridge", { spec: { controllerName } }));
  await objects.make(gateway(estate.port));
  await objects.make(service("shop", "web"));
  await estate.untilCondition("Gateway/infra/edge", "Programmed", "True");
});
after(async () => {
  await estate[Symbol.asyncDispose]();
  if (collectorBefore === undefined) delete process.env[COLLECTOR];
  else process.env[COLLECTOR] = collectorBefore;
  await collector[Symbol.asyncDispose]();
});

function webCertificate(): Manifest {
  const values = { "tls.crt": certificate, "tls.key": privateKey };
  return { ...secret("infra", "web", values), type: "kubernetes.io/tls" };
}

/** Its listener needs the Secret, so that it is on its way to Envoy. */
function gateway(port: number): Manifest {
  const tls = { certificateRefs: [{ name: "web" }] };
  const listener = { name: "https", port, protocol: "HTTPS", tls, allowedRoutes: { namespaces: { from: "All" } } };
  return manifest("Gateway", "infra", "edge", { spec: { gatewayClassName: "landbridge", listeners: [listener] } });
}

function linesWith(id: string): readonly Readonly<Record<string, unknown>>[] {
  return log.filter((line) => line.includes(id)).map((line) => JSON.parse(line));
}

async function journal(): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (;;) {
    const { status, text } = await estate.fetch(`/landbridge/v1/audit?limit=1000&after=${entries.at(-1)?.number ?? 0}`);
    assert.equal(status, 200, text);
    const page = JSON.parse(text) as readonly JournalEntry[];
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

function untilSpan(what: string, isIt: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
  const last = () => collector.spans().map(({ name, attributes }) => [name, attributesOf(attributes)]);
  return waitFor(what, () => collector.spans().find(isIt), { last });
}

async function metrics(): Promise<string> {
  const { status, text } = await estate.fetch("/metrics");
  assert.equal(status, 200, text);
  return text;
}

/** The first sample with these labels, whatever their order; 0 when there is none yet. */
function sample(page: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const isIt = (line: string) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label));
  return Number(page.split("\n").find(isIt)?.split(" ").at(-1) ?? 0);
}

test("a write has one id: in its answer, in every stage's log line, in the journal and in the client's trace", async () => {
  const created = route("shop", "traced", HOST);
  const answer = await estate.fetch(pathOf({ kind: "HTTPRoute", namespace: "shop" }), {
    method: "POST",
    json: created,
    headers: { traceparent: `00-${TRACE}-${CLIENT_SPAN}-01` },
  });
  assert.equal(answer.status, 201, answer.text);
  const id = String(answer.headers["audit-id"]);
  assert.match(id, /^[0-9a-f-]{36}$/);

  const stages = () => linesWith(id).flatMap(({ stage }) => (stage === undefined ? [] : [stage]));
  await waitFor("the change to be live", () => stages().includes("live"), { last: () => linesWith(id) });
  assert.deepEqual(stages(), ["received", "stored", "compiled", "published", "acknowledged", "live"]);
  const lines = linesWith(id);
  assert.equal(lines.find(({ stage }) => stage === "live")?.message, "change is live");
  const [request] = lines.filter((line) => line.request === id);
  assert.deepEqual([request?.verb, request?.resource, request?.code], ["create", "httproutes", 201]);

  const entries = (await journal()).filter(({ note }) => note.id === id);
  assert.deepEqual(
    entries.map(({ note }) => [note.type, note.verb, note.resource, note.namespace, note.name]),
    [["write", "create", "httproutes", "shop", "traced"]],
  );

  const span = await untilSpan("the span of the change", ({ attributes }) => {
    return attributesOf(attributes)["landbridge.change.id"] === id;
  });
  assert.deepEqual([span.traceId, span.parentSpanId], [TRACE, CLIENT_SPAN], "within the trace of its client");
  const children = collector.spans().filter(({ parentSpanId }) => parentSpanId === span.spanId);
  assert.deepEqual(children.map(({ name }) => name).sort(), ["acknowledge", "compile", "publish", "store"]);
});

test("a write that is refused is no change: its id is in the line of its request, and in no entry of a write", async () => {
  const known = await objects.read({ kind: "HTTPRoute", namespace: "shop", name: "traced" });
  const answer = await objects.update({ ...known, metadata: { ...known.metadata, resourceVersion: "1" } });
  assert.equal(outcomeOf(answer), "409 Conflict");
  const id = String(answer.headers["audit-id"]);
  assert.deepEqual(
    linesWith(id).map(({ message, stage, code }) => [message, stage, code]),
    [["request", undefined, 409]],
  );
  assert.equal((await journal()).filter(({ note }) => note.id === id && note.type === "write").length, 0);
});

test("no write is on its way for ever: neither what concerns no proxy nor what changes nothing", async () => {
  const place = { kind: "HTTPRoute", namespace: "shop", name: "traced" };
  const note = { metadata: { annotations: { note: "same" } } };
  const finalized = { kind: "Service", namespace: "shop", name: "finalized" };
  await objects.make(service("shop", { name: "finalized", finalizers: ["test/hold"] }));
  const rules = [{ apiGroups: [""], resources: ["services"], verbs: ["get"] }];
  const ids = [
    await objects.create(manifest("Role", "shop", "reader", { rules })),
    await objects.create(manifest("AccessToken", "", "robot", { spec: { user: "robot" } })),
    await objects.create(manifest("Namespace", "", "empty")),
    await objects.patch(place, note),
    await objects.patch(place, note),
    await objects.patch(place, { metadata: { annotations: { note: "dry" } } }, "merge-patch", "?dryRun=All"),
    await objects.remove(finalized),
    await objects.patch(finalized, { metadata: { finalizers: null } }),
    await objects.remove({ kind: "Role", namespace: "shop", name: "reader" }),
  ].map((answer) => {
    assert.ok(answer.status < 300, answer.text);
    return String(answer.headers["audit-id"]);
  });
  const unfinished = () =>
    ids.filter((id) => {
      const stages = linesWith(id).flatMap(({ stage }) => (stage === undefined ? [] : [stage]));
      return stages.length > 0 && stages.at(-1) !== "live";
    });
  await waitFor("every change to be live", () => unfinished().length === 0, {
    last: () => unfinished().map(linesWith),
  });
  await waitFor("none to be pending", async () => /^landbridge_changes_pending 0$/m.test(await metrics()), {
    last: () => log.slice(-20),
  });
});

test("metrics count a request by its verb, resource and code, and the change that it made", async () => {
  const created = { verb: "create", resource: "services", code: "201" };
  const live = { source: "api", outcome: "live" };
  const before = await metrics();
  await objects.make(service("shop", "counted"));
  let page = "";
  await waitFor("the change to be counted", async () => {
    page = await metrics();
    return sample(page, "landbridge_changes_total", live) > sample(before, "landbridge_changes_total", live);
  });
  const name = "landbridge_api_requests_total";
  assert.equal(sample(page, name, created), sample(before, name, created) + 1);
});

/** Everything in which somebody looks for what happened. */
async function allThatIsTold(): Promise<Readonly<Record<string, string>>> {
  const local = {
    info: await estate.ask((client) => client.info()),
    objects: await estate.ask((client) => client.objects({})),
    secrets: await estate.ask((client) => client.objects({ kind: "Secret" })),
    proxies: await estate.ask((client) => client.proxies()),
    problems: await estate.ask((client) => client.problems()),
  };
  const stages = await Promise.all(
    COMPILE_STAGES.map(async (stage) => [
      stage,
      JSON.stringify(await estate.ask((client) => client.compile(stage, {}))),
    ]),
  );
  const events = await estate.fetch("/api/v1/events");
  assert.equal(events.status, 200, events.text);
  return {
    log: log.join(""),
    metrics: await metrics(),
    spans: collector.requests.map(({ text }) => text).join("\n"),
    journal: JSON.stringify(await journal()),
    events: events.text,
    local: JSON.stringify(local),
    ...Object.fromEntries(stages.map(([stage, text]) => [`compile ${stage}`, text])),
  };
}

test("the values of Secrets are in nothing that is told of them, and lie sealed in the store", async () => {
  const place = { kind: "Secret", namespace: "shop", name: "login" };
  const values = {
    made: "correct-horse-battery-staple-1",
    patched: "correct-horse-battery-staple-2",
    applied: "correct-horse-battery-staple-3",
    refused: "correct-horse-battery-staple-4",
    conflicting: "correct-horse-battery-staple-5",
    gone: "correct-horse-battery-staple-6",
  };
  await objects.make(secret("shop", "login", { entry: values.made }));
  assert.equal(outcomeOf(await objects.patch(place, { data: { more: btoa(values.patched) } })), "200");
  const applied = JSON.stringify(secret("shop", "applied", { entry: values.applied }));
  assert.equal((await estate.admin.kubectl.run(["apply", "-f", "-"], { stdin: applied })).code, 0);
  const invalid = { ...secret("shop", "invalid", {}), data: { entry: `${values.refused}%` } };
  assert.equal((await objects.create(invalid)).status, 422);
  assert.equal(
    outcomeOf(await objects.create(secret("shop", "login", { entry: values.conflicting }))),
    "409 AlreadyExists",
  );
  await objects.make(secret("shop", "gone", { entry: values.gone }));
  const { headers } = await objects.remove({ ...place, name: "gone" });
  const lastId = String(headers["audit-id"]);
  const isLast = ({ attributes }: ReceivedSpan) => attributesOf(attributes)["landbridge.change.id"] === lastId;
  await untilSpan("the span of the last change", isLast);

  const shown = await objects.read(place);
  assert.deepEqual(shown.data, { entry: btoa(values.made), more: btoa(values.patched) }, "whoever may read it, can");
  const [, keyLine = ""] = privateKey.split("\n");
  const plain = [...Object.values(values), keyLine];
  const secrets = [...plain, ...plain.map((value) => btoa(value)), btoa(privateKey).slice(60, 120)];
  const told = await allThatIsTold();
  for (const where of ["log", "spans", "journal", "local"])
    assert.match(told[where] ?? "", /login/, `${where} names it`);
  for (const [where, text] of Object.entries(told))
    for (const value of secrets) assert.ok(!text.includes(value), `${where} holds ${value}`);

  const store = join(estate.stateDir, "store");
  const files = readdirSync(store).map((name) => [name, readFileSync(join(store, name))] as const);
  assert.ok(
    files.some(([, bytes]) => bytes.includes("Secret/shop/login")),
    "what is looked through are the right files",
  );
  for (const [name, bytes] of files)
    for (const value of secrets) assert.ok(!bytes.includes(value), `${name} holds ${value}`);
});
