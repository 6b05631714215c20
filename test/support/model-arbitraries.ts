/**
 * Arbitrary valid estates, for property tests. Names come from small pools, so that references hit and miss,
 * hostnames overlap, and two routes compete for a request. Every resource went through readObject, so it is
 * what the parser would have made of it.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AnyResource } from "../../src/model/kinds.ts";
import { keyOf } from "../../src/model/metadata.ts";
import { readObject } from "../../src/model/object-reader.ts";
import { makeSelfSigned } from "./certificates.ts";
import { httpRouteSpecs } from "./http-route-arbitraries.ts";
import { BACKENDS, GATEWAYS, NAMESPACES, PLATFORMS, ROUTES, SECRETS, SERVICES } from "./model-names.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One object replaced (or made), or one taken away. */
export type Edit =
  | { readonly kind: "upsert"; readonly resource: AnyResource }
  | { readonly kind: "remove"; readonly key: string };

function resource(fields: Fields): AnyResource {
  const read = readObject(fields);
  assert.ok(read.resource, `the arbitrary made an object that isn't valid: ${JSON.stringify([fields, read.findings])}`);
  return read.resource;
}

/** Most objects are where the references of others look for them. */
const namespaces = fc.constantFrom(...Array<string>(6).fill("shop"), ...NAMESPACES);
const gatewayNamespaces = fc.constantFrom(...Array<string>(6).fill("infra"), ...NAMESPACES);

function named(
  pool: readonly string[],
  apiVersion: string,
  kind: string,
  rest: fc.Arbitrary<Fields>,
  namespace = namespaces,
): fc.Arbitrary<Fields> {
  return fc
    .tuple(fc.constantFrom(...pool), namespace, rest)
    .map(([name, scope, fields]) => ({ apiVersion, kind, metadata: { name, namespace: scope }, ...fields }));
}

const hostname = fc.constantFrom("*.example.com", "*.example.com", "*.com", "a.example.com", "shop.example.com");

/** Mostly such as go together. */
const socket = fc.oneof(
  { weight: 6, arbitrary: fc.record({ port: fc.constantFrom(80, 8080), protocol: fc.constant("HTTP") }) },
  { weight: 4, arbitrary: fc.record({ port: fc.constant(443), protocol: fc.constant("HTTPS") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      port: fc.constantFrom(80, 443),
      protocol: fc.constantFrom("HTTP", "HTTPS", "TLS", "TCP"),
    }),
  },
);

const listener = fc
  .record(
    {
      socket,
      hostname,
      secret: fc.constantFrom("cert", ...SECRETS),
      from: fc.constantFrom("All", "All", "All", "All", "All", "Same", "Selector"),
      kinds: fc.constantFrom([], [], [], [], [{ kind: "HTTPRoute" }], [{ kind: "GRPCRoute" }]),
    },
    { requiredKeys: ["socket", "secret", "from", "kinds"] },
  )
  .map(({ socket: { port, protocol }, ...rest }) => ({ port, protocol, ...rest }));

const gateway = named(
  GATEWAYS,
  "gateway.networking.k8s.io/v1",
  "Gateway",
  fc
    .record({
      className: fc.constantFrom(...Array<string>(9).fill("landbridge"), "other"),
      listeners: fc.uniqueArray(listener, {
        minLength: 1,
        maxLength: 4,
        selector: (entry) =>
          `${entry.port}/${entry.protocol}/${entry.protocol === "TCP" ? "" : (entry.hostname ?? "")}`,
      }),
    })
    .map(({ className, listeners }) => ({
      spec: {
        gatewayClassName: className,
        listeners: listeners.map(({ port, hostname: host, protocol, secret, from, kinds }, index) => ({
          name: `l${index}`,
          port,
          protocol,
          ...(host !== undefined && protocol !== "TCP" && { hostname: host }),
          ...((protocol === "HTTPS" || protocol === "TLS") && { tls: { certificateRefs: [{ name: secret }] } }),
          allowedRoutes: {
            namespaces: from === "Selector" ? { from, selector: { matchLabels: { team: "shop" } } } : { from },
            kinds,
          },
        })),
      },
    })),
  gatewayNamespaces,
);

