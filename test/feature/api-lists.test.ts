/** Lists: as of which moment, in which pages, which objects, in which form. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import {
  manifest,
  type ObjectPlace,
  ObjectRequests,
  outcomeOf,
  pathOf,
  type Shown,
  type ShownList,
  type ShownTable,
  secret,
  service,
  statusOf,
} from "../support/api-objects.ts";

const SERVICES: ObjectPlace = { kind: "Service", namespace: "shop" };

let estate: ApiEstate;
let objects: ObjectRequests;

before(async () => {
  estate = await ApiEstate.start();
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  for (const name of ["shop", "depot", "moving", "big"]) await objects.make(manifest("Namespace", "", name));
  for (const name of ["a", "b", "c", "d", "e"])
    await objects.make(service("shop", { name, labels: { vowel: String("aeiou".includes(name)), name } }));
  await objects.make(service("depot", "a"));
});
after(() => estate[Symbol.asyncDispose]());

function names({ items }: { readonly items: readonly Shown[] }): string[] {
  return items.map(({ metadata }) => metadata.name);
}

/** All pages, with `between` done after each. */
async function pages(place: ObjectPlace, limit: number, between = async () => {}): Promise<ShownList[]> {
  const read: ShownList[] = [];
  let token: string | undefined;
  do {
    const rest = token === undefined ? "" : `&continue=${encodeURIComponent(token)}`;
    const page = await objects.list(place, `?limit=${limit}${rest}`);
    read.push(page);
    token = page.metadata.continue;
    await between();
  } while (token !== undefined);
  return read;
}

test("pages of a collection that moves show the one moment of the first", async () => {
  const place = { kind: "Service", namespace: "moving" };
  for (const name of ["b", "d", "f", "h", "j"]) await objects.make(service("moving", name));
  let turn = 0;
  const changes = [
    () => objects.remove({ ...place, name: "d" }),
    () => objects.make(service("moving", "e")),
    () => objects.patch({ ...place, name: "h" }, { spec: { type: "NodePort" } }),
    () => objects.make(service("moving", "z")),
    () => objects.remove({ ...place, name: "j" }),
  ];
  const read = await pages(place, 1, async () => {
    await changes[turn++]?.();
  });
  assert.deepEqual(read.flatMap(names), ["b", "d", "f", "h", "j"]);
  assert.equal(read[3]?.items[0]?.spec?.type, undefined, "as it was then");
  assert.equal(new Set(read.map(({ metadata }) => metadata.resourceVersion)).size, 1);
  assert.deepEqual(names(await objects.list(place)), ["b", "e", "f", "h", "z"]);
});

test("pages say how many more there are, unless a selector leaves some out", async () => {
  const read = await pages(SERVICES, 2);
  assert.deepEqual(read.map(names), [["a", "b"], ["c", "d"], ["e"]]);
  assert.deepEqual(
    read.map(({ metadata }) => metadata.remainingItemCount),
    [3, 1, undefined],
  );
  const chosen = await objects.list(SERVICES, "?limit=1&labelSelector=vowel%3Dtrue");
  assert.deepEqual([names(chosen), chosen.metadata.remainingItemCount], [["a"], undefined]);
  assert.ok(chosen.metadata.continue);
  const whole = await objects.list(SERVICES, "?limit=5");
  assert.deepEqual([whole.metadata.continue, whole.metadata.remainingItemCount], [undefined, undefined]);
});

test("a continue token goes with its selector, and with no resourceVersion", async () => {
  const first = await objects.list(SERVICES, "?limit=1&labelSelector=vowel%3Dtrue");
  const token = encodeURIComponent(first.metadata.continue ?? "");
  const second = await objects.list(SERVICES, `?limit=1&labelSelector=vowel%3Dtrue&continue=${token}`);
  assert.deepEqual([names(second), second.metadata.continue], [["e"], undefined]);
  for (const [query, message] of [
    [`continue=${token}&resourceVersion=5`, /resource version is not allowed when using continue/],
    [`continue=${token}&resourceVersionMatch=Exact`, /resourceVersionMatch is forbidden when continue is provided/],
    ["continue=nonsense", /continue key is not valid/],
    [`continue=${Buffer.from('{"rv":-1,"start":"a"}').toString("base64url")}`, /continue key is not valid/],
  ] as const) {
    const answer = await objects.get(SERVICES, `?limit=1&${query}`);
    assert.equal(outcomeOf(answer), "400 BadRequest", query);
    assert.match(statusOf(answer).message ?? "", message);
  }
});

