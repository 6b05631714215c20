/** Requests that nobody thought of, against a real control plane: it answers each of them, tells no secret, and goes on. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { ApiEstate, type ApiUser } from "../support/api-estate.ts";
import { askRaw, type RawAnswer } from "../support/raw-tls.ts";
import { runSchemathesis, type SchemathesisRun } from "../support/schemathesis.ts";

const SEED = 4;
const RBAC = "rbac.authorization.k8s.io/v1";
const DOCUMENTS = [
  "api/v1",
  "apis/landbridge.dev/v1alpha1",
  "apis/gateway.networking.k8s.io/v1",
  "apis/rbac.authorization.k8s.io/v1",
];
/** A stream has no end that could be judged; watches have tests of their own. */
const STREAMING = new Set(["watch", "allowWatchBookmarks", "sendInitialEvents"]);
const OWN = "shop";
const OTHERS = "bank";
const PLANTED = "hunter2-Zq8vXw3LrT";
/** ServiceUnavailable, Timeout and InsufficientStorage say that the time is bad, and 501 that a method isn't known. */
const EXPECTED_FAILURES = new Set([501, 503, 504, 507]);
const GATEWAY = "gateway.networking.k8s.io/v1";
const SECRET = { metadata: { name: "front" }, type: "Opaque", stringData: { key: "own" } };
const ROUTE = {
  metadata: { name: "front", labels: { app: "front" } },
  spec: { rules: [{ backendRefs: [{ name: "front", port: 8080 }] }] },
};

let estate: ApiEstate;
let team: ApiUser;

before(async () => {
  estate = await ApiEstate.start();
  team = await estate.kubeconfigFor("ann", ["team"]);
  for (const name of [OWN, OTHERS]) await make("/api/v1/namespaces", "v1", "Namespace", { metadata: { name } });
  await make(`/api/v1/namespaces/${OTHERS}/secrets`, "v1", "Secret", {
    metadata: { name: "vault" },
    type: "Opaque",
    stringData: { key: PLANTED },
  });
  await make(`/apis/rbac.authorization.k8s.io/v1/namespaces/${OWN}/rolebindings`, RBAC, "RoleBinding", {
    metadata: { name: "team" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "team" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "team" }],
  });
  await make(`/api/v1/namespaces/${OWN}/secrets`, "v1", "Secret", SECRET);
  await make(`/apis/gateway.networking.k8s.io/v1/namespaces/${OWN}/httproutes`, GATEWAY, "HTTPRoute", ROUTE);
});
after(() => estate[Symbol.asyncDispose]());

async function make(path: string, apiVersion: string, kind: string, fields: object): Promise<void> {
  const made = await estate.fetch(path, { method: "POST", json: { apiVersion, kind, ...fields } });
  assert.equal(made.status, 201, made.text);
}

/** It lives, the administrator reads, and what was planted is still there to be told. */
async function assertServes(): Promise<void> {
  const live = await estate.fetch("/livez");
  assert.equal(live.status, 200, live.text);
  const secret = await estate.fetch(`/api/v1/namespaces/${OTHERS}/secrets/vault`);
  assert.equal(secret.status, 200, secret.text);
}

interface OpenApiOperation {
  readonly parameters?: readonly { readonly name: string }[];
}

interface OpenApiDocument {
  readonly paths: Record<string, Record<string, unknown>>;
  readonly components: { readonly schemas: Record<string, unknown> };
  readonly [field: string]: unknown;
}

/** All of the documents in one, without streams, and with names in paths that now and then lead to something. */
async function fuzzedDocument(): Promise<string> {
  const documents = await Promise.all(
    DOCUMENTS.map(async (name) => (await estate.fetch(`/openapi/v3/${name}`)).json() as unknown as OpenApiDocument),
  );
  const paths = Object.fromEntries(
    documents
      .flatMap((document) => Object.entries(document.paths))
      .map(([path, item]) => [path, fuzzedPath(path, item)]),
  );
  const schemas = Object.assign({}, ...documents.map(({ components }) => components.schemas)) as object;
  const file = join(estate.base, "fuzzed.json");
  writeFileSync(file, JSON.stringify({ ...documents[0], paths, components: { schemas } }));
  return file;
}