const httpRoute = named(
  ROUTES,
  "gateway.networking.k8s.io/v1",
  "HTTPRoute",
  httpRouteSpecs.map((spec) => ({ spec })),
);

const gatewayClass = fc.constantFrom("landbridge", "other").map((name) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "GatewayClass",
  metadata: { name },
  spec: { controllerName: name === "other" ? "example.com/controller" : "landbridge.dev/gateway-controller" },
}));

const namespace = fc
  .tuple(fc.constantFrom(...NAMESPACES), fc.constantFrom({}, { team: "shop" }))
  .map(([name, labels]) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels },
  }));

const referenceGrant = named(
  ["grant", "other-grant"],
  "gateway.networking.k8s.io/v1",
  "ReferenceGrant",
  fc
    .record({
      from: fc.constantFrom(["gateway.networking.k8s.io", "HTTPRoute"], ["gateway.networking.k8s.io", "Gateway"]),
      namespace: fc.constantFrom(...NAMESPACES),
      to: fc.constantFrom(
        { group: "", kind: "Service" },
        { group: "", kind: "Secret" },
        { group: "landbridge.dev", kind: "HybridService" },
      ),
      name: fc.option(fc.constantFrom(...SERVICES), { nil: undefined }),
    })
    .map(({ from: [group, kind], namespace: source, to, name }) => ({
      spec: { from: [{ group, kind, namespace: source }], to: [{ ...to, ...(name !== undefined && { name }) }] },
    })),
);

const service = named(
  SERVICES,
  "v1",
  "Service",
  fc.constantFrom(undefined, "http", "kubernetes.io/h2c", "kubernetes.io/ws").map((appProtocol) => ({
    spec: { ports: [{ name: "http", port: 80, targetPort: 8080, ...(appProtocol !== undefined && { appProtocol }) }] },
  })),
);

