import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { landbridge, Printed, startCommand } from "../support/command-line.ts";

const base = mkdtempSync(join(tmpdir(), "lb-write-"));
let estate: ApiEstate;

before(async () => {
  estate = await ApiEstate.start();
});
after(async () => {
  await estate[Symbol.asyncDispose]();
  rmSync(base, { recursive: true });
});

function lb(...args: readonly string[]) {
  return landbridge(["--state-dir", estate.stateDir, ...args]);
}

/** An editor that keeps what it was shown in `seen-<n>`, and then runs a line of sh on the file `$1`. */
function editorOf(...turns: readonly string[]): Readonly<Record<string, string>> {
  const count = join(base, "turn");
  rmSync(count, { force: true });
  const script = [
    `n=$(( $(cat ${count} 2>/dev/null || echo 0) + 1 )); echo $n > ${count}; cp "$1" ${base}/seen-$n`,
    ...turns.map((turn, index) => `if [ $n = ${index + 1} ]; then ${turn}; fi`),
  ];
  const path = join(base, "editor.sh");
  writeFileSync(path, script.join("\n"));
  return { EDITOR: `sh ${path}`, VISUAL: "" };
}

function seen(turn: number): string {
  return readFileSync(join(base, `seen-${turn}`), "utf8");
}

async function makeServices(...names: readonly string[]): Promise<void> {
  for (const name of names) await estate.mustKubectl("create", "service", "clusterip", name, "--tcp=80");
}