function fuzzedPath(path: string, item: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(item).flatMap(([name, value]): [string, unknown][] => {
    if (name === "parameters") return [[name, (value as { readonly name: string }[]).map(fuzzedPathParameter)]];
    // All of what the callers' own rights, and what is planted, are part of.
    if (name === "delete" && /\/(namespaces|accesstokens|rolebindings|clusterrolebindings)$/.test(path)) return [];
    const operation = value as OpenApiOperation;
    const parameters = operation.parameters?.filter((parameter) => !STREAMING.has(parameter.name));
    return [[name, { ...operation, ...(parameters && { parameters }) }]];
  });
  return Object.fromEntries(entries);
}

function fuzzedPathParameter(parameter: { readonly name: string }): object {
  const values = parameter.name === "namespace" ? [OWN, "default", "absent"] : ["front", "absent", "a.b-c"];
  return { ...parameter, schema: { type: "string", enum: values } };
}

async function assertWithstands(token: string, run: Partial<SchemathesisRun>): Promise<void> {
  const caFile = join(estate.base, "ca.pem");
  writeFileSync(caFile, estate.endpoint.caPem);
  const { code, out } = await runSchemathesis({
    schema: await fuzzedDocument(),
    baseUrl: estate.endpoint.url,
    headers: { authorization: `Bearer ${token}` },
    caFile,
    checks: ["not_a_server_error", "content_type_conformance", "status_code_conformance"],
    seed: SEED,
    workers: 2,
    boundMs: 120_000,
    ...run,
  });
  assert.equal(code, 0, out);
  await assertServes();
}

/** One request, before it is bytes. */
interface Draft {
  readonly method: string;
  /** Percent-encoded. */
  readonly segments: readonly string[];
  readonly query: readonly (readonly [string, string])[];
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | undefined;
}

function draft(method: string, path: string, type?: string, body?: unknown, query: Draft["query"] = []): Draft {
  return {
    method,
    segments: path.split("/").slice(1),
    query,
    headers: type === undefined ? [] : [["content-type", type]],
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

const OWN_ROUTES = `/apis/gateway.networking.k8s.io/v1/namespaces/${OWN}/httproutes`;
const OWN_SECRETS = `/api/v1/namespaces/${OWN}/secrets`;
const ROUTE_OBJECT = { apiVersion: GATEWAY, kind: "HTTPRoute", ...ROUTE };
const SECRET_OBJECT = { apiVersion: "v1", kind: "Secret", ...SECRET };
const JSON_TYPE = "application/json";

/** What real clients send, each valid as it is. */
const VALID: readonly Draft[] = [
  draft("GET", "/apis"),
  draft("GET", "/openapi/v3"),
  draft("GET", `${OWN_SECRETS}/front`),
  draft("GET", OWN_SECRETS, undefined, undefined, [
    ["limit", "1"],
    ["labelSelector", "app=front"],
  ]),
  draft("GET", OWN_ROUTES, undefined, undefined, [
    ["fieldSelector", "metadata.name=front"],
    ["resourceVersion", "0"],
    ["resourceVersionMatch", "NotOlderThan"],
  ]),
  draft("POST", OWN_ROUTES, JSON_TYPE, { ...ROUTE_OBJECT, metadata: { generateName: "made-" } }, [["dryRun", "All"]]),
  draft("POST", OWN_SECRETS, JSON_TYPE, { ...SECRET_OBJECT, metadata: { generateName: "made-" } }),
  draft("PUT", `${OWN_ROUTES}/front`, JSON_TYPE, ROUTE_OBJECT, [["fieldValidation", "Strict"]]),
  draft("PUT", `${OWN_SECRETS}/front`, "application/yaml", SECRET_OBJECT),
  draft("PATCH", `${OWN_ROUTES}/front`, "application/merge-patch+json", { metadata: { labels: { a: "b" } } }),
  draft("PATCH", `${OWN_SECRETS}/front`, "application/strategic-merge-patch+json", { metadata: { finalizers: [] } }),
  draft("PATCH", `${OWN_ROUTES}/front`, "application/json-patch+json", [
    { op: "test", path: "/metadata/name", value: "front" },
    { op: "copy", from: "/spec/rules/0", path: "/spec/rules/-" },
  ]),
  draft("DELETE", `${OWN_SECRETS}/front`, JSON_TYPE, {
    apiVersion: "v1",
    kind: "DeleteOptions",
    propagationPolicy: "Background",
    preconditions: { resourceVersion: "1" },
  }),
  draft("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", JSON_TYPE, {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { verb: "get", resource: "secrets", namespace: OTHERS, name: "vault" } },
  }),
  draft("POST", "/landbridge/v1/plan", JSON_TYPE, { objects: [ROUTE_OBJECT] }),
];

/** What leads somewhere else when it stands in a place that isn't its own. */
const TELLING = [
  ...[OWN, OTHERS, "vault", "front", "secrets", "httproutes", "namespaces", "status", "v1", "apis", "", ".", "..", "*"],
  ...["__proto__", "constructor", "toString", "metadata", "-1", "0", "9007199254740993", "true", "null", "1e999", "\0"],
  ...["a=b,c in (d", "!", "metadata.name=vault", `metadata.namespace=${OTHERS}`, "../bank/secrets/vault", "é\u2028😀"],
];
const TYPES = [
  ...[JSON_TYPE, "application/yaml", "application/merge-patch+json", "application/json-patch+json", "text/plain", "/"],
  ...["application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/vnd.kubernetes.protobuf"],
  ...[
    "application/json;as=Table;g=meta.k8s.io;v=v1",
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
  ],
  ...["application/json;charset=utf-16", "*/*;q=0", ";;;", "application/json;as=Table;g=meta.k8s.io;v=v1beta1,*/*"],
];
const QUERY_NAMES = [
  ...["dryRun", "fieldManager", "fieldValidation", "force", "pretty", "limit", "continue", "labelSelector"],
  ...[
    "fieldSelector",
    "resourceVersion",
    "resourceVersionMatch",
    "timeoutSeconds",
    "includeObject",
    "propagationPolicy",
  ],
  ...["gracePeriodSeconds", "orphanDependents", "after", "namespace", "hash", "__proto__"],
];
const HEADER_NAMES = [
  ...[
    "accept",
    "content-type",
    "content-encoding",
    "accept-encoding",
    "impersonate-user",
    "impersonate-group",
    "range",
  ],
  ...["x-http-method-override", "x-forwarded-for", "traceparent", "if-none-match", "if-match", "user-agent", "expect"],
  ...["x-remote-user", "x-remote-group", "cookie", "origin", "upgrade"],
];

type Change = (draft: Draft) => Draft;

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TELLING) },
  fc.string({ unit: "binary", maxLength: 12 }),
);
const index = fc.nat(1_000);

