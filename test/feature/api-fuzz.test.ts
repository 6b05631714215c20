/** Requests that nobody thought of, against a real control plane: it answers each of them, tells no secret, and goes on. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { ApiEstate, type ApiUser } from "../support/api-estate.ts";
import { bytesOf, changedRequests, GATEWAY, OTHERS, OWN, ROUTE, SECRET } from "../support/changed-requests.ts";
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
const PLANTED = "hunter2-Zq8vXw3LrT";
/** ServiceUnavailable, Timeout and InsufficientStorage say that the time is bad, and 501 that a method isn't known. */
const EXPECTED_FAILURES = new Set([501, 503, 504, 507]);

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
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "landbridge:team" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "team" }],
  });
  await make(`/api/v1/namespaces/${OWN}/secrets`, "v1", "Secret", SECRET);
  await make(`/apis/gateway.networking.k8s.io/v1/namespaces/${OWN}/httproutes`, GATEWAY, "HTTPRoute", ROUTE);
  const own = await team.client.fetch(`/api/v1/namespaces/${OWN}/secrets/front`);
  assert.equal(own.status, 200, own.text);
});
after(() => estate[Symbol.asyncDispose]());

async function make(path: string, apiVersion: string, kind: string, fields: object): Promise<void> {
  const made = await estate.fetch(path, { method: "POST", json: { apiVersion, kind, ...fields } });
  assert.equal(made.status, 201, made.text);
}

/** It lives, and the administrator reads. */
async function assertServes(): Promise<void> {
  for (const path of ["/livez", "/api/v1/namespaces/default"]) {
    const { status, text } = await estate.fetch(path);
    assert.equal(status, 200, text);
  }
}

/** What was planted can still be told. */
async function assertPlanted(): Promise<void> {
  const { text } = await estate.fetch(`/api/v1/namespaces/${OTHERS}/secrets/vault`);
  assert.ok(text.includes(Buffer.from(PLANTED).toString("base64")), text);
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
    const property = fc.asyncProperty(changedRequests, async (request) => {
      const answer = await askRaw(estate.endpoint, bytesOf(request, token));
      assertSound(answer, `/${request.segments.join("/")}`);
      if (isTeam && answer) assertTellsNothing(answer);
      codes.push(answer?.status ?? 0);
    });
    await fc.assert(property, { seed: SEED, numRuns: 300 });
    // Not all are stopped at the door.
    const done = codes.filter((code) => code < 300).length;
    assert.ok(done >= 30, `${done} requests got through`);
    await assertServes();
    if (isTeam) await assertPlanted();
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
