import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatPath } from "../../../src/model/mistake.ts";
import { checkRawMeta } from "../../../src/model/object-meta.ts";
import { MODEL_PROBLEMS } from "../../../src/model/problem-codes.ts";

const OWNER = { apiVersion: "v1", kind: "Service", name: "a", uid: "1" };

function faults(metadata: unknown): string[] {
  return checkRawMeta(metadata).map(({ path, code }) => `${formatPath(path)} ${code}`);
}

describe("metadata of the API", () => {
  it("is right as Kubernetes writes it", () => {
    const metadata = {
      name: "x",
      generateName: "x-",
      finalizers: ["kubernetes", "example.com/cleanup", "foregroundDeletion"],
      ownerReferences: [{ ...OWNER, controller: true, blockOwnerDeletion: true }, OWNER],
      deletionTimestamp: "2026-01-31T12:00:00Z",
      deletionGracePeriodSeconds: 0,
      managedFields: [{ manager: "kubectl", operation: "Update", fieldsV1: { "f:spec": {} } }],
      selfLink: "",
    };
    assert.deepEqual(faults(metadata), []);
    assert.deepEqual(faults({}), []);
  });

  it("has fields of the right type", () => {
    const wrong = {
      generateName: 1,
      finalizers: "a",
      ownerReferences: [{ ...OWNER, controller: "yes" }],
      managedFields: {},
      deletionTimestamp: "soon",
      deletionGracePeriodSeconds: -1,
      selfLink: [],
    };
    for (const [field, value] of Object.entries(wrong)) {
      const findings = checkRawMeta({ name: "x", [field]: value });
      assert.equal(findings.length, 1, field);
      assert.deepEqual(findings[0]?.path.slice(0, 2), ["metadata", field]);
    }
    for (const metadata of [null, [], "x"]) assert.equal(checkRawMeta(metadata).length, 1);
  });

  it("has finalizers that are qualified names", () => {
    assert.deepEqual(faults({ finalizers: ["a", "a b", "", "a/b/c"] }), [
      "metadata.finalizers[1] LB1211",
      "metadata.finalizers[2] LB1211",
      "metadata.finalizers[3] LB1211",
    ]);
    assert.deepEqual(faults({ finalizers: ["orphan", "foregroundDeletion"] }), ["metadata.finalizers LB1382"]);
  });

  it("names owners whole, and one controller at most", () => {
    for (const field of Object.keys(OWNER)) {
      assert.deepEqual(faults({ ownerReferences: [{ ...OWNER, [field]: "" }] }), [
        `metadata.ownerReferences[0].${field} LB1106`,
      ]);
    }
    const controller = { ...OWNER, controller: true };
    assert.deepEqual(faults({ ownerReferences: [controller, OWNER, controller] }), [
      "metadata.ownerReferences[2].controller LB1380",
    ]);
    assert.deepEqual(faults({ ownerReferences: [{ ...OWNER, kind: "Event" }] }), [
      "metadata.ownerReferences[0] LB1381",
    ]);
  });

  it("has a generateName that can become a name of the kind", () => {
    assert.deepEqual(checkRawMeta({ generateName: "shop-" }, "label"), []);
    assert.deepEqual(checkRawMeta({ generateName: "" }, "label"), []);
    for (const generateName of ["Shop-", "-", "a/b", "a".repeat(64)]) {
      const [finding] = checkRawMeta({ generateName }, "label");
      assert.deepEqual(finding?.path, ["metadata", "generateName"], generateName);
    }
    assert.deepEqual(checkRawMeta({ generateName: "landbridge:" }, "pathSegment"), []);
  });

  it("gets findings with known codes for any value", () => {
    const field = fc.constantFrom(
      "finalizers",
      "ownerReferences",
      "generateName",
      "managedFields",
      "name",
      "__proto__",
    );
    fc.assert(
      fc.property(fc.dictionary(field, fc.anything()), (metadata) => {
        for (const { code, path } of checkRawMeta(metadata)) {
          assert.ok(Object.hasOwn(MODEL_PROBLEMS, code));
          assert.equal(path[0], "metadata");
        }
      }),
    );
  });
});
