/** Who did what, copies of the store and putting them back, with the real command line against a real control plane. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { storePath } from "../../src/control/resource-store.ts";
import { ApiEstate, type ApiUser } from "../support/api-estate.ts";
import { landbridge } from "../support/command-line.ts";

let estate: ApiEstate;
let team: ApiUser;

const local = (...args: readonly string[]) => landbridge(["--state-dir", estate.stateDir, ...args]);
const as = (user: ApiUser, ...args: readonly string[]) => landbridge(["--kubeconfig", user.kubeconfig, ...args]);
const audit = (...args: readonly string[]) => as(estate.admin, "audit", "log", ...args);
const file = (name: string) => join(estate.base, name);

before(async () => {
  estate = await ApiEstate.start();
  await estate.mustKubectl("create", "namespace", "shop");
  team = await estate.kubeconfigFor("tess", ["team-shop"]);
  await estate.mustKubectl(
    ...["create", "rolebinding", "team", "-n", "shop", "--clusterrole=landbridge:team", "--group=team-shop"],
  );
  await team.kubectl.run(["create", "secret", "generic", "word", "-n", "shop", "--from-literal=w=hush"]);
  await team.kubectl.run(["create", "service", "clusterip", "web", "-n", "shop", "--tcp=80"]);
  await team.kubectl.run(["delete", "service", "web", "-n", "shop"]);
  await team.kubectl.run(["get", "secrets", "-n", "default"]);
});
after(() => estate[Symbol.asyncDispose]());

test("the log tells who did what to which object, and who was refused", async () => {
  const { out, code } = await audit();
  assert.equal(code, 0);
  assert.match(out, /^TIME +USER +VERB +OBJECT +FROM +OUTCOME\n/);
  assert.match(out, /\d\dZ +tess +create +Secret\/shop\/word +127\.0\.0\.1 +done\n/);
  assert.match(out, /tess +list +secrets\/default\/ +127\.0\.0\.1 +refused: .*cannot list/);
  assert.doesNotMatch(out, /hush|aHVzaA/);
  const lines = out.trimEnd().split("\n").slice(1);
  assert.deepEqual(
    lines,
    [...lines].sort((a, b) => a.slice(0, 20).localeCompare(b.slice(0, 20))),
  );
});

test("the log is asked by user, object, time and count; whole entries are printed as JSON", async () => {
  const verbs = (text: string) =>
    text
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(/ {2,}/)[2]);
  const service = await audit("--object", "svc/shop/web");
  assert.deepEqual(verbs(service.out), ["create", "delete"]);
  assert.deepEqual(verbs((await audit("--object", "Service/shop/web", "-n", "1")).out), ["delete"]);
  assert.deepEqual(verbs((await audit("--user", "tess", "--since", "1h")).out), ["create", "create", "delete", "list"]);
  const future = await audit("--since", "2099-01-01T00:00:00Z");
  assert.deepEqual([future.out, future.err], ["", "No entries found.\n"]);
  const [entry] = JSON.parse((await audit("--object", "secret/shop/word", "-o", "json")).out);
  assert.equal(entry.note.after.kind, "Secret");
  assert.match(entry.note.after.data.w, /redacted/);
  const wrong = await audit("--object", "nonsense/x/y");
  assert.match(wrong.err, /\(LB6241\)/);
});

test("only administrators read it", async () => {
  for (const args of [["log"], ["log", "--verify"]]) {
    const { out, err, code } = await as(team, "audit", ...args);
    assert.match(err, /\(LB6114\)/);
    assert.deepEqual([out, code], ["", 1]);
  }
});

test("more entries than a page are all found, the newest last", async () => {
  const count = 1_010;
  const names = Array.from({ length: count }, (_, index) => `many-${index}`);
  for (let start = 0; start < count; start += 50)
    await Promise.all(
      names.slice(start, start + 50).map(async (name) => {
        const metadata = { name };
        const json = { apiVersion: "v1", kind: "Secret", metadata };
        const made = await estate.fetch("/api/v1/namespaces/shop/secrets", { method: "POST", json });
        assert.equal(made.status, 201);
      }),
    );
  const all = JSON.parse((await audit("-n", "0", "-o", "json")).out) as { number: number }[];
  assert.ok(all.length > count);
  assert.deepEqual(
    all.map(({ number }) => number),
    Array.from({ length: all.length }, (_, index) => index + 1),
  );
  const last = JSON.parse((await audit("-n", "3", "-o", "json")).out) as { number: number }[];
  assert.deepEqual(last, all.slice(-3));
});

test("a backup is a whole file of its owner's that replaces nothing, and says which key it needs", async () => {
  const path = file("first.db");
  const { out, code, err } = await as(estate.admin, "backup", path);
  assert.equal(code, 0, err);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.match(out, new RegExp(`Secrets in it stay sealed[\\s\\S]*${join(estate.stateDir, "store", "sealing.keys")}`));
  assert.ok(!readFileSync(path).includes("aHVzaA"), "no value of a Secret");
  writeFileSync(file("other.txt"), "mine");
  const taken = await as(estate.admin, "backup", file("other.txt"));
  assert.match(taken.err, /other\.txt is there already \(LB6245\)\n {2}hint: .*--force/);
  assert.equal(taken.code, 1);
  assert.equal(readFileSync(file("other.txt"), "utf8"), "mine");
  assert.equal((await as(estate.admin, "backup", file("other.txt"), "--force")).code, 0);
  assert.notEqual(readFileSync(file("other.txt"), "utf8"), "mine");
  const nowhere = await as(estate.admin, "backup", file("no/such/place.db"));
  assert.match(nowhere.err, /ENOENT.*\(LB6245\)/);
  const refused = await as(team, "backup", file("teams.db"));
  assert.match(refused.err, /\(LB6114\)/);
  assert.ok(!existsSync(file("teams.db")));
  assert.deepEqual(
    readdirSync(estate.base).filter((name) => name.includes(".part")),
    [],
  );
});

test("the chain is proved over the API and offline, and one changed entry breaks it", async () => {
  const path = file("first.db");
  const online = await audit("--verify");
  assert.match(online.out, /^whole: \d+ entries, each following from the one before\nhead: [0-9a-f]{64}\n$/);
  assert.equal(online.code, 0);
  const offline = await landbridge(["audit", "log", "--file", path]);
  assert.match(offline.out, /^whole: /);
  const tampered = file("tampered.db");
  copyFileSync(path, tampered);
  const database = new DatabaseSync(tampered);
  // The store refuses such changes by itself; who has the file can take that out.
  for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all())
    database.exec(`DROP TRIGGER "${name}"`);
  database.exec("UPDATE journal SET note = replace(note, 'create', 'delete') WHERE number = 5");
  database.close();
  const broken = await landbridge(["audit", "log", "--verify", "--file", tampered]);
  assert.match(broken.err, /broken at entry 5: it was changed \(LB6242\)/);
  assert.deepEqual([broken.out, broken.code], ["", 1]);
  const none = await landbridge(["audit", "log", "--file", file("other-name.db")]);
  assert.equal(none.code, 1);
});

test("a backup is put back while nothing runs, what was there is kept, and what came later is gone", async () => {
  const path = file("first.db");
  await team.kubectl.run(["create", "secret", "generic", "later", "-n", "shop"]);
  const running = await local("restore", path);
  assert.match(running.err, /the control plane of .* is running \(pid \d+\) \(LB6246\)/);
  assert.equal(running.code, 1);
  await estate.stop();
  const damaged = file("damaged.db");
  writeFileSync(damaged, readFileSync(path).subarray(0, 10_000));
  const refused = await local("restore", damaged);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /\(LB7114\)/);
  const { out, code, err } = await local("restore", path);
  assert.equal(code, 0, err);
  assert.match(out, /^restored .*first\.db to .*\nthe store that was there is kept as (.*\.replaced-1)\n$/);
  const [, kept = ""] = /kept as (.*)\n/.exec(out) ?? [];
  assert.equal(dirname(kept), dirname(storePath(estate.stateDir)));
  await estate.up();
  const word = await as(estate.admin, "get", "secret", "word", "-n", "shop", "-o", "jsonpath={.data.w}");
  assert.equal(word.out, "aHVzaA==\n");
  const later = await as(estate.admin, "get", "secret", "later", "-n", "shop");
  assert.match(later.err, /\(LB6202\)/);
});
