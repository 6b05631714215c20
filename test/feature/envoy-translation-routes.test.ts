import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { PathRewrite, RedirectAction } from "../../src/compiler/routing/routing.ts";
import { startEcho, type TestServer } from "../support/echo-server.ts";
import { backend, forward, host, httpPort, leg, match, route, UNCHANGED } from "../support/routing-values.ts";
import { type Ask, TranslatedGateway } from "../support/translated-gateway.ts";

const exact = (value: string) => match({ kind: "exact", value });
const to = (value: string) => ({ ...UNCHANGED, set: [{ name: "x-route", value }] });
const tagged = (on: Parameters<typeof route>[0], name: string) => route(on, forward("a"), { request: to(name) });
const withPath = (path: PathRewrite) => ({ rewrite: { path } });

/** The table of HTTPPathModifier.replacePrefixMatch, and what follows from it for the prefix "/". */
const PREFIX_REWRITES: readonly [request: string, prefix: string, replacement: string, expected: string][] = [
  ["/foo/bar", "/foo", "/xyz", "/xyz/bar"],
  ["/foo/bar", "/foo", "/xyz/", "/xyz/bar"],
  ["/foo/bar", "/foo/", "/xyz", "/xyz/bar"],
  ["/foo/bar", "/foo/", "/xyz/", "/xyz/bar"],
  ["/foo", "/foo", "/xyz", "/xyz"],
  ["/foo/", "/foo", "/xyz", "/xyz/"],
  ["/foo/bar", "/foo", "", "/bar"],
  ["/foo/", "/foo", "", "/"],
  ["/foo", "/foo", "", "/"],
  ["/foo/", "/foo", "/", "/"],
  ["/foo", "/foo", "/", "/"],
  ["/foo/bar?q=1&r=%2F", "/foo", "/", "/bar?q=1&r=%2F"],
  ["/f.o/bar", "/f.o", "", "/bar"],
  ["/foo?q=/foo", "/foo", "/xyz", "/xyz?q=/foo"],
  ["/bar", "/", "/xyz", "/xyz/bar"],
  ["/", "/", "/xyz", "/xyz/"],
  ["/bar", "/", "/", "/bar"],
];

const redirect = (more: Partial<RedirectAction>): RedirectAction => ({ kind: "redirect", status: 302, ...more });

let servers: TestServer[];
let gateway: TranslatedGateway;

