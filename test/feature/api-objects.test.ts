/** What becomes of one object: its identity, revisions and generation, and its end. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RawMeta } from "../../src/model/object-meta.ts";
import { ApiEstate } from "../support/api-estate.ts";
import {
  manifest,
  type ObjectPlace,
  ObjectRequests,
  outcomeOf,
  route,
  type Shown,
  secret,
  service,
  shown,
  statusOf,
} from "../support/api-objects.ts";
import { waitFor } from "../support/wait-for.ts";

const HOLD = "shop.test/hold";
const DRY = "?dryRun=All";

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

async function isThere(where: ObjectPlace): Promise<boolean> {
  return (await objects.get(where)).status === 200;
}

/** What changes of an object as `change` is made to it; the change has to be taken. */
async function changeOf(where: ObjectPlace, change: unknown): Promise<{ revision: boolean; generation: number }> {
  const before = await objects.read(where);
  const { metadata } = shown(await objects.patch(where, change), 200);
  return {
    revision: metadata.resourceVersion !== before.metadata.resourceVersion,
    generation: (metadata.generation ?? 0) - (before.metadata.generation ?? 0),
  };
}

test("generateName makes a name that wasn't there, and a name goes before it", async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => objects.make(service("shop", unnamed("gen-")))));
  const names = made.map(({ metadata }) => metadata.name);
  for (const { metadata } of made) {
    assert.match(metadata.name, /^gen-[a-z0-9]{5}$/);
    assert.equal(metadata.generateName, "gen-");
    assert.ok(await isThere(place("Service", metadata.name)));
  }
  assert.equal(new Set(names).size, names.length);
  const named = await objects.make(service("shop", { name: "chosen", generateName: "gen-" }));
  assert.equal(named.metadata.name, "chosen");
  const long = await objects.make(secret("shop", unnamed("x".repeat(63)), {}));
  assert.match(long.metadata.name, /^x{58}[a-z0-9]{5}$/);
  const neither = await objects.create(service("shop", {}));
  assert.equal(outcomeOf(neither), "422 Invalid");
});

function unnamed(generateName: string): Partial<RawMeta> {
  return { generateName };
}

test("uid, times and generation are the server's: nobody else can give or change them", async () => {
  const claimed = {
    uid: "11111111-1111-4111-8111-111111111111",
    creationTimestamp: "2001-01-01T00:00:00Z",
    generation: 77,
  };
  const started = Math.floor(Date.now() / 1000) * 1000;
  const made = await objects.make(service("shop", { name: "identity", ...claimed }));
  const { uid, creationTimestamp, generation } = made.metadata;
  assert.match(uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(uid, claimed.uid);
  assert.ok(Date.parse(creationTimestamp) >= started, creationTimestamp);
  assert.equal(generation, 1);

  const where = place("Service", "identity");
  const later = {
    creationTimestamp: claimed.creationTimestamp,
    generation: 77,
    deletionTimestamp: "2001-01-01T00:00:00Z",
  };
  const patched = shown(await objects.patch(where, { metadata: { ...later, labels: { a: "b" } } }), 200);
  assert.deepEqual(identity(patched), { uid, creationTimestamp, generation: 1, deletionTimestamp: undefined });
  const foreign = await objects.patch(where, { metadata: { uid: claimed.uid } });
  assert.equal(outcomeOf(foreign), "409 Conflict", "another uid means another object");

  await objects.remove(where);
  const again = await objects.make(service("shop", "identity"));
  assert.notEqual(again.metadata.uid, uid);
});

function identity({ metadata }: Shown) {
  const { uid, creationTimestamp, generation, deletionTimestamp } = metadata;
  return { uid, creationTimestamp, generation, deletionTimestamp };
}

test("the generation counts changes of what is wanted, and nothing else", async () => {
  const where = place("Service", "counted");
  await objects.make(service("shop", "counted"));
  assert.deepEqual(await changeOf(where, { spec: { type: "NodePort" } }), { revision: true, generation: 1 });
  assert.deepEqual(await changeOf(where, { metadata: { labels: { a: "b" } } }), { revision: true, generation: 0 });
  assert.deepEqual(await changeOf(where, { metadata: { annotations: { a: "b" } } }), { revision: true, generation: 0 });
  const { metadata } = await objects.read(where);
  const status = { status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } } };
  const answered = shown(await objects.patch(where, status, "merge-patch", "/status"), 200);
  assert.equal(answered.metadata.generation, metadata.generation);
});

