/**
 * Arbitrary estates behind one gateway whose legs really answer, and requests for them: small pools, so that routes
 * compete for requests and requests hit and miss.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AnyResource } from "../../src/model/kinds.ts";
import { readObject } from "../../src/model/object-reader.ts";
import type { TraceRequest } from "../../src/model/trace.ts";
import type { PemPair } from "./certificates.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface TraceWorld {
  readonly ports: { readonly http: number; readonly other: number; readonly https: number };
  /** Leg id to the local port that answers for it. */
  readonly origins: ReadonlyMap<string, number>;
  readonly certificate: PemPair;
}

/** The legs that can be reached; "service/shop/empty/80" has no endpoints, and "missing" is no service. */
export const LEGS = [
  "hybrid/shop/front/vm",
  "hybrid/shop/front/k8s",
  "hybrid/shop/stock/vm",
  "hybrid/shop/stock/k8s",
  "hybrid/shop/stock/edge",
  "service/shop/blue/80",
  "service/shop/green/80",
] as const;

const HOSTNAMES = ["a.example.com", "b.example.com", "*.example.com", "*.b.example.com", "x.b.example.com", "*.org"];
const LISTENER_HOSTNAMES = [undefined, undefined, "*.example.com", "a.example.com", "*.b.example.com"];
const PATHS = ["/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/x1", "/A"];

const often = <Value>(value: fc.Arbitrary<Value>) => present(value, 4);
const seldom = <Value>(value: fc.Arbitrary<Value>) => present(value, 1);

function present<Value>(value: fc.Arbitrary<Value>, inFive: number): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 5 - inFive, arbitrary: fc.constant(undefined) }, { weight: inFive, arbitrary: value });
}

function definedOnly(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function object(apiVersion: string, kind: string, namespace: string, name: string, rest: Fields): AnyResource {
  const fields = { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...rest };
  const { resource, findings } = readObject(fields);
  assert.ok(resource, `the arbitrary made an object that isn't valid: ${JSON.stringify([fields, findings])}`);
  return resource;
}

/** Most are short, so that requests hit. */
const prefix = fc.constantFrom("/", "/a", ...PATHS);

const GATEWAY_API = "gateway.networking.k8s.io/v1";
const LANDBRIDGE = "landbridge.dev/v1alpha1";

/** What every estate has, besides what traceEstates makes. */
export function traceGround({ origins, certificate }: TraceWorld): AnyResource[] {
  const at = (leg: string) => origins.get(leg) ?? 0;
  const hybrid = LEGS.filter((leg) => leg.startsWith("hybrid/"));
  const plain = ["blue", "green"].flatMap((name) => {
    const slice = {
      metadata: { name: `${name}-1`, namespace: "shop", labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      ports: [{ port: at(`service/shop/${name}/80`) }],
      endpoints: [{ addresses: ["127.0.0.1"] }],
    };
    return [
      object("v1", "Service", "shop", name, { spec: { ports: [{ port: 80 }] } }),
      object("discovery.k8s.io/v1", "EndpointSlice", "shop", `${name}-1`, slice),
    ];
  });
  return [
    object(GATEWAY_API, "GatewayClass", "", "landbridge", {
      spec: { controllerName: "landbridge.dev/gateway-controller" },
    }),
    object("v1", "Secret", "test", "web", {
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": certificate.certificate, "tls.key": certificate.key },
    }),
    object(LANDBRIDGE, "Platform", "", "here", {
      spec: {
        type: "Static",
        static: { services: hybrid.map((leg) => ({ name: nameOnPlatform(leg), endpoints: [`127.0.0.1:${at(leg)}`] })) },
      },
    }),
    object("v1", "Service", "shop", "empty", { spec: { ports: [{ port: 80 }] } }),
    ...plain,
  ];
}

function nameOnPlatform(leg: string): string {
  return leg.split("/").slice(2).join("-");
}

function gateway({ ports }: TraceWorld): fc.Arbitrary<AnyResource> {
  const hostnames = fc.uniqueArray(fc.constantFrom(...LISTENER_HOSTNAMES), { minLength: 1, maxLength: 3 });
  return fc.record({ http: hostnames, other: hostnames, https: hostnames }).map((byPort) => {
    const listeners = (["http", "other", "https"] as const).flatMap((name) =>
      byPort[name].map((hostname, index) => ({
        name: `${name}-${index}`,
        port: ports[name],
        protocol: name === "https" ? "HTTPS" : "HTTP",
        ...(hostname !== undefined && { hostname }),
        ...(name === "https" && { tls: { certificateRefs: [{ name: "web" }] } }),
        allowedRoutes: { namespaces: { from: "All" } },
      })),
    );
    return object(GATEWAY_API, "Gateway", "test", "edge", { spec: { gatewayClassName: "landbridge", listeners } });
  });
}

function hybridService(name: string): fc.Arbitrary<AnyResource> {
  const backends = LEGS.filter((leg) => leg.startsWith(`hybrid/shop/${name}/`)).map(
    (leg) => leg.split("/").at(-1) ?? "",
  );
  const leg = fc.record({
    weight: fc.constantFrom(undefined, 0, 1, 50),
    host: seldom(fc.constant(`${name}.internal`)),
  });
  const stickiness = fc.subarray<Fields>([
    { header: { name: "x-user" } },
    { cookie: { name: "lb" } },
    { sourceAddress: {} },
  ]);
  return fc.tuple(fc.tuple(...backends.map(() => leg)), stickiness).map(([legs, sticky]) => {
    // The first is always in the split, with a weight, so that there is one.
    const split = legs.flatMap(({ weight }, index) => {
      const share = index === 0 ? (weight ?? 0) + 1 : weight;
      return share === undefined ? [] : [{ backend: backends[index], weight: share }];
    });
    return object(LANDBRIDGE, "HybridService", "shop", name, {
      spec: {
        port: 80,
        stickiness: sticky,
        split,
        backends: legs.map(({ host }, index) => ({
          name: backends[index],
          platform: "here",
          service: `${name}-${backends[index]}`,
          ...(host !== undefined && { host }),
        })),
      },
    });
  });
}

const backendRef = fc
  .record({
    target: fc.constantFrom(
      { kind: "Service", name: "blue", port: 80 },
      { kind: "Service", name: "green", port: 80 },
      { kind: "Service", name: "empty", port: 80 },
      { kind: "Service", name: "missing", port: 80 },
      { group: "landbridge.dev", kind: "HybridService", name: "front" },
      { group: "landbridge.dev", kind: "HybridService", name: "front" },
      { group: "landbridge.dev", kind: "HybridService", name: "stock" },
    ),
    weight: fc.constantFrom(undefined, undefined, 0, 1, 5),
    headers: fc.constantFrom(
      undefined,
      undefined,
      { set: [{ name: "x-to", value: "it" }] },
      { set: [{ name: "host", value: "to.internal" }] },
    ),
  })
  .map(({ target, weight, headers }) => ({
    ...target,
    ...(weight !== undefined && { weight }),
    ...(headers && { filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: headers }] }),
  }));