test("a token whose moment is no longer known is refused with 410, and so is that revision", async () => {
  const place = { kind: "Secret", namespace: "big" };
  for (const name of ["a", "b"]) await objects.make(secret("big", name, {}));
  const { metadata } = await objects.list(place, "?limit=1");
  // Of each kind the last 4 MiB of changes are known.
  for (let filled = 0; filled < 6; filled++) {
    const data = { filling: Buffer.alloc(700_000, filled).toString("base64") };
    assert.equal((await objects.patch({ ...place, name: "b" }, { data })).status, 200);
  }
  const late = await objects.get(place, `?limit=1&continue=${encodeURIComponent(metadata.continue ?? "")}`);
  assert.equal(outcomeOf(late), "410 Expired");
  const exact = `?resourceVersion=${metadata.resourceVersion}&resourceVersionMatch=Exact`;
  assert.equal(outcomeOf(await objects.get(place, exact)), "410 Expired");
  assert.equal((await objects.get(SERVICES, exact)).status, 200, "other kinds have their own");
});

test("resourceVersion: newest, not older than, exactly, not yet", async () => {
  const place = { kind: "Service", namespace: "depot" };
  const before = await objects.list(place);
  const { resourceVersion } = before.metadata;
  await objects.make(service("depot", "later"));
  const listed = async (query: string) => names(await objects.list(place, query));
  assert.deepEqual(await listed(""), ["a", "later"]);
  assert.deepEqual(await listed("?resourceVersion=0"), ["a", "later"]);
  assert.deepEqual(await listed(`?resourceVersion=${resourceVersion}`), ["a", "later"]);
  assert.deepEqual(await listed(`?resourceVersion=${resourceVersion}&resourceVersionMatch=NotOlderThan`), [
    "a",
    "later",
  ]);
  assert.deepEqual(await listed("?resourceVersion=0&resourceVersionMatch=NotOlderThan"), ["a", "later"]);
  assert.deepEqual(await listed(`?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`), ["a"]);
  // In pages a revision is exact unless something else is said.
  assert.deepEqual(await listed(`?limit=10&resourceVersion=${resourceVersion}`), ["a"]);
  const exact = await objects.list(place, `?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`);
  assert.equal(exact.metadata.resourceVersion, resourceVersion);
  for (const match of ["", "&resourceVersionMatch=NotOlderThan", "&resourceVersionMatch=Exact"]) {
    const early = await objects.get(place, `?resourceVersion=999999999${match}`);
    assert.equal(outcomeOf(early), "504 Timeout");
    assert.match(statusOf(early).message ?? "", /Too large resource version: 999999999, current: \d+/);
  }
  await objects.remove({ ...place, name: "later" });
});

test("resourceVersions that make no sense are bad requests", async () => {
  for (const query of [
    "resourceVersion=abc",
    "resourceVersion=-1",
    "resourceVersion=1.5",
    "resourceVersionMatch=Exact",
    "resourceVersionMatch=NotOlderThan",
    "resourceVersion=0&resourceVersionMatch=Exact",
    "resourceVersion=5&resourceVersionMatch=Sometimes",
    "limit=-1",
    "limit=many",
  ])
    assert.equal(outcomeOf(await objects.get(SERVICES, `?${query}`)), "400 BadRequest", query);
});

test("selectors by label and field, together and over namespaces", async () => {
  const listed = async (place: ObjectPlace, labels: string, fields = "") => {
    const query = new URLSearchParams({ labelSelector: labels, fieldSelector: fields });
    return (await objects.list(place, `?${query}`)).items.map(
      ({ metadata: { namespace, name } }) => `${namespace}/${name}`,
    );
  };
  assert.deepEqual(await listed(SERVICES, "vowel=true"), ["shop/a", "shop/e"]);
  assert.deepEqual(await listed(SERVICES, "name in (a, b),vowel!=true"), ["shop/b"]);
  assert.deepEqual(await listed(SERVICES, "name notin (a,b,c,d)"), ["shop/e"]);
  assert.deepEqual(await listed(SERVICES, "", "metadata.name!=a,metadata.name!=e"), ["shop/b", "shop/c", "shop/d"]);
  assert.deepEqual(await listed({ kind: "Service" }, "", "metadata.name=a"), ["depot/a", "shop/a"]);
  assert.deepEqual(await listed({ kind: "Service" }, "!vowel", "metadata.namespace=depot"), ["depot/a"]);
  for (const query of ["labelSelector=a%20b", "labelSelector=%3D", "fieldSelector=name", "fieldSelector=spec.x%3D1"])
    assert.equal(outcomeOf(await objects.get(SERVICES, `?${query}`)), "400 BadRequest", query);
});

test("a list is of its namespace; one that isn't there is empty, as in Kubernetes", async () => {
  assert.deepEqual(names(await objects.list(SERVICES)), ["a", "b", "c", "d", "e"]);
  const all = await objects.list({ kind: "Service" });
  assert.deepEqual(
    all.items.filter(({ metadata }) => metadata.name === "a").map(({ metadata }) => metadata.namespace),
    ["depot", "shop"],
  );
  const nowhere = await objects.list({ kind: "Service", namespace: "nowhere" });
  assert.deepEqual(nowhere.items, []);
  assert.equal((await estate.fetch("/apis/landbridge.dev/v1alpha1/namespaces/shop/platforms")).status, 404);
});

