/** What people change with kubectl, and how they are told what they did. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ApiEstate } from "../support/api-estate.ts";
import { type Manifest, manifest, ObjectRequests, route, type Shown, service } from "../support/api-objects.ts";
import type { Outcome } from "../support/command-line.ts";

let estate: ApiEstate;
let objects: ObjectRequests;

before(async () => {
  estate = await ApiEstate.start();
  objects = new ObjectRequests((path, init) => estate.fetch(path, init));
  await objects.make(manifest("Namespace", "", "shop"));
});
after(() => estate[Symbol.asyncDispose]());

/** kubectl with the object on its stdin. */
function send(object: Manifest, ...args: readonly string[]): Promise<Outcome> {
  return estate.admin.kubectl.run([...args, "-f", "-"], { stdin: JSON.stringify(object) });
}

function kubectl(...args: readonly string[]): Promise<Outcome> {
  return estate.kubectl(...args, "-n", "shop");
}

function readService(name: string): Promise<Shown> {
  return objects.read({ kind: "Service", namespace: "shop", name });
}

test("apply says what it made, what it left and what it changed", async () => {
  const web = service("shop", "applied");
  assert.equal((await send(web, "apply")).out, "service/applied created\n");
  assert.equal((await send(web, "apply")).out, "service/applied unchanged\n");
  const changed = { ...web, spec: { ports: [{ name: "http", port: 81 }] } };
  assert.equal((await send(changed, "apply")).out, "service/applied configured\n");
  const { metadata, spec } = await readService("applied");
  assert.deepEqual([metadata.generation, spec], [2, changed.spec]);
});

test("apply takes away what it brought, and leaves what others added", async () => {
  const front = route("shop", { name: "owned", labels: { mine: "1", also: "1" } }, "owned.test");
  await send(front, "apply");
  await kubectl("annotate", "httproute", "owned", "theirs=yes");
  await send({ ...front, metadata: { ...front.metadata, labels: { mine: "1" } } }, "apply");
  const { metadata } = await objects.read({ kind: "HTTPRoute", namespace: "shop", name: "owned" });
  assert.deepEqual(metadata.labels, { mine: "1" });
  assert.equal(metadata.annotations?.theirs, "yes");
});

