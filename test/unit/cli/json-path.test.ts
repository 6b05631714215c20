import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseTemplate, renderTemplate } from "../../../src/cli/json-path.ts";

const object = {
  metadata: { name: "edge", annotations: { "landbridge.dev/origin": "a.yaml:1:1" } },
  spec: {
    listeners: [
      { name: "http", port: 80 },
      { name: "https", port: 443 },
    ],
  },
  status: {
    conditions: [
      { type: "Accepted", status: "True" },
      { type: "Programmed", status: "False" },
    ],
  },
};

const render = (words: string, value: unknown = object): string => {
  const parsed = parseTemplate(words);
  assert.ok("template" in parsed, JSON.stringify(parsed));
  return renderTemplate(parsed.template, value);
};

test("templates give what kubectl's users expect of them", () => {
  const cases: readonly (readonly [template: string, expected: string])[] = [
    ["{.metadata.name}", "edge"],
    ["{$.metadata.name}", "edge"],
    [".metadata.name", "edge"],
    ["name: {.metadata.name}!", "name: edge!"],
    ["{.spec.listeners[*].port}", "80 443"],
    ["{.spec.listeners[1].name} {.spec.listeners[-1].port}", "https 443"],
    ["{.spec.listeners[-2]}", '{"name":"http","port":80}'],
    ["{.metadata.annotations.landbridge\\.dev/origin}", "a.yaml:1:1"],
    ["{.metadata.annotations['landbridge.dev/origin']}", "a.yaml:1:1"],
    ['{.status.conditions[?(@.type=="Programmed")].status}', "False"],
    ["{.status.conditions[?(@.type!='Programmed')].type}", "Accepted"],
    ["{.spec.listeners[?(@.port==443)].name}", "https"],
    ['{.metadata.name}{"\\t"}{.spec.listeners[0].port}{"\\n"}', "edge\t80\n"],
    ["{.nothing.here}", ""],
    ["{.metadata.name.further}", ""],
    ["{.metadata.*}", 'edge {"landbridge.dev/origin":"a.yaml:1:1"}'],
  ];
  for (const [template, expected] of cases) assert.equal(render(template), expected, template);
});

test("names that every object inherits are no fields", () => {
  assert.equal(render("{.constructor}{.metadata.toString}{.spec.listeners.length}"), "");
});

test("what isn't understood is a mistake with a reason, and nothing throws", () => {
  for (const words of ["", "{", "{.a", "}", "{range .items[*]}{end}", "{.a[}", "{.items[?(.a)]}"])
    assert.ok("mistake" in parseTemplate(words), words);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."{}.[]*?(@=)\"'\\ab0-$ ") }), fc.jsonValue(), (words, value) => {
      const parsed = parseTemplate(words);
      if ("template" in parsed) assert.equal(typeof renderTemplate(parsed.template, value), "string");
    }),
    { numRuns: 2_000 },
  );
});

test("any field can be named in brackets", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      const quoted = name.replace(/["\\]/g, (character) => `\\${character}`);
      assert.equal(render(`{["${quoted}"]}`, Object.fromEntries([[name, "here"]])), "here");
    }),
  );
});
