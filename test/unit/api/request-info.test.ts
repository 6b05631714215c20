import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { queryFlag } from "../../../src/api/request/query-flag.ts";
import { type RequestInfo, requestInfo } from "../../../src/api/request/request-info.ts";

/** A request as "GET /path?query", and what it is about as "verb group/version namespace resource/name/subresource". */
function told(request: string): string {
  const [method = "", target = ""] = request.split(" ");
  const [path = "", query = ""] = target.split("?");
  return text(requestInfo(method, path, new URLSearchParams(query)));
}

function text(info: RequestInfo): string {
  if (info.kind === "malformed") return "malformed";
  if (info.kind === "path") return `path ${info.verb} ${info.path}`;
  const { verb, group, version, namespace, resource, name, subresource, rest } = info;
  return `${verb} ${group}/${version} ${namespace || "-"} ${[resource, name, subresource, ...rest].join("/")}`;
}

const RESOURCES: readonly (readonly [string, string])[] = [
  ["GET /api/v1/namespaces", "list /v1 - namespaces//"],
  ["GET /api/v1/namespaces/shop", "get /v1 shop namespaces/shop/"],
  ["PUT /api/v1/namespaces/shop/status", "update /v1 shop namespaces/shop/status"],
  ["PUT /api/v1/namespaces/shop/finalize", "update /v1 shop namespaces/shop/finalize"],
  ["GET /api/v1/namespaces/shop/secrets", "list /v1 shop secrets//"],
  ["POST /api/v1/namespaces/shop/secrets", "create /v1 shop secrets//"],
  ["GET /api/v1/namespaces/shop/secrets/tls", "get /v1 shop secrets/tls/"],
  ["HEAD /api/v1/namespaces/shop/secrets/tls", "get /v1 shop secrets/tls/"],
  ["DELETE /api/v1/namespaces/shop/secrets/tls", "delete /v1 shop secrets/tls/"],
  ["DELETE /api/v1/namespaces/shop/secrets", "deletecollection /v1 shop secrets//"],
  ["GET /api/v1/secrets", "list /v1 - secrets//"],
  ["GET /apis/landbridge.dev/v1alpha1/hybridservices?watch=true", "watch landbridge.dev/v1alpha1 - hybridservices//"],
  [
    "PATCH /apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/front/status",
    "patch gateway.networking.k8s.io/v1 shop httproutes/front/status",
  ],
  ["GET /apis/gateway.networking.k8s.io/v1/gatewayclasses/x/", "get gateway.networking.k8s.io/v1 - gatewayclasses/x/"],
  ["GET /api/v1/namespaces/shop/pods/p/proxy/a/b", "get /v1 shop pods/p/proxy/a/b"],
  ["OPTIONS /api/v1/secrets", " /v1 - secrets//"],
  ["GET /api/v1/namespaces/shop/secrets/a%2Db", "get /v1 shop secrets/a-b/"],
  ["GET /api/v1/namespaces/shop/secrets/a%252Fb", "get /v1 shop secrets/a%2Fb/"],
];

const PATHS: readonly (readonly [string, string])[] = [
  ["GET /", "path get /"],
  ["GET /healthz", "path get /healthz"],
  ["GET /api", "path get /api"],
  ["GET /api/", "path get /api"],
  ["GET /api/v1", "path get /api/v1"],
  ["GET /apis", "path get /apis"],
  ["GET /apis/landbridge.dev", "path get /apis/landbridge.dev"],
  ["GET /apis/landbridge.dev/v1alpha1", "path get /apis/landbridge.dev/v1alpha1"],
  ["POST /openapi/v3/apis/x/v1", "path post /openapi/v3/apis/x/v1"],
  ["GET /API/v1/secrets", "path get /API/v1/secrets"],
];

test("requests for resources have the verb, group, namespace, name and subresource that Kubernetes finds in them", () => {
  for (const [request, expected] of RESOURCES) assert.equal(told(request), expected, request);
});

test("everything else is a path", () => {
  for (const [request, expected] of PATHS) assert.equal(told(request), expected, request);
});

test("paths that could mean another object than they say are refused", () => {
  const parts = ["..", ".", "%2e%2e", "%2E", "a%2fb", "a%00", "a%0d%0ab", "a%0A", "%7f", "%", "%zz", "%ff", "a//b", ""];
  for (const part of parts) {
    assert.equal(told(`GET /api/v1/namespaces/shop/secrets/${part}/status`), "malformed", part);
  }
  for (const path of ["", "api/v1", "*", "//", "//api/v1/secrets", "/api/v1/secrets//"]) {
    assert.equal(told(`GET ${path}`), "malformed", path);
  }
});

test("a list of one object by field selector is known by its name, but only where a path could have it", () => {
  const listed = (selector: string) => told(`GET /api/v1/namespaces/shop/secrets?fieldSelector=${selector}`);
  assert.equal(listed("metadata.name%3Dtls"), "list /v1 shop secrets/tls/");
  assert.equal(listed("metadata.name%3D%3Dtls,type%3DOpaque"), "list /v1 shop secrets/tls/");
  assert.equal(listed("metadata.name%3Dtls&watch=1"), "watch /v1 shop secrets/tls/");
  for (const other of [
    "metadata.name!%3Dtls",
    "metadata.name%3D..",
    "metadata.name%3Da%0Ab",
    "metadata.name%3Da%252Fb",
    "type%3DOpaque",
    "junk",
  ]) {
    assert.equal(listed(other), "list /v1 shop secrets//", other);
  }
  const deletion = "DELETE /api/v1/namespaces/shop/secrets?fieldSelector=metadata.name%3Dtls";
  assert.equal(told(deletion), "deletecollection /v1 shop secrets//");
});

test("watch is wanted unless it is absent, 0 or false, and only of many", () => {
  const verb = (query: string) => told(`GET /api/v1/secrets${query}`).split(" ")[0];
  for (const query of [
    "?watch",
    "?watch=",
    "?watch=1",
    "?watch=true",
    "?watch=True",
    "?watch=no",
    "?watch=true&watch=0",
  ]) {
    assert.equal(verb(query), "watch", query);
  }
  for (const query of ["", "?watch=0", "?watch=false", "?watch=FALSE", "?watch=0&watch=1"]) {
    assert.equal(verb(query), "list", query);
  }
  assert.equal(told("GET /api/v1/namespaces/shop/secrets/tls?watch=1"), "get /v1 shop secrets/tls/");
  assert.equal(queryFlag(new URLSearchParams("a=false"), "b"), false);
});

test("nothing that a client sends throws, and no part of what is understood is dangerous", () => {
  const part = fc.oneof(
    fc.constantFrom("api", "apis", "v1", "namespaces", "status", "watch", "..", "%2e", "%2F", "%00", "", "%"),
    fc.webSegment(),
    fc.string(),
  );
  const path = fc.array(part, { maxLength: 8 }).map((parts) => `/${parts.join("/")}`);
  fc.assert(
    fc.property(
      fc.constantFrom("GET", "PATCH", "DELETE", "X"),
      fc.oneof(path, fc.string()),
      fc.string(),
      (method, url, query) => {
        const info = requestInfo(method, url, new URLSearchParams(query));
        if (info.kind !== "resource") return;
        const parts = [
          info.group,
          info.version,
          info.namespace,
          info.resource,
          info.name,
          info.subresource,
          ...info.rest,
        ];
        for (const each of parts) {
          assert.ok(!each.includes("/") && each !== ".." && each !== ".");
          // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
          assert.doesNotMatch(each, /[\x00-\x1f\x7f]/);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
