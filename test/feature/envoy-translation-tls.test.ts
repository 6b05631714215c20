import assert from "node:assert/strict";
import { connect as connectHttp2 } from "node:http2";
import { createServer as createHttpsServer, request as httpsRequest, type ServerOptions } from "node:https";
import { after, before, test } from "node:test";
import { connect as connectTls, type SecureVersion, type TLSSocket } from "node:tls";
import { translateLeg } from "../../src/compiler/envoy/cluster.ts";
import { translateEndpoints } from "../../src/compiler/envoy/endpoints.ts";
import { SYSTEM_TRUST_SECRET } from "../../src/compiler/envoy/names.ts";
import { translateSecret } from "../../src/compiler/envoy/secret.ts";
import type { ChainRouting, LegTls } from "../../src/compiler/routing/routing.ts";
import { makeAuthority, type PemPair, type TestAuthority } from "../support/certificates.ts";
import { listenOn, startEcho, type TestServer } from "../support/echo-server.ts";
import { forward, host, httpPort, leg, route, UNCHANGED } from "../support/routing-values.ts";
import { eventually } from "../support/supervised-envoy.ts";
import { hostResources, TranslatedGateway } from "../support/translated-gateway.ts";

type Tls = Exclude<LegTls, { mode: "disabled" }>;

let ca: TestAuthority;
let otherCa: TestAuthority;
let servers: TestServer[];
let gateway: TranslatedGateway;
/** Name of a client certificate that the mutual server saw last. */
let peer: string | undefined;

const certificate = (name: string, { certificate: certificatePem, key: privateKeyPem }: PemPair) =>
  translateSecret({ kind: "certificate", name, source: "Secret/shop/x", certificatePem, privateKeyPem });
const trust = (name: string, { certificate: bundlePem }: PemPair) =>
  translateSecret({ kind: "trust", name, source: "Secret/shop/x", bundlePem });

const LEGS: Readonly<Record<string, Tls>> = {
  good: { mode: "simple", sni: "a.internal", subjectAltNames: ["a.internal"], trust: "trust/ca" },
  "by-sni": { mode: "simple", sni: "a.internal", subjectAltNames: [], trust: "trust/ca" },
  uri: { mode: "simple", sni: "a.internal", subjectAltNames: ["spiffe://shop/a"], trust: "trust/ca" },
  ip: { mode: "simple", sni: "a.internal", subjectAltNames: ["127.0.0.1"], trust: "trust/ca" },
  "one-of": { mode: "simple", sni: "a.internal", subjectAltNames: ["x.internal", "a.internal"], trust: "trust/ca" },
  system: { mode: "simple", sni: "a.internal", subjectAltNames: [] },
  "wrong-name": { mode: "simple", sni: "a.internal", subjectAltNames: ["b.internal"], trust: "trust/ca" },
  "wrong-sni": { mode: "simple", sni: "b.internal", subjectAltNames: [], trust: "trust/ca" },
  "no-name": { mode: "simple", sni: "", subjectAltNames: [], trust: "trust/ca" },
  "wrong-ca": { mode: "simple", sni: "a.internal", subjectAltNames: ["a.internal"], trust: "trust/other" },
  "no-trust-yet": { mode: "simple", sni: "a.internal", subjectAltNames: ["a.internal"], trust: "trust/missing" },
};
const MUTUAL: Readonly<Record<string, Tls>> = {
  mutual: {
    mode: "mutual",
    sni: "a.internal",
    subjectAltNames: ["a.internal"],
    trust: "trust/ca",
    identity: "secret/client",
  },
  "no-identity": { mode: "simple", sni: "a.internal", subjectAltNames: ["a.internal"], trust: "trust/ca" },
};
const OLD = "old-protocol";

