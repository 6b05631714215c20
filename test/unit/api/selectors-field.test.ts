import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type FieldTarget, parseFieldSelector } from "../../../src/api/selectors/field-selector.ts";
import { exactFieldValue, parseFieldTerms } from "../../../src/api/selectors/field-terms.ts";

const event = {
  involvedObject: {
    kind: "HTTPRoute",
    name: "front",
    namespace: "shop",
    uid: "u1",
    apiVersion: "v1",
    fieldPath: "spec",
  },
  reason: "Refused",
  type: "Warning",
  source: { component: "gateway" },
  reportingComponent: "landbridge.dev",
};

const target = (body: unknown): FieldTarget => ({ name: "front", namespace: "shop", body: () => body });

function matches(text: string, kind: string, body: unknown = {}): boolean | string {
  const parsed = parseFieldSelector(text, kind);
  return "problem" in parsed ? parsed.problem.message : parsed.selector.matches(target(body));
}

test("objects are chosen by name, namespace and the fields of their kind", () => {
  const cases: readonly (readonly [string, string, unknown, boolean])[] = [
    ["", "HTTPRoute", {}, true],
    ["metadata.name=front", "HTTPRoute", {}, true],
    ["metadata.name==front,metadata.namespace=shop", "Gateway", {}, true],
    ["metadata.name!=front", "HTTPRoute", {}, false],
    ["metadata.namespace!=other", "HTTPRoute", {}, true],
    ["metadata.name=", "HTTPRoute", {}, false],
    [",metadata.name=front,,", "HTTPRoute", {}, true],
    ["involvedObject.kind=HTTPRoute,involvedObject.name=front", "Event", event, true],
    ["involvedObject.uid=u1,involvedObject.fieldPath=spec", "Event", event, true],
    ["involvedObject.name=other", "Event", event, false],
    ["type=Warning,reason!=Ready", "Event", event, true],
    ["source=gateway,reportingComponent=landbridge.dev", "Event", event, true],
    ["type=kubernetes.io/tls", "Secret", { type: "kubernetes.io/tls" }, true],
    ["type=Opaque", "Secret", {}, true],
    ["status.phase=Active", "Namespace", {}, true],
    ["status.phase=Terminating", "Namespace", { metadata: { deletionTimestamp: "x" } }, true],
    ["spec.type=ClusterIP", "Service", {}, true],
  ];
  for (const [text, kind, body, expected] of cases) assert.equal(matches(text, kind, body), expected, text);
});

test("other fields are refused by name, also those of other kinds", () => {
  assert.match(String(matches("spec.x=1", "HTTPRoute")), /^field label not supported: spec\.x; /);
  assert.match(String(matches("type=Opaque", "HTTPRoute")), /not supported: type/);
  assert.match(String(matches("data.password=x", "Secret")), /not supported: data\.password/);
  assert.match(String(matches("=x", "Secret")), /not supported: ;/);
});

test("what isn't a selector is refused, and values have their backslashes taken off", () => {
  for (const text of ["metadata.name", "metadata.name=a=b", "metadata.name=a\\", "metadata.name=a\\b"]) {
    assert.match(String(matches(text, "Secret")), /^invalid field selector: /, text);
  }
  const read = parseFieldTerms("a=x\\,y\\=z\\\\,b!=c");
  assert.ok("terms" in read);
  assert.deepEqual(read.terms, [
    { field: "a", isNegated: false, value: "x,y=z\\" },
    { field: "b", isNegated: true, value: "c" },
  ]);
  assert.equal(exactFieldValue(read.terms, "a"), "x,y=z\\");
  assert.equal(exactFieldValue(read.terms, "b"), undefined);
});

test("the body is read only when a field of it is asked for", () => {
  const parsed = parseFieldSelector("metadata.name=front,metadata.namespace=shop", "Secret");
  assert.ok("selector" in parsed);
  const body = () => assert.fail("the body was read");
  assert.equal(parsed.selector.matches({ name: "front", namespace: "shop", body }), true);
});

test("reading never throws, and every value can be written so that it is read again", () => {
  fc.assert(
    fc.property(fc.string(), fc.anything(), (text, body) => {
      matches(text, "Event", body);
      matches(`involvedObject.name=${text}`, "Event", body);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (value) => {
      const read = parseFieldTerms(`metadata.name=${value.replace(/[\\,=]/g, "\\$&")}`);
      assert.deepEqual(read, { terms: [{ field: "metadata.name", isNegated: false, value }] });
    }),
  );
});
