/** What goes wrong around the gateway: it is said in words, what works goes on, and it mends itself where it can. */
import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import { recordedEnvoys } from "../../src/proxy/pid-file.ts";
import { isAlive } from "../../src/proxy/process-identity.ts";
import {
  makeAuthority,
  makeExpired,
  makeMismatched,
  type PemPair,
  type TestAuthority,
} from "../support/certificates.ts";
import { DnsServer } from "../support/dns-server.ts";
import { freePort } from "../support/free-port.ts";
import { type LegServer, startLeg } from "../support/leg-server.ts";
import { RunningEstate } from "../support/running-estate.ts";
import { gatewayYaml, serviceYaml } from "../support/test-estate.ts";
import { waitFor } from "../support/wait-for.ts";

const GATEWAY = "Gateway/infra/edge";

let leg: LegServer;
let other: LegServer;

before(async () => {
  leg = await startLeg("vm");
  other = await startLeg("other");
});
after(async () => {
  await leg.close();
  await other.close();
});

const shop = () => serviceYaml("shop", "shop.test", { vm: { port: leg.port, weight: 1 } });
const isServed = async (estate: RunningEstate) => (await estate.get("shop.test")).body === "vm";
const envoysOf = (estate: RunningEstate) => recordedEnvoys(`${estate.stateDir}/proxies`);

describe("a port that another program has", () => {
  test("is in the Gateway's status in Envoy's words; the rest serves; it comes up by itself once the port is free", async () => {
    await using estate = await RunningEstate.start({ "shop.yaml": shop() });
    const port = await freePort();
    const holder = createServer().listen(port, "127.0.0.1");
    const second = `  - { name: second, port: ${port}, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }\n`;
    estate.write("gateway.yaml", gatewayYaml(estate.port) + second);
    const problem = await estate.untilProblem("LB3001");
    assert.match(problem.message, /[Aa]ddress already in use/);
    assert.equal(problem.object, GATEWAY);
    const programmed = await estate.untilCondition(GATEWAY, "Programmed", "False");
    assert.match(programmed.message, /[Aa]ddress already in use/);
    assert.ok(await isServed(estate), "the other port serves");
    estate.write("other.yaml", serviceYaml("other", "other.test", { vm: { port: other.port, weight: 1 } }));
    await estate.untilAnswer("other.test", ({ body }) => body === "other");
    await new Promise((closed) => holder.close(closed));
    await estate.untilCondition(GATEWAY, "Programmed", "True");
    await estate.untilNoProblems();
  });
});

describe("a certificate", () => {
  let authority: TestAuthority;
  let estate: RunningEstate;
  let port: number;
  let good: PemPair;
  /** Far enough from its end that nobody warns of it. */
  const names = { dnsNames: ["shop.test"], notAfter: new Date(Date.now() + 90 * 86_400_000) };

  before(async () => {
    authority = await makeAuthority();
    good = await authority.issue(names);
    port = await freePort();
    estate = await RunningEstate.start({ "shop.yaml": shop(), "tls.yaml": secret(good) });
    const https = `  - { name: https, port: ${port}, protocol: HTTPS, tls: { certificateRefs: [ { name: edge-tls } ] }, allowedRoutes: { namespaces: { from: All } } }\n`;
    estate.write("gateway.yaml", gatewayYaml(estate.port) + https);
    await untilServes(good);
  });
  after(() => estate[Symbol.asyncDispose]());

  async function untilServes(pair: PemPair): Promise<void> {
    let served: string | undefined;
    const isIt = async () => {
      served = await servedCertificate(port);
      return served === derOf(pair);
    };
    await waitFor("the certificate to be served", isIt, { last: () => [served, estate.plane.view.problems()] });
  }

  for (const [what, make, code] of [
    ["that doesn't match its key", makeMismatched, "LB2003"],
    ["that has expired", makeExpired, "LB2007"],
  ] as const) {
    test(`${what} is a problem in words; the last good one stays in use`, async () => {
      estate.write("tls.yaml", secret(await make(names)));
      const problem = await estate.untilProblem(code);
      assert.ok(problem.message.length > 10);
      assert.equal(await servedCertificate(port), derOf(good));
      assert.ok(await isServed(estate));
      estate.write("tls.yaml", secret(good));
      await estate.untilNoProblems();
      assert.equal(await servedCertificate(port), derOf(good));
    });
  }

  test("that is rotated is served without a restart of Envoy", async () => {
    const pids = envoysOf(estate).map(({ pid }) => pid);
    good = await authority.issue(names);
    estate.write("tls.yaml", secret(good));
    await untilServes(good);
    assert.deepEqual(
      envoysOf(estate).map(({ pid }) => pid),
      pids,
    );
  });
});

