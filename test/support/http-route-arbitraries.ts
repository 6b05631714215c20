/** Arbitrary specs of HTTPRoutes that keep all rules of the specification. */
import fc from "fast-check";
import { GATEWAYS, NAMESPACES, SERVICES } from "./model-names.ts";

type Fields = Readonly<Record<string, unknown>>;

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
/** Estates hang together only where most references hit. */
const mostly = <Usual, Value>(usual: Usual, other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
const flagged = <Value>(value: Value) => fc.constantFrom(undefined, undefined, value);

const backend: fc.Arbitrary<Fields> = fc
  .tuple(
    fc.constantFrom(
      ...Array<Fields>(4).fill({ kind: "Service", port: 80 }),
      ...Array<Fields>(6).fill({ group: "landbridge.dev", kind: "HybridService" }),
      { kind: "Service", port: 81 },
      { group: "example.com", kind: "Bucket" },
    ),
    fc.constantFrom(...SERVICES, ...SERVICES, "missing"),
    mostly(undefined, fc.constantFrom(...NAMESPACES)),
  )
  .map(([type, name, namespace]) => ({ ...type, name, ...(namespace !== undefined && { namespace }) }));

const headerModifier = fc.constantFrom<Fields>(
  { set: [{ name: "x-a", value: "1" }], remove: ["x-b"] },
  {
    add: [
      { name: "X-C", value: "two words" },
      { name: "x-a", value: "2" },
    ],
  },
  // What Envoy would take for format strings, and headers that it guards.
  { set: [{ name: "x-percent", value: '100% %REQ(host)% "\\' }], add: [{ name: "Host", value: "set.internal" }] },
  { remove: ["host", "x-request-id", "cookie"] },
  { set: [{ name: "cache-control", value: "no-store" }], add: [{ name: "Set-Cookie", value: "a=b; Path=/" }] },
);

const pathModifier = fc.constantFrom<Fields>(
  { type: "ReplaceFullPath", replaceFullPath: "/full" },
  { type: "ReplacePrefixMatch", replacePrefixMatch: "/prefix" },
  { type: "ReplacePrefixMatch", replacePrefixMatch: "/" },
  { type: "ReplacePrefixMatch", replacePrefixMatch: "" },
  { type: "ReplaceFullPath", replaceFullPath: "" },
  { type: "ReplaceFullPath", replaceFullPath: "no slash, a space and\na line" },
  { type: "ReplacePrefixMatch", replacePrefixMatch: "é\n" },
  { type: "ReplaceFullPath", replaceFullPath: "/%41\\1/$1?x=%REQ(host)%#f" },
);

const match: fc.Arbitrary<Fields> = fc.record(
  {
    path: fc.constantFrom(
      { type: "PathPrefix", value: "/" },
      { type: "PathPrefix", value: "/a" },
      { type: "PathPrefix", value: "/a/b/" },
      { type: "Exact", value: "/a" },
      { type: "RegularExpression", value: "/[a-z]+/x" },
      { type: "RegularExpression", value: "(?i)/\\pL{1,10}(?P<name>[[:alpha:]]*)" },
      // Larger than what Envoy takes unless it is told to.
      { type: "RegularExpression", value: "/[a-z]{1,200}(\\.[0-9a-f]{8,64})?" },
      { type: "PathPrefix", value: "/a.b+c(d)" },
    ),
    headers: fc.constantFrom(
      [{ name: "x-staff", value: "yes" }],
      [{ name: "X-Beta", type: "RegularExpression", value: "^v[0-9]+$" }],
    ),
    queryParams: fc.constantFrom(
      [{ name: "q", value: "1" }],
      [
        { name: "q", type: "RegularExpression", value: "a|b" },
        { name: "r", value: "2" },
      ],
    ),
    method: fc.constantFrom("GET", "POST"),
  },
  { requiredKeys: [] },
);

/** Filters that a rule and a backend can have; at most one of each type that can't be repeated. */
const plainFilters: fc.Arbitrary<Fields[]> = fc
  .record({
    request: maybe(headerModifier),
    response: maybe(headerModifier),
    mirror: mostly(
      undefined,
      fc.tuple(backend, fc.constantFrom({}, { percent: 10 }, { fraction: { numerator: 1, denominator: 1000 } })),
    ),
    cors: fc.constantFrom(
      undefined,
      undefined,
      { allowOrigins: ["https://*.example.com"], allowMethods: ["GET", "PUT"], allowCredentials: true, maxAge: 60 },
      { allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"], exposeHeaders: ["*"] },
      { allowOrigins: ["http://a.example.com:8080", "http://*"], allowCredentials: true, allowHeaders: ["X-A", "x-b"] },
      {},
    ),
    extension: mostly(undefined, fc.constant({ group: "example.com", kind: "Filter", name: "x" })),
    auth: maybe(backend).filter((value) => value?.group !== "example.com"),
    authSettings: fc.constantFrom<Fields | undefined>(
      ...Array<undefined>(4).fill(undefined),
      { protocol: "GRPC", grpc: {} },
      { protocol: "GRPC", grpc: {}, forwardBody: { maxSize: 0 } },
      { protocol: "HTTP", http: {}, forwardBody: { maxSize: 65535 } },
      { protocol: "HTTP", http: { path: "/check", allowedHeaders: ["x-a"], allowedResponseHeaders: ["X-User"] } },
    ),
  })
  .map(({ request, response, mirror, cors, extension, auth, authSettings }) => [
    ...(request ? [{ type: "RequestHeaderModifier", requestHeaderModifier: request }] : []),
    ...(response ? [{ type: "ResponseHeaderModifier", responseHeaderModifier: response }] : []),
    ...(mirror ? [{ type: "RequestMirror", requestMirror: { backendRef: mirror[0], ...mirror[1] } }] : []),
    ...(cors ? [{ type: "CORS", cors }] : []),
    ...(extension ? [{ type: "ExtensionRef", extensionRef: extension }] : []),
    ...(auth && authSettings ? [{ type: "ExternalAuth", externalAuth: { backendRef: auth, ...authSettings } }] : []),
  ]);

const rule: fc.Arbitrary<Fields> = fc
  .record({
    matches: fc.array(match, { maxLength: 3 }),
    filters: plainFilters,
    target: fc.constantFrom("backends", "backends", "backends", "redirect", "rewrite"),
    pathModifier: maybe(pathModifier),
    hostname: flagged("moved.example.com"),
    statusCode: fc.constantFrom(301, 302, 303, 307, 308),
    backendRefs: fc.array(
      fc.tuple(backend, maybe(fc.constantFrom(0, 1, 5, 100)), maybe(headerModifier)).map(([ref, weight, headers]) => ({
        ...ref,
        ...(weight !== undefined && { weight }),
        ...(headers && { filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: headers }] }),
      })),
      { maxLength: 3 },
    ),
    timeouts: fc.constantFrom(
      undefined,
      undefined,
      { request: "10s", backendRequest: "2s" },
      { request: "0s", backendRequest: "0s" },
      { backendRequest: "1ms" },
      { request: "99999h" },
    ),
    retry: fc.constantFrom(
      undefined,
      undefined,
      { codes: [500, 503], attempts: 2, backoff: "100ms" },
      {},
      { codes: [400, 599], attempts: 1000, backoff: "0s" },
      { backoff: "99999h" },
    ),
    sessionPersistence: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      { sessionName: "session" },
      { sessionName: "" },
      { sessionName: "a b;c=é\n" },
      { type: "Header", sessionName: "not a token" },
      { type: "Header", sessionName: "x-session" },
      { sessionName: "long", absoluteTimeout: "1h", cookieConfig: { lifetimeType: "Permanent" } },
    ),
  })
  .map(({ matches, filters, target, pathModifier: modifier, hostname, statusCode, backendRefs, ...rest }) => {
    const byPrefix = modifier?.type === "ReplacePrefixMatch" && target !== "backends";
    const change = { ...(modifier && { path: modifier }), ...(hostname !== undefined && { hostname }) };
    const last =
      target === "redirect"
        ? [{ type: "RequestRedirect", requestRedirect: { ...change, statusCode } }]
        : target === "rewrite"
          ? [{ type: "URLRewrite", urlRewrite: change }]
          : [];
    return {
      // Replacing a prefix needs exactly one match, by prefix.
      matches: byPrefix ? [{ path: { type: "PathPrefix", value: "/a" } }] : matches,
      filters: [...filters, ...last],
      ...(target !== "redirect" && { backendRefs }),
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    };
  });

const parentRef: fc.Arbitrary<Fields> = mostly<Fields, Fields>(
  { name: "edge", namespace: "infra" },
  fc.record(
    {
      name: fc.constantFrom(...GATEWAYS, "missing"),
      namespace: fc.constantFrom(...NAMESPACES),
      sectionName: fc.constantFrom("l0", "l1", "l9"),
      port: fc.constantFrom(80, 443),
    },
    { requiredKeys: ["name"] },
  ),
);

export const httpRouteSpecs: fc.Arbitrary<Fields> = fc.record(
  {
    // Two references to one parent have to be told apart by the same field: one reference for each is enough here.
    parentRefs: fc.uniqueArray(parentRef, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
    hostnames: fc.uniqueArray(
      fc.constantFrom("a.example.com", "b.example.com", "*.example.com", "shop.example.com", "*.org"),
      { maxLength: 2 },
    ),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ["parentRefs"] },
);
