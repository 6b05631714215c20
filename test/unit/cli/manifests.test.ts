import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readManifestText } from "../../../src/cli/manifests/manifest.ts";
import { readManifests } from "../../../src/cli/manifests/read-files.ts";
import { statusProblems } from "../../../src/cli/manifests/status-problems.ts";
import { targetsOf } from "../../../src/cli/manifests/targets.ts";
import type { ApiResource } from "../../../src/client/api-types.ts";
import { formatProblem } from "../../../src/model/problem.ts";

const base = mkdtempSync(join(tmpdir(), "lb-manifests-"));
after(() => rmSync(base, { recursive: true }));

function resource(kind: string, namespaced: boolean, group = ""): ApiResource {
  const singular = kind.toLowerCase();
  const names = { kind, resource: `${singular}s`, singular, shortNames: [], categories: [] };
  return { ...names, group, version: "v1", namespaced, verbs: [], subresources: [] };
}

const RESOURCES = [
  resource("Namespace", false),
  resource("Service", true),
  resource("Gateway", true, "gateway.networking.k8s.io"),
];

function problemsIn(text: string, given?: string): string[] {
  const { manifests, problems } = readManifestText(text, "f.yaml");
  const targets = targetsOf(RESOURCES, manifests, { given, fallback: "default" });
  return [...problems, ...targets.problems].map((problem) => formatProblem(problem).split("\n")[0] ?? "");
}

test("what no object can be is told at its place before the API is asked", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["kind: Service\nmetadata: { name: a }", /^f\.yaml:1:1: error LB6221 apiVersion: apiVersion is missing/],
    ["apiVersion: v1\nkind: Service\nmetadata: {}", /^f\.yaml:3:1: error LB6221 metadata\.name:/],
    ["apiVersion: v1\nkind: Service\nmetadata: { generateName: a- }", /LB6221.*generateName/],
    ["- a\n- b", /LB1008/],
    ["a: [", /LB1001/],
    ["apiVersion: v1\nkind: Pod\nmetadata: { name: a }", /^f\.yaml:2:7: error LB6222 kind: the API has no Pod in v1/],
    ["apiVersion: v2\nkind: Service\nmetadata: { name: a }", /^f\.yaml:1:13: .*Service is in v1$/],
    [
      "apiVersion: v1\nkind: Service\nmetadata: { name: a, namespace: shop }",
      /^f\.yaml:3:33: error LB6224 .*namespace shop, and the command of team/,
    ],
    [
      "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: a }",
      /^f\.yaml:5:1: error LB6223 Service\/team\/a the object is in f\.yaml:1 already/,
    ],
  ];
  for (const [text, words] of cases) {
    const found = problemsIn(text, "team");
    assert.equal(found.length, 1, text);
    assert.match(found[0] ?? "", words);
  }
});

test("objects come in the order in which they need each other, and those of one kind as they are written", () => {
  const text = ["Gateway g", "Service b", "Service a", "Namespace n"]
    .map((words) => {
      const [kind, name] = words.split(" ");
      const apiVersion = kind === "Gateway" ? "gateway.networking.k8s.io/v1" : "v1";
      return `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name} } }`;
    })
    .join("\n---\n");
  const { manifests } = readManifestText(text, "f");
  const { targets } = targetsOf(RESOURCES, manifests, { given: undefined, fallback: "default" });
  const keys = targets.map(({ key }) => key);
  assert.deepEqual(keys, ["Namespace//n", "Service/default/b", "Service/default/a", "Gateway/default/g"]);
  assert.deepEqual(targets[1]?.object.metadata, { name: "b", namespace: "default" });
  assert.deepEqual(targets[0]?.object.metadata, { name: "n" });
});

test("a directory is read by name, without hidden files, and those below only when asked", async () => {
  const object = (name: string) => `{ apiVersion: v1, kind: Service, metadata: { name: ${name} } }`;
  mkdirSync(join(base, "sub"));
  for (const [file, name] of Object.entries({
    "b.yml": "b",
    "a.json": "a",
    ".c.yaml": "c",
    "d.txt": "d",
    "sub/e.yaml": "e",
  }))
    writeFileSync(
      join(base, file),
      object(name)
        .replace(/(\w+):/g, '"$1":')
        .replace(/: (\w+)/g, ': "$1"'),
    );
  const names = async (recursive: boolean) =>
    (await readManifests([base], recursive)).manifests.map(({ object: { metadata } }) => metadata.name);
  assert.deepEqual(await names(false), ["a", "b"]);
  assert.deepEqual(await names(true), ["a", "b", "e"]);
  const missing = await readManifests([join(base, "nope")], false);
  assert.match(missing.problems[0]?.message ?? "", /no such file/);
  const empty = await readManifests([join(base, "d.txt")].slice(1), false);
  assert.equal(empty.problems[0]?.code, "LB6225");
});

test("what the API says of a field is told where the field stands", () => {
  const { manifests } = readManifestText(
    "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec:\n  port: 0\n  odd: 1\n",
    "f",
  );
  const [manifest] = manifests;
  assert.ok(manifest);
  const lines = (problem: Parameters<typeof statusProblems>[0]) =>
    statusProblems(problem, "Service/default/a", manifest).map((each) =>
      formatProblem(each).replace("\n  hint: ", " | "),
    );
  const refusal = { code: "LB6116", severity: "error", message: "invalid", path: "" } as const;
  const causes = [
    { field: "spec.port", message: "Invalid value: 0 is out of range (LB1105). Use 1 or more." },
    { field: "spec.nope", message: "Required value: it is required" },
  ];
  assert.deepEqual(lines({ ...refusal, status: { kind: "Status", details: { causes } } }), [
    "f:5:9: error LB1105 Service/default/a spec.port: 0 is out of range | Use 1 or more.",
    "f:4:1: error LB6116 Service/default/a spec.nope: Required value: it is required",
  ]);
  const strict = 'strict decoding error: unknown field "spec.odd"';
  assert.deepEqual(lines({ ...refusal, message: strict }), [
    "f:6:3: error LB1101 Service/default/a spec.odd: the kind has no such field",
  ]);
  assert.deepEqual(lines({ ...refusal, code: "LB6114", message: "no" }), ["f:1:1: error LB6114 Service/default/a no"]);
});
