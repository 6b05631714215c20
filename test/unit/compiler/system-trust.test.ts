import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../../src/compiler/compile.ts";
import { parse } from "../../../src/model/parse.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";

const ESTATE = `
apiVersion: landbridge.dev/v1alpha1
kind: Platform
metadata: { name: dc }
spec: { type: Static, static: { services: [ { name: front, endpoints: [ "10.0.0.1:443" ] } ] } }
---
apiVersion: landbridge.dev/v1alpha1
kind: HybridService
metadata: { name: front, namespace: shop }
spec:
  port: 443
  backends:
  - { name: open, platform: dc }
  - { name: secure, platform: dc, host: front.internal, tls: { mode: Simple } }
  split: [ { backend: open, weight: 1 }, { backend: secure, weight: 1 } ]
`;

function compiledWith(systemTrust: string) {
  const { objects, problems } = parse(ESTATE, "estate.yaml");
  assert.deepEqual(problems, []);
  const resources = objects.map(({ resource }) => resource);
  return compile(resources, [], { ...COMPILE_OPTIONS, systemTrust: () => systemTrust });
}

function resolvedRefs({ statuses }: ReturnType<typeof compiledWith>) {
  return statuses.get("HybridService/shop/front")?.conditions?.find(({ type }) => type === "ResolvedRefs");
}

test("a leg that trusts the system says so where the system trusts nobody", () => {
  const condition = resolvedRefs(compiledWith(""));
  assert.deepEqual([condition?.status, condition?.reason], ["False", "NoSystemTrust"]);
  assert.match(condition?.message ?? "", /^backend secure: .*caCertificateRef/);
});

test("a leg that trusts the system is content where there are authorities", () => {
  assert.equal(resolvedRefs(compiledWith("-----BEGIN CERTIFICATE-----"))?.status, "True");
});