test("plan ends with 0, 2 or 1, shows what changes and never what a Secret holds, and writes nothing", async () => {
  const path = join(base, "plan.yaml");
  const write = (port: number, value: string) =>
    writeFileSync(
      path,
      `apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: planned }
spec: { port: ${port}, backends: [ { name: vm, platform: p, service: s } ] }
---
apiVersion: v1
kind: Secret
metadata: { name: planned }
stringData: { password: ${value} }
`,
    );
  write(80, "first-value");
  const created = await lb("plan", "-f", path);
  assert.equal(created.code, 2, created.err);
  assert.match(created.out, /^ {2}\+ secret\/planned in default$/m);
  assert.equal((await estate.kubectl("get", "hybridservice", "planned")).code, 1);
  assert.equal((await lb("apply", "-f", path)).code, 0);
  const same = await lb("plan", "-f", path);
  assert.deepEqual([same.out, same.code], ["No changes.\n", 0]);
  write(81, "other-value");
  const changed = await lb("plan", "-f", path);
  assert.equal(changed.code, 2);
  assert.match(changed.out, /~ hybridservice\.landbridge\.dev\/planned[\s\S]*- {3}port: 80\n.*\+ {3}port: 81\n/);
  assert.match(changed.out, /\+ {3}password: "?\[redacted, 11 bytes, another value\]/);
  const json = JSON.parse((await lb("plan", "-f", path, "-o", "json")).out);
  const changes = json.objects.map(({ key, change }: { key: string; change: string }) => `${change} ${key}`);
  assert.deepEqual(changes, ["update Secret/default/planned", "update HybridService/default/planned"]);
  assert.doesNotMatch(changed.out + JSON.stringify(json), /first-value|other-value|Zmlyc3Q|b3RoZXI/);
  write(0, "other-value");
  const wrong = await lb("plan", "-f", path);
  assert.deepEqual([wrong.code, wrong.out], [1, ""]);
  assert.match(wrong.err, /plan\.yaml:4:15: error LB1105/);
});

test("plan tells hosts and proxies that requests would notice", async () => {
  const path = join(base, "hosts.yaml");
  writeFileSync(
    path,
    `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: landbridge }
spec: { controllerName: landbridge.dev/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge }
spec: { gatewayClassName: landbridge, listeners: [ { name: http, port: ${estate.port}, protocol: HTTP } ] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: front }
spec:
  parentRefs: [ { name: edge } ]
  hostnames: [ front.example.com ]
  rules: [ { backendRefs: [ { name: missing, port: 80 } ] } ]
`,
  );
  const { out, code } = await lb("plan", "-f", path);
  assert.equal(code, 2);
  assert.match(
    out,
    new RegExp(`^Hosts\\n {2}\\+ front\\.example\\.com:${estate.port} \\(Gateway default/edge\\)$`, "m"),
  );
  assert.match(out, /^ {2}\+ proxies of Gateway default\/edge: resources \d+ added/m);
  assert.match(out, /\+ warning LB2001 HTTPRoute\/default\/front/);
  assert.match(out, /^3 to create, 0 to change, 0 unchanged\.$/m);
});

test("delete takes names, labels and files, and one object that is refused keeps all the others", async () => {
  await makeServices("a", "b", "c", "d");
  await estate.mustKubectl("label", "service", "c", "d", "go=yes");
  const dry = await lb("delete", "service", "a", "--dry-run=server");
  assert.deepEqual([dry.out, dry.code], ['service "a" deleted (server dry run)\n', 0]);
  const refused = await lb("delete", "service/a", "clusterrole/landbridge:admin");
  assert.equal(refused.code, 1);
  assert.match(refused.err, /built in.*LB6012[\s\S]*nothing was deleted/);
  const named = await lb("delete", "svc", "a", "nope");
  assert.deepEqual([named.out, named.code], ['service "a" deleted\n', 1]);
  assert.match(named.err, /services "nope" not found/);
  assert.equal((await lb("delete", "service", "nope", "--ignore-not-found")).code, 0);
  const labelled = await lb("delete", "services", "-l", "go=yes");
  assert.deepEqual(labelled.out.split("\n").sort(), ["", 'service "c" deleted', 'service "d" deleted']);
  assert.deepEqual((await estate.mustKubectl("get", "services", "-o", "name")).trim(), "service/b");
  for (const args of [[], ["service"], ["service", "x", "--all"], ["-f", "x", "service"], ["service", "x", "-A"]])
    assert.equal((await lb("delete", ...args)).code, 2, args.join(" "));
});

test("delete returns when finalizers have let go, and says so when they don't in time", async () => {
  const finalizer = { metadata: { finalizers: ["example.com/hold"] } };
  await makeServices("held");
  await estate.mustKubectl("patch", "service", "held", "--type=merge", "-p", JSON.stringify(finalizer));
  const impatient = await lb("delete", "service", "held", "--timeout", "200ms");
  assert.equal(impatient.code, 1);
  assert.match(impatient.err, /service\/held waits for its finalizers[\s\S]*LB6231/);
  const waiting = startCommand(["--state-dir", estate.stateDir, "delete", "service", "held"]);
  const printed = new Printed(waiting.stdout);
  await printed.until(/deleted/);
  assert.equal(waiting.exitCode, null);
  await estate.mustKubectl(
    "patch",
    "service",
    "held",
    "--type=json",
    "-p",
    '[{"op":"remove","path":"/metadata/finalizers"}]',
  );
  const code = await new Promise((resolve) => waiting.once("close", resolve));
  assert.equal(code, 0);
});

test("wait returns when the condition is met, at once when it is, and ends with 1 when time is over", async () => {
  await makeServices("waited");
  const label = ["wait", "service/waited", "--for", "jsonpath={.metadata.labels.ready}=yes"];
  const early = await lb(...label, "--timeout", "0s");
  assert.equal(early.code, 1);
  assert.match(early.err, /timed out waiting for the condition on services\/waited/);
  const waiting = startCommand(["--state-dir", estate.stateDir, ...label]);
  const printed = new Printed(waiting.stdout);
  await estate.mustKubectl("label", "service", "waited", "ready=yes");
  await printed.until(/^service\/waited condition met$/m);
  assert.equal((await lb(...label, "--timeout", "0s")).code, 0);
  const gone = startCommand(["--state-dir", estate.stateDir, "wait", "--for=delete", "service/waited"]);
  const goneText = new Printed(gone.stdout);
  await estate.mustKubectl("delete", "service", "waited");
  await goneText.until(/^service\/waited deleted$/m);
  const missing = await lb("wait", "service", "nope", "--for=condition=Programmed");
  assert.match(missing.err, /services "nope" not found/);
  assert.equal(missing.code, 1);
});

test("edit changes what was changed, and opens again with what is wrong at the lines where it stands", async () => {
  await makeServices("edited");
  const edit = (env: Readonly<Record<string, string>>) =>
    landbridge(["--state-dir", estate.stateDir, "edit", "svc/edited"], env);
  const cancelled = await edit(editorOf("true"));
  assert.deepEqual([cancelled.code, cancelled.err], [0, "Edit cancelled, no changes made.\n"]);
  const edited = await edit(editorOf("sed -i 's/port: 80$/port: 800000/' $1", "sed -i 's/port: 800000$/port: 81/' $1"));
  assert.deepEqual([edited.out, edited.code], ["service/edited edited\n", 0], edited.err);
  const [, line = ""] = /^# .*:(\d+):\d+: error LB1105 .*port/m.exec(seen(2)) ?? [];
  assert.match(seen(2).split("\n")[Number(line) - 1] ?? "", /port: 800000$/);
  const port = await estate.mustKubectl("get", "service", "edited", "-o", "jsonpath={.spec.ports[0].port}");
  assert.equal(port, "81");
  const given = await edit(editorOf("sed -i 's/port: 81$/port: 0/' $1", "true"));
  assert.equal(given.code, 1);
  const [, kept = ""] = /A copy of what you wrote is in (\S+)/.exec(given.err) ?? [];
  assert.match(readFileSync(kept, "utf8"), /port: 0$/m);
  rmSync(join(kept, ".."), { recursive: true });
  const failed = await edit({ EDITOR: "false", VISUAL: "" });
  assert.deepEqual([failed.code, /LB6230/.test(failed.err)], [1, true]);
});

test("edit doesn't overwrite what others changed meanwhile", async () => {
  await makeServices("raced");
  const { kubeconfig } = estate.admin;
  const { execPath } = process;
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const other = join(base, "other.yaml");
  writeFileSync(
    other,
    "apiVersion: v1\nkind: Service\nmetadata: { name: raced, labels: { theirs: 'yes' } }\nspec: { ports: [ { port: 90 } ] }\n",
  );
  const meanwhile = `${execPath} ${main} --kubeconfig ${kubeconfig} apply -f ${other} > /dev/null 2>&1`;
  const env = editorOf(`${meanwhile}; sed -i 's/port: 80$/port: 81/' $1`, "true");
  const { code, err } = await landbridge(["--state-dir", estate.stateDir, "edit", "service", "raced"], env);
  assert.equal(code, 1);
  assert.match(err, /has been modified/);
  assert.match(await estate.mustKubectl("get", "service", "raced", "-o", "jsonpath={.metadata.labels.theirs}"), /yes/);
  const [, kept = ""] = /A copy of what you wrote is in (\S+)/.exec(err) ?? [];
  rmSync(join(kept, ".."), { recursive: true });
});
