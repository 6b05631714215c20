import assert from "node:assert/strict";
import test from "node:test";
import { findLockFaults } from "../../../scripts/checks/lock-file.ts";
import { findUnwanted } from "../../../scripts/checks/portable-text.ts";
import { findTableFaults, renderProblems } from "../../../scripts/checks/problem-table.ts";

function lock(packages: Record<string, unknown>): string {
  return JSON.stringify({ packages }, null, 2);
}

test("a lock file with hashes and without addresses passes", () => {
  const text = lock({
    "": {},
    "node_modules/a": { integrity: "sha512-x", optionalDependencies: { b: "1" } },
    "node_modules/b": { optional: true },
  });
  assert.deepEqual(findLockFaults(text), []);
});

test("an address, a missing hash and a missing platform package are faults of a lock file", () => {
  assert.match(
    findLockFaults(lock({ "node_modules/a": { integrity: "x", resolved: "y" } }))[0] ?? "",
    /:5: holds an address/,
  );
  assert.match(findLockFaults(lock({ "node_modules/a": {} }))[0] ?? "", /has no hash/);
  const wanting = lock({ "node_modules/a": { integrity: "x", optionalDependencies: { "a-darwin": "1" } } });
  assert.match(findLockFaults(wanting)[0] ?? "", /a wants a-darwin/);
});

test("names of registries and folders of one machine are found, with their line", () => {
  // Put together here, as this file is checked too.
  const registry = ["registry", "npmjs", "org"].join(".");
  const home = ["", "home", "ann", "landbridge"].join("/");
  assert.deepEqual(findUnwanted("a.md", `x\nsee ${registry}`, []), [
    "a.md:2: names the host name of a package registry",
  ]);
  assert.deepEqual(findUnwanted("a.md", `cd ${home}`, []), ["a.md:1: names a path of one machine"]);
  assert.deepEqual(findUnwanted("a.md", "cd /srv/clone/x", ["/srv/clone"]), ["a.md:1: names a path of one machine"]);
});

test("ordinary text is left alone", () => {
  const text = [
    "import { registry } from './registry.ts'",
    "registry.providers.map(x)",
    "join(root, 'a')",
    "GET /users/a/b",
  ];
  assert.deepEqual(findUnwanted("a.ts", text.join("\n"), ["/"]), []);
});

const entry = { title: "A *title*", meaning: "What `__proto__` and __proto__ mean.", wayOut: "Go." };

test("the problems page lists every code once, in order, as plain text", () => {
  const page = renderProblems([{ folder: "config", problems: { LB1402: entry, LB1401: entry } }]);
  assert.ok(page.indexOf("### LB1401: A \\*title\\*") < page.indexOf("### LB1402"));
  assert.ok(page.includes("What `__proto__` and \\_\\_proto\\_\\_ mean."));
});

test("a code outside its folder's range, or in two folders, is a fault", () => {
  assert.equal(findTableFaults([{ folder: "config", problems: { LB1401: entry } }]).length, 0);
  assert.match(
    findTableFaults([{ folder: "config", problems: { LB3001: entry } }])[0] ?? "",
    /not in this folder's range/,
  );
  const twice = [
    { folder: "api", problems: { LB6001: entry } },
    { folder: "cli", problems: { LB6001: entry } },
  ];
  assert.match(findTableFaults(twice)[0] ?? "", /LB6001 is in src\/api too/);
});
