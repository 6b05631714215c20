import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { causeTypeOf } from "../../../src/api/status/cause-types.ts";
import {
  alreadyExists,
  conflict,
  expired,
  forbidden,
  internalError,
  methodNotAllowed,
  notFound,
  tooManyRequests,
} from "../../../src/api/status/failures.ts";
import { invalid } from "../../../src/api/status/invalid.ts";
import { failure, STATUS_CODES, type StatusReason, success } from "../../../src/api/status/status.ts";
import type { Finding } from "../../../src/model/mistake.ts";
import { readObject } from "../../../src/model/object-reader.ts";

const SERVICES = { group: "landbridge.dev", resource: "hybridservices" };
const SECRETS = { group: "", resource: "secrets" };

const hybridService = (spec: object) => ({
  apiVersion: "landbridge.dev/v1alpha1",
  kind: "HybridService",
  metadata: { name: "shop", namespace: "shop" },
  spec,
});

test("failures say what kubectl's users know from Kubernetes", () => {
  const messages = [
    notFound(SERVICES, "shop"),
    alreadyExists(SECRETS, "tls"),
    conflict(SECRETS, "tls", "the object has been modified"),
    forbidden(SECRETS, "", 'User "ann" cannot list resource "secrets"'),
    methodNotAllowed(SERVICES, "deletecollection"),
    internalError("x"),
  ].map(({ message }) => message);
  assert.deepEqual(messages, [
    'hybridservices.landbridge.dev "shop" not found',
    'secrets "tls" already exists',
    'Operation cannot be fulfilled on secrets "tls": the object has been modified',
    'secrets is forbidden: User "ann" cannot list resource "secrets"',
    'deletecollection is not supported on resources of kind "hybridservices.landbridge.dev"',
    "Internal error occurred: x",
  ]);
});

test("a Status is whole: kind, version, reason, code and details without what is empty", () => {
  assert.deepEqual(notFound(SECRETS, "tls"), {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: 'secrets "tls" not found',
    reason: "NotFound",
    details: { name: "tls", kind: "secrets" },
    code: 404,
  });
  assert.deepEqual(tooManyRequests("wait", 3).details, { retryAfterSeconds: 3 });
  assert.equal("details" in expired("too old"), false);
  const done = success({ name: "tls", kind: "secrets", uid: "u", group: "" });
  assert.deepEqual(
    [done.status, done.code, done.details],
    ["Success", 200, { name: "tls", kind: "secrets", uid: "u" }],
  );
});

test("every reason is sent with its code", () => {
  for (const [reason, code] of Object.entries(STATUS_CODES)) {
    assert.equal(failure(reason as StatusReason, "x").code, code);
  }
  assert.deepEqual([expired("x").code, expired("x").reason], [410, "Expired"]);
});

test("findings become causes with path, reason, code and hint, and one message that has them all", () => {
  const { findings } = readObject(
    hybridService({
      port: 80,
      protocol: "SMTP",
      backends: [{ name: "vm", platform: "datacenter" }],
      split: [{ backend: "vm", weight: -1 }],
    }),
  );
  const status = invalid({ group: "landbridge.dev", kind: "HybridService" }, "shop", findings);
  assert.equal(status.code, 422);
  const weight = "Invalid value: -1 is out of range: at least 0 is allowed (LB1105). Use a number that is at least 0.";
  const cause = status.details?.causes?.find(({ field }) => field === "spec.split[0].weight");
  assert.deepEqual(cause, { reason: "FieldValueInvalid", message: weight, field: "spec.split[0].weight" });
  const protocol = status.details?.causes?.find(({ field }) => field === "spec.protocol");
  assert.equal(protocol?.reason, "FieldValueNotSupported");
  assert.match(status.message ?? "", /^HybridService\.landbridge\.dev "shop" is invalid: \[spec\./);
  assert.ok(status.message?.includes(`spec.split[0].weight: ${weight}`));
});

test("a single finding is told without brackets, and warnings refuse nothing", () => {
  const finding: Finding = {
    code: "LB1103",
    message: "the field is required",
    hint: "Add it.",
    path: ["spec", "port"],
  };
  const status = invalid({ group: "", kind: "Service" }, "web", [
    finding,
    { ...finding, severity: "warning", path: ["spec"] },
  ]);
  assert.equal(
    status.message,
    'Service "web" is invalid: spec.port: Required value: the field is required (LB1103). Add it.',
  );
  assert.equal(status.details?.causes?.length, 1);
});

test("the reason of a cause follows from the code, and from the side of a length that is over", () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ port: 80, backends: [], split: [] }, "FieldValueTooFew"],
    [
      { port: 80, backends: Array.from({ length: 17 }, (_, i) => ({ name: `b${i}`, platform: "p" })) },
      "FieldValueTooMany",
    ],
    [{ port: "80", backends: [{ name: "vm", platform: "p" }] }, "FieldValueTypeInvalid"],
    [{ backends: [{ name: "vm", platform: "p" }] }, "FieldValueRequired"],
    [
      { port: 80, backends: [{ name: "vm", platform: "p" }], split: [{ backend: "x", weight: 1 }] },
      "FieldValueNotFound",
    ],
    [
      {
        port: 80,
        backends: [
          { name: "vm", platform: "p" },
          { name: "vm", platform: "p" },
        ],
      },
      "FieldValueDuplicate",
    ],
    [
      { port: 80, backends: [{ name: "vm", platform: "p", tls: { mode: "Simple", subjectAltNames: [""] } }] },
      "FieldValueTooShort",
    ],
    [
      {
        port: 80,
        backends: [{ name: "vm", platform: "p", tls: { mode: "Simple", subjectAltNames: ["x".repeat(513)] } }],
      },
      "FieldValueTooLong",
    ],
    [{ port: 80, backends: [{ name: "vm", platform: "p" }], colour: "red" }, "FieldValueForbidden"],
  ];
  for (const [spec, reason] of cases) {
    const types = readObject(hybridService(spec)).findings.map(causeTypeOf);
    assert.ok(types.includes(reason as never), `${reason} among ${types.join()}`);
  }
});

test("what a Secret holds is in no message", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "n" } };
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{12,20}$/), fc.constantFrom("data", "stringData"), (value, field) => {
      const bad = [
        { [field]: { key: `${value}!` } },
        { [field]: { key: [value] } },
        { [field]: value },
        { type: [value] },
      ];
      for (const body of bad) {
        const { findings } = readObject({ ...secret, ...body });
        const status = invalid({ group: "", kind: "Secret" }, "s", findings);
        assert.ok(!JSON.stringify(status).includes(value));
      }
    }),
    { numRuns: 50 },
  );
});
