import assert from "node:assert/strict";
import { test } from "node:test";
import { translateLeg } from "../../../src/compiler/envoy/cluster.ts";
import { toPlain } from "../../../src/compiler/envoy/describe.ts";
import { translateEndpoints } from "../../../src/compiler/envoy/endpoints.ts";
import { translateHost, translateWildcards } from "../../../src/compiler/envoy/host.ts";
import { translateListener } from "../../../src/compiler/envoy/listener.ts";
import type { EnvoyResource } from "../../../src/compiler/envoy/resource.ts";
import { runtimeLayerOf, translateRuntime } from "../../../src/compiler/envoy/runtime.ts";
import { translateSecret } from "../../../src/compiler/envoy/secret.ts";
import type { HostRouting, LegTls } from "../../../src/compiler/routing/routing.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";
import { backend, forward, host, httpPort, leg, match, route } from "../../support/routing-values.ts";

const TLS: LegTls = { mode: "mutual", sni: "a.internal", subjectAltNames: [], identity: "secret/shop/client" };

function shop(): HostRouting {
  const mirrors = [{ leg: "mirror", numerator: 1, denominator: 10 }];
  return host("shop.test", [
    route(match("/a", { method: "GET" }), forward([backend("b"), backend("a"), backend(undefined)], { mirrors }), {
      name: "one",
      source: "HTTPRoute/shop/one",
      cors: {
        allowOrigins: ["*"],
        allowMethods: ["GET"],
        allowHeaders: [],
        exposeHeaders: [],
        allowCredentials: false,
        maxAgeSeconds: 5,
      },
      externalAuth: {
        protocol: "HTTP",
        leg: "auth",
        allowedHeaders: [],
        allowedResponseHeaders: [],
        forwardBodyMaxBytes: 0,
      },
    }),
    route("/", forward("a", { session: { type: "cookie", name: "sid" } }), {
      name: "two",
      source: "HTTPRoute/shop/two",
    }),
  ]);
}

function everything(): EnvoyResource[] {
  const tls = { serverNames: ["shop.test"], certificates: ["secret/shop/tls"] };
  return [
    ...translateHost(shop()),
    ...translateWildcards("8080", [host("*.test", shop().routes), host("*", [])]),
    translateListener(httpPort(), { ...COMPILE_OPTIONS, accessLog: { kind: "file", path: "/var/log/access.json" } }),
    translateListener(httpPort([{ table: "8443-a", listeners: ["a"], tls }]), COMPILE_OPTIONS),
    translateLeg(leg("a", { tls: TLS, protocol: "HTTP2" })),
    translateEndpoints(leg("a"), {
      state: "known",
      endpoints: [
        { address: "::1", port: 1 },
        { address: "10.0.0.1", port: 2, weight: 3 },
      ],
    }),
    translateRuntime("splits-0", [
      {
        prefix: "split.a.b",
        source: "HybridService/a/b",
        weights: [
          { leg: "x", weight: 1 },
          { leg: "y", weight: 9 },
        ],
      },
    ]),
    translateSecret({
      kind: "certificate",
      name: "secret/shop/tls",
      source: "Secret/shop/tls",
      certificatePem: "CERT",
      privateKeyPem: "KEY",
    }),
  ];
}

test("equal input gives equal bytes, versions and links", () => {
  assert.deepEqual(everything(), everything());
});

test("the version follows the content", () => {
  const [before] = translateHost(shop());
  const [after] = translateHost({ ...shop(), routes: shop().routes.slice(1) });
  assert.notEqual(before.version, after.version);
});

test("the order in which endpoints and splits are found changes nothing", () => {
  const endpoints = [
    { address: "10.0.0.2", port: 1 },
    { address: "10.0.0.1", port: 2 },
    { address: "10.0.0.1", port: 1 },
  ];
  const bytes = (some: typeof endpoints) => translateEndpoints(leg("a"), { state: "known", endpoints: some }).bytes;
  assert.deepEqual(bytes(endpoints), bytes(endpoints.toReversed()));
  const splits = ["a", "b"].map((name) => ({
    prefix: `split.${name}`,
    source: `HybridService/x/${name}`,
    weights: [{ leg: "l", weight: 1 }],
  }));
  assert.deepEqual(translateRuntime("l", splits), translateRuntime("l", splits.toReversed()));
});

test("a resource names what a proxy must have first, and whom to blame", () => {
  const [routes, scope] = translateHost(shop());
  assert.deepEqual(routes.references, ["Cluster:a", "Cluster:auth", "Cluster:b", "Cluster:mirror"]);
  assert.deepEqual(routes.owners, ["HTTPRoute/shop/one", "HTTPRoute/shop/two"]);
  assert.deepEqual(scope.references, ["RouteConfiguration:8080|shop.test"]);
  assert.deepEqual(scope.owners, routes.owners);
  assert.deepEqual(translateLeg(leg("a", { tls: TLS })).references, [
    "Secret:secret/shop/client",
    "Secret:trust/system",
  ]);
});

test("a leg without weight is no reference, unless its weight is in the runtime", () => {
  const backends = [backend("a"), backend("b", { weight: 0 })];
  const references = (split?: string) =>
    translateHost(host("x.test", [route("/", forward(backends, { split }))]))[0].references;
  assert.deepEqual(references(), ["Cluster:a"]);
  assert.deepEqual(references("split.x"), ["Cluster:a", "Cluster:b"]);
});

test("every resource can be printed, and no private key is", () => {
  const printed = JSON.stringify(everything().map(toPlain));
  assert.doesNotMatch(printed, /"KEY"/);
  assert.match(printed, /"private_key":"\[redacted\]"/);
  assert.match(printed, /"name":"8080\|shop.test"/);
});

test("a split always lives in the same layer, and splits are spread over all", () => {
  const layers = ["l-0", "l-1", "l-2", "l-3"];
  assert.equal(runtimeLayerOf("split.shop.front", layers), "l-2");
  const used = new Set(Array.from({ length: 100 }, (_, index) => runtimeLayerOf(`split.shop.s${index}`, layers)));
  assert.deepEqual([...used].sort(), layers);
});