const match: fc.Arbitrary<Fields> = fc
  .record({
    path: often(
      fc.oneof(
        fc.record({ type: fc.constant("PathPrefix"), value: prefix }),
        fc.record({ type: fc.constant("Exact"), value: fc.constantFrom(...PATHS) }),
        fc.record({
          type: fc.constant("RegularExpression"),
          value: fc.constantFrom("/[a-z]+", "/a(/.*)?", "/x[0-9]", ".*"),
        }),
      ),
    ),
    headers: seldom(
      fc.constantFrom(
        [{ name: "x-staff", value: "yes" }],
        [{ name: "X-Staff", type: "RegularExpression", value: "y.*" }],
        [
          { name: "x-staff", value: "yes" },
          { name: "x-beta", value: "1" },
        ],
        [{ name: "Host", value: "a.example.com" }],
      ),
    ),
    queryParams: seldom(
      fc.constantFrom(
        [{ name: "q", value: "1" }],
        [{ name: "q", type: "RegularExpression", value: "[0-9]*" }],
        [
          { name: "q", value: "a b" },
          { name: "r", value: "2" },
        ],
      ),
    ),
    method: seldom(fc.constantFrom("GET", "POST")),
  })
  .map(definedOnly);

const pathModifier = fc.constantFrom(
  { type: "ReplaceFullPath", replaceFullPath: "/full" },
  { type: "ReplaceFullPath", replaceFullPath: "/full/" },
  { type: "ReplacePrefixMatch", replacePrefixMatch: "/new" },
  { type: "ReplacePrefixMatch", replacePrefixMatch: "/new/" },
  { type: "ReplacePrefixMatch", replacePrefixMatch: "/" },
  { type: "ReplacePrefixMatch", replacePrefixMatch: "" },
);

