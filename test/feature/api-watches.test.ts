/** Watches: everything in order, from any moment that is still known, and a clear end. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import {
  manifest,
  ObjectRequests,
  pathOf,
  type Shown,
  type ShownList,
  type ShownTable,
  secret,
  service,
} from "../support/api-objects.ts";
import { ApiWatch, type WatchEvent } from "../support/api-watch.ts";

const SERVICES = pathOf({ kind: "Service", namespace: "shop" });
const BOOKMARK_MS = 50;
const FILLING = 48;

let estate: ApiEstate;
let objects: ObjectRequests;

before(async () => {
  estate = await ApiEstate.start(undefined, {
    api: { host: "127.0.0.1", port: 0, names: [], watchBookmarkMs: BOOKMARK_MS },
  });
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  for (const name of ["shop", "busy", "big"]) await objects.make(manifest("Namespace", "", name));
});
after(() => estate[Symbol.asyncDispose]());

function watch(path: string, query: Readonly<Record<string, string>> = {}, accept = "application/json") {
  const asked = new URLSearchParams({ watch: "1", ...query });
  return ApiWatch.open(estate.admin.client, `${path}?${asked}`, { headers: { accept } });
}

function place(name: string, namespace = "shop") {
  return { kind: "Service", namespace, name } as const;
}

async function newest(path = SERVICES): Promise<string> {
  const { metadata } = (await estate.fetch(path)).json() as { metadata: { resourceVersion: string } };
  return metadata.resourceVersion;
}

/** What a client that follows all rules believes to exist; throws when an event breaks one. */
class Replica {
  readonly objects: Map<string, string>;
  #revision: number;

  constructor(items: readonly Shown[], revision: string) {
    this.objects = new Map(items.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
    this.#revision = Number(revision);
  }

  apply({ type, object: { metadata } }: WatchEvent): void {
    const { name, resourceVersion } = metadata;
    assert.ok(
      Number(resourceVersion) > this.#revision,
      `${type} ${name} at ${resourceVersion} after ${this.#revision}`,
    );
    this.#revision = Number(resourceVersion);
    assert.equal(this.objects.has(name), type !== "ADDED", `${type} ${name}`);
    if (type === "DELETED") this.objects.delete(name);
    else this.objects.set(name, resourceVersion);
  }
}

/** Writers that make, change and delete, each with names of its own. */
async function write(rounds: number, writers: number): Promise<void> {
  const work = async (writer: number) => {
    for (let round = 0; round < rounds; round++) {
      const name = `w${writer}-${round % 3}`;
      const made = await objects.create(service("busy", name));
      if (made.status === 409)
        await objects.patch(place(name, "busy"), { metadata: { labels: { round: `${round}` } } });
      if (round % 4 === 3) await objects.remove(place(name, "busy"));
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)));
}

/** Of each kind the last 4 MiB of changes are known, and a connection may hold several more: these are 24 MB. */
async function fillHistory(name: string): Promise<void> {
  for (let made = 0; made < FILLING; made++)
    await objects.make(secret("big", `${name}-${made}`, { filling: "y".repeat(500_000) }));
}

test("a watch from a list's revision misses nothing and repeats nothing while writes go on", async () => {
  const path = pathOf({ kind: "Service", namespace: "busy" });
  const writing = write(24, 8);
  const followed: { readonly replica: Replica; readonly watched: ApiWatch }[] = [];
  let isWriting = true;
  void writing.then(() => {
    isWriting = false;
  });
  while (isWriting) {
    const { items, metadata } = await objects.list({ kind: "Service", namespace: "busy" });
    // Some changes are history when the watch begins.
    await objects.list({ kind: "Service" });
    const watched = await watch(path, { resourceVersion: metadata.resourceVersion });
    followed.push({ replica: new Replica(items, metadata.resourceVersion), watched });
  }
  await writing;
  const last = await objects.make(service("busy", "last"));
  const expected = (await objects.list({ kind: "Service", namespace: "busy" })).items;
  assert.ok(followed.length >= 3);
  for (const { replica, watched } of followed) {
    using _ = watched;
    await watched.untilEvent("ADDED", "last");
    for (const event of watched.events) replica.apply(event);
    assert.deepEqual(
      replica.objects,
      new Map(expected.map(({ metadata }) => [metadata.name, metadata.resourceVersion])),
    );
  }
  await objects.remove({ ...place(last.metadata.name, "busy") });
});