const endpointSlice = fc
  .record({
    name: fc.constantFrom(...SERVICES),
    namespace: fc.constantFrom(...NAMESPACES),
    endpoints: fc.array(fc.record({ host: fc.integer({ min: 1, max: 9 }), ready: fc.boolean() }), { maxLength: 3 }),
  })
  .map(({ name, namespace: scope, endpoints }) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${name}-1`, namespace: scope, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080 }],
    endpoints: endpoints.map(({ host, ready }) => ({ addresses: [`10.0.0.${host}`], conditions: { ready } })),
  }));

const usable = await makeSelfSigned({ dnsNames: ["*.example.com"] });

const secret = named(
  ["cert", ...SECRETS],
  "v1",
  "Secret",
  fc.constantFrom(
    { type: "kubernetes.io/tls", stringData: { "tls.crt": usable.certificate, "tls.key": usable.key } },
    { type: "kubernetes.io/tls", stringData: { "tls.crt": usable.certificate, "tls.key": usable.key } },
    { type: "kubernetes.io/tls", stringData: { "tls.crt": "no certificate", "tls.key": "no key" } },
    { type: "Opaque", stringData: { "ca.crt": usable.certificate } },
    { type: "Opaque", stringData: { "ca.crt": "no authority" } },
  ),
  fc.constantFrom("infra", "infra", "infra", "shop", "default"),
);

const platform = fc
  .record({
    name: fc.constantFrom(...PLATFORMS),
    dns: fc.boolean(),
    services: fc.uniqueArray(fc.constantFrom(...SERVICES), { maxLength: 2 }),
    host: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ name, dns, services, host }) => ({
    apiVersion: "landbridge.dev/v1alpha1",
    kind: "Platform",
    metadata: { name },
    spec: dns
      ? { type: "DNS", dns: { domain: "dc.internal" } }
      : {
          type: "Static",
          static: {
            services: services.map((entry) => ({
              name: entry,
              endpoints: [`10.1.0.${host}:8010`, `[fd00::${host}]:80`],
            })),
          },
        },
  }));

const leg = fc.record({
  platform: fc.constantFrom(...PLATFORMS),
  host: fc.option(fc.constantFrom("front.dc.internal"), { nil: undefined }),
  tls: fc.constantFrom(
    undefined,
    { mode: "Simple", sni: "front.dc.internal", caCertificateRef: { name: "ca" } },
    { mode: "Mutual", sni: "front.dc.internal", clientCertificateRef: { name: "cert" } },
  ),
  requestHeaders: fc.constantFrom(undefined, { set: [{ name: "x-leg", value: "yes" }] }),
  weight: fc.constantFrom(0, 1, 50, 100),
});

const hybridService = named(
  SERVICES,
  "landbridge.dev/v1alpha1",
  "HybridService",
  fc
    .record({
      protocol: fc.constantFrom("HTTP", "HTTP", "HTTP2", "GRPC"),
      legs: fc.array(leg, { minLength: 1, maxLength: BACKENDS.length }),
      stickiness: fc.subarray([
        { cookie: { name: "lb", ttl: "1h" } },
        { cookie: { name: "%l%b", path: "/a%20b;c" } },
        { header: { name: "x-user" } },
        { sourceAddress: {} },
      ]),
    })
    .map(({ protocol, legs, stickiness }) => ({
      spec: {
        port: 80,
        protocol,
        stickiness,
        backends: legs.map(({ weight: _, ...fields }, index) => ({ name: BACKENDS[index], ...definedOnly(fields) })),
        split: legs.map(({ weight }, index) => ({
          backend: BACKENDS[index],
          weight: index === 0 ? weight + 1 : weight,
        })),
      },
    })),
);

function definedOnly(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Any object, of any kind; routes and services most often. */
export const resourceArbitrary: fc.Arbitrary<AnyResource> = fc
  .oneof(
    { weight: 6, arbitrary: httpRoute },
    { weight: 4, arbitrary: hybridService },
    { weight: 3, arbitrary: gateway },
    { weight: 2, arbitrary: service },
    { weight: 2, arbitrary: endpointSlice },
    { weight: 2, arbitrary: platform },
    { weight: 2, arbitrary: referenceGrant },
    { weight: 1, arbitrary: secret },
    { weight: 1, arbitrary: namespace },
    { weight: 1, arbitrary: gatewayClass },
  )
  .map(resource);

const entranceOf = (spec: fc.Arbitrary<Fields>) =>
  spec.map((fields) => ({ ...fields, metadata: { name: "edge", namespace: "infra" } }));

/** Up to 45 objects, no two of one name; the gateway that most routes name and its class are nearly always there. */
export const estateArbitrary: fc.Arbitrary<AnyResource[]> = fc
  .tuple(
    fc.constant({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata: { name: "landbridge" },
      spec: { controllerName: "landbridge.dev/gateway-controller" },
    } as const),
    entranceOf(gateway),
    fc.array(fc.oneof(hybridService, service), { minLength: 2, maxLength: 8 }),
    fc.array(httpRoute, { minLength: 1, maxLength: 4 }),
    fc.array(secret, { maxLength: 3 }),
    fc.array(resourceArbitrary, { maxLength: 30, size: "max" }),
  )
  .map(([className, entrance, services, routes, secrets, others]) => {
    const all = [
      ...others,
      ...[...services, ...routes, ...secrets].map(resource),
      resource(className),
      resource(entrance),
    ];
    return [...new Map(all.map((entry) => [keyOf(entry), entry])).values()];
  });

/** Small: one object written anew or removed. Names collide with those of estates, so edits hit existing objects. */
export const editArbitrary: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 3, arbitrary: resourceArbitrary.map((entry): Edit => ({ kind: "upsert", resource: entry })) },
  { weight: 1, arbitrary: resourceArbitrary.map((entry): Edit => ({ kind: "remove", key: keyOf(entry) })) },
);
