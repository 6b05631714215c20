/** The status of an object: what is ours in it, what others write into it, and what it means for revisions. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import {
  manifest,
  type ObjectPlace,
  ObjectRequests,
  outcomeOf,
  route,
  type Shown,
  service,
  shown,
} from "../support/api-objects.ts";
import { waitFor } from "../support/wait-for.ts";

const OURS = "landbridge.dev/gateway-controller";
const THEIRS = "other.test/controller";

interface Condition {
  readonly type: string;
  readonly status: string;
}

interface Parent {
  readonly controllerName: string;
  readonly parentRef: Readonly<Record<string, unknown>>;
  readonly conditions: readonly Condition[];
}

let estate: ApiEstate;
let objects: ObjectRequests;

before(async () => {
  estate = await ApiEstate.start();
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  await objects.make(manifest("Namespace", "", "shop"));
});
after(() => estate[Symbol.asyncDispose]());

function place(kind: string, name: string, namespace = "shop"): ObjectPlace {
  return { kind, namespace, name };
}

function conditionsOf({ status }: Shown): readonly Condition[] {
  return (status?.conditions ?? []) as readonly Condition[];
}

function parentsOf({ status }: Shown): readonly Parent[] {
  return (status?.parents ?? []) as readonly Parent[];
}

test("what the control plane finds out about an object makes no client's revision old", async () => {
  const made = await objects.make(route("shop", "observed", "observed.test"));
  const where = place("HTTPRoute", "observed");
  const later = await waitFor("the status to follow", async () => {
    const now = await objects.read(where);
    return parentsOf(now).length > 0 && now;
  });
  assert.ok(Number(later.metadata.resourceVersion) > Number(made.metadata.resourceVersion), "watchers see it");
  assert.equal(later.metadata.generation, 1);
  const labelled = { ...made, metadata: { ...made.metadata, labels: { a: "b" } } };
  const { metadata } = shown(await objects.update(labelled), 200);
  assert.equal(
    outcomeOf(await objects.update({ ...made, metadata: { ...made.metadata, labels: {} } })),
    "409 Conflict",
  );
  assert.deepEqual(metadata.labels, { a: "b" });
});

test("a status is written under /status alone, and nothing else there", async () => {
  const where = place("Service", "reported");
  const ingress = (ip: string) => ({ loadBalancer: { ingress: [{ ip }] } });
  const born = await objects.make({ ...service("shop", "reported"), status: ingress("192.0.2.1") });
  assert.equal(born.status, undefined, "a new object has none");
  const main = shown(await objects.patch(where, { spec: { type: "NodePort" }, status: ingress("192.0.2.2") }), 200);
  assert.deepEqual([main.status, main.spec?.type], [undefined, "NodePort"]);

  const both = { metadata: { labels: { a: "b" } }, spec: { type: "ClusterIP" }, status: ingress("192.0.2.3") };
  const patched = shown(await objects.patch(where, both, "merge-patch", "/status"), 200);
  assert.deepEqual(
    [patched.status, patched.spec?.type, patched.metadata.labels],
    [ingress("192.0.2.3"), "NodePort", undefined],
  );
  const { status: _, ...without } = patched;
  const kept = shown(await objects.update({ ...without, spec: { ...without.spec, type: "ClusterIP" } }), 200);
  assert.deepEqual([kept.status, kept.spec?.type], [ingress("192.0.2.3"), "ClusterIP"]);
  const put = shown(await objects.update({ ...kept, status: ingress("192.0.2.4") }, "/status"), 200);
  assert.deepEqual(put.status, ingress("192.0.2.4"));
  const own = await objects.patch(place("Secret", "none"), {}, "merge-patch", "/status");
  assert.equal(own.status, 404, "a kind without");
});

test("conditions and parents of another controller stay beside ours, which nobody else can write", async () => {
  const where = place("HTTPRoute", "reported");
  await objects.make(route("shop", "reported", "reported.test"));
  const before = await waitFor("our status", async () => {
    const now = await objects.read(where);
    return parentsOf(now).length > 0 && now;
  });
  const [ours] = parentsOf(before);
  assert.equal(ours?.controllerName, OURS);
  const condition = { lastTransitionTime: "2026-01-01T00:00:00Z", reason: "Said", message: "", status: "False" };
  const theirs = {
    controllerName: THEIRS,
    parentRef: { name: "edge", namespace: "infra" },
    conditions: [{ type: "Accepted", ...condition }],
  };
  const forged = { ...ours, conditions: [{ type: "Accepted", ...condition }] };
  const status = { parents: [forged, theirs] };
  const written = shown(await objects.patch(where, { status }, "merge-patch", "/status"), 200);
  for (const now of [written, await objects.read(where)]) {
    assert.deepEqual(
      parentsOf(now)
        .map(({ controllerName }) => controllerName)
        .sort(),
      [OURS, THEIRS].sort(),
    );
    assert.deepEqual(
      parentsOf(now).find(({ controllerName }) => controllerName === THEIRS),
      theirs,
    );
    assert.deepEqual(
      parentsOf(now).find(({ controllerName }) => controllerName === OURS),
      ours,
    );
  }
  shown(await objects.patch(where, { metadata: { labels: { a: "b" } }, status: { parents: [] } }), 200);
  assert.equal(parentsOf(await objects.read(where)).length, 2, "the main path leaves the status alone");

  const elsewhere = { spec: { parentRefs: [{ name: "their-gateway", namespace: "infra" }] } };
  shown(await objects.patch(where, elsewhere), 200);
  const named = () =>
    objects.read(where).then((now) => parentsOf(now).filter(({ controllerName }) => controllerName === OURS));
  const stale = (parent: Parent) => parent.parentRef.name === "edge";
  await waitFor("what we said about the parent it had to go", async () => !(await named()).some(stale));
});

test("a status that is written back whole outlasts nothing of ours, and makes no revision old", async () => {
  const where = place("HTTPRoute", "returned");
  await objects.make(route("shop", "returned", "returned.test"));
  const read = await waitFor("our status", async () => {
    const now = await objects.read(where);
    return parentsOf(now).length > 0 && now;
  });
  const returned = shown(await objects.update(read, "/status"), 200);
  assert.deepEqual(parentsOf(returned), parentsOf(read));
  const noted = { ...read.status, parents: [...parentsOf(read), { ...parentsOf(read)[0], controllerName: THEIRS }] };
  shown(await objects.update({ ...read, status: noted }, "/status"), 200);
  const { metadata } = await objects.read(where);
  assert.equal(metadata.generation, 1);
  const detached = { metadata: { resourceVersion: metadata.resourceVersion }, spec: { parentRefs: [] } };
  shown(await objects.patch(where, detached), 200);
  const controllers = async () => parentsOf(await objects.read(where)).map(({ controllerName }) => controllerName);
  await waitFor("our part to go and theirs to stay", async () => (await controllers()).join() === THEIRS);
});

test("who repeats what the control plane says in a status can go on writing", async () => {
  await objects.make(manifest("Namespace", "", "repeated"));
  const where = { kind: "Namespace", name: "repeated" };
  const read = await objects.read(where);
  const repeated = shown(await objects.patch(where, { status: read.status }, "merge-patch", "/status"), 200);
  assert.deepEqual(repeated.metadata, read.metadata);
  shown(await objects.update({ ...read, metadata: { ...read.metadata, labels: { a: "b" } } }), 200);
  shown(await objects.patch(where, { metadata: { labels: { a: "c" } } }), 200);
});

test("a write that shows nowhere makes no revision old", async () => {
  const where = { kind: "GatewayClass", name: "handed-over" };
  await objects.make(manifest("GatewayClass", "", "handed-over", { spec: { controllerName: THEIRS } }));
  const said = { type: "Accepted", status: "False", reason: "Said", message: "" };
  shown(await objects.patch(where, { status: { conditions: [said] } }, "merge-patch", "/status"), 200);
  shown(await objects.patch(where, { spec: { controllerName: OURS } }), 200);
  const ours = await waitFor("our condition in place of theirs", async () => {
    const now = await objects.read(where);
    return conditionsOf(now).some(({ type, status }) => type === "Accepted" && status === "True") && now;
  });
  const repeated = shown(await objects.update(ours, "/status"), 200);
  assert.deepEqual(repeated, ours);
  shown(await objects.update({ ...ours, metadata: { ...ours.metadata, labels: { a: "b" } } }), 200);
});

test("a condition of another controller stays beside ours, a malformed one does no harm", async () => {
  const platform = manifest("Platform", "", "conditions", { spec: { type: "Static", static: { services: [] } } });
  await objects.make(platform);
  const where = { kind: "Platform", name: "conditions" };
  const types = async () => conditionsOf(await objects.read(where)).map(({ type }) => type);
  const ours = await waitFor("our conditions", async () => ((await types()).length > 0 ? types() : undefined));
  const theirs = {
    type: "other.test/Audited",
    status: "True",
    reason: "Audited",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  const report = (status: unknown) => objects.patch(where, { status }, "merge-patch", "/status");
  shown(await report({ conditions: [theirs] }), 200);
  assert.deepEqual(await types(), [...ours, theirs.type]);
  for (const malformed of [{ conditions: [null, 5, "x", theirs] }, { conditions: "x" }, "x", [1]])
    assert.ok((await report(malformed)).status < 500, JSON.stringify(malformed));
  shown(await report(null), 200);
  assert.deepEqual(await types(), ours);
});