before(async () => {
  [ca, otherCa] = [await makeAuthority(), await makeAuthority("Other CA")];
  const upstream = await ca.issue({ dnsNames: ["a.internal"], uris: ["spiffe://shop/a"], ipAddresses: ["127.0.0.1"] });
  const server = { cert: upstream.certificate, key: upstream.key };
  servers = [
    await startEcho("plain"),
    await startTls(server),
    await startTls({ ...server, ca: ca.certificate, requestCert: true, rejectUnauthorized: true }),
    await startTls({ ...server, minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" }),
  ];
  const [plain, simple, mutual, old] = servers as [TestServer, TestServer, TestServer, TestServer];
  const chains: ChainRouting[] = [
    { table: "8443-shop", listeners: ["shop"], tls: { serverNames: ["shop.test"], certificates: ["secret/shop"] } },
    { table: "8443-wild", listeners: ["wild"], tls: { serverNames: ["*.wild.test"], certificates: ["secret/wild"] } },
    { table: "8443-any", listeners: ["any"], tls: { serverNames: [], certificates: ["secret/any", "secret/any-2"] } },
  ];
  const pending = { serverNames: ["pending.test"], certificates: ["secret/pending"] };
  chains.push({ table: "8443-pending", listeners: ["pending"], tls: pending });
  const tagged = (name: string) =>
    route("/tag", forward("plain"), { request: { ...UNCHANGED, set: [{ name: "x-route", value: name }] } });
  const legs = [...Object.keys(LEGS), ...Object.keys(MUTUAL), OLD];
  gateway = await TranslatedGateway.start({
    ports: [{ ...httpPort(chains), name: "port-8443" }],
    legs: [
      [leg("plain"), plain.port],
      ...Object.entries(LEGS).map(([id, tls]) => [leg(id, { tls }), simple.port] as const),
      ...Object.entries(MUTUAL).map(([id, tls]) => [leg(id, { tls }), mutual.port] as const),
      [leg(OLD, { tls: { mode: "simple", sni: "a.internal", subjectAltNames: [], trust: "trust/ca" } }), old.port],
    ],
    hosts: [
      host(
        "shop.test",
        [
          tagged("shop"),
          ...legs.map((id) => route(`/${id}`, forward(id))),
          route("/redirect", { kind: "redirect", status: 302, hostname: "x.test" }),
          route("/redirect-443", { kind: "redirect", status: 302, port: 443 }),
        ],
        "8443-shop",
      ),
      host("*.wild.test", [tagged("wild")], "8443-wild"),
      host("*", [tagged("any")], "8443-any"),
    ],
    more: [
      certificate("secret/shop", await ca.issue({ dnsNames: ["shop.test"] })),
      certificate("secret/wild", await ca.issue({ dnsNames: ["*.wild.test"] })),
      certificate("secret/any", await ca.issue({ dnsNames: ["any.test"] })),
      certificate("secret/any-2", await ca.issue({ dnsNames: ["any-2.test"] })),
      certificate("secret/client", await ca.issue({ dnsNames: ["gateway.internal"] })),
      trust("trust/ca", ca),
      trust("trust/other", otherCa),
      trust(SYSTEM_TRUST_SECRET, ca),
    ],
  });
});

after(async () => {
  await gateway?.stop();
  for (const server of servers ?? []) await server.close();
});

function startTls(options: ServerOptions): Promise<TestServer> {
  return listenOn(
    createHttpsServer(options, (request, response) => {
      peer = (request.socket as TLSSocket).getPeerCertificate()?.subject?.CN?.toString();
      response.end("ok");
    }),
  );
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly location: string | string[] | undefined;
}

function ask(path: string, servername = "shop.test", asked = servername): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: gateway.port,
      path,
      servername,
      ca: ca.certificate,
      headers: { host: asked },
      agent: false,
    };
    httpsRequest(options, async (response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, body, location: response.headers.location });
    })
      .on("error", reject)
      .end();
  });
}

/** Protocol and certificate of a handshake, or the error. */
function handshake(
  servername: string,
  more: { minVersion?: SecureVersion; maxVersion?: SecureVersion; ciphers?: string } = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTls(
      { host: "127.0.0.1", port: gateway.port, servername, ca: ca.certificate, rejectUnauthorized: false, ...more },
      () => {
        resolve(`${socket.getProtocol()} ${socket.getPeerCertificate().subject.CN}`);
        socket.destroy();
      },
    );
    socket.on("error", (error) => resolve(`failed: ${error.message}`));
  });
}