const rule: fc.Arbitrary<Fields> = fc
  .record({
    matches: fc.array(match, { maxLength: 3 }),
    prefix,
    action: fc.constantFrom("forward", "forward", "forward", "rewrite", "rewrite", "redirect"),
    path: often(pathModifier),
    hostname: seldom(fc.constant("new.example.com")),
    scheme: seldom(fc.constantFrom("http", "https")),
    port: seldom(fc.constantFrom(80, 443, 9999)),
    statusCode: fc.constantFrom(301, 302, 303, 307, 308),
    headers: seldom(
      fc.constantFrom<Fields>(
        { set: [{ name: "Host", value: "set.internal" }] },
        { add: [{ name: "x-a", value: "100%" }], remove: ["x-staff"] },
      ),
    ),
    backendRefs: fc.array(backendRef, { maxLength: 3 }),
    timeouts: fc.constantFrom(undefined, undefined, { request: "10s", backendRequest: "5s" }),
    session: fc.constantFrom(undefined, undefined, undefined, { sessionName: "session" }),
  })
  .map(
    ({
      matches,
      prefix,
      action,
      path,
      hostname,
      scheme,
      port,
      statusCode,
      headers,
      backendRefs,
      timeouts,
      session,
    }) => {
      const isPrefix = path?.type === "ReplacePrefixMatch" && action !== "forward";
      const change = definedOnly({ path, hostname });
      return definedOnly({
        // Replacing a prefix needs exactly one match, by prefix.
        matches: isPrefix ? [{ path: { type: "PathPrefix", value: prefix } }] : matches,
        filters: [
          ...(headers ? [{ type: "RequestHeaderModifier", requestHeaderModifier: headers }] : []),
          ...(action === "redirect"
            ? [{ type: "RequestRedirect", requestRedirect: definedOnly({ ...change, scheme, port, statusCode }) }]
            : []),
          ...(action === "rewrite" ? [{ type: "URLRewrite", urlRewrite: change }] : []),
        ],
        backendRefs: action === "redirect" ? undefined : backendRefs,
        timeouts,
        sessionPersistence: session,
      });
    },
  );

function httpRoute(name: string, { ports }: TraceWorld): fc.Arbitrary<AnyResource> {
  return fc
    .record({
      parent: fc.constantFrom<Fields>(
        {},
        {},
        {},
        {},
        {},
        { port: ports.http },
        { port: ports.https },
        { sectionName: "http-0" },
        { sectionName: "https-1" },
      ),
      hostnames: fc.oneof(fc.constant([]), fc.uniqueArray(fc.constantFrom(...HOSTNAMES), { maxLength: 3 })),
      rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    })
    .map(({ parent, hostnames, rules }) =>
      object(GATEWAY_API, "HTTPRoute", "shop", name, {
        spec: { parentRefs: [{ name: "edge", namespace: "test", ...parent }], hostnames, rules },
      }),
    );
}

export function traceEstates(world: TraceWorld): fc.Arbitrary<AnyResource[]> {
  const routes = ["one", "two", "three", "four", "five"].map((name) => often(httpRoute(name, world)));
  return fc
    .tuple(gateway(world), hybridService("front"), hybridService("stock"), fc.tuple(...routes))
    .map(([edge, front, stock, some]) => [edge, front, stock, ...some.filter((entry) => entry !== undefined)]);
}

/** Paths are normal already, and no request is a preflight: those two things trace leaves to Envoy. */
export function traceRequests({ ports }: TraceWorld): fc.Arbitrary<TraceRequest> {
  const query = fc.constantFrom(
    "",
    "",
    "",
    "?q=1",
    "?q=&r=2",
    "?q=2&q=1",
    "?q",
    "?Q=1",
    "?q=a%20b&r=2",
    "?q=a+b&r=2",
    "?r=2&q=x",
  );
  return fc
    .record({
      reused: seldom(fc.constantFrom("a.example.com", "x.b.example.com", "c.example.com", "nowhere.net")),
      method: fc.constantFrom("GET", "GET", "POST", "PUT", "HEAD"),
      at: fc.constantFrom("http", "http", "other", "https"),
      hostname: fc.constantFrom(
        "a.example.com",
        "a.example.com",
        "b.example.com",
        "x.b.example.com",
        "y.x.b.example.com",
        "c.example.com",
        "example.com",
        "www.org",
        "nowhere.net",
      ),
      path: fc.tuple(fc.constantFrom(...PATHS, "/a/b/", "/a/bc", "/b", "/x12"), query).map((parts) => parts.join("")),
      headers: fc.subarray(
        [
          { name: "x-staff", value: "yes" },
          { name: "x-staff", value: "no" },
          { name: "x-beta", value: "1" },
          { name: "x-user", value: "u7" },
          { name: "cookie", value: "lb=u8" },
        ],
        { maxLength: 3 },
      ),
    })
    .map(({ at, reused, ...rest }) => ({
      ...rest,
      scheme: at === "https" ? "https" : "http",
      port: ports[at as keyof typeof ports],
      sni: at === "https" ? reused : undefined,
    }));
}