before(async () => {
  servers = [await startEcho("a"), await startEcho("b")];
  const [a, b] = servers as [TestServer, TestServer];
  gateway = await TranslatedGateway.start({
    ports: [httpPort()],
    legs: [
      [leg("a"), a.port],
      [leg("b"), b.port],
    ],
    hosts: [
      host("match.test", [
        tagged(exact("/exact"), "exact"),
        tagged(match("/method", { method: "DELETE" }), "delete"),
        tagged(
          match("/headers", {
            headers: [
              { name: "x-a", kind: "exact", value: "1" },
              { name: "x-b", kind: "regex", value: "v[0-9]+" },
            ],
          }),
          "headers",
        ),
        tagged(
          match("/query", {
            queryParams: [
              { name: "q", kind: "exact", value: "1" },
              { name: "r", kind: "regex", value: "[a-c]+" },
            ],
          }),
          "query",
        ),
        tagged(match({ kind: "regex", value: "/regex/[0-9]+" }), "regex"),
        tagged(match("/host", { headers: [{ name: "host", kind: "exact", value: "match.test" }] }), "host"),
        tagged("/prefix/", "prefix"),
      ]),
      host("slash.test", [tagged("/", "slash")]),
      host("change.test", [
        route("/rule", forward("a"), {
          request: {
            remove: ["x-gone"],
            set: [{ name: "x-set", value: "100% %START_TIME%" }],
            add: [
              { name: "x-add", value: "2" },
              { name: "x-add", value: "3" },
            ],
          },
          response: {
            remove: ["content-type"],
            set: [{ name: "x-set", value: "s" }],
            add: [{ name: "x-add", value: "a" }],
          },
        }),
        route(
          "/backend",
          forward([
            backend("a", {
              request: { remove: ["x-rule"], set: [{ name: "x-both", value: "backend" }], add: [] },
              response: { ...UNCHANGED, set: [{ name: "x-both", value: "backend" }] },
            }),
          ]),
          {
            request: {
              ...UNCHANGED,
              set: [
                { name: "x-both", value: "rule" },
                { name: "x-rule", value: "rule" },
              ],
            },
            response: { ...UNCHANGED, set: [{ name: "x-both", value: "rule" }] },
          },
        ),
        route("/host-header", forward("a"), {
          request: { ...UNCHANGED, set: [{ name: "Host", value: "changed.internal" }] },
        }),
        route("/leg-host", forward([backend("a", { host: "leg.internal" })])),
        route("/leg-hosts", forward([backend("a", { host: "a.internal" }), backend("b", { host: "b.internal" })])),
        route(
          "/rule-host",
          forward([backend("a", { host: "leg.internal" })], { rewrite: { hostname: "rule.internal" } }),
        ),
      ]),
      host("full.test", [
        route("/full", forward("a", withPath({ kind: "full", value: "/new/\\1" }))),
        route(exact("/exact"), forward("a", withPath({ kind: "full", value: "/" }))),
      ]),
      host("redirect.test", [
        ...([301, 302, 303, 307, 308] as const).map((status) => route(`/status/${status}`, redirect({ status }))),
        route("/https", redirect({ scheme: "https" })),
        route("/port", redirect({ port: 8443 })),
        route("/http-80", redirect({ port: 80 })),
        route("/http-443", redirect({ port: 443 })),
        route("/https-443", redirect({ scheme: "https", port: 443 })),
        route("/https-80", redirect({ scheme: "https", port: 80 })),
        route("/host", redirect({ hostname: "else.test" })),
        route("/full", redirect({ path: { kind: "full", value: "/new" } })),
        route("/changed", redirect({}), { response: { ...UNCHANGED, set: [{ name: "x-set", value: "s" }] } }),
      ]),
      host("fail.test", [
        route("/fail", { kind: "fail", status: 500, reason: "no such service" }),
        route("/unresolved", forward([backend(undefined)])),
        route("/half", forward([backend("a"), backend(undefined)])),
        route("/zero", forward([backend("a"), backend(undefined, { weight: 0 }), backend("b", { weight: 0 })])),
      ]),
      ...PREFIX_REWRITES.flatMap(([, prefix, replacement], index) => [
        host(`rewrite-${index}.test`, [route(prefix, forward("a", withPath({ kind: "prefix", value: replacement })))]),
        host(`redirect-${index}.test`, [
          route(
            prefix,
            redirect({ hostname: "to.test", scheme: "http", path: { kind: "prefix", value: replacement } }),
          ),
        ]),
      ]),
    ],
  });
});

after(async () => {
  await gateway?.stop();
  for (const server of servers ?? []) await server.close();
});

async function routeOf(path: string, ask: Ask = {}): Promise<string> {
  const answer = await gateway.ask(path, { host: "match.test", ...ask });
  return answer.status === 200 ? String(answer.echo.headers["x-route"]) : String(answer.status);
}

async function location(path: string, on = "redirect.test"): Promise<string | undefined> {
  return (await gateway.ask(path, { host: on })).headers.location;
}

test("paths match exactly, by whole elements of a prefix, or by a whole regular expression", async () => {
  assert.equal(await routeOf("/exact"), "exact");
  assert.equal(await routeOf("/exact?q=1"), "exact");
  assert.equal(await routeOf("/exact/"), "404");
  for (const path of ["/prefix", "/prefix/", "/prefix/x", "/prefix?x"])
    assert.equal(await routeOf(path), "prefix", path);
  assert.equal(await routeOf("/prefixes"), "404");
  assert.equal(await routeOf("/regex/12"), "regex");
  assert.equal(await routeOf("/regex/12/x"), "404");
  assert.equal(await routeOf("/", { host: "slash.test" }), "slash");
  assert.equal(await routeOf("/any/path", { host: "slash.test" }), "slash");
});

test("method, headers and query parameters must all match", async () => {
  assert.equal(await routeOf("/method", { method: "DELETE" }), "delete");
  assert.equal(await routeOf("/method"), "404");
  assert.equal(await routeOf("/headers", { headers: { "X-A": "1", "x-b": "v12" } }), "headers");
  assert.equal(await routeOf("/headers", { headers: { "x-a": "1" } }), "404");
  assert.equal(await routeOf("/headers", { headers: { "x-a": "1", "x-b": "av12" } }), "404");
  assert.equal(await routeOf("/query?q=1&r=abc"), "query");
  assert.equal(await routeOf("/query?r=abc"), "404");
  assert.equal(await routeOf("/query?q=1&r=abcd"), "404");
  assert.equal(await routeOf("/host"), "host");
});

