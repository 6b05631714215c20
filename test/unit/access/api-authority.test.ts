/** The API's authority with real TLS: who is let in, as whom, and how certificates are renewed. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { mock, test } from "node:test";
import { connect, createServer, type Server, type TLSSocket } from "node:tls";
import { type ApiAuthority, openApiAuthority } from "../../../src/access/api-authority.ts";
import { userOfCertificate } from "../../../src/access/certificate-user.ts";
import type { User } from "../../../src/access/user.ts";
import { makeAuthority } from "../../support/certificates.ts";
import { scratchDirectory } from "../../support/supervised-envoy.ts";
import { waitFor } from "../../support/wait-for.ts";

const DAY = 86_400_000;

async function open(directory: string, names: string[] = [], now: () => number = Date.now): Promise<ApiAuthority> {
  const opened = await openApiAuthority(directory, names, now);
  assert.ok(!("problem" in opened), JSON.stringify(opened));
  return opened;
}

async function problemOf(directory: string, names: string[] = [], now: () => number = Date.now) {
  const opened = await openApiAuthority(directory, names, now);
  assert.ok("problem" in opened);
  return opened.problem;
}

async function issue(authority: ApiAuthority, request: Parameters<ApiAuthority["issueClient"]>[0]) {
  const issued = await authority.issueClient(request);
  assert.ok(!("problem" in issued), JSON.stringify(issued));
  return issued;
}

/** A server that tells each client who it is. */
async function serve(authority: ApiAuthority) {
  const { certPem, keyPem } = authority.serverCredentials();
  const options = { cert: certPem, key: keyPem, ca: authority.caPem, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (socket) => {
    const user = socket.authorized ? userOfCertificate(socket.getPeerCertificate()) : undefined;
    socket.on("error", () => {});
    socket.end(JSON.stringify(user ?? null));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done));
    },
  };
}

interface Client {
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly servername?: string;
}

/** What the server says of the client, and the certificate that it showed. */
async function ask(server: Server, ca: string, { certPem, keyPem, servername = "localhost" }: Client = {}) {
  const { port } = server.address() as AddressInfo;
  const own = certPem && keyPem ? { cert: certPem, key: keyPem } : {};
  const socket: TLSSocket = connect({ host: "127.0.0.1", port, ca, servername, ...own });
  let text = "";
  let shown: X509Certificate | undefined;
  socket.on("secureConnect", () => {
    shown = socket.getPeerX509Certificate();
  });
  socket.on("data", (chunk) => {
    text += chunk;
  });
  await new Promise((done, failed) => socket.once("close", done).once("error", failed));
  return { user: JSON.parse(text) as User | null, shown };
}

test("a client with a certificate is the user and groups that it was issued for", async () => {
  using scratch = scratchDirectory();
  const authority = await open(scratch.path);
  await using running = await serve(authority);
  const issued = await issue(authority, { user: "ann", groups: ["team", "ops"] });
  const { user } = await ask(running.server, authority.caPem, issued);
  assert.equal(user?.name, "ann");
  assert.deepEqual(user?.groups, ["team", "ops", "system:authenticated"]);
  assert.equal(user?.credential.kind, "certificate");
  assert.deepEqual(userOfCertificate(new X509Certificate(issued.certPem)), user);
});

test("nobody is a user without a certificate of this authority for clients", async () => {
  using scratch = scratchDirectory();
  const authority = await open(scratch.path);
  await using running = await serve(authority);
  assert.equal((await ask(running.server, authority.caPem)).user, null);
  assert.equal(
    (await ask(running.server, authority.caPem, authority.serverCredentials())).user,
    null,
    "the server's own",
  );
  const foreign = await (await makeAuthority()).issue({ dnsNames: ["ann"], usage: ["client"] });
  const shown = { certPem: foreign.certificate, keyPem: foreign.key };
  assert.equal((await ask(running.server, authority.caPem, shown)).user, null, "another authority's");
});

test("a name can't say that its bearer is in a group or is somebody else", async () => {
  using scratch = scratchDirectory();
  const authority = await open(scratch.path);
  await using running = await serve(authority);
  for (const name of ["ann,O=system:masters", "ann/O=system:masters", "ann+O=x", "#0c03616263", 'a"b\\c', "Ärger 😀"]) {
    const issued = await issue(authority, { user: name, groups: [`${name}, CN=root`] });
    const { user } = await ask(running.server, authority.caPem, issued);
    assert.equal(user?.name, name);
    assert.deepEqual(user?.groups, [`${name}, CN=root`, "system:authenticated"]);
  }
});

test("a certificate with no name, or two, is nobody's", async () => {
  const noName = await makeAuthority("");
  assert.equal(userOfCertificate(new X509Certificate(noName.certificate)), undefined);
  const twoNames = await makeAuthority("ann, CN=bob");
  assert.equal(userOfCertificate(new X509Certificate(twoNames.certificate)), undefined);
});

test("what can't be in a certificate isn't issued", async () => {
  using scratch = scratchDirectory();
  const authority = await open(scratch.path);
  const bad = [
    { user: "" },
    { user: "ann\nCN=root" },
    { user: "a\u0000b" },
    { user: "a".repeat(254) },
    { user: "ann", groups: ["x\r\ny"] },
    { user: "ann", groups: Array.from({ length: 65 }, (_, index) => `g${index}`) },
    ...[0, -1, 90.1, Number.NaN, Number.POSITIVE_INFINITY].map((days) => ({ user: "ann", days })),
  ];
  for (const request of bad) {
    const issued = await authority.issueClient(request);
    assert.equal("problem" in issued && issued.problem.code, "LB7213", JSON.stringify(request).slice(0, 60));
  }
});