test("a watch from no revision begins with all there is", async () => {
  for (const name of ["a", "b"]) await objects.make(service("shop", name));
  for (const query of [{}, { resourceVersion: "0" }] as const) {
    using watched = await watch(SERVICES, query);
    await watched.until("what is there", ({ events }) => events.length === 2);
    assert.deepEqual(watched.story, ["ADDED a", "ADDED b"]);
  }
  using watched = await watch(SERVICES);
  await objects.patch(place("a"), { spec: { type: "NodePort" } });
  const { object } = await watched.untilEvent("MODIFIED", "a");
  assert.deepEqual([object.spec?.type, object.metadata.generation], ["NodePort", 2]);
});

test("sendInitialEvents marks where what was there ends, and no resourceVersion is needed to go on from", async () => {
  const query = { sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan", allowWatchBookmarks: "true" };
  using watched = await watch(SERVICES, query);
  const mark = await watched.untilEvent("BOOKMARK");
  assert.deepEqual(watched.story.slice(0, 2), ["ADDED a", "ADDED b"]);
  assert.equal(watched.events[2], mark);
  assert.equal(mark.object.metadata.annotations?.["k8s.io/initial-events-end"], "true");
  assert.equal(mark.object.metadata.resourceVersion, await newest());
  await objects.patch(place("b"), { metadata: { labels: { mark: "1" } } });
  await watched.untilEvent("MODIFIED", "b");
  const refused = await estate.fetch(`${SERVICES}?watch=1&sendInitialEvents=true`);
  assert.equal(refused.status, 400);
  assert.match(refused.text, /resourceVersionMatch/);
});

test("sendInitialEvents=false begins with what comes now", async () => {
  using watched = await watch(SERVICES, { sendInitialEvents: "false", resourceVersionMatch: "NotOlderThan" });
  await objects.patch(place("a"), { metadata: { labels: { now: "1" } } });
  await watched.untilEvent("MODIFIED", "a");
  assert.deepEqual(watched.story, ["MODIFIED a"]);
});

test("bookmarks say how far a watch has come; from there it goes on", async () => {
  const from = await newest();
  using quiet = await watch(SERVICES, { resourceVersion: from });
  using marked = await watch(SERVICES, { resourceVersion: from, allowWatchBookmarks: "true" });
  const changed = (
    await objects.patch(place("a"), { metadata: { labels: { marked: "1" } } })
  ).json() as unknown as Shown;
  await marked.untilEvent("MODIFIED", "a");
  const { resourceVersion } = changed.metadata;
  const isMark = ({ type, object }: WatchEvent) =>
    type === "BOOKMARK" && object.metadata.resourceVersion === resourceVersion;
  await marked.until("a bookmark after the change", ({ events }) => events.some(isMark));
  const [mark] = marked.events.filter(isMark);
  assert.deepEqual([mark?.object.kind, mark?.object.spec], ["Service", undefined]);
  assert.deepEqual(quiet.story, ["MODIFIED a"], "nobody gets bookmarks unasked");
  using resumed = await watch(SERVICES, { resourceVersion });
  await objects.patch(place("a"), { metadata: { labels: { marked: "2" } } });
  await resumed.untilEvent("MODIFIED", "a");
  assert.deepEqual(resumed.story, ["MODIFIED a"]);
});

test("an object that begins or ceases to match comes and goes", async () => {
  const label = (value: string | null, more: object = {}) =>
    objects.patch(place("a"), { metadata: { labels: { tier: value, ...more } } });
  await label("back");
  using watched = await watch(SERVICES, { resourceVersion: await newest(), labelSelector: "tier=front" });
  await label("middle");
  await label("front");
  await label("front", { more: "1" });
  await label(null);
  await label("front");
  await objects.remove(place("a"));
  await objects.make(service("shop", { name: "a", labels: { tier: "front" } }));
  await watched.until("seven events", ({ events }) => events.length >= 6);
  assert.deepEqual(watched.story, ["ADDED a", "MODIFIED a", "DELETED a", "ADDED a", "DELETED a", "ADDED a"]);
  const revisions = watched.events.map(({ object }) => Number(object.metadata.resourceVersion));
  assert.deepEqual(
    revisions,
    revisions.toSorted((one, other) => one - other),
  );
});

test("field selectors and namespaces choose what a watch sees", async () => {
  const from = await newest();
  using one = await watch(SERVICES, { resourceVersion: from, fieldSelector: "metadata.name=b" });
  using elsewhere = await watch(pathOf({ kind: "Service", namespace: "big" }), { resourceVersion: from });
  using all = await watch(pathOf({ kind: "Service" }), { resourceVersion: from });
  for (const name of ["a", "b"]) await objects.patch(place(name), { metadata: { labels: { chosen: "1" } } });
  await objects.make(service("big", "c"));
  await all.untilEvent("ADDED", "c");
  await elsewhere.untilEvent("ADDED", "c");
  await one.untilEvent("MODIFIED", "b");
  assert.deepEqual(
    [one.story, elsewhere.story, all.story],
    [["MODIFIED b"], ["ADDED c"], ["MODIFIED a", "MODIFIED b", "ADDED c"]],
  );
});

test("what was deleted is shown as it was, at the revision of its deletion", async () => {
  const made = await objects.make(service("shop", "brief", 1234));
  using watched = await watch(SERVICES, { resourceVersion: made.metadata.resourceVersion });
  await objects.remove(place("brief"));
  const { object } = await watched.untilEvent("DELETED", "brief");
  assert.deepEqual([object.spec, object.metadata.uid], [made.spec, made.metadata.uid]);
  assert.ok(Number(object.metadata.resourceVersion) > Number(made.metadata.resourceVersion));
  assert.equal(object.metadata.resourceVersion, await newest());
});

test("a status that changes is a change of the object", async () => {
  const platform = { spec: { type: "Static", static: { services: [{ name: "web", endpoints: ["127.0.0.1:1"] }] } } };
  const hybrid = { spec: { port: 80, backends: [{ name: "vm", platform: "later", service: "web" }] } };
  using watched = await watch(pathOf({ kind: "HybridService", namespace: "shop" }));
  await objects.make(manifest("HybridService", "shop", "front", hybrid));
  const isResolved = (status: string) => (event: WatchEvent) =>
    (event.object.status?.conditions as { type: string; status: string }[] | undefined)?.some(
      (condition) => condition.type === "ResolvedRefs" && condition.status === status,
    );
  await watched.until("unresolved", ({ events }) => events.some(isResolved("False")));
  await objects.make(manifest("Platform", "", "later", platform));
  await watched.until("resolved", ({ events }) => events.some(isResolved("True")));
  assert.ok(watched.events.every(({ object }) => object.metadata.generation === 1));
});

test("a revision that is too old, or isn't there yet, is told so by an ERROR with 410, and the watch ends", async () => {
  const path = pathOf({ kind: "Secret", namespace: "big" });
  const old = await newest(path);
  await fillHistory("old");
  for (const resourceVersion of [old, "999999999"]) {
    using watched = await watch(path, { resourceVersion });
    await watched.untilEnd();
    assert.deepEqual(watched.story, ["ERROR Expired"]);
    const [error] = watched.events;
    assert.deepEqual([error?.object.kind, error?.object.code], ["Status", 410]);
  }
});

test("timeoutSeconds ends a watch between two events", async () => {
  using watched = await watch(SERVICES, { timeoutSeconds: "1", resourceVersion: await newest() });
  await watched.untilEnd();
  assert.deepEqual(watched.events, []);
});

test("who reads late gets everything in its order", async () => {
  const path = pathOf({ kind: "Secret", namespace: "big" });
  const from = await newest(path);
  const watched = await ApiWatch.openUnread(estate.admin.client, `${path}?watch=1&resourceVersion=${from}`);
  using _ = watched;
  // More than the connection holds, less than the history.
  for (let made = 0; made < 30; made++)
    await objects.make(secret("big", `late-${made}`, { filling: "x".repeat(60_000) }));
  watched.read();
  await watched.untilEvent("ADDED", "late-29");
  assert.deepEqual(
    watched.story,
    Array.from({ length: 30 }, (_, made) => `ADDED late-${made}`),
  );
});

test("who reads too late gets the beginning, then a 410, and nothing after a gap", async () => {
  const path = pathOf({ kind: "Secret", namespace: "big" });
  const from = await newest(path);
  const watched = await ApiWatch.openUnread(estate.admin.client, `${path}?watch=1&resourceVersion=${from}`);
  using _ = watched;
  await fillHistory("too-late");
  watched.read();
  await watched.untilEnd();
  const { story } = watched;
  assert.equal(story.at(-1), "ERROR Expired");
  assert.ok(story.length <= FILLING);
  assert.deepEqual(
    story.slice(0, -1),
    Array.from({ length: story.length - 1 }, (_, made) => `ADDED too-late-${made}`),
  );
});

test("a watch in Tables says once what the columns are", async () => {
  using watched = await watch(
    SERVICES,
    { fieldSelector: "metadata.name=b" },
    "application/json;as=Table;v=v1;g=meta.k8s.io",
  );
  await watched.until("the first", ({ events }) => events.length === 1);
  await objects.patch(place("b"), { spec: { type: "LoadBalancer" } });
  await watched.until("the second", ({ events }) => events.length === 2);
  const tables = watched.events.map(({ object }) => object as unknown as ShownTable);
  assert.deepEqual(
    tables.map(({ kind, rows }) => [kind, rows[0]?.cells.slice(0, 2)]),
    [
      ["Table", ["b", "ClusterIP"]],
      ["Table", ["b", "LoadBalancer"]],
    ],
  );
  assert.deepEqual(
    tables.map(({ columnDefinitions }) => columnDefinitions.length > 0),
    [true, false],
  );
});

test("a watch of metadata leaves the rest out", async () => {
  using watched = await watch(SERVICES, {}, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
  const { object } = await watched.untilEvent("ADDED", "b");
  assert.deepEqual([object.kind, object.spec], ["PartialObjectMetadata", undefined]);
});

test("a server that stops ends its watches with an ERROR; what goes before it is back can't be missed", async () => {
  const file = (name: string) => `${JSON.stringify(service("default", name))}\n`;
  await using restarted = await ApiEstate.start({ "gateway.yaml": "", "a.json": file("a"), "b.json": file("b") });
  const path = pathOf({ kind: "Service" });
  const { metadata } = (await restarted.fetch(path)).json() as unknown as ShownList;
  const query = `${path}?watch=1&resourceVersion=${metadata.resourceVersion}`;
  using watched = await ApiWatch.open(restarted.admin.client, query);
  await restarted.stop();
  await watched.untilEnd();
  assert.deepEqual(watched.story, ["ERROR ServiceUnavailable"]);
  restarted.remove("a.json");
  await restarted.up();
  using resumed = await ApiWatch.open(restarted.admin.client, query);
  await resumed.until("an event", ({ events }) => events.length > 0);
  assert.deepEqual(resumed.story, ["ERROR Expired"]);
  const { items } = (await restarted.fetch(path)).json() as unknown as ShownList;
  assert.deepEqual(
    items.map(({ metadata: { name } }) => name),
    ["b"],
  );
});
