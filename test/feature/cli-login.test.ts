import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { makeAuthority } from "../support/certificates.ts";
import { landbridge } from "../support/command-line.ts";
import { Kubectl } from "../support/kubectl.ts";

const base = mkdtempSync(join(tmpdir(), "lb-login-"));
/** A machine that isn't the control plane's. */
const elsewhere = { XDG_CONFIG_HOME: join(base, "config"), LANDBRIDGE_STATE_DIR: "", LANDBRIDGE_KUBECONFIG: "" };
const saved = join(base, "config", "landbridge", "config");
let estate: ApiEstate;

before(async () => {
  estate = await ApiEstate.start();
});
after(async () => {
  await estate[Symbol.asyncDispose]();
  rmSync(base, { recursive: true });
});

function lb(...args: readonly string[]) {
  return landbridge(["--state-dir", estate.stateDir, ...args], elsewhere);
}

function away(...args: readonly string[]) {
  return landbridge(args, elsewhere);
}

function file(name: string, text: string): string {
  const path = join(base, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function makeToken(name: string, ...args: readonly string[]): Promise<string> {
  const { out, err, code } = await lb("token", "create", name, ...args);
  assert.equal(code, 0, err);
  return out.trim();
}

test("login --print-kubeconfig lets kubectl in, and saves nothing", async () => {
  const { out, err, code } = await lb("login", "--print-kubeconfig");
  assert.deepEqual([code, err], [0, ""]);
  await using kubectl = new Kubectl(file("printed", out));
  assert.match((await kubectl.run(["auth", "whoami"])).out, /system:masters/);
  assert.equal(statSync(saved, { throwIfNoEntry: false }), undefined);
});

test("a login is tried, saved for its owner only, and used by all commands until it is forgotten", async () => {
  const token = file("ann.token", await makeToken("ann-1", "--user", "ann", "--group", "team-a", "--group", "team-b"));
  const { url, caPem } = estate.endpoint;
  const server = ["login", "--server", url, "--token-file", token, "-n", "shop"];
  const { out, code } = await away(...server, "--ca", file("ca.crt", caPem));
  assert.equal(code, 0);
  assert.equal(out, `Logged in at ${url} as ann (groups team-a, team-b, system:authenticated).\n`);
  assert.equal(statSync(saved).mode & 0o777, 0o600);
  assert.match((await away("auth", "whoami")).out, /^Username +ann$/m);
  const printed = JSON.parse((await away("login", "--print-kubeconfig")).out);
  assert.equal(printed.contexts[0].context.namespace, "shop");
  assert.equal((await away("logout")).code, 0);
  assert.match((await away("auth", "whoami")).err, /LB6101/);
});

test("an authority is known by its fingerprint; another one, a stranger's CA and a bad token save nothing", async () => {
  const { url, caPem } = estate.endpoint;
  const token = file("bob.token", await makeToken("bob-1", "--user", "bob"));
  const hash = createHash("sha256").update(new X509Certificate(caPem).raw).digest("hex");
  const login = (...args: readonly string[]) => away("login", "--server", url, "--token-file", token, ...args);
  const wrong = await login(
    "--ca-fingerprint",
    hash.replace(/./, (digit) => (digit === "0" ? "1" : "0")),
  );
  assert.deepEqual([wrong.code, /LB6112/.test(wrong.err)], [1, true]);
  const stranger = await login("--ca", file("stranger.crt", (await makeAuthority()).certificate));
  assert.deepEqual([stranger.code, /LB6112/.test(stranger.err)], [1, true]);
  assert.match((await login()).err, /LB6112/);
  assert.match((await login("--ca-fingerprint", "abc")).err, /LB6229/);
  const bad = file("bad.token", `${readFileSync(token, "utf8")}x`);
  const refused = await away("login", "--server", url, "--token-file", bad, "--ca", file("ca.crt", caPem));
  assert.deepEqual([refused.code, /LB6113/.test(refused.err)], [1, true]);
  assert.equal(statSync(saved, { throwIfNoEntry: false }), undefined);
  const right = await login("--ca-fingerprint", `sha256:${hash}`);
  assert.equal(right.code, 0, right.err);
  assert.match(right.err, new RegExp(`--ca-fingerprint sha256:${hash}$`, "m"));
  assert.match((await away("auth", "whoami", "-o", "json")).out, /"username": "bob"/);
  assert.equal((await away("login", "--server", url)).code, 2);
});

test("a token is shown once, ends by itself or when it is revoked, and never lasts for ever unasked", async () => {
  const before90 = Date.now() + 90 * 86_400_000;
  const made = await lb("token", "create", "ci", "--user", "ci", "--description", "for tests");
  assert.match(made.err, /^accesstoken\.landbridge\.dev\/ci created for ci, until /m);
  const stored = await estate.mustKubectl("get", "accesstoken", "ci", "-o", "json");
  assert.doesNotMatch(stored, new RegExp(made.out.trim().split("_")[2] ?? ""));
  const expires = Date.parse(JSON.parse(stored).spec.expirationTimestamp);
  assert.ok(Math.abs(expires - before90) < 60_000);
  assert.match((await lb("token", "list")).out, /^ci +ci .* for tests$/m);
  await makeToken("forever", "--user", "x", "--expires", "never");
  const forever = JSON.parse(await estate.mustKubectl("get", "accesstoken", "forever", "-o", "json"));
  assert.equal(forever.spec.expirationTimestamp, undefined);
  const { out: kubeconfig } = await lb(
    "token",
    "create",
    "kc",
    "--user",
    "kim",
    "--print-kubeconfig",
    "--expires",
    "1h",
  );
  const path = file("kim", kubeconfig);
  assert.match((await away("--kubeconfig", path, "auth", "whoami")).out, /kim/);
  assert.equal((await lb("token", "revoke", "kc")).out, "accesstoken.landbridge.dev/kc revoked\n");
  assert.match((await away("--kubeconfig", path, "auth", "whoami")).err, /LB6113/);
  assert.match((await lb("token", "revoke", "kc")).err, /not found/);
  assert.equal((await lb("token", "create", "x", "--expires", "5")).code, 2);
});

test("auth can-i answers as kubectl's does", async () => {
  const dan = await estate.kubeconfigFor("dan");
  await estate.mustKubectl("create", "rolebinding", "dan", "--clusterrole=landbridge:team", "--user=dan");
  const questions: readonly (readonly string[])[] = [
    ["create", "httproutes"],
    ["create", "httproutes", "-n", "other"],
    ["get", "secret/a"],
    ["get", "hybridservices", "--subresource=status"],
    ["delete", "namespaces"],
    ["get", "/metrics"],
    ["*", "*"],
  ];
  for (const question of questions) {
    const ours = await landbridge(["--kubeconfig", dan.kubeconfig, "auth", "can-i", ...question]);
    const theirs = await dan.kubectl.run(["auth", "can-i", ...question]);
    const words = [ours, theirs].map(({ out, code }) => `${out.trim().split(" ")[0]} ${code}`);
    assert.equal(words[0], words[1], question.join(" "));
  }
  const list = await landbridge(["--kubeconfig", dan.kubeconfig, "auth", "can-i", "--list"]);
  assert.match(list.out, /^hybridservices\.landbridge\.dev +\[\] +\[\] +\[.*create.*\]$/m);
});