test("a write that changes nothing is no revision", async () => {
  const where = place("Service", "still");
  const made = await objects.make(service("shop", { name: "still", labels: { a: "b" } }));
  const { resourceVersion: _, ...metadata } = made.metadata;
  for (const answer of [
    await objects.patch(where, {}),
    await objects.patch(where, { metadata: { labels: { a: "b" } } }),
    await objects.patch(where, [{ op: "test", path: "/kind", value: "Service" }], "json-patch"),
    await objects.patch(where, { spec: made.spec }, "strategic-merge-patch"),
    await objects.update(made),
    await objects.update({ ...made, metadata }),
    await objects.patch(where, {}, "merge-patch", "/status"),
  ]) {
    assert.deepEqual(shown(answer, 200).metadata, made.metadata);
  }
  assert.deepEqual(await objects.read(where), made);
});

test("a change from an older revision is refused; without a revision the last one wins", async () => {
  const where = place("Service", "contended");
  const first = await objects.make(service("shop", "contended"));
  shown(await objects.patch(where, { metadata: { labels: { by: "another" } } }), 200);
  const stale = { ...first, metadata: { ...first.metadata, labels: { by: "me" } } };
  const { resourceVersion } = first.metadata;
  for (const answer of [
    await objects.update(stale),
    await objects.patch(where, { metadata: { resourceVersion, labels: { by: "me" } } }),
    await objects.update(stale, DRY),
    await objects.update(stale, "/status"),
    await objects.remove(where, { preconditions: { resourceVersion } }),
    await objects.remove(where, { preconditions: { uid: "22222222-2222-4222-8222-222222222222" } }),
  ]) {
    assert.equal(outcomeOf(answer), "409 Conflict");
  }
  assert.match(statusOf(await objects.update(stale)).message ?? "", /the object has been modified; please apply/);
  assert.deepEqual((await objects.read(where)).metadata.labels, { by: "another" });

  const { resourceVersion: __, ...unversioned } = stale.metadata;
  const last = shown(await objects.update({ ...stale, metadata: unversioned }), 200);
  assert.deepEqual(last.metadata.labels, { by: "me" });
  const { uid, resourceVersion: newest } = last.metadata;
  assert.equal((await objects.remove(where, { preconditions: { uid, resourceVersion: newest } })).status, 200);
});

test("of those who change one revision at the same time, one is let through; patches without one all are", async () => {
  const where = place("Service", "raced");
  const first = await objects.make(service("shop", "raced"));
  const versions = Array.from({ length: 6 }, (_, index) => String(index));
  const updates = await Promise.all(
    versions.map((by) => objects.update({ ...first, metadata: { ...first.metadata, labels: { by } } })),
  );
  assert.deepEqual(updates.map(({ status }) => status).sort(), [200, 409, 409, 409, 409, 409]);
  const patches = await Promise.all(
    versions.map((by) => objects.patch(where, { metadata: { annotations: { [`shop.test/${by}`]: by } } })),
  );
  assert.deepEqual(
    patches.map(({ status }) => status),
    versions.map(() => 200),
  );
  const { annotations } = (await objects.read(where)).metadata;
  assert.deepEqual(annotations, Object.fromEntries(versions.map((by) => [`shop.test/${by}`, by])));
});

test("finalizers hold a deletion until the last is taken away, and no new one comes", async () => {
  const where = place("Service", "held");
  const made = await objects.make(service("shop", { name: "held", finalizers: [HOLD, `${HOLD}-too`] }));
  const deleted = shown(await objects.remove(where), 202);
  assert.ok(deleted.metadata.deletionTimestamp);
  assert.equal(deleted.metadata.uid, made.metadata.uid);
  const again = shown(await objects.remove(where), 202);
  assert.deepEqual(again.metadata, deleted.metadata, "once is enough");
  assert.equal(outcomeOf(await objects.create(service("shop", "held"))), "409 AlreadyExists");
  shown(await objects.patch(where, { metadata: { labels: { a: "b" } } }), 200);
  const added = await objects.patch(where, { metadata: { finalizers: [HOLD, `${HOLD}-too`, `${HOLD}-new`] } });
  assert.equal(outcomeOf(added), "422 Invalid");
  assert.match(statusOf(added).message ?? "", /no new finalizers can be added if the object is being deleted/);
  shown(await objects.patch(where, { metadata: { finalizers: [HOLD] } }), 200);
  assert.ok(await isThere(where));
  assert.equal((await objects.patch(where, { metadata: { finalizers: null } }, "merge-patch", DRY)).status, 200);
  assert.ok(await isThere(where));
  shown(await objects.patch(where, { metadata: { finalizers: null } }), 200);
  assert.equal((await objects.get(where)).status, 404);
});