test("apply of a directory makes all that is in it, in every format", async () => {
  const directory = join(estate.base, "manifests");
  mkdirSync(directory);
  writeFileSync(join(directory, "a.json"), JSON.stringify(service("shop", "from-json")));
  const yaml = (name: string) =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { ports: [ { port: 80 } ] }\n`;
  writeFileSync(join(directory, "b.yaml"), `${yaml("from-yaml")}---\n${yaml("from-second")}`);
  const { out } = await estate.kubectl("apply", "-f", directory);
  assert.deepEqual(out.trim().split("\n"), [
    "service/from-json created",
    "service/from-yaml created",
    "service/from-second created",
  ]);
});

test("what get -o yaml prints of several objects can be applied again, and changed", async () => {
  for (const name of ["again-1", "again-2"]) await send(service("shop", { name, labels: { again: "1" } }), "apply");
  const yaml = await estate.mustKubectl("get", "services", "-n", "shop", "-l", "again=1", "-o", "yaml");
  const applied = await estate.admin.kubectl.run(["apply", "-f", "-"], { stdin: yaml });
  assert.equal(applied.out, "service/again-1 configured\nservice/again-2 configured\n", applied.err);
  const list = { apiVersion: "v1", kind: "List", items: [service("shop", "again-1", 81)] };
  const { out, err } = await estate.admin.kubectl.run(["apply", "-f", "-"], { stdin: JSON.stringify(list) });
  assert.equal(out, "service/again-1 configured\n", err);
  const odd = { ...list, items: [{ ...service("shop", "again-1", 81), colour: "red" }] };
  const refused = await estate.admin.kubectl.run(["apply", "-f", "-"], { stdin: JSON.stringify(odd) });
  assert.match(refused.err, /unknown field "colour"/);
});

test("apply --dry-run=server says what it would do, and does nothing", async () => {
  await send(service("shop", "dry"), "apply");
  const before = await readService("dry");
  const changed = service("shop", "dry", 8443);
  const { out, err } = await send(changed, "apply", "--dry-run=server");
  assert.equal(out, "service/dry configured (server dry run)\n", err);
  const other = service("shop", "dry-new");
  assert.equal((await send(other, "apply", "--dry-run=server")).out, "service/dry-new created (server dry run)\n");
  assert.deepEqual(await readService("dry"), before);
  assert.match((await kubectl("get", "service", "dry-new")).err, /NotFound/);
});

test("an unknown field is refused by --validate=strict, told and left out by warn, left out by ignore", async () => {
  const odd = { ...service("shop", "odd"), spec: { ports: [{ port: 80, colour: "red" }], shape: "round" } };
  const strict = await send(odd, "apply", "--validate=strict");
  assert.equal(strict.code, 1);
  assert.match(
    strict.err,
    /BadRequest.*strict decoding error: unknown field "spec\.ports\[0\]\.colour", unknown field "spec\.shape"/,
  );
  assert.match((await kubectl("get", "service", "odd")).err, /NotFound/);
  const warned = await send(odd, "apply", "--validate=warn");
  assert.equal(warned.code, 0);
  assert.match(warned.err, /^Warning: unknown field "spec\.shape"$/m);
  assert.match(warned.err, /^Warning: unknown field "spec\.ports\[0\]\.colour"$/m);
  assert.deepEqual((await readService("odd")).spec, { ports: [{ port: 80 }] });
  const ignored = await send({ ...odd, spec: { ports: [{ port: 81 }], shape: "round" } }, "apply", "--validate=ignore");
  assert.deepEqual([ignored.code, ignored.err], [0, ""]);
  assert.deepEqual((await readService("odd")).spec, { ports: [{ port: 81 }] });
});

test("an unknown field of a patch is told too", async () => {
  await objects.make(service("shop", "patched-oddly"));
  const { code, err } = await kubectl(
    "patch",
    "service",
    "patched-oddly",
    "--type=merge",
    "-p",
    '{"spec":{"shape":1}}',
  );
  assert.equal(code, 0);
  assert.match(err, /Warning: unknown field "spec\.shape"/);
});

test("apply --server-side is refused, and says what to do instead", async () => {
  const { code, err } = await send(service("shop", "managed"), "apply", "--server-side");
  assert.equal(code, 1);
  assert.match(err, /server-side apply isn't supported: use kubectl apply without --server-side/);
  assert.match((await kubectl("get", "service", "managed")).err, /NotFound/);
});

test("create makes once; a second time it is there already", async () => {
  const front = route("shop", "created", "created.test");
  assert.equal((await send(front, "create")).out, "httproute.gateway.networking.k8s.io/created created\n");
  const again = await send(front, "create");
  assert.match(again.err, /\(AlreadyExists\): .*httproutes\.gateway\.networking\.k8s\.io "created" already exists/);
});

test("create tells each field that is wrong", async () => {
  const bad = route("shop", "bad", "not a host");
  const { code, err } = await send(
    { ...bad, spec: { ...(bad.spec as object), rules: [{ timeouts: { request: "1y" } }] } },
    "create",
  );
  assert.equal(code, 1);
  assert.match(err, /^The HTTPRoute "bad" is invalid: *$/m);
  assert.match(err, /^\* spec\.hostnames\[0\]: Invalid value: /m);
  assert.match(err, /^\* spec\.rules\[0\]\.timeouts\.request: Invalid value: /m);
});

test("replace puts a whole object in place of another, not over a change that it hasn't seen", async () => {
  await objects.make(service("shop", { name: "replaced", labels: { old: "1" } }));
  assert.equal((await send(service("shop", "replaced", 90), "replace")).out, "service/replaced replaced\n");
  const { metadata, spec } = await readService("replaced");
  assert.deepEqual([metadata.labels, spec], [undefined, { ports: [{ name: "http", port: 90 }] }]);
  await kubectl("label", "service", "replaced", "newer=1");
  const stale = service("shop", { name: "replaced", resourceVersion: metadata.resourceVersion }, 91);
  const { code, err } = await send(stale, "replace");
  assert.equal(code, 1);
  assert.match(err, /\(Conflict\).*the object has been modified; please apply your changes to the latest version/);
  assert.deepEqual((await readService("replaced")).spec, spec);
  assert.match((await send(service("shop", "nobody"), "replace")).err, /\(NotFound\).*services "nobody" not found/);
});

test("replace --force deletes the object and makes a new one", async () => {
  const { uid } = (await objects.make(service("shop", "forced"))).metadata;
  const { code, err } = await send(service("shop", "forced", 99), "replace", "--force");
  assert.equal(code, 0, err);
  assert.notEqual((await readService("forced")).metadata.uid, uid);
});

test("edit shows the object in an editor and takes what comes back", async () => {
  await objects.make(service("shop", "edited"));
  const edit = async (script: string) => {
    const editor = join(estate.base, "editor.sh");
    writeFileSync(editor, `#!/bin/sh\n${script}\n`);
    chmodSync(editor, 0o755);
    return estate.admin.kubectl.run(["edit", "service", "edited", "-n", "shop"], { env: { EDITOR: editor } });
  };
  assert.equal((await edit("sed -i 's/port: 80$/port: 8080/' \"$1\"")).out, "service/edited edited\n");
  assert.deepEqual((await readService("edited")).spec, { ports: [{ name: "http", port: 8080 }] });
  const nothing = await edit("true");
  assert.match(nothing.err, /Edit cancelled, no changes made/);
  const wrong = await edit("sed -i 's/port: 8080$/port: 0/' \"$1\"");
  assert.match(wrong.err, /services? "edited" .*(invalid|not valid)|spec\.ports\[0\]\.port/s);
  assert.deepEqual((await readService("edited")).spec, { ports: [{ name: "http", port: 8080 }] });
});

