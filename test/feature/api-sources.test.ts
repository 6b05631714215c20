/** The configuration directory and the API's store at once: who owns an object, which one serves, and one estate of both. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { localConnection } from "../../src/client/connection.ts";
import { ApiClient } from "../support/api-client.ts";
import { ApiEstate } from "../support/api-estate.ts";
import {
  type Manifest,
  manifest,
  type ObjectPlace,
  ObjectRequests,
  outcomeOf,
  type Shown,
  service,
  shown,
  statusOf,
} from "../support/api-objects.ts";
import { type Echo, startEcho, type TestServer } from "../support/echo-server.ts";
import { type Answer, serviceYaml } from "../support/test-estate.ts";
import { UpProcess } from "../support/up-process.ts";
import { waitFor } from "../support/wait-for.ts";

const ORIGIN = "landbridge.dev/origin";
const EXTRA: ObjectPlace = { kind: "Service", namespace: "shop", name: "extra" };

let estate: ApiEstate;
let objects: ObjectRequests;
let vm: TestServer;
let k8s: TestServer;

before(async () => {
  [vm, k8s] = await Promise.all([startEcho("vm"), startEcho("k8s")]);
  estate = await ApiEstate.start({ "shop.yaml": shopYaml() });
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  await objects.make(manifest("Namespace", "", "shop"));
});
after(async () => {
  await estate[Symbol.asyncDispose]();
  await Promise.all([vm, k8s].map((server) => server.close()));
});

/** A HybridService front that sends everything to vm, and a route to it for file.test. */
function shopYaml(): string {
  const backends = { vm: { port: vm.port, weight: 100 }, k8s: { port: k8s.port, weight: 0 } };
  return serviceYaml("front", "file.test", backends);
}

/** To a HybridService of its namespace. */
function routeTo(hybridService: string, name: string, host: string): Manifest {
  return manifest("HTTPRoute", "shop", name, {
    spec: {
      parentRefs: [{ name: "edge", namespace: "infra" }],
      hostnames: [host],
      rules: [{ backendRefs: [{ group: "landbridge.dev", kind: "HybridService", name: hybridService }] }],
    },
  });
}

function serviceFile(port: number): string {
  return `apiVersion: v1
kind: Service
metadata: { name: extra, namespace: shop }
spec: { ports: [ { port: ${port} } ] }
`;
}

/** Line and column of the first field of that kind's first document in a file. */
function placeIn(file: string, kind: string): string {
  const lines = readFileSync(estate.path(file), "utf8").split("\n");
  const line = lines.indexOf(`kind: ${kind}`);
  assert.ok(line > 0);
  return `${file}:${line}:1`;
}

function portOf({ spec }: Shown): unknown {
  const { ports } = spec as { readonly ports: readonly { readonly port: number }[] };
  return ports[0]?.port;
}

function serviceOf({ status, body }: Answer): string {
  return status === 200 ? (JSON.parse(body) as Echo).service : String(status);
}

async function answeredBy(host: string): Promise<string> {
  return serviceOf(await estate.get(host));
}

async function untilHidden(key: string): Promise<void> {
  assert.equal((await estate.untilProblem("LB1412")).object, key);
}

test("an object of a file says where it stands, and each writing verb is refused with that place", async () => {
  const place = { kind: "HybridService", namespace: "shop", name: "front" };
  const object = await objects.read(place);
  const origin = object.metadata.annotations?.[ORIGIN] ?? "";
  const expected = placeIn("shop.yaml", "HybridService");
  assert.ok(origin.endsWith(expected), `${origin} is at ${expected}`);
  const split = { spec: { split: [{ backend: "k8s", weight: 100 }] } };
  const { metadata } = object;
  for (const [verb, answer] of [
    ["patch", await objects.patch(place, split)],
    ["patch of the status", await objects.patch(place, { status: {} }, "merge-patch", "/status")],
    ["update", await objects.update({ ...object, spec: { ...object.spec, ...split.spec } })],
    ["delete", await objects.remove(place)],
    ["dry run", await objects.remove(place, undefined, "?dryRun=All")],
  ] as const) {
    assert.equal(outcomeOf(answer), "403 Forbidden", verb);
    assert.match(statusOf(answer).message ?? "", /hybridservices\.landbridge\.dev "front" is forbidden/, verb);
    assert.ok(statusOf(answer).message?.includes(`${expected} `), `${verb}: ${answer.text}`);
  }
  const again = manifest("HybridService", "shop", "front", { spec: object.spec });
  assert.equal(outcomeOf(await objects.create(again)), "409 AlreadyExists");
  const after = await objects.read(place);
  assert.deepEqual([after.spec, after.metadata.uid], [object.spec, metadata.uid]);
  assert.equal(await answeredBy("file.test"), "vm");
});

