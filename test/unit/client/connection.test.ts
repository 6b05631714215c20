import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findConnection } from "../../../src/client/connection.ts";
import { kubeconfigText } from "../../../src/client/kubeconfig.ts";
import { parseKubeconfig, readKubeconfig } from "../../../src/client/kubeconfig-reader.ts";
import { readSavedLogin, savedLoginPath, saveLogin } from "../../../src/client/saved-login.ts";

const base = mkdtempSync(join(tmpdir(), "lb-connection-"));
after(() => rmSync(base, { recursive: true }));

const PARTS = { url: "https://edge.example.com:7443", caPem: "CA\n", token: "secret", user: "ann", namespace: "shop" };

test("a kubeconfig that is written is read again, with token or certificate", async () => {
  const { user: _, ...connection } = PARTS;
  const read = await parseKubeconfig(kubeconfigText(PARTS), "kc");
  assert.ok("value" in read);
  assert.deepEqual(JSON.parse(JSON.stringify(read.value)), connection);
  const { token: __, ...rest } = PARTS;
  const certified = { ...rest, certificatePem: "CERT\n", keyPem: "KEY\n", serverName: "edge" };
  const again = await parseKubeconfig(kubeconfigText(certified), "kc");
  assert.ok("value" in again);
  assert.equal(kubeconfigText({ ...again.value, user: "ann" }), kubeconfigText(certified));
});

const YAML = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- { name: c, cluster: { server: "https://a:1", certificate-authority: ca.crt } }
- { name: plain, cluster: { server: "http://a:1" } }
- { name: blind, cluster: { server: "https://a:1", insecure-skip-tls-verify: true } }
users:
- { name: u, user: { tokenFile: token } }
- { name: plugin, user: { exec: { command: aws } } }
- { name: half, user: { client-certificate-data: QQ== } }
contexts:
- { name: one, context: { cluster: c, user: u } }
- { name: plain, context: { cluster: plain, user: u } }
- { name: blind, context: { cluster: blind, user: u } }
- { name: plugin, context: { cluster: c, user: plugin } }
- { name: half, context: { cluster: c, user: half } }
- { name: nowhere, context: { cluster: gone, user: u } }
`;

test("files that a kubeconfig names are found beside it; what isn't supported is refused by name", async () => {
  const path = join(base, "kc.yaml");
  writeFileSync(path, YAML);
  writeFileSync(join(base, "ca.crt"), "CA");
  writeFileSync(join(base, "token"), "tok\n");
  const read = await readKubeconfig(path);
  assert.ok("value" in read);
  assert.deepEqual([read.value.caPem, read.value.token], ["CA", "tok"]);
  const cases: readonly (readonly [string, RegExp])[] = [
    ["plain", /no https URL/],
    ["blind", /insecure-skip-tls-verify isn't supported/],
    ["plugin", /exec isn't supported/],
    ["half", /go together/],
    ["nowhere", /no cluster "gone"/],
    ["absent", /no context "absent"/],
  ];
  for (const [context, words] of cases) {
    const refused = await readKubeconfig(path, context);
    assert.ok("problem" in refused, context);
    assert.equal(refused.problem.code, "LB6118");
    assert.match(refused.problem.message, words);
  }
  for (const text of ["", "- a", "{", "current-context: 1"]) assert.ok("problem" in (await parseKubeconfig(text, "x")));
});

test("a saved login can be read by its owner only, and one that others can read isn't used", async () => {
  const env = { XDG_CONFIG_HOME: join(base, "saved") };
  assert.equal(await readSavedLogin(env), undefined);
  assert.equal(saveLogin(env, kubeconfigText(PARTS)), undefined);
  const path = savedLoginPath(env);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const read = await readSavedLogin(env);
  assert.ok(read && "value" in read);
  assert.equal(read.value.token, "secret");
  chmodSync(path, 0o640);
  const refused = await readSavedLogin(env);
  assert.ok(refused && "problem" in refused);
  assert.equal(refused.problem.code, "LB6119");
});

test("what is said for one command goes before what is said for many; the user's own kubeconfig is never read", async () => {
  const files = Object.fromEntries(
    ["option", "variable", "own"].map((name) => {
      const path = join(base, name);
      writeFileSync(path, kubeconfigText({ ...PARTS, token: name }));
      return [name, path];
    }),
  );
  const saved = join(base, "precedence");
  saveLogin({ XDG_CONFIG_HOME: saved }, kubeconfigText({ ...PARTS, token: "saved" }));
  const stateDir = join(base, "nothing-runs-here");
  const wish = { stateDir, stateDirBy: "default" } as const;
  const env = { XDG_CONFIG_HOME: saved, LANDBRIDGE_KUBECONFIG: files.variable, KUBECONFIG: files.own };
  const tokenOf = async (of: Parameters<typeof findConnection>[0]) => {
    const found = await findConnection(of);
    return "value" in found ? found.value.connection.token : found.problem.code;
  };
  assert.equal(await tokenOf({ ...wish, kubeconfig: files.option, stateDirBy: "option", env }), "option");
  // LB6101: the control plane of the state directory was asked.
  assert.equal(await tokenOf({ ...wish, stateDirBy: "option", env }), "LB6101");
  assert.equal(await tokenOf({ ...wish, env }), "variable");
  // A user who is named is never answered as the administrator for whom the state directory stands.
  assert.equal(await tokenOf({ ...wish, stateDirBy: "environment", env }), "variable");
  const noUser = { ...env, LANDBRIDGE_KUBECONFIG: "" };
  assert.equal(await tokenOf({ ...wish, stateDirBy: "environment", env: noUser }), "LB6101");
  assert.equal(await tokenOf({ ...wish, env: { ...env, LANDBRIDGE_KUBECONFIG: "" } }), "saved");
  const home = { HOME: join(base, "empty-home"), KUBECONFIG: files.own };
  assert.equal(await tokenOf({ ...wish, env: home }), "LB6101");
});
