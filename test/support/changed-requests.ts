/** Valid requests to the resource API with something changed in them: mostly invalid, but past the first checks. */
import fc from "fast-check";

/** The namespace that the requests are about, and one that they stray into. */
export const OWN = "shop";
export const OTHERS = "bank";
export const GATEWAY = "gateway.networking.k8s.io/v1";
export const SECRET = { metadata: { name: "front" }, type: "Opaque", stringData: { key: "own" } };
export const ROUTE = {
  metadata: { name: "front", labels: { app: "front" } },
  spec: { rules: [{ backendRefs: [{ name: "front", port: 8080 }] }] },
};

/** One request, before it is bytes. */
export interface Draft {
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

/** For others' Secrets, asked for as one would who may read them. */
const STRAYING: readonly Draft[] = [
  draft("GET", `/api/v1/namespaces/${OTHERS}/secrets/vault`),
  draft("GET", `/api/v1/namespaces/${OTHERS}/secrets`),
  draft("GET", "/api/v1/secrets", undefined, undefined, [["fieldSelector", "metadata.name=vault"]]),
  draft("PATCH", `/api/v1/namespaces/${OTHERS}/secrets/vault`, "application/merge-patch+json", { metadata: {} }),
];

/** What real clients send, each well-formed as it is. */
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
  ...STRAYING,
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
/** Valid requests with up to three changes each. */
export const changedRequests = fc
  .tuple(fc.constantFrom(...VALID), CHANGES)
  .map(([valid, changes]) => changes.reduce((given, change) => change(given), valid));

/** With the token, on a connection of its own. */
export function bytesOf({ method, segments, query, headers, body }: Draft, token: string): Buffer {
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