test("deletecollection passes by what stands in files", async () => {
  await objects.make(routeTo("front", "passing", "passing.test"));
  const answer = await objects.remove({ kind: "HTTPRoute", namespace: "shop" });
  assert.equal(answer.status, 200, answer.text);
  const left = await objects.list({ kind: "HTTPRoute", namespace: "shop" });
  assert.deepEqual(
    left.items.map(({ metadata }) => metadata.name),
    ["front"],
  );
});

test("what says where an object stands isn't stored with a copy of it", async () => {
  const annotations = { [ORIGIN]: "elsewhere.yaml:1:1", "shop.test/note": "kept" };
  const made = await objects.make(service("shop", { name: "copy", annotations }));
  assert.deepEqual(made.metadata.annotations, { "shop.test/note": "kept" });
  const place = { kind: "Service", namespace: "shop", name: "copy" };
  const patched = shown(await objects.patch(place, { metadata: { annotations } }), 200);
  assert.deepEqual(patched.metadata.annotations, { "shop.test/note": "kept" });
  await objects.remove(place);
});

test("a stored object that a file hides is a problem, can't be changed, and comes to light as it was", async () => {
  const stored = await objects.make(service("shop", "extra", 81));
  estate.write("extra.yaml", serviceFile(82));
  await untilHidden("Service/shop/extra");
  const ofFile = await objects.read(EXTRA);
  assert.equal(portOf(ofFile), 82);
  assert.match(ofFile.metadata.annotations?.[ORIGIN] ?? "", /extra\.yaml:1:1$/);
  const { ports } = service("shop", "extra", 83).spec as { readonly ports: unknown };
  for (const answer of [
    await objects.patch(EXTRA, { spec: { ports } }),
    await objects.update(service("shop", "extra", 83)),
    await objects.patch(EXTRA, { status: {} }, "merge-patch", "/status"),
  ]) {
    assert.equal(outcomeOf(answer), "403 Forbidden");
    assert.match(statusOf(answer).message ?? "", /extra\.yaml:1:1 /);
  }
  estate.remove("extra.yaml");
  await estate.untilNoProblems();
  const back = await objects.read(EXTRA);
  assert.equal(portOf(back), 81);
  const { resourceVersion: before, ...metadata } = stored.metadata;
  const { resourceVersion: after, ...metadataNow } = back.metadata;
  assert.deepEqual(metadataNow, metadata);
  assert.ok(Number(after) > Number(before), "a watcher has to see it");
  assert.equal((await objects.patch(EXTRA, { spec: { type: "NodePort" } })).status, 200, "and can be changed again");
});

test("a stored object that a file hides can be deleted; the file's stays", async () => {
  estate.write("extra.yaml", serviceFile(84));
  await untilHidden("Service/shop/extra");
  assert.equal((await objects.remove(EXTRA, undefined, "?dryRun=All")).status, 200);
  await untilHidden("Service/shop/extra");
  const deleted = await objects.remove(EXTRA);
  assert.equal(deleted.status, 200, deleted.text);
  await estate.untilNoProblems();
  assert.equal(portOf(await objects.read(EXTRA)), 84);
  assert.equal(outcomeOf(await objects.remove(EXTRA)), "403 Forbidden", "only the file's is left");
  estate.remove("extra.yaml");
  await waitFor("the object to go with its file", async () => (await objects.get(EXTRA)).status === 404);
});

