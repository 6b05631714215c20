import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { landbridge } from "../../support/command-line.ts";

test("a kind is explained with what its fields are for, without a control plane", async () => {
  const { out, code, err } = await landbridge(["explain", "hsvc"], { LANDBRIDGE_STATE_DIR: "/nowhere" });
  assert.equal(err, "");
  assert.equal(code, 0);
  assert.match(out, /^GROUP: {6}landbridge\.dev\nKIND: {7}HybridService\nVERSION: {4}v1alpha1\n\nDESCRIPTION:\n {4}\S/);
  assert.match(out, / {2}spec\t<Object> -required-\n/);
  for (const line of out.split("\n")) assert.ok(line.length <= 80, line);
});

test("a path leads into lists, maps and metadata; groups and versions have dots of their own", async () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      "hybridservices.spec.backends.tls",
      /FIELD: tls <Object>\ndefault: [\s\S]* {2}mode\t<string>\n {2}enum: Disabled, /,
    ],
    ["gateways.gateway.networking.k8s.io.spec.listeners.port", /FIELD: port <integer>\nminimum: 1\n/],
    ["secret.metadata.ownerReferences", /FIELD: ownerReferences <\[\]Object>[\s\S]* {2}uid\t<string> -required-/],
    ["service.spec.ports.targetPort", /FIELD: targetPort <IntOrString>/],
    ["event.involvedObject", /KIND: {7}Event\n/],
  ];
  for (const [words, expected] of cases) {
    const { out, code } = await landbridge(["explain", words]);
    assert.match(out, expected, words);
    assert.equal(code, 0);
  }
});

test("--recursive lists every field with its type; the schema itself is printed as YAML", async () => {
  const [tree, schema] = await Promise.all([
    landbridge(["explain", "hsvc.spec", "--recursive"]),
    landbridge(["explain", "hsvc.spec", "-o", "yaml"]),
  ]);
  assert.match(tree.out, /\n {2}backends\t<\[\]Object> -required-\n {4}name\t<string> -required-\n/);
  assert.ok(Object.hasOwn(parse(schema.out).properties, "backends"));
});

test("a field, a kind and a version that aren't there are problems that say what is", async () => {
  const [field, kind, version] = await Promise.all([
    landbridge(["explain", "hsvc.spec.bakends"]),
    landbridge(["explain", "pods"]),
    landbridge(["explain", "hsvc", "--api-version", "landbridge.dev/v9"]),
  ]);
  assert.match(field.err, /no field "bakends"; did you mean backends\? \(LB6243\)\n {2}hint: /);
  assert.match(kind.err, /doesn't have a resource type "pods".*\(LB6201\)/);
  assert.match(version.err, /isn't known in landbridge\.dev\/v9; it is in landbridge\.dev\/v1alpha1 \(LB6201\)/);
  assert.deepEqual([field.code, kind.code, version.code], [1, 1, 1]);
});