test("patches: merge, JSON, and strategic where kubectl knows the kind", async () => {
  const ports = [
    { name: "http", port: 80 },
    { name: "admin", port: 81 },
  ];
  await objects.make({ ...service("shop", "patched"), spec: { ports } });
  const patch = async (type: string, text: string) => {
    const { code, err, out } = await kubectl("patch", "service", "patched", `--type=${type}`, "-p", text);
    assert.equal(code, 0, err);
    return [out.trim(), (await readService("patched")).spec];
  };
  // By their key, which is the port: the other one stays.
  assert.deepEqual(await patch("strategic", '{"spec":{"ports":[{"port":80,"name":"web"}]}}'), [
    "service/patched patched",
    { ports: [{ name: "web", port: 80 }, ports[1]] },
  ]);
  assert.deepEqual(await patch("strategic", '{"spec":{"ports":[{"port":81,"$patch":"delete"}]}}'), [
    "service/patched patched",
    { ports: [{ name: "web", port: 80 }] },
  ]);
  assert.deepEqual(await patch("json", '[{"op":"replace","path":"/spec/ports/0/port","value":82}]'), [
    "service/patched patched",
    { ports: [{ name: "web", port: 82 }] },
  ]);
  assert.deepEqual(await patch("merge", '{"spec":{"ports":[{"port":83}],"type":"NodePort"}}'), [
    "service/patched patched",
    { ports: [{ port: 83 }], type: "NodePort" },
  ]);
  assert.deepEqual(await patch("merge", '{"spec":{"type":null}}'), [
    "service/patched patched",
    { ports: [{ port: 83 }] },
  ]);
  assert.deepEqual(await patch("merge", "{}"), ["service/patched patched (no change)", { ports: [{ port: 83 }] }]);
});

test("a strategic patch of our kinds is refused as Kubernetes refuses it for custom ones, the others work", async () => {
  await objects.make(route("shop", "patched", "patched.test"));
  const patch = (type: string, text: string) => kubectl("patch", "httproute", "patched", `--type=${type}`, "-p", text);
  const strategic = await patch("strategic", '{"spec":{"hostnames":["other.test"]}}');
  assert.equal(strategic.code, 1);
  assert.match(strategic.err, /\(UnsupportedMediaType\)|accepted media types.*application\/merge-patch\+json/);
  assert.equal((await patch("merge", '{"spec":{"hostnames":["other.test"]}}')).code, 0);
  const json = '[{"op":"test","path":"/spec/hostnames/0","value":"patched.test"},{"op":"remove","path":"/spec"}]';
  const tested = await patch("json", json);
  assert.equal(tested.code, 1);
  assert.match(tested.err, /\/spec\/hostnames\/0|test/);
  const { spec } = await objects.read({ kind: "HTTPRoute", namespace: "shop", name: "patched" });
  assert.deepEqual(spec?.hostnames, ["other.test"]);
});

test("label and annotate add, refuse to replace unasked, and take away", async () => {
  await objects.make(service("shop", "labelled"));
  const label = async (...args: readonly string[]) => {
    const { out, err } = await kubectl("label", "service", "labelled", ...args);
    return (out || err).trim();
  };
  assert.equal(await label("tier=front"), "service/labelled labeled");
  assert.match(await label("tier=back"), /'tier' already has a value \(front\), and --overwrite is false/);
  assert.equal(await label("tier=back", "--overwrite"), "service/labelled labeled");
  assert.equal(await label("tier=back", "--overwrite"), "service/labelled not labeled");
  assert.match(await label("tier=not a label", "--overwrite"), /invalid label value|LB\d{4}/);
  await kubectl("annotate", "service", "labelled", "note=größe & co");
  const { labels, annotations, generation } = (await readService("labelled")).metadata;
  assert.deepEqual([labels, annotations, generation], [{ tier: "back" }, { note: "größe & co" }, 1]);
  assert.equal(await label("tier-"), "service/labelled unlabeled");
  assert.equal((await readService("labelled")).metadata.labels, undefined);
});

test("diff shows what apply would change, by its exit code too", async () => {
  await send(service("shop", "compared"), "apply");
  assert.equal((await send(service("shop", "compared"), "diff")).code, 0);
  const { code, out } = await send(service("shop", "compared", 81), "diff");
  assert.equal(code, 1);
  assert.match(out, /^-\s+port: 80\n\+\s+port: 81$/m);
  assert.deepEqual((await readService("compared")).spec, { ports: [{ name: "http", port: 80 }] });
});