test("a client certificate ends after a day unless asked otherwise, and never after the authority", async () => {
  using scratch = scratchDirectory();
  const clock = { now: Date.parse("2026-01-01T00:00:00Z") };
  const authority = await open(scratch.path, [], () => clock.now);
  const end = async (days?: number) =>
    new X509Certificate((await issue(authority, { user: "ann", days })).certPem).validToDate.getTime();
  assert.equal(await end(), clock.now + DAY);
  assert.equal(await end(90), clock.now + 90 * DAY);
  clock.now = authority.notAfter - 10 * DAY;
  assert.equal(await end(90), authority.notAfter);
});

test("clients reach the API by localhost, both loopback addresses and the names that were given", async () => {
  using scratch = scratchDirectory();
  const authority = await open(scratch.path, ["api.example.com", "10.0.0.7"]);
  const certificate = new X509Certificate(authority.serverCredentials().certPem);
  for (const host of ["localhost", "api.example.com"]) assert.ok(certificate.checkHost(host), host);
  for (const address of ["127.0.0.1", "::1", "10.0.0.7"]) assert.ok(certificate.checkIP(address), address);
  assert.ok(!certificate.checkHost("other.example.com"));
  assert.equal((await problemOf(scratch.path, ["not a host"])).code, "LB7214");
});

test("the authority is kept over restarts, in files that only their owner can read", async () => {
  using scratch = scratchDirectory();
  const directory = join(scratch.path, "api");
  const before = await open(directory);
  for (const file of ["ca.crt", "ca.key"]) assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600);
  const after = await open(directory);
  assert.equal(after.caPem, before.caPem);
  assert.ok(before.notAfter > Date.now() + 3600 * DAY);
  await using running = await serve(after);
  const issued = await issue(before, { user: "ann" });
  assert.equal((await ask(running.server, before.caPem, issued)).user?.name, "ann");
});

test("a first start that was cut short between the two files is made good", async () => {
  using scratch = scratchDirectory();
  await open(scratch.path);
  rmSync(join(scratch.path, "ca.crt"));
  await open(scratch.path);
});

test("files that others can use, that are broken, or don't belong together aren't used and are left alone", async () => {
  using scratch = scratchDirectory();
  await open(scratch.path);
  const key = join(scratch.path, "ca.key");
  const cert = join(scratch.path, "ca.crt");
  const good = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  chmodSync(key, 0o640);
  assert.equal((await problemOf(scratch.path)).code, "LB7210");
  chmodSync(key, 0o600);
  chmodSync(cert, 0o622);
  assert.equal((await problemOf(scratch.path)).code, "LB7210");
  chmodSync(cert, 0o644);
  await open(scratch.path);
  for (const text of ["", "x", good.cert, (await makeAuthority()).key]) {
    writeFileSync(key, text);
    const problem = await problemOf(scratch.path);
    assert.equal(problem.code, "LB7211");
    assert.ok(text === "" || !problem.message.includes(text));
  }
  rmSync(key);
  assert.match((await problemOf(scratch.path)).message, /ca\.key is gone/);
  writeFileSync(key, good.key, { mode: 0o600 });
  writeFileSync(cert, good.cert.slice(0, 200));
  assert.equal((await problemOf(scratch.path)).code, "LB7211");
  writeFileSync(cert, good.cert);
  await open(scratch.path);
});

test("an authority that is over, or doesn't hold yet, is a problem", async () => {
  using scratch = scratchDirectory();
  const { notAfter } = await open(scratch.path);
  for (const now of [notAfter + 1, Date.now() - DAY]) {
    assert.equal((await problemOf(scratch.path, [], () => now)).code, "LB7212");
  }
});

test("a server certificate is renewed when a third of its life is left, or the clock went back", async () => {
  using scratch = scratchDirectory();
  const start = Date.parse("2026-01-01T00:00:00Z");
  const clock = { now: start };
  const authority = await open(scratch.path, [], () => clock.now);
  const first = authority.serverCredentials();
  assert.equal(first.notAfter, start + 30 * DAY);
  clock.now = start + 19.9 * DAY;
  assert.ok(!(await authority.renewIfDue()));
  clock.now = start + 20.1 * DAY;
  assert.ok(await authority.renewIfDue());
  assert.equal(authority.serverCredentials().notAfter, clock.now + 30 * DAY);
  assert.notEqual(authority.serverCredentials().keyPem, first.keyPem);
  clock.now = start;
  assert.ok(await authority.renewIfDue());
});

test("a running server takes the renewed certificate, and clients see no break", async (t) => {
  using scratch = scratchDirectory();
  const clock = { now: Date.now() - 21 * DAY };
  const authority = await open(scratch.path, [], () => clock.now);
  await using running = await serve(authority);
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ["setInterval"] });
  let renewed = 0;
  const renewal = authority.keepRenewed(({ certPem, keyPem }) => {
    renewed++;
    running.server.setSecureContext({ cert: certPem, key: keyPem, ca: authority.caPem });
  });
  const before = await ask(running.server, authority.caPem);
  mock.timers.tick(3_600_000);
  clock.now += 21 * DAY;
  mock.timers.tick(3_600_000);
  await waitFor("the renewal", () => renewed === 1);
  const after = await ask(running.server, authority.caPem);
  assert.notEqual(after.shown?.serialNumber, before.shown?.serialNumber);
  assert.equal(after.shown?.serialNumber, new X509Certificate(authority.serverCredentials().certPem).serialNumber);
  renewal.stop();
  clock.now += 21 * DAY;
  mock.timers.tick(3_600_000);
  assert.equal(renewed, 1);
});
