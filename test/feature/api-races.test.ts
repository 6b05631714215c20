/** Many who write the same object at the same time, and owners that go while nobody looks. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { manifest, ObjectRequests, outcomeOf, pathOf, type Shown, service } from "../support/api-objects.ts";
import { ApiWatch } from "../support/api-watch.ts";
import { waitFor } from "../support/wait-for.ts";

const WRITERS = 24;

let estate: ApiEstate;
let objects: ObjectRequests;

before(async () => {
  // Objects of a file may own others too.
  const owner = JSON.stringify(manifest("Service", "shop", "from-file", { spec: { ports: [{ port: 80 }] } }));
  const namespace = JSON.stringify(manifest("Namespace", "", "shop"));
  estate = await ApiEstate.start({ "gateway.yaml": "", "namespace.json": namespace, "owner.json": owner });
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
});
after(() => estate[Symbol.asyncDispose]());

function place(name: string) {
  return { kind: "Service", namespace: "shop", name } as const;
}

function ownedBy({ apiVersion, kind, metadata: { name, uid } }: Shown) {
  return { apiVersion, kind, name, uid };
}

async function untilGone(name: string): Promise<void> {
  await waitFor(`${name} to be gone`, async () => (await objects.get(place(name))).status === 404);
}

test("of many who make, change and delete one object at once each is told what came of it", async () => {
  const told = new Map<string, number>();
  const note = (what: string) => told.set(what, (told.get(what) ?? 0) + 1);
  const from = (await objects.list({ kind: "Service" })).metadata.resourceVersion;
  using watched = await ApiWatch.open(
    estate.admin.client,
    `${pathOf({ kind: "Service" })}?watch=1&resourceVersion=${from}`,
  );
  const work = async (writer: number) => {
    for (let round = 0; round < 20; round++) {
      const turn = (writer + round) % 3;
      if (turn === 0) note(`create ${(await objects.create(service("shop", "contended"))).status}`);
      else if (turn === 1) note(`delete ${(await objects.remove(place("contended"))).status}`);
      else {
        const patch = { metadata: { labels: { round: `${writer}-${round}` } } };
        note(`patch ${(await objects.patch(place("contended"), patch)).status}`);
      }
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => work(writer)));
  // A patch that always comes second may be told to try again; who deletes has named no version, so nothing is in the way.
  const allowed = ["create 201", "create 409", "delete 200", "delete 404", "patch 200", "patch 404", "patch 409"];
  assert.deepEqual(
    [...told.keys()].filter((what) => !allowed.includes(what)),
    [],
  );
  const remaining = (await objects.get(place("contended"))).status === 200 ? 1 : 0;
  const count = (what: string) => told.get(what) ?? 0;
  assert.equal(count("create 201") - count("delete 200"), remaining);
  await objects.make(service("shop", "end"));
  await watched.untilEvent("ADDED", "end");
  const seen = (type: string) => watched.story.filter((line) => line === `${type} contended`).length;
  assert.deepEqual(
    [seen("ADDED"), seen("DELETED"), seen("MODIFIED") <= count("patch 200")],
    [count("create 201"), count("delete 200"), true],
  );
  const pending = async () => /^landbridge_changes_pending (\d+)$/m.exec((await estate.fetch("/metrics")).text)?.[1];
  await waitFor("every change to be live or given up", async () => (await pending()) === "0");
});

test("the right uid deletes, another one doesn't: a name that was given anew is another object", async () => {
  const old = await objects.make(service("shop", "renewed"));
  await objects.remove(place("renewed"));
  const renewed = await objects.make(service("shop", "renewed"));
  assert.notEqual(renewed.metadata.uid, old.metadata.uid);
  const late = await objects.remove(place("renewed"), { preconditions: { uid: old.metadata.uid } });
  assert.equal(outcomeOf(late), "409 Conflict");
  const put = await objects.update({ ...renewed, metadata: { ...renewed.metadata, uid: old.metadata.uid } });
  assert.equal(outcomeOf(put), "409 Conflict");
  const { resourceVersion, uid } = renewed.metadata;
  const stale = { preconditions: { uid, resourceVersion: old.metadata.resourceVersion } };
  assert.equal(outcomeOf(await objects.remove(place("renewed"), stale)), "409 Conflict");
  assert.equal((await objects.remove(place("renewed"), { preconditions: { uid, resourceVersion } })).status, 200);
});

test("an object with two owners stays while one of them is there, and forgets the other", async () => {
  const [first, second] = [await objects.make(service("shop", "first")), await objects.make(service("shop", "second"))];
  const ownerReferences = [first, second].map(ownedBy);
  await objects.make(service("shop", { name: "shared", ownerReferences }));
  await objects.remove(place("first"));
  const owners = async () => (await objects.read(place("shared"))).metadata.ownerReferences ?? [];
  await waitFor("the first owner to be forgotten", async () => (await owners()).length === 1);
  assert.deepEqual(await owners(), [ownedBy(second)]);
  await objects.remove(place("second"));
  await untilGone("shared");
});

test("an object whose owner never was goes at once; one whose owner isn't of this API stays", async () => {
  const ownerReferences = [{ apiVersion: "v1", kind: "Service", name: "nobody", uid: "no-such-uid" }];
  await objects.make(service("shop", { name: "orphan", ownerReferences }));
  await untilGone("orphan");
  const elsewhere = [{ apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "u" }];
  await objects.make(service("shop", { name: "foreign", ownerReferences: elsewhere }));
  await objects.make(service("shop", { name: "orphan", ownerReferences }));
  await untilGone("orphan");
  assert.equal((await objects.get(place("foreign"))).status, 200);
});

test("who writes before anybody has read finds what is in files", async () => {
  const inFile = service("shop", "unseen");
  await using fresh = await ApiEstate.start({ "gateway.yaml": "", "unseen.json": JSON.stringify(inFile) });
  const requests = new ObjectRequests((path, init) => fresh.fetch(path, init));
  assert.equal(outcomeOf(await requests.create(manifest("Namespace", "", "shop"))), "201");
  assert.equal(outcomeOf(await requests.create(inFile)), "409 AlreadyExists");
  fresh.write("later.json", JSON.stringify(service("shop", "later")));
  await waitFor("the file to be read", () => fresh.plane.view.object("Service/shop/later"));
  assert.equal(outcomeOf(await requests.remove(place("later"))), "403 Forbidden");
});

test("what an object of a file owns goes with it, also when the file goes while nobody looks", async () => {
  const owner = await objects.read(place("from-file"));
  await objects.make(service("shop", { name: "owned", ownerReferences: [ownedBy(owner)] }));
  await estate.stop();
  await estate.up();
  assert.equal((await objects.get(place("owned"))).status, 200, "its owner has the same uid as before");
  assert.equal((await objects.read(place("from-file"))).metadata.uid, owner.metadata.uid);
  await estate.stop();
  estate.remove("owner.json");
  await estate.up();
  await untilGone("owned");
});
