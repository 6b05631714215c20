import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startEcho, type TestServer } from "../support/echo-server.ts";
import { rawRequest } from "../support/raw-http.ts";
import { forward, host, httpPort, leg, route } from "../support/routing-values.ts";
import { eventually } from "../support/supervised-envoy.ts";
import { hostResources, TranslatedGateway } from "../support/translated-gateway.ts";

let echo: TestServer;
let gateway: TranslatedGateway;

before(async () => {
  echo = await startEcho("all");
  gateway = await TranslatedGateway.start({
    ports: [httpPort()],
    legs: [[leg("all"), echo.port]],
    hosts: [
      host("shop.test", [named("exact")]),
      host("*.test", [named("wildcard")]),
      host("*", [named("catch-all", "/any")]),
      host("shop.test", [named("other-table")], "9090"),
      host("*", [named("other-table")], "9090"),
    ],
  });
});

after(async () => {
  await gateway?.stop();
  await echo?.close();
});

/** A route that tells the service its name. */
function named(name: string, path = "/") {
  return route(path, forward("all"), { request: { set: [{ name: "x-route", value: name }], add: [], remove: [] } });
}

async function routeOf(name: string, headers: Record<string, string> = {}, path = "/any"): Promise<string> {
  const answer = await gateway.ask(path, { host: name, headers });
  return answer.status === 200 ? String(answer.echo.headers["x-route"]) : String(answer.status);
}

test("an exact name wins over a wildcard, a wildcard over the rest", async () => {
  assert.equal(await routeOf("shop.test"), "exact");
  assert.equal(await routeOf("other.test"), "wildcard");
  assert.equal(await routeOf("a.b.test"), "wildcard");
  assert.equal(await routeOf("elsewhere.example"), "catch-all");
});

test("case, port and a trailing dot of Host make no difference", async () => {
  for (const name of ["SHOP.test", "shop.test:8080", "Shop.Test:1", "shop.test.", "shop.test.:80", "SHOP.TEST."]) {
    assert.equal(await routeOf(name), "exact", name);
  }
  assert.equal(await routeOf("OTHER.Test:99"), "wildcard");
  assert.equal(await routeOf("[::1]:8080"), "catch-all");
});

test("a host that has a path less than another doesn't fall back to the wildcards", async () => {
  const only = host("only.test", [named("only", "/only")]);
  await gateway.publish(hostResources([only]));
  await eventually("the new host serves", async () => (await routeOf("only.test", {}, "/only/x")) === "only");
  assert.equal(await routeOf("ONLY.test", {}, "/any"), "404");
  assert.equal(await routeOf("only.test", {}, "/any"), "404");
  assert.equal(await routeOf("elsewhere.example", {}, "/none"), "404");
});

test("a client can't choose the scope by the internal header", async () => {
  for (const scope of ["8080|*", "9090|*", "9090|shop.test", "8080|shop.test", ""]) {
    assert.equal(await routeOf("other.test", { "x-landbridge-scope": scope }), "wildcard", scope);
    assert.equal(await routeOf("shop.test", { "X-Landbridge-Scope": scope }), "exact", scope);
  }
  const raw = await rawRequest(gateway.port, [
    "GET /any HTTP/1.1",
    "Host: other.test",
    "X-Landbridge-Scope: 9090|*",
    "X-Landbridge-Scope: 9090|*",
    "Connection: close, x-landbridge-scope",
  ]);
  assert.match(raw.body, /"x-route":"wildcard"/);
});

test("the internal header never reaches a service", async () => {
  for (const name of ["shop.test", "SHOP.test", "other.test", "elsewhere.example"]) {
    const { echo: seen } = await gateway.ask("/any", { host: name });
    assert.deepEqual(
      Object.keys(seen.headers).filter((header) => header.includes("landbridge")),
      [],
      name,
    );
  }
});

test("what is no host is refused, and doesn't reach a wildcard", async () => {
  const ask = (...lines: string[]) => rawRequest(gateway.port, [...lines, "Connection: close"]);
  assert.equal((await ask("GET /any HTTP/1.1")).status, 400, "no Host");
  assert.equal((await ask("GET /any HTTP/1.1", "Host:")).status, 400, "empty Host");
  assert.equal((await ask("GET /any HTTP/1.1", "Host: shop.test,other.test")).status, 400, "comma");
  assert.equal((await ask("GET /any HTTP/1.1", "Host: shop.test", "Host: other.test")).status, 400, "two Hosts");
  assert.equal((await ask("GET /any HTTP/1.1", "Host: *")).status, 400, "star");
  assert.equal((await ask("GET /any HTTP/1.1", "Host: 8080|*")).status, 400, "bar");
  for (const name of ["shop.test:", "shop.test:80:80", "[shop.test]", "shop.test..", ".shop.test", "[::1", ":80"])
    assert.equal((await ask("GET /any HTTP/1.1", `Host: ${name}`)).status, 400, name);
  for (const name of ["[::1]", "[::1]:80", "10.0.0.1", "a_b.elsewhere.example"])
    assert.equal((await ask("GET /any HTTP/1.1", `Host: ${name}`)).status, 200, name);
  assert.equal((await ask("GET /any HTTP/1.0")).status, 400, "HTTP/1.0 without Host");
});

test("HTTP/1.0 with a Host and absolute request targets reach their host", async () => {
  const ask = (...lines: string[]) => rawRequest(gateway.port, [...lines, "Connection: close"]);
  const old = await ask("GET /any HTTP/1.0", "Host: shop.test");
  assert.match(old.body, /"x-route":"exact"/);
  const absolute = await ask("GET http://shop.test/any HTTP/1.1", "Host: elsewhere.example");
  assert.match(absolute.body, /"x-route":"exact"/);
  assert.match(absolute.body, /"host":"shop.test"/);
  const upper = await ask("GET http://SHOP.test:80/any HTTP/1.1", "Host: elsewhere.example");
  assert.match(upper.body, /"x-route":"exact"/);
});

test("a host comes and goes without touching another", async () => {
  assert.equal(await routeOf("new.test"), "wildcard");
  const [routes, scope] = hostResources([host("new.test", [named("new")])]);
  assert.ok(routes && scope);
  await gateway.publish([routes, scope]);
  await eventually("the new host serves", async () => (await routeOf("new.test")) === "new");
  await gateway.ads.remove("ScopedRouteConfiguration", scope.name);
  assert.equal(await routeOf("new.test"), "wildcard");
  assert.equal(await routeOf("shop.test"), "exact");
});