test("the server name chooses the chain, its certificate and its hosts", async () => {
  assert.match((await ask("/tag")).body, /"x-route":"shop"/);
  assert.match((await ask("/tag", "a.wild.test")).body, /"x-route":"wild"/);
  assert.match((await ask("/tag", "any.test")).body, /"x-route":"any"/);
  assert.match((await ask("/tag", "any-2.test")).body, /"x-route":"any"/);
  assert.equal((await ask("/tag", "a.wild.test", "shop.test")).status, 404, "a host of another chain");
});

test("TLS 1.2 and 1.3 with forward secrecy, nothing older", async () => {
  assert.equal(await handshake("shop.test"), "TLSv1.3 shop.test");
  assert.equal(await handshake("shop.test", { maxVersion: "TLSv1.2" }), "TLSv1.2 shop.test");
  const old = { ciphers: "ALL:@SECLEVEL=0", minVersion: "TLSv1" } as const;
  assert.match(await handshake("shop.test", { ...old, maxVersion: "TLSv1.1" }), /^failed/);
  assert.match(await handshake("shop.test", { maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-SHA" }), /^failed/);
});

test("HTTP/2 is offered", async () => {
  const session = connectHttp2(`https://127.0.0.1:${gateway.port}`, { servername: "shop.test", ca: ca.certificate });
  const stream = session.request({ ":path": "/tag", ":authority": "shop.test" });
  const body = Buffer.concat(await stream.toArray()).toString();
  assert.equal(session.alpnProtocol, "h2");
  session.close();
  assert.match(body, /"x-route":"shop"/);
  assert.match(body, /"x-forwarded-proto":"https"/);
});

test("Location leaves out 443 over HTTPS", async () => {
  assert.equal((await ask("/redirect")).location, "https://x.test:8443/redirect");
  assert.equal((await ask("/redirect-443")).location, "https://shop.test/redirect-443");
});

test("a leg is trusted by its authority and one of its names", async () => {
  for (const id of ["good", "by-sni", "uri", "ip", "one-of", "system"])
    assert.equal((await ask(`/${id}`)).body, "ok", id);
});

test("a leg with the wrong name, authority or protocol, or none, stays closed", async () => {
  for (const id of ["wrong-name", "wrong-sni", "no-name", "wrong-ca", "no-trust-yet", OLD])
    assert.equal((await ask(`/${id}`)).status, 503, id);
});

test("a mutual leg shows its identity, a simple one none", async () => {
  assert.equal((await ask("/mutual")).body, "ok");
  assert.equal(peer, "gateway.internal");
  assert.equal((await ask("/no-identity")).status, 503);
});

test("a leg opens as soon as its trust arrives, and others don't wait for it", async () => {
  const late = leg("late", { tls: { mode: "simple", sni: "a.internal", subjectAltNames: [], trust: "trust/late" } });
  const port = servers[1]?.port ?? 0;
  await gateway.publish([
    translateLeg(late),
    translateEndpoints(late, { state: "known", endpoints: [{ address: "127.0.0.1", port }] }),
    ...hostResources([
      host("shop.test", [route("/late", forward("late")), route("/good", forward("good"))], "8443-shop"),
    ]),
  ]);
  await eventually(
    "the new routes serve",
    async () => (await ask("/good")).status === 200 && (await ask("/late")).status === 503,
  );
  await gateway.publish([trust("trust/late", ca)]);
  await eventually("the leg opens", async () => (await ask("/late")).status === 200);
});

test("a chain opens as soon as its certificate arrives; the others of its port are open before", async () => {
  assert.match(await handshake("pending.test"), /^failed/);
  await gateway.publish([certificate("secret/pending", await ca.issue({ dnsNames: ["pending.test"] }))]);
  await eventually("the chain opens", async () => (await handshake("pending.test")) === "TLSv1.3 pending.test");
});
