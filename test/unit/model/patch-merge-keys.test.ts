import assert from "node:assert/strict";
import { it } from "node:test";
import { API_KINDS } from "../../../src/model/api-kinds.ts";
import { jsonSchemaOf } from "../../../src/model/json-schema.ts";
import { patchStrategyOf } from "../../../src/model/patch-merge-keys.ts";

it("lists are patched as the tags of Kubernetes' types say", () => {
  const ports = { mergeKey: "port", listMapKeys: ["port", "protocol"] };
  const conditions = { mergeKey: "type", listMapKeys: ["type"] };
  for (const [kind, path, strategy] of [
    ["Service", "spec.ports", ports],
    ["Service", "status.conditions", conditions],
    ["Service", "spec.externalIPs", "atomic"],
    ["Service", "spec.clusterIPs", "atomic"],
    ["Service", "status.loadBalancer.ingress", "atomic"],
    ["Namespace", "status.conditions", conditions],
    ["Namespace", "spec.finalizers", "atomic"],
    ["EndpointSlice", "endpoints", "atomic"],
    ["EndpointSlice", "ports", "atomic"],
    ["Role", "rules", "atomic"],
    ["RoleBinding", "subjects", "atomic"],
    ["ClusterRole", "aggregationRule.clusterRoleSelectors", "atomic"],
    ["Secret", "__proto__", "atomic"],
    ["__proto__", "spec.ports", "atomic"],
  ] as const) {
    assert.deepEqual(patchStrategyOf(kind, path.split(".")), strategy, `${kind} ${path}`);
  }
  for (const { kind } of API_KINDS) {
    assert.deepEqual(patchStrategyOf(kind, ["metadata", "ownerReferences"]), { mergeKey: "uid", listMapKeys: ["uid"] });
    assert.equal(patchStrategyOf(kind, ["metadata", "finalizers"]), "set");
    assert.equal(patchStrategyOf(kind, ["metadata", "managedFields"]), "atomic");
  }
});

it("the keys by which entries are merged are fields that entries have", () => {
  for (const definition of API_KINDS) {
    const { spec, status } = jsonSchemaOf(definition).properties ?? {};
    for (const [top, fields] of Object.entries({ spec: spec?.properties, status: status?.properties })) {
      for (const [name, { items }] of Object.entries(fields ?? {})) {
        const strategy = patchStrategyOf(definition.kind, [top, name]);
        if (typeof strategy === "string") continue;
        for (const key of strategy.listMapKeys)
          assert.ok(items?.properties?.[key], `${definition.kind} ${name} ${key}`);
      }
    }
  }
});