describe("a DNS server that doesn't answer", () => {
  test("leaves the last known addresses in use, says that they are stale, and is asked until it answers", async () => {
    await using dns = await new DnsServer().listen();
    dns.a("vm.dc.test", 0, "127.0.0.1");
    const yaml = shop()
      .replace(/spec:\n {2}type: Static\n[\s\S]*?---/, `${platformDns(dns.place)}---`)
      .replace("service: vm }", `service: vm, port: ${leg.port} }`);
    await using estate = await RunningEstate.start({ "shop.yaml": yaml });
    await estate.untilAnswer("shop.test", ({ body }) => body === "vm");
    const endpoints = () => estate.plane.view.service("HybridService/shop/shop")?.backends[0]?.endpoints;
    dns.behaviour = "silent";
    await waitFor("the endpoints to be stale", () => endpoints()?.state === "stale", { last: endpoints });
    const stale = endpoints();
    assert.match(stale?.state === "stale" ? stale.reason : "", /LB5004/);
    assert.ok(await isServed(estate));
    dns.behaviour = "answer";
    await waitFor("the endpoints to be known", () => endpoints()?.state === "known", { last: endpoints });
    assert.ok(await isServed(estate));
  });
});

describe("the directory of the resources", () => {
  test("that is deleted leaves everything serving, and counts again once it is back", async () => {
    await using estate = await RunningEstate.start({ "shop.yaml": shop() });
    renameSync(estate.directory, `${estate.directory}.gone`);
    await waitFor("a problem", () => estate.plane.view.problems().length > 0);
    assert.ok(await isServed(estate));
    estate.write("gateway.yaml", gatewayYaml(estate.port));
    estate.write("shop.yaml", serviceYaml("shop", "shop.test", { vm: { port: other.port, weight: 1 } }));
    await estate.untilAnswer("shop.test", ({ body }) => body === "other");
    await estate.untilNoProblems();
    rmSync(`${estate.directory}.gone`, { recursive: true });
  });
});

describe("a second Gateway", () => {
  test("has an Envoy of its own, which goes with it and leaves the first alone", async () => {
    await using estate = await RunningEstate.start({ "shop.yaml": shop() });
    const [first] = envoysOf(estate);
    const port = await freePort();
    const gateway = gatewayYaml(port).split("---")[1]?.replace("name: edge", "name: inner") ?? "";
    const route = serviceYaml("inner", "inner.test", { vm: { port: other.port, weight: 1 } }).replace(
      "parentRefs: [ { name: edge",
      "parentRefs: [ { name: inner",
    );
    estate.write("inner.yaml", `${gateway}---${route}`);
    await estate.untilCondition("Gateway/infra/inner", "Programmed", "True");
    const second = envoysOf(estate).find(({ pid }) => pid !== first?.pid);
    assert.ok(second);
    const inner = await estate.get("inner.test", "/", {}, port);
    assert.deepEqual([inner.status, inner.body], [200, "other"]);
    assert.equal((await estate.get("inner.test")).status, 404, "the first doesn't have the second's routes");
    estate.remove("inner.yaml");
    await waitFor("its Envoy to go", () => !isAlive(second));
    assert.ok(await isServed(estate));
    assert.ok(first && isAlive(first));
    await estate.untilNoProblems();
  });
});

function secret({ certificate, key }: PemPair): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return `
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata: { name: edge-tls, namespace: infra }
data:
  tls.crt: ${base64(certificate)}
  tls.key: ${base64(key)}
`;
}

function derOf({ certificate }: PemPair): string {
  return certificate.replaceAll(/-----.*-----|\s/g, "");
}

/** As base64; undefined when there is none. */
function servedCertificate(port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const socket = connect({ port, host: "127.0.0.1", servername: "shop.test", rejectUnauthorized: false }, () => {
      done(socket.getPeerX509Certificate()?.raw.toString("base64"));
      socket.destroy();
    });
    socket.on("error", () => done(undefined));
  });
}

function platformDns(server: string): string {
  return `spec:
  type: DNS
  dns: { servers: ["${server}"], domain: dc.test, records: A, minTtl: 100ms, maxTtl: 500ms, timeout: 100ms }
`;
}