test("a namespace that is being deleted takes nothing new, and goes after all that was in it", async () => {
  const namespace = { kind: "Namespace", name: "closing" };
  await objects.make(manifest("Namespace", "", "closing"));
  const held = place("Service", "held", "closing");
  await objects.make(service("closing", { name: "held", finalizers: [HOLD] }));
  await objects.make(secret("closing", "plain", { a: "b" }));
  const deleted = await objects.remove(namespace);
  assert.equal(deleted.status, 202, deleted.text);
  await waitFor("what nothing holds to go", async () => !(await isThere(place("Secret", "plain", "closing"))));
  assert.deepEqual((await objects.read(namespace)).status, { phase: "Terminating" });
  assert.ok((await objects.read(held)).metadata.deletionTimestamp);
  const refused = await objects.create(service("closing", "late"));
  assert.equal(outcomeOf(refused), "403 Forbidden");
  assert.match(statusOf(refused).message ?? "", /the namespace closing is being deleted/);
  assert.equal(outcomeOf(await objects.create(service("closing", "late"), DRY)), "403 Forbidden");
  shown(await objects.patch(held, { metadata: { finalizers: [] } }), 200);
  await waitFor("the namespace to go", async () => !(await isThere(namespace)));
  assert.equal(outcomeOf(await objects.create(service("closing", "late"))), "404 NotFound");
  const anew = await objects.make(manifest("Namespace", "", "closing"));
  assert.deepEqual(anew.status, { phase: "Active" });
  assert.deepEqual((await objects.list({ kind: "Service", namespace: "closing" })).items, []);
});

test("a dry run answers as the write would, and leaves everything as it is", async () => {
  const where = place("Service", "dry");
  const pretended = shown(await objects.create(service("shop", "dry"), DRY), 201);
  assert.ok(pretended.metadata.uid);
  assert.equal(pretended.metadata.generation, 1);
  assert.equal(await isThere(where), false);

  const made = await objects.make(service("shop", { name: "dry", labels: { a: "b" } }));
  const wider = { ...made, spec: { ...made.spec, type: "NodePort" } };
  for (const answer of [
    await objects.update(wider, DRY),
    await objects.patch(where, { spec: { type: "NodePort" } }, "merge-patch", DRY),
  ]) {
    const { spec, metadata } = shown(answer, 200);
    assert.deepEqual([spec?.type, metadata.generation], ["NodePort", 2]);
    assert.equal(metadata.resourceVersion, made.metadata.resourceVersion);
  }
  for (const answer of [
    await objects.remove(where, undefined, DRY),
    await objects.remove(where, { dryRun: ["All"] }),
    await objects.remove({ kind: "Service", namespace: "shop" }, undefined, `${DRY}&labelSelector=a%3Db`),
    await objects.patch(where, { status: { loadBalancer: {} } }, "merge-patch", `/status${DRY}`),
  ]) {
    assert.equal(answer.status, 200, answer.text);
  }
  assert.deepEqual(await objects.read(where), made);
  assert.equal(outcomeOf(await objects.create(service("shop", "dry"), DRY)), "409 AlreadyExists");
  const wrong = manifest("Service", "shop", "wrong", { spec: { ports: "none" } });
  assert.equal(outcomeOf(await objects.create(wrong, DRY)), "422 Invalid");
  assert.equal(outcomeOf(await objects.create(service("shop", "other"), "?dryRun=Some")), "400 BadRequest");
  assert.equal(await isThere(place("Service", "other")), false);
});