test("header changes of a rule: remove, set, add, taken literally", async () => {
  const answer = await gateway.ask("/rule", {
    host: "change.test",
    headers: { "x-gone": "1", "x-set": "old", "x-add": "1" },
  });
  assert.equal(answer.echo.headers["x-gone"], undefined);
  assert.equal(answer.echo.headers["x-set"], "100% %START_TIME%");
  assert.equal(answer.echo.headers["x-add"], "1, 2, 3");
  assert.equal(answer.headers["content-type"], undefined);
  assert.equal(answer.headers["x-set"], "s");
  assert.equal(answer.headers["x-add"], "a");
});

test("header changes of a backend come after those of its rule", async () => {
  const answer = await gateway.ask("/backend", { host: "change.test" });
  assert.equal(answer.echo.headers["x-both"], "backend");
  assert.equal(answer.echo.headers["x-rule"], undefined);
  assert.equal(answer.headers["x-both"], "backend");
});

test("each leg sees the Host it wants, unless the rule says another; the old one is in X-Forwarded-Host", async () => {
  const seen = async (path: string) =>
    (await gateway.ask(path, { host: "change.test", headers: { "x-forwarded-host": "forged" } })).echo;
  const { headers } = await seen("/leg-host");
  assert.deepEqual([headers.host, headers["x-forwarded-host"]], ["leg.internal", "change.test"]);
  assert.equal((await seen("/rule-host")).headers.host, "rule.internal");
  assert.equal((await seen("/host-header")).headers.host, "changed.internal");
  for (let i = 0; i < 10; i++) {
    const { service, headers } = await seen("/leg-hosts");
    assert.deepEqual([headers.host, headers["x-forwarded-host"]], [`${service}.internal`, "change.test"]);
  }
});

test("a prefix is replaced as the Gateway API's table has it, in rewrites and in redirects", async () => {
  for (const [index, [path, prefix, replacement, expected]] of PREFIX_REWRITES.entries()) {
    const label = `${path} with ${prefix} -> "${replacement}"`;
    assert.equal((await gateway.ask(path, { host: `rewrite-${index}.test` })).echo.path, expected, label);
    assert.equal(await location(path, `redirect-${index}.test`), `http://to.test${expected}`, label);
  }
});

test("a full path is replaced as it is written, and the query stays", async () => {
  const path = async (from: string) => (await gateway.ask(from, { host: "full.test" })).echo.path;
  assert.equal(await path("/full/a/b?q=1"), "/new/\\1?q=1");
  assert.equal(await path("/exact?q=1"), "/?q=1");
});

test("redirects keep what they don't change", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const answer = await gateway.ask(`/status/${status}?q=1`, { host: "redirect.test:1234" });
    assert.equal(answer.status, status);
    assert.equal(answer.headers.location, `http://redirect.test:8080/status/${status}?q=1`);
  }
  assert.equal(await location("/host"), "http://else.test:8080/host");
  assert.equal(await location("/full/x?q=1"), "http://redirect.test:8080/new?q=1");
  assert.equal((await gateway.ask("/changed", { host: "redirect.test" })).headers["x-set"], "s");
});

test("Location names a port only where its scheme doesn't imply it", async () => {
  assert.equal(await location("/https"), "https://redirect.test/https");
  assert.equal(await location("/port"), "http://redirect.test:8443/port");
  assert.equal(await location("/http-80"), "http://redirect.test/http-80");
  assert.equal(await location("/http-443"), "http://redirect.test:443/http-443");
  assert.equal(await location("/https-443"), "https://redirect.test/https-443");
  assert.equal(await location("/https-80"), "https://redirect.test:80/https-80");
});

test("what can't be served is a 500, and only its own share", async () => {
  const status = async (path: string) => (await gateway.ask(path, { host: "fail.test" })).status;
  assert.equal(await status("/fail"), 500);
  assert.equal(await status("/unresolved"), 500);
  const half = await Promise.all(Array.from({ length: 200 }, () => status("/half")));
  assert.deepEqual([...new Set(half)].sort(), [200, 500]);
  const zero = await Promise.all(Array.from({ length: 50 }, () => status("/zero")));
  assert.deepEqual([...new Set(zero)], [200]);
});
