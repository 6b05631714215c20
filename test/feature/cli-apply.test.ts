import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { landbridge, type Outcome } from "../support/command-line.ts";
import { startLeg } from "../support/leg-server.ts";
import { serviceYaml } from "../support/test-estate.ts";

const base = mkdtempSync(join(tmpdir(), "lb-apply-"));
let estate: ApiEstate;

before(async () => {
  estate = await ApiEstate.start();
});
after(async () => {
  await estate[Symbol.asyncDispose]();
  rmSync(base, { recursive: true });
});

function lb(...args: readonly string[]): Promise<Outcome> {
  return landbridge(["--state-dir", estate.stateDir, ...args]);
}

function file(name: string, text: string): string {
  const path = join(base, name);
  writeFileSync(path, text);
  return path;
}

function service(name: string, spec: string, metadata = ""): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: default${metadata} }\nspec: ${spec}\n`;
}

test("kubectl and landbridge go on from each other: what one applied, the other finds unchanged", async () => {
  const path = file(
    "mixed.yaml",
    `${service("mixed", "{ ports: [ { port: 80, name: a } ] }", ", annotations: { example.com/a: '<&>' }")}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: mixed }
spec: { hostnames: [ mixed.example.com ], parentRefs: [ { name: nowhere } ] }
`,
  );
  const first = await lb("apply", "-f", path);
  assert.match(first.out + first.err, /^service\/mixed created\nhttproute.*\/mixed created$/m);
  const theirs = await estate.kubectl("apply", "-f", path);
  assert.deepEqual(theirs.out.match(/unchanged/g)?.length, 2, theirs.out);
  await estate.mustKubectl("delete", "-f", path);
  await estate.mustKubectl("apply", "-f", path);
  const ours = await lb("apply", "-f", path);
  assert.deepEqual([ours.out.match(/unchanged/g)?.length, ours.err], [2, ""], ours.out);
});

test("what is taken out of a file goes; what others added stays", async () => {
  const labels = (words: string) =>
    file("fields.yaml", service("fields", "{ ports: [ { port: 80 } ] }", `, labels: { ${words} }`));
  await lb("apply", "-f", labels("a: '1', b: '2'"));
  await estate.mustKubectl("label", "service", "fields", "theirs=yes");
  const { out } = await lb("apply", "-f", labels("a: '3'"));
  assert.equal(out, "service/fields configured\n");
  const json = await estate.mustKubectl("get", "service", "fields", "-o", "jsonpath={.metadata.labels}");
  assert.deepEqual(JSON.parse(json), { a: "3", theirs: "yes" });
});

test("a batch with mistakes changes nothing, and tells every mistake at its place", async () => {
  const path = file(
    "mistakes.yaml",
    [
      service("good", "{ ports: [ { port: 80 } ] }"),
      service("bad", "\n  ports:\n  - port: 80000"),
      service("odd", "\n  ports: [ { port: 80 } ]\n  colour: red"),
      "---\napiVersion: v1\nkind: Namespace\nmetadata: { name: early }\n",
      "---\napiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: early }\nspec: { ports: [ { port: 0 } ], odd: 1 }\n",
    ].join(""),
  );
  const { out, err, code } = await lb("apply", "-f", path);
  assert.deepEqual([out, code], ["", 1]);
  const places = [...err.matchAll(/^.*mistakes\.yaml:(\d+:\d+: error LB\d+ \S+ \S+):/gm)].map(([, place]) => place);
  assert.deepEqual(places, [
    "12:11: error LB1105 Service/default/bad spec.ports[0].port",
    "19:3: error LB1101 Service/default/odd spec.colour",
    "28:26: error LB1105 Service/early/s spec.ports[0].port",
    "28:33: error LB1101 Service/early/s spec.odd",
  ]);
  assert.match(err, /nothing was changed: 4 mistakes \(LB6226\)/);
  const there = await estate.mustKubectl("get", "services,namespaces", "-A", "-o", "name");
  assert.doesNotMatch(there, /good|bad|odd|early/);
});

test("--dry-run writes nothing; objects in a namespace that comes with them are written behind it", async () => {
  const path = file(
    "order.yaml",
    `${service("inside", "{ ports: [ { port: 80 } ] }").replace("default", "fresh")}---\napiVersion: v1\nkind: Namespace\nmetadata: { name: fresh }\n`,
  );
  const dry = await lb("apply", "-f", path, "--dry-run");
  assert.equal(dry.out, "namespace/fresh created (server dry run)\nservice/inside created (server dry run)\n");
  assert.equal((await estate.kubectl("get", "namespace", "fresh")).code, 1);
  const real = await lb("apply", "-f", path);
  assert.equal(real.out, "namespace/fresh created\nservice/inside created\n");
});

test("who may write Secrets without reading them can apply them, again and again", async () => {
  const operator = await estate.kubeconfigFor("olga");
  await estate.mustKubectl("create", "clusterrolebinding", "olga", "--clusterrole=landbridge:operator", "--user=olga");
  const path = (value: string) =>
    file("secret.yaml", `apiVersion: v1\nkind: Secret\nmetadata: { name: hidden }\nstringData: { a: ${value} }\n`);
  const apply = (value: string) => landbridge(["--kubeconfig", operator.kubeconfig, "apply", "-f", path(value)]);
  assert.equal((await apply("one")).out, "secret/hidden created\n");
  assert.equal((await apply("two")).out, "secret/hidden configured\n");
  const stored = JSON.parse(await estate.mustKubectl("get", "secret", "hidden", "-o", "json"));
  assert.equal(stored.data.a, Buffer.from("two").toString("base64"));
  assert.doesNotMatch(JSON.stringify(stored.metadata), /two|dHdv/);
});

test("--wait returns when all of it is live: the gateway answers at once", async () => {
  await using leg = await startLeg("live");
  const gateway = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Namespace
metadata: { name: infra }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: landbridge }
spec: { controllerName: landbridge.dev/gateway-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: infra }
spec:
  gatewayClassName: landbridge
  listeners:
  - { name: http, port: ${estate.port}, protocol: HTTP, allowedRoutes: { namespaces: { from: All } } }
---${serviceYaml("front", "front.example.com", { vm: { port: leg.port, weight: 1 } })}`;
  const { out, err, code } = await lb("apply", "-f", file("live.yaml", gateway), "--wait");
  assert.equal(code, 0, err);
  assert.match(out, /^live on every proxy after /m);
  assert.equal((await estate.get("front.example.com")).status, 200);
});

test("--wait says which proxy refused what, and why, and ends with 1", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const address = taken.address();
  assert.ok(typeof address === "object" && address);
  const path = file(
    "refused.yaml",
    `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: taken, namespace: default }
spec:
  gatewayClassName: landbridge
  listeners: [ { name: http, port: ${address.port}, protocol: HTTP } ]
`,
  );
  const { err, code } = await lb("apply", "-f", path, "--wait", "--timeout", "30s");
  taken.close();
  assert.equal(code, 1);
  assert.match(err, /gateway\.gateway\.networking\.k8s\.io\/taken in namespace default isn't live:/);
  assert.match(
    err,
    new RegExp(`proxy \\S+ of Gateway default/taken refused Listener:port-${address.port}: .*cannot bind`),
  );
  assert.match(err, /1 of 1 objects are not live .*\(LB6228\)/);
});
