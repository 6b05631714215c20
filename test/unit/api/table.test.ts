import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { partialObjectList } from "../../../src/api/table/partial-object.ts";
import { includeObjectOf, tableOf } from "../../../src/api/table/table.ts";
import { API_KINDS } from "../../../src/model/api-kinds.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const metadata = (name: string) => ({ name, namespace: "shop", creationTimestamp: "2026-05-31T23:54:57Z" });
const conditions = (accepted: string, programmed: string) => [
  { type: "Accepted", status: accepted },
  { type: "Programmed", status: programmed },
];

/** Titles and cells, those of wide output after a bar. */
function told(kind: string, object: object): readonly [string, string] {
  const options = { includeObject: "None", now: NOW, listMeta: {} } as const;
  const { columnDefinitions, rows } = tableOf(kind, [object], options);
  const text = (cells: readonly (string | number)[]) =>
    [0, 1].map((p) => cells.filter((_, i) => columnDefinitions[i]?.priority === p).join("; ")).join(" | ");
  return [text(columnDefinitions.map(({ name }) => name)), text(rows[0]?.cells ?? [])];
}

const CASES: readonly (readonly [string, object, string, string])[] = [
  [
    "Gateway",
    {
      metadata: metadata("edge"),
      spec: { gatewayClassName: "landbridge", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
      status: { addresses: [{ value: "127.0.0.1" }, { value: "::1" }], conditions: conditions("True", "False") },
    },
    "Name; Class; Address; Programmed; Age | Listeners",
    "edge; landbridge; 127.0.0.1,::1; False; 5m3s | http:80/HTTP",
  ],
  [
    "HTTPRoute",
    {
      metadata: metadata("front"),
      spec: { hostnames: ["a.example", "b.example"], parentRefs: [{ name: "edge" }] },
      status: { parents: [{ conditions: conditions("True", "True") }, { conditions: conditions("True", "False") }] },
    },
    "Name; Hostnames; Accepted; Programmed; Age | Parents",
    "front; a.example,b.example; True; False; 5m3s | edge",
  ],
  [
    "HybridService",
    {
      metadata: metadata("shopfront"),
      spec: {
        port: 80,
        backends: [
          { name: "vm", platform: "dc" },
          { name: "k8s", platform: "eu" },
        ],
        split: [
          { backend: "vm", weight: 2 },
          { backend: "k8s", weight: 1 },
        ],
      },
    },
    "Name; Port; Protocol; Split; Accepted; Programmed; Age | Backends",
    "shopfront; 80; HTTP; vm 66.7%, k8s 33.3%; Unknown; Unknown; 5m3s | vm@dc,k8s@eu",
  ],
  [
    "HybridService",
    { metadata: metadata("x"), spec: { port: 80, protocol: "TCP", backends: [{ name: "vm", platform: "dc" }] } },
    "Name; Port; Protocol; Split; Accepted; Programmed; Age | Backends",
    "x; 80; TCP; vm 100%; Unknown; Unknown; 5m3s | vm@dc",
  ],
  [
    "Secret",
    { metadata: metadata("tls"), data: { a: "", b: "" } },
    "Name; Type; Data; Age | ",
    "tls; Opaque; 2; 5m3s | ",
  ],
  [
    "Service",
    {
      metadata: metadata("web"),
      spec: {
        ports: [{ port: 80 }, { port: 53, protocol: "UDP", nodePort: 30053 }],
        selector: { tier: "x", app: "web" },
      },
    },
    "Name; Type; Cluster-IP; External-IP; Port(s); Age | Selector",
    "web; ClusterIP; None; <none>; 80/TCP,53:30053/UDP; 5m3s | app=web,tier=x",
  ],
  [
    "EndpointSlice",
    {
      metadata: metadata("web-1"),
      addressType: "IPv4",
      ports: [{ port: 80 }],
      endpoints: [{ addresses: ["10.0.0.1"] }, { addresses: ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"] }],
    },
    "Name; AddressType; Ports; Endpoints; Age | ",
    "web-1; IPv4; 80; 10.0.0.1,10.0.0.2,10.0.0.3 + 2 more...; 5m3s | ",
  ],
  ["Namespace", { metadata: metadata("shop") }, "Name; Status; Age | ", "shop; Active; 5m3s | "],
  [
    "Namespace",
    { metadata: { ...metadata("shop"), deletionTimestamp: "x" } },
    "Name; Status; Age | ",
    "shop; Terminating; 5m3s | ",
  ],
  ["Role", { metadata: metadata("reader") }, "Name; Created At | ", "reader; 2026-05-31T23:54:57Z | "],
  [
    "RoleBinding",
    {
      metadata: metadata("readers"),
      roleRef: { kind: "Role", name: "reader" },
      subjects: [
        { kind: "User", name: "ann" },
        { kind: "User", name: "bob" },
        { kind: "Group", name: "team" },
        { kind: "ServiceAccount", name: "ci", namespace: "shop" },
      ],
    },
    "Name; Role; Age | Users; Groups; ServiceAccounts",
    "readers; Role/reader; 5m3s | ann, bob; team; shop/ci",
  ],
  [
    "AccessToken",
    { metadata: metadata("ci"), spec: { user: "ci", groups: ["a", "b"], expirationTimestamp: "2026-07-01T00:00:00Z" } },
    "Name; User; Groups; Expires; Age | ",
    "ci; ci; a,b; in 30d; 5m3s | ",
  ],
  [
    "AccessToken",
    { metadata: metadata("ci"), spec: { user: "ci", expirationTimestamp: "2026-05-31T20:00:00Z" } },
    "Name; User; Groups; Expires; Age | ",
    "ci; ci; ; 4h ago; 5m3s | ",
  ],
  [
    "Event",
    {
      metadata: metadata("front.1"),
      involvedObject: { kind: "HTTPRoute", name: "front", fieldPath: "spec" },
      type: "Warning",
      reason: "Refused",
      message: "a proxy refused it\n",
      source: { component: "gateway" },
      firstTimestamp: "2026-05-31T23:00:00Z",
      lastTimestamp: "2026-05-31T23:59:00Z",
      count: 3,
    },
    "Last Seen; Type; Reason; Object; Message | Subobject; Source; First Seen; Count; Name",
    "60s; Warning; Refused; httproute/front; a proxy refused it | spec; gateway; 60m; 3; front.1",
  ],
  [
    "Event",
    {
      metadata: metadata("e"),
      eventTime: "2026-05-31T23:59:00.000000Z",
      reportingComponent: "lb",
      reportingInstance: "0",
    },
    "Last Seen; Type; Reason; Object; Message | Subobject; Source; First Seen; Count; Name",
    "60s; ; ; ;  | ; lb, 0; 60s; 1; e",
  ],
  [
    "HybridService",
    { metadata: metadata("x"), spec: { split: [{ backend: "vm", weight: { toString: 1, valueOf: 1 } }] } },
    "Name; Port; Protocol; Split; Accepted; Programmed; Age | Backends",
    "x; ; HTTP; vm 0%; Unknown; Unknown; 5m3s | ",
  ],
  ["Unheard", { metadata: metadata("x") }, "Name; Age | ", "x; 5m3s | "],
];

test("columns are those that users of kubectl know", () => {
  for (const [kind, object, titles, cells] of CASES) assert.deepEqual(told(kind, object), [titles, cells], kind);
});

test("a table is a metav1.Table, whose rows carry what was asked for", () => {
  const object = { apiVersion: "v1", kind: "Secret", metadata: metadata("tls"), data: { a: "c2VjcmV0" } };
  const options = { now: NOW, listMeta: { resourceVersion: "7", continue: "c", remainingItemCount: 3 } };
  const table = tableOf("Secret", [object], { ...options, includeObject: "Metadata" });
  assert.deepEqual(
    { ...table, columnDefinitions: table.columnDefinitions[0] },
    {
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata: options.listMeta,
      columnDefinitions: {
        name: "Name",
        type: "string",
        format: "name",
        description: "Name of the object, unique in its namespace.",
        priority: 0,
      },
      rows: [
        {
          cells: ["tls", "Opaque", 1, "5m3s"],
          object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: metadata("tls") },
        },
      ],
    },
  );
  assert.ok(!JSON.stringify(table).includes("c2VjcmV0"));
  assert.equal(tableOf("Secret", [object], { ...options, includeObject: "Object" }).rows[0]?.object, object);
  const later = tableOf("Secret", [object], { ...options, includeObject: "None", noHeaders: true, version: "v1beta1" });
  assert.deepEqual(
    [later.columnDefinitions, later.rows[0]?.object, later.apiVersion],
    [[], null, "meta.k8s.io/v1beta1"],
  );
});

test("includeObject is one of three, and Metadata unless given", () => {
  const asked = (text: string) => includeObjectOf(new URLSearchParams(text));
  assert.deepEqual(asked(""), { includeObject: "Metadata" });
  assert.deepEqual(asked("includeObject=Object"), { includeObject: "Object" });
  assert.ok("problem" in asked("includeObject=object"));
});

test("lists of metadata carry nothing else", () => {
  assert.deepEqual(partialObjectList([{ metadata: metadata("a"), data: { x: "y" } }], "v1", { resourceVersion: "1" }), {
    kind: "PartialObjectMetadataList",
    apiVersion: "meta.k8s.io/v1",
    metadata: { resourceVersion: "1" },
    items: [{ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: metadata("a") }],
  });
});

test("every kind has one name column and as many cells as columns, and no object throws", () => {
  const kinds = [...API_KINDS.map(({ kind }) => kind), "Unheard", "__proto__"];
  const fields = ["metadata", "spec", "status", "data", "subjects", "involvedObject", "split", "backends", "weight"];
  const more = ["parents", "conditions", "type", "name", "ports", "expirationTimestamp", "creationTimestamp"];
  const { object } = fc.letrec<{ object: unknown; value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 1 }),
      tie("object"),
      fc.array(tie("object"), { maxLength: 2 }),
    ),
    object: fc.dictionary(fc.constantFrom(...fields, ...more, "toString", "valueOf", "toJSON"), tie("value"), {
      maxKeys: 5,
    }),
  }));
  for (const kind of kinds) {
    fc.assert(
      fc.property(fc.oneof(object, fc.jsonValue()), (some) => {
        const { columnDefinitions, rows } = tableOf(kind, [some], {
          includeObject: "Metadata",
          now: NOW,
          listMeta: {},
        });
        assert.equal(columnDefinitions.filter(({ format }) => format === "name").length, 1);
        assert.equal(rows[0]?.cells.length, columnDefinitions.length);
        for (const cell of rows[0]?.cells ?? []) assert.match(typeof cell, /^(?:string|number)$/);
      }),
      { numRuns: 200 },
    );
  }
});
