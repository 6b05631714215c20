/** What people delete with kubectl, and what they wait for. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { manifest, ObjectRequests, type Shown, service } from "../support/api-objects.ts";
import { Printed } from "../support/command-line.ts";
import { waitFor } from "../support/wait-for.ts";

const HOLD = "example.com/hold";

let estate: ApiEstate;
let objects: ObjectRequests;

before(async () => {
  estate = await ApiEstate.start();
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  await objects.make(manifest("Namespace", "", "shop"));
});
after(() => estate[Symbol.asyncDispose]());

async function names(kind: string, ...args: readonly string[]): Promise<string[]> {
  const printed = await estate.mustKubectl("get", kind, "-n", "shop", "-o", "name", ...args);
  return printed.split("\n").filter((line) => line !== "");
}

function place(name: string) {
  return { kind: "Service", namespace: "shop", name } as const;
}

/** A Service that goes when its owner does. */
function dependent(name: string, { kind, apiVersion, metadata: { name: of, uid } }: Shown) {
  const owner = { apiVersion, kind, name: of, uid, blockOwnerDeletion: true };
  return service("shop", { name, ownerReferences: [owner] });
}

async function untilGone(name: string): Promise<void> {
  await waitFor(`${name} to be gone`, async () => (await objects.get(place(name))).status === 404);
}

test("delete takes one away, and says so", async () => {
  await objects.make(service("shop", "one"));
  assert.equal(
    await estate.mustKubectl("delete", "service", "one", "-n", "shop"),
    'service "one" deleted from shop namespace\n',
  );
  const again = await estate.kubectl("delete", "service", "one", "-n", "shop");
  assert.match(again.err, /\(NotFound\): services "one" not found/);
  const ignored = await estate.kubectl("delete", "service", "one", "-n", "shop", "--ignore-not-found");
  assert.deepEqual(ignored, { out: "", err: "", code: 0 });
});

test("delete by label, by file and --all take what they name and nothing else", async () => {
  for (const name of ["red-1", "red-2", "blue-1"])
    await objects.make(service("shop", { name, labels: { colour: name.slice(0, -2) } }));
  await objects
    .make(manifest("ReferenceGrant", "shop", "other", { spec: { from: [], to: [] } }))
    .catch(() => undefined);
  await objects.make(manifest("Secret", "shop", "stays"));
  await estate.mustKubectl("delete", "services", "-n", "shop", "-l", "colour=red");
  assert.deepEqual(await names("services"), ["service/blue-1"]);
  const file = JSON.stringify(service("shop", "from-file"));
  await objects.make(service("shop", "from-file"));
  const { out } = await estate.admin.kubectl.run(["delete", "-f", "-"], { stdin: file });
  assert.match(out, /^service "from-file" deleted/);
  await objects.make(service("shop", "last"));
  await estate.mustKubectl("delete", "services", "-n", "shop", "--all");
  assert.deepEqual(await names("services"), []);
  assert.deepEqual(await names("secrets"), ["secret/stays"]);
});

test("delete --dry-run=server takes nothing away", async () => {
  await objects.make(service("shop", "safe"));
  const { out } = await estate.kubectl("delete", "service", "safe", "-n", "shop", "--dry-run=server");
  assert.match(out, /^service "safe" deleted.*\(server dry run\)$/m);
  assert.deepEqual(await names("services", "--field-selector=metadata.name=safe"), ["service/safe"]);
});

test("what depends on an object goes after it", async () => {
  const owner = await objects.make(service("shop", "owner-a"));
  await objects.make(dependent("dependent-a", owner));
  await estate.mustKubectl("delete", "service", "owner-a", "-n", "shop");
  await untilGone("dependent-a");
});