/** Also what percent-encoding must not hide: "%2e%2e", "%00", and encodings that are none. */
const segment = fc.oneof(
  text.map((value) => encodeURIComponent(value.toWellFormed())),
  fc.constantFrom("%2e%2e", "%2f", "%00", "%", "%zz", "%ff", "a%2Fb", "watch", "proxy", "finalize", "log"),
);
/** Visible in one line of a header, with bytes that aren't ASCII. */
const headerValue = fc.oneof(
  fc.constantFrom(...TYPES),
  text.map((value) => value.replace(/\p{Cc}/gu, "~")),
);

const changePath: fc.Arbitrary<Change> = fc
  .tuple(index, segment, fc.constantFrom("replace", "insert", "remove"))
  .map(([at, value, how]) => (given) => {
    const place = at % given.segments.length;
    const kept = how === "insert" ? place : place + 1;
    const put = how === "remove" ? [] : [value];
    return { ...given, segments: [...given.segments.slice(0, place), ...put, ...given.segments.slice(kept)] };
  });
const changeQuery: fc.Arbitrary<Change> = fc
  .tuple(fc.constantFrom(...QUERY_NAMES), text)
  .map((pair) => (given) => ({ ...given, query: [...given.query, pair] }));
const changeHeaders: fc.Arbitrary<Change> = fc
  .tuple(fc.constantFrom(...HEADER_NAMES), headerValue)
  .map(([name, value]) => (given) => {
    return { ...given, headers: [...given.headers.filter(([known]) => known !== name), [name, value]] };
  });
const changeMethod: fc.Arbitrary<Change> = fc
  .constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
  .map((method) => (given) => ({ ...given, method }));
/** Cut, and something else put in: mostly no JSON any more. */
const changeBytes: fc.Arbitrary<Change> = fc
  .tuple(index, fc.nat(8), fc.string({ unit: "binary", maxLength: 6 }))
  .map(([at, length, put]) => (given) => {
    const body = given.body ?? "";
    const place = at % (body.length + 1);
    return { ...given, body: `${body.slice(0, place)}${put}${body.slice(place + length)}` };
  });