test("immutable fields stay as they were made", async () => {
  const group = "rbac.authorization.k8s.io";
  const ref = (name: string) => ({ apiGroup: group, kind: "ClusterRole", name });
  const roles = { roleRef: ref("landbridge:viewer"), subjects: [{ apiGroup: group, kind: "User", name: "ann" }] };
  await objects.make(manifest("RoleBinding", "shop", "fixed", roles));
  await objects.make(manifest("ClusterRoleBinding", "", "fixed", roles));
  await objects.make({ ...secret("shop", "typed", { a: "b" }), type: "Opaque" });
  await objects.make({ ...secret("shop", "frozen", { a: "b" }), immutable: true });
  const slice = { addressType: "IPv4", endpoints: [], ports: [] };
  await objects.make(manifest("EndpointSlice", "shop", "fixed", slice));
  for (const [where, change, field] of [
    [place("RoleBinding", "fixed"), { roleRef: ref("landbridge:team") }, "roleRef"],
    [{ kind: "ClusterRoleBinding", name: "fixed" }, { roleRef: ref("landbridge:admin") }, "roleRef"],
    [place("Secret", "typed"), { type: "shop.test/other" }, "type"],
    [place("Secret", "frozen"), { data: { a: "Yw==" } }, "data"],
    [place("Secret", "frozen"), { stringData: { a: "c" } }, "data"],
    [place("Secret", "frozen"), { immutable: null }, "immutable"],
    [place("EndpointSlice", "fixed"), { addressType: "IPv6" }, "addressType"],
  ] as const) {
    const before = await objects.read(where);
    const answer = await objects.patch(where, change);
    assert.equal(outcomeOf(answer), "422 Invalid", `${where.kind} ${field}`);
    assert.deepEqual(
      statusOf(answer).details?.causes?.map((cause) => cause.field),
      [field],
    );
    assert.match(statusOf(answer).message ?? "", /the field is immutable/);
    assert.deepEqual(await objects.read(where), before);
  }
  const labels = { metadata: { labels: { a: "b" } } };
  assert.equal((await objects.patch(place("Secret", "frozen"), labels)).status, 200, "metadata is free");
  assert.equal((await objects.remove(place("Secret", "frozen"))).status, 200);
});

test("stringData of a Secret ends up in its data, and is never given back", async () => {
  const where = place("Secret", "merged");
  const data = { kept: encoded("1"), both: encoded("2") };
  const made = await objects.make({ ...secret("shop", "merged", { both: "3", new: "ü" }), data });
  assert.deepEqual(made.data, { kept: encoded("1"), both: encoded("3"), new: encoded("ü") });
  assert.equal(made.stringData, undefined);
  const patched = shown(await objects.patch(where, { stringData: { kept: "4" } }), 200);
  assert.deepEqual(patched.data, { kept: encoded("4"), both: encoded("3"), new: encoded("ü") });
  const now = await objects.read(where);
  assert.deepEqual([now.data, now.stringData], [patched.data, undefined]);
  assert.deepEqual(await changeOf(where, { stringData: { kept: "4" } }), { revision: false, generation: 0 });
});

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}

test("a token is in the answer to the creation of its AccessToken, and nowhere after", async () => {
  const made = await objects.make(manifest("AccessToken", "", "laptop", { spec: { user: "ann" } }));
  const { token } = made.status as { readonly token: string };
  const place = { kind: "AccessToken", name: "laptop" };
  const whoami = () =>
    estate.fetch("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
      method: "POST",
      token,
      json: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
    });
  const review = await whoami();
  assert.equal(review.status, 201, review.text);
  assert.match(review.text, /"username":"ann"/);

  const list = await objects.get({ kind: "AccessToken" });
  const patched = await objects.patch(place, { spec: { description: "of ann" } });
  for (const { text } of [await objects.get(place), list, patched]) {
    assert.ok(text.includes('"laptop"'));
    assert.ok(!text.includes(token), "the token itself is kept nowhere");
  }
  assert.equal((await objects.read(place)).status, undefined);
  await objects.remove(place);
  await waitFor("the token to be worth nothing", async () => (await whoami()).status === 401);
});

test("Events are read, and made by the control plane alone", async () => {
  await objects.make(route("shop", "eventful", "eventful.test", "nowhere"));
  const events = { kind: "Event", namespace: "shop" };
  const event = await waitFor("an event", async () => (await objects.list(events)).items[0]);
  const where = { ...events, name: event.metadata.name };
  const { resourceVersion: _, ...metadata } = event.metadata;
  for (const answer of [
    await objects.create({ ...event, metadata: { ...metadata, name: "forged.1" } }),
    await objects.update({ ...event, message: "forged" }),
    await objects.patch(where, { message: "forged" }),
    await objects.remove(where),
    await objects.remove(events),
  ]) {
    assert.equal(outcomeOf(answer), "405 MethodNotAllowed");
  }
  assert.equal((await objects.get({ ...events, name: "forged.1" })).status, 404);
});

test("a binding of a role that isn't there is taken with a warning that names the one that was meant", async () => {
  const answer = await objects.create(
    manifest("ClusterRoleBinding", "", "mistaken", {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "viewer" },
      subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "ann" }],
    }),
  );
  assert.equal(answer.status, 201, answer.text);
  assert.match(String(answer.headers.warning), /"viewer.*does not exist.*did you mean landbridge:viewer/);
});

test("Namespaces can't be deleted all at once", async () => {
  assert.equal(outcomeOf(await objects.remove({ kind: "Namespace" })), "405 MethodNotAllowed");
});