test("--cascade=foreground deletes what depends on an object before it", async () => {
  const owner = await objects.make(service("shop", "owner-f"));
  const child = dependent("dependent-f", owner);
  await objects.make({ ...child, metadata: { ...child.metadata, finalizers: [HOLD] } });
  const running = new Printed(
    estate.admin.kubectl.start(["delete", "service", "owner-f", "-n", "shop", "--cascade=foreground"]).stdout,
  );
  const held = async () => (await objects.read(place("dependent-f"))).metadata.deletionTimestamp;
  await waitFor("the dependent to be asked to go", held);
  const { metadata } = await objects.read(place("owner-f"));
  assert.deepEqual(metadata.finalizers, ["foregroundDeletion"]);
  await objects.patch(place("dependent-f"), { metadata: { finalizers: null } });
  await running.until(/service "owner-f" deleted/);
  await untilGone("owner-f");
  await untilGone("dependent-f");
});

test("--cascade=orphan leaves what depended on an object, without its owner", async () => {
  const owner = await objects.make(service("shop", "owner-o"));
  await objects.make(dependent("dependent-o", owner));
  await estate.mustKubectl("delete", "service", "owner-o", "-n", "shop", "--cascade=orphan");
  await untilGone("owner-o");
  assert.equal((await objects.read(place("dependent-o"))).metadata.ownerReferences, undefined);
});

test("a finalizer holds an object until it is patched away; delete waits for that, or doesn't with --wait=false", async () => {
  const { metadata } = await objects.make(service("shop", { name: "held", finalizers: [HOLD] }));
  await estate.mustKubectl("delete", "service", "held", "-n", "shop", "--wait=false");
  const dying = await objects.read(place("held"));
  assert.ok(dying.metadata.deletionTimestamp);
  assert.deepEqual([dying.metadata.generation, dying.metadata.uid], [2, metadata.uid]);
  const waiting = estate.admin.kubectl.start(["delete", "service", "held", "-n", "shop"]);
  const printed = new Printed(waiting.stdout);
  await waitFor("kubectl to have asked", () => printed.text.includes("deleted"));
  assert.equal(waiting.exitCode, null);
  const patch = ["patch", "service", "held", "-n", "shop", "--type=json"];
  await estate.mustKubectl(...patch, "-p", '[{"op":"remove","path":"/metadata/finalizers"}]');
  await waitFor("kubectl to end", () => waiting.exitCode !== null);
  assert.equal(waiting.exitCode, 0);
  await untilGone("held");
});

test("wait --for=delete and --for=jsonpath return when it is so", async () => {
  await objects.make(service("shop", "awaited"));
  const waiting = estate.kubectl("wait", "--for=delete", "service/awaited", "-n", "shop", "--timeout=20s");
  const typed = estate.kubectl("wait", "--for=jsonpath={.spec.type}=NodePort", "service/awaited", "-n", "shop");
  await objects.patch(place("awaited"), { spec: { type: "NodePort" } });
  assert.equal((await typed).out, "service/awaited condition met\n");
  await objects.remove(place("awaited"));
  const { code, err } = await waiting;
  assert.equal(code, 0, err);
  const active = await estate.mustKubectl("wait", "--for=jsonpath={.status.phase}=Active", "namespace/shop");
  assert.equal(active, "namespace/shop condition met\n");
});

test("wait gives up after its time", async () => {
  await objects.make(service("shop", "unmet"));
  const { code, err } = await estate.kubectl(
    ...["wait", "--for=delete", "service/unmet", "-n", "shop", "--timeout=200ms"],
  );
  assert.equal(code, 1);
  assert.match(err, /timed out waiting for the condition on services\/unmet/);
});

test("delete namespace takes all that is in it, and waits for that", async () => {
  await objects.make(manifest("Namespace", "", "closing"));
  for (const kind of ["Service", "Secret"] as const)
    await objects.make(kind === "Service" ? service("closing", "a") : manifest("Secret", "closing", "a"));
  assert.equal(await estate.mustKubectl("delete", "namespace", "closing"), 'namespace "closing" deleted\n');
  for (const kind of ["Service", "Secret"])
    assert.equal((await objects.get({ kind, namespace: "closing", name: "a" })).status, 404);
  assert.equal((await objects.get({ kind: "Namespace", name: "closing" })).status, 404);
});