const jsonValue = fc.oneof(
  text,
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 2 ** 53, [], {}, [[]], [null]),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constant(JSON.parse("[".repeat(400) + "]".repeat(400))),
);
/** Still JSON, with a value replaced, taken away, or put beside the others. */
const changeJson: fc.Arbitrary<Change> = fc
  .tuple(index, text, jsonValue, fc.constantFrom("replace", "remove", "add"))
  .map(([at, key, value, how]) => (given) => {
    if (given.body === undefined) return { ...given, body: JSON.stringify(value) };
    const parsed = parsedJson(given.body);
    const places = placesIn(parsed);
    const place = places[at % places.length];
    if (!place) return { ...given, body: JSON.stringify(value) };
    if (how === "remove") delete place.of[place.key];
    else place.of[how === "add" && !Array.isArray(place.of) ? key : place.key] = value;
    return { ...given, body: JSON.stringify(parsed) };
  });

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

interface Place {
  readonly of: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== "object" || value === null) return [];
  const of = value as Record<string, unknown>;
  return Object.keys(of).flatMap((key) => [{ of, key }, ...placesIn(of[key])]);
}

const CHANGES = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: changePath },
    { weight: 2, arbitrary: changeQuery },
    { weight: 2, arbitrary: changeHeaders },
    { weight: 1, arbitrary: changeMethod },
    { weight: 2, arbitrary: changeBytes },
    { weight: 5, arbitrary: changeJson },
  ),
  { minLength: 1, maxLength: 3 },
);
const requests = fc
  .tuple(fc.constantFrom(...VALID), CHANGES)
  .map(([valid, changes]) => changes.reduce((given, change) => change(given), valid));

function bytesOf({ method, segments, query, headers, body }: Draft, token: string): Buffer {
  const pairs = query.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`);
  const url = `/${segments.join("/")}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`;
  const content = Buffer.from(body ?? "");
  const lines = [
    `${method} ${url} HTTP/1.1`,
    "host: localhost",
    `authorization: Bearer ${token}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`content-length: ${content.length}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), content]);
}

function assertSound(answer: RawAnswer | undefined, path: string): void {
  assert.ok(answer, "there is an answer");
  const { status, headers, body } = answer;
  assert.ok(status >= 200 && (status < 500 || EXPECTED_FAILURES.has(status)), `${status} ${body}`);
  if (headers["content-type"]?.startsWith("text/plain")) {
    assert.match(path, /^\/(livez|readyz|healthz|metrics)\b/, body);
    return;
  }
  assert.equal(headers["content-type"], "application/json", body);
  const shown = JSON.parse(body) as Record<string, unknown>;
  assert.ok(typeof shown === "object" && shown !== null, body);
  if (status < 400) return;
  assert.deepEqual([shown.kind, shown.apiVersion, shown.status, shown.code], ["Status", "v1", "Failure", status], body);
  assert.equal(typeof shown.message, "string", body);
}

function assertTellsNothing({ headers, body }: RawAnswer): void {
  const told = `${JSON.stringify(headers)}${body}`;
  for (const form of [PLANTED, Buffer.from(PLANTED).toString("base64")]) assert.ok(!told.includes(form), told);
}

for (const who of ["a team", "an administrator"]) {
  test(`valid requests of ${who}, changed anyhow, are answered soundly`, { timeout: 120_000 }, async () => {
    const isTeam = who === "a team";
    const token = isTeam ? team.token : estate.admin.token;
    const codes: number[] = [];
    const property = fc.asyncProperty(requests, async (request) => {
      const answer = await askRaw(estate.endpoint, bytesOf(request, token));
      assertSound(answer, `/${request.segments.join("/")}`);
      if (isTeam && answer) assertTellsNothing(answer);
      codes.push(answer?.status ?? 0);
    });
    await fc.assert(property, { seed: SEED, numRuns: 300 });
    // Not all are stopped at the door.
    const done = codes.filter((code) => code < 300).length;
    assert.ok(done >= 15, `${done} requests got through`);
    await assertServes();
  });
}

test("requests made up from the OpenAPI documents bring a team no server error", { timeout: 150_000 }, async () => {
  await assertWithstands(team.token, { phases: ["fuzzing"], maxExamples: 1 });
});

test("requests made up from the OpenAPI documents bring an administrator no server error", {
  timeout: 150_000,
}, async () => {
  await assertWithstands(estate.admin.token, { phases: ["fuzzing"], maxExamples: 1 });
});