test("built-in roles and their bindings are read-only", async () => {
  for (const place of [
    { kind: "ClusterRole", name: "landbridge:viewer" },
    { kind: "ClusterRoleBinding", name: await firstBinding() },
  ]) {
    const before = await objects.read(place);
    assert.equal(before.metadata.annotations?.[ORIGIN], undefined, "it stands in no file");
    for (const answer of [
      await objects.patch(place, { metadata: { labels: { mine: "true" } } }),
      await objects.update({ ...before, metadata: { ...before.metadata, labels: {} } }),
      await objects.remove(place),
    ]) {
      assert.equal(outcomeOf(answer), "403 Forbidden");
      assert.match(statusOf(answer).message ?? "", /built in and read-only \(LB6012\)/);
    }
    assert.deepEqual(await objects.read(place), before);
  }
});

async function firstBinding(): Promise<string> {
  const { items } = await objects.list({ kind: "ClusterRoleBinding" });
  const [binding] = items;
  assert.ok(binding);
  return binding.metadata.name;
}

test("a route of the API to a HybridService of a file serves, and does again after a restart", async () => {
  await objects.make(routeTo("front", "shared", "api.test"));
  await estate.untilCondition("HTTPRoute/shop/shared", "Programmed", "True");
  assert.deepEqual(await Promise.all(["api.test", "file.test"].map(answeredBy)), ["vm", "vm"]);
  await estate.stop();
  estate.edit("shop.yaml", "{ backend: vm, weight: 100 }", "{ backend: vm, weight: 0 }");
  estate.edit("shop.yaml", "{ backend: k8s, weight: 0 }", "{ backend: k8s, weight: 100 }");
  await estate.up();
  assert.deepEqual(await Promise.all(["api.test", "file.test"].map(answeredBy)), ["k8s", "k8s"]);
  const route = await objects.read({ kind: "HTTPRoute", namespace: "shop", name: "shared" });
  assert.equal(route.metadata.annotations?.[ORIGIN], undefined);
  assert.deepEqual(estate.plane.view.problems(), []);
});

test("what both sources gave goes on serving while the control plane is dead, and is one estate again after", async () => {
  await using up = await UpProcess.start({ "shop.yaml": shopYaml() });
  const served = async (host: string) => serviceOf(await up.get(host));
  const until = (host: string, by: string) => up.untilAnswer(host, (answer) => serviceOf(answer) === by);
  {
    using api = await adminOf(up);
    const requests = new ObjectRequests((path, init) => api.fetch(path, init));
    await requests.make(manifest("Namespace", "", "shop"));
    await requests.make(routeTo("front", "shared", "api.test"));
    await until("api.test", "vm");
  }
  await up.end("SIGKILL");
  for (const host of ["api.test", "file.test"]) assert.equal(await served(host), "vm");

  up.edit("shop.yaml", "{ backend: vm, weight: 100 }", "{ backend: vm, weight: 0 }");
  up.edit("shop.yaml", "{ backend: k8s, weight: 0 }", "{ backend: k8s, weight: 100 }");
  const seen = new Set<string>();
  const ended = new AbortController();
  const asking = (async () => {
    while (!ended.signal.aborted) seen.add(await served("api.test"));
  })();
  try {
    await up.begin();
    // The file's change reaches the API's route as it reaches the file's own.
    await Promise.all(["api.test", "file.test"].map((host) => until(host, "k8s")));
  } finally {
    ended.abort();
    await asking;
  }
  assert.deepEqual([...seen].sort(), ["k8s", "vm"], "nothing was refused on the way");
  using api = await adminOf(up);
  const requests = new ObjectRequests((path, init) => api.fetch(path, init));
  const route = { kind: "HTTPRoute", namespace: "shop", name: "shared" };
  shown(await requests.patch(route, { spec: { hostnames: ["moved.test"] } }), 200);
  await until("moved.test", "k8s");
  await until("api.test", "404");
});

async function adminOf({ stateDir }: UpProcess): Promise<ApiClient> {
  const found = await localConnection(stateDir);
  if ("problem" in found) throw new Error(found.problem.message);
  const { url, caPem, token } = found.value.connection;
  assert.ok(caPem && token);
  return new ApiClient({ url, caPem }, token);
}
