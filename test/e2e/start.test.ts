/** `npm start`, as someone who has just cloned the repository runs it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { isAlive } from "../../src/proxy/process-identity.ts";
import { landbridge } from "../support/command-line.ts";
import { Demo } from "../support/demo.ts";
import { waitFor } from "../support/wait-for.ts";

const SCREEN = { lines: 24, columns: 80 };

describe("npm start", () => {
  let demo: Demo;
  let printed = "";

  before(async () => {
    demo = await Demo.make();
    demo.start();
    printed = await demo.untilReady();
  });
  after(() => demo[Symbol.asyncDispose]());

  const page = async () => (await curl(`http://shop.localhost:${demo.port(8080)}/`)).split("\n")[0] ?? "";
  const run = (...args: string[]) => landbridge(["--state-dir", demo.stateDir, ...args]);

  test("what it prints fits a screen and says where things are and what to try", () => {
    // The copy lies deeper than the real one.
    const text = printed
      .replace(` ${demo.resources}\n`, "\n")
      .replaceAll(demo.resources, "examples/shop/resources")
      .replaceAll(`${demo.root}/`, "");
    const lines = text.trimEnd().split("\n");
    const rows = lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / SCREEN.columns)), 0);
    assert.ok(rows <= SCREEN.lines, `${rows} rows:\n${text}`);
    // npm tells the command that it runs; that line is its own.
    const ours = lines.filter((line) => !line.startsWith("> "));
    for (const line of ours) assert.ok(line.length <= SCREEN.columns, `too wide: ${line}`);
    assert.match(text, /^ready in [\d.]+ s$/m);
    assert.ok(text.includes(`http://shop.localhost:${demo.port(8080)}/`));
    assert.ok(text.includes(`https://shop.localhost:${demo.port(8443)}/`));
  });

  test("both ports answer, with the page that three services make", async () => {
    const text = await curl(`http://shop.localhost:${demo.port(8080)}/`);
    assert.match(text, /^shopfront on vm-[12] \(127\.0\.1\.[12]\)\n {2}Widget +1\.20 +5 in stock\n/);
    const secret = readFileSync(join(demo.resources, "shop-tls.secret.yaml"), "utf8");
    const certificate = join(demo.root, "ca.pem");
    writeFileSync(certificate, Buffer.from(/tls\.crt: (\S+)/.exec(secret)?.[1] ?? "", "base64"));
    const secure = await curl("--cacert", certificate, `https://shop.localhost:${demo.port(8443)}/api/stock/1`);
    assert.deepEqual(JSON.parse(secure), { productId: "1", amount: 5 });
  });

  test("TLS below 1.2 is refused", async () => {
    assert.equal(await tlsVersion(demo.port(8443), "TLSv1.2"), "TLSv1.2");
    assert.match(await tlsVersion(demo.port(8443), "TLSv1.1"), /alert|version/i);
  });

  test("an edit of the split moves the traffic, and back", async () => {
    const file = join(demo.resources, "shopfront.yaml");
    const original = readFileSync(file, "utf8");
    const moved = original.replace("weight: 100", "weight: X").replace("weight: 0", "weight: 100").replace("X", "0");
    writeFileSync(file, moved);
    await waitFor("the new platform to answer", async () => (await page()) === "shopfront on new-1 (127.0.2.1)");
    for (let count = 0; count < 10; count++) assert.match(await page(), /new-1/);
    writeFileSync(file, original);
    await waitFor("the VMs to answer", async () => (await page()).startsWith("shopfront on vm-"));
  });

  test("get, describe, proxies and trace tell what runs", async () => {
    const services = await run("get", "hybridservices", "-n", "shop");
    assert.match(services.out, /^shopfront +80 +HTTP +vm 100%, k8s 0% +True +True/m);
    const described = await run("describe", "hybridservice", "shopfront", "-n", "shop");
    assert.match(described.out, new RegExp(`k8s +new-platform +0% +.*127\\.0\\.2\\.1:${demo.port(8010)}`));
    const proxies = await run("proxies");
    assert.match(proxies.out, /^infra\/edge +local +yes/m);
    const traced = await run("trace", "GET", `http://shop.localhost:${demo.port(8080)}/api/products/2`, "--live");
    assert.match(traced.out, /Action: +forward as \/products\/2/);
    assert.match(traced.out, /Sprocket/);
    assert.deepEqual([services.code, described.code, proxies.code, traced.code], [0, 0, 0, 0]);
  });

  test("Ctrl-C ends it with 0 and leaves no process, no socket and nothing half-written; it starts again", async () => {
    for (let round = 0; round < 2; round++) {
      if (round > 0) {
        demo.start();
        await demo.untilReady();
        assert.match(await page(), /^shopfront on/);
      }
      const processes = demo.processes();
      // npm, its shell, two starters, five services, the control plane, Envoy; the shell may have made way.
      assert.ok(processes.length >= 9, `only ${processes.length} processes`);
      demo.interrupt();
      const { code, err } = await demo.exit();
      assert.equal(code, 0, err);
      assert.deepEqual(processes.filter(isAlive), []);
      const left = readdirSync(demo.stateDir, { recursive: true, encoding: "utf8" });
      assert.deepEqual(
        left.filter((name) => /\.sock$|\.pid$|~$|\.tmp$|\.new$/.test(name)),
        [],
      );
    }
  });

  test("a port that is taken is named with its code and its holder, before anything starts", async () => {
    const holder = createServer().listen(demo.port(8443), "127.0.0.1");
    try {
      demo.start();
      const { code, err } = await demo.exit();
      assert.equal(code, 1);
      assert.match(
        err,
        new RegExp(`error LB4007 127\\.0\\.0\\.1:${demo.port(8443)} is taken by .*\\(pid ${process.pid}\\)`),
      );
      assert.deepEqual(demo.processes(), []);
    } finally {
      await new Promise((closed) => holder.close(closed));
    }
  });

  test("Ctrl-C while it starts leaves nothing either", async () => {
    demo.start();
    await waitFor("the control plane to be there", () => existsSync(join(demo.stateDir, "control.sock")));
    const processes = demo.processes();
    demo.interrupt();
    assert.equal((await demo.exit()).code, 0);
    assert.deepEqual(processes.filter(isAlive), []);
    assert.equal(existsSync(join(demo.stateDir, "control.sock")), false);
  });
});

function curl(...args: string[]): Promise<string> {
  return new Promise((done, fail) => {
    execFile("curl", ["--silent", "--show-error", "--fail", ...args], (error, out) =>
      error ? fail(error) : done(out),
    );
  });
}

/** The version agreed on, or why there is none. */
function tlsVersion(port: number, maxVersion: "TLSv1.1" | "TLSv1.2"): Promise<string> {
  const options = { minVersion: "TLSv1" as const, maxVersion, ciphers: "DEFAULT@SECLEVEL=0" };
  return new Promise((done) => {
    const socket: TLSSocket = connect(
      { port, host: "127.0.0.1", servername: "shop.localhost", rejectUnauthorized: false, ...options },
      () => {
        done(socket.getProtocol() ?? "");
        socket.destroy();
      },
    );
    socket.on("error", (error) => done(error.message));
  });
}
