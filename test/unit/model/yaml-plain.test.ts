import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readDocument, splitDocuments } from "../../../src/model/yaml-documents.ts";
import { readPlainDocument } from "../../../src/model/yaml-plain.ts";
import { yamlValue } from "../../../src/model/yaml-value.ts";
import { mutated, piecedText, resourceText, wellFormedText } from "../../support/yaml-arbitraries.ts";

describe("the quick YAML reader", () => {
  it("reads what it reads as the library does", () => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.oneof(wellFormedText, mutated(wellFormedText), resourceText, mutated(resourceText), piecedText),
        (text) => {
          for (const part of splitDocuments(text)) read += compare(part.text) ? 1 : 0;
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 2000) },
    );
    assert.ok(read > 200, `it read ${read} documents: the test compares too little`);
  });

  it("reads what people write", () => {
    const read = readPlainDocument(`---
# a comment
kind: HTTPRoute # another
spec:
  list:
  - a: 1
    b: [ x, "y z", { c: 'it''s' } ]

  - -1.5
  - - nested
  url: http://a.example.com:80/b#c
  empty:
  quoted: "# no comment"
  truth: true
`);
    assert.deepEqual(read?.value, {
      kind: "HTTPRoute",
      spec: {
        list: [{ a: 1, b: ["x", "y z", { c: "it's" }] }, -1.5, ["nested"]],
        url: "http://a.example.com:80/b#c",
        quoted: "# no comment",
        truth: true,
      },
    });
  });
});

/** Whether there was anything to compare. */
function compare(text: string): boolean {
  const plain = readPlainDocument(text);
  if (!plain) return false;
  const document = readDocument(text);
  assert.equal(document.kind, "read", text);
  if (document.kind !== "read") return false;
  const { value, mistakes } = yamlValue(document.root);
  assert.deepEqual(mistakes, [], text);
  assert.deepEqual(plain.value, value, text);
  assert.equal(plain.offset, document.root.range[0], text);
  return true;
}