test("a list says what it is, in the version that is asked for", async () => {
  const { kind, apiVersion } = (await objects.get({ kind: "Gateway", version: "v1beta1" })).json();
  assert.deepEqual([apiVersion, kind], ["gateway.networking.k8s.io/v1beta1", "GatewayList"]);
  assert.equal((await estate.fetch("/apis/gateway.networking.k8s.io/v1alpha2/gateways")).status, 404);
});

async function as(accept: string, path: string) {
  return estate.fetch(path, { headers: { accept } });
}

test("a Table has columns, cells, and as much of the objects as is asked for", async () => {
  const table = async (query: string, version = "v1") => {
    const answer = await as(`application/json;as=Table;v=${version};g=meta.k8s.io`, `${pathOf(SERVICES)}?${query}`);
    return answer.json() as unknown as ShownTable;
  };
  const page = await table("limit=2");
  assert.deepEqual([page.kind, page.apiVersion], ["Table", "meta.k8s.io/v1"]);
  assert.deepEqual(
    page.columnDefinitions.filter(({ priority }) => priority === 0).map(({ name }) => name),
    ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"],
  );
  assert.deepEqual(
    page.rows.map(({ cells }) => cells.slice(0, 5)),
    ["a", "b"].map((name) => [name, "ClusterIP", "None", "<none>", "80/TCP"]),
  );
  assert.equal(page.metadata.remainingItemCount, 3);
  assert.ok(page.metadata.continue);
  const [first] = page.rows;
  assert.deepEqual([first?.object?.kind, first?.object?.metadata.name], ["PartialObjectMetadata", "a"]);
  assert.equal((await table("includeObject=None")).rows[0]?.object, null);
  assert.equal((await table("includeObject=Object")).rows[0]?.object?.kind, "Service");
  assert.equal((await table("", "v1beta1")).apiVersion, "meta.k8s.io/v1beta1");
  const odd = await as("application/json;as=Table;v=v1;g=meta.k8s.io", `${pathOf(SERVICES)}?includeObject=All`);
  assert.equal(outcomeOf(odd), "400 BadRequest");
});

test("PartialObjectMetadataList leaves everything but metadata out; it is for lists, the other for objects", async () => {
  const partial = (kind: string, path: string, version = "v1") =>
    as(`application/json;as=${kind};v=${version};g=meta.k8s.io`, path);
  const list = (await partial("PartialObjectMetadataList", pathOf(SERVICES))).json() as unknown as ShownList;
  assert.equal(list.kind, "PartialObjectMetadataList");
  assert.deepEqual(names(list), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(Object.keys(list.items[0] ?? {}).sort(), ["apiVersion", "kind", "metadata"]);
  const path = pathOf({ ...SERVICES, name: "a" });
  const one = (await partial("PartialObjectMetadata", path, "v1beta1")).json();
  assert.deepEqual([one.kind, one.apiVersion, one.spec], ["PartialObjectMetadata", "meta.k8s.io/v1beta1", undefined]);
  const listed = await partial("PartialObjectMetadata", pathOf(SERVICES));
  assert.equal(outcomeOf(listed), "406 NotAcceptable");
  assert.match(statusOf(listed).message ?? "", /the requested object is a list/);
  assert.equal(outcomeOf(await partial("PartialObjectMetadataList", path)), "406 NotAcceptable");
});

test("what can't be written is refused, unless there is something else that the client takes", async () => {
  assert.equal(outcomeOf(await as("application/vnd.kubernetes.protobuf", pathOf(SERVICES))), "406 NotAcceptable");
  assert.equal(outcomeOf(await as("text/html", pathOf(SERVICES))), "406 NotAcceptable");
  const both = await as("application/vnd.kubernetes.protobuf,application/json;q=0.5", pathOf(SERVICES));
  assert.equal(both.json().kind, "ServiceList");
});

test("HEAD answers as GET does, without the body", async () => {
  for (const [path, status] of [
    [pathOf({ ...SERVICES, name: "a" }), 200],
    [pathOf({ ...SERVICES, name: "nobody" }), 404],
    [pathOf(SERVICES), 200],
  ] as const) {
    const [head, get] = [await estate.fetch(path, { method: "HEAD" }), await estate.fetch(path)];
    assert.deepEqual([head.status, head.text], [status, ""]);
    assert.equal(head.headers["content-length"], String(Buffer.byteLength(get.text)));
    assert.equal(head.headers["content-type"], "application/json");
  }
});
