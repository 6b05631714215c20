import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "../../../src/storage/canonical-json.ts";
import { EMPTY_CHAIN, followChain, nextEntry } from "../../../src/storage/journal-chain.ts";

test("equal values have equal canonical text, whatever the order of their fields, and it reads back the same", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      assert.equal(text, canonicalJson(reversed(value)));
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("canonical JSON sorts fields, and leaves out what JSON can't say", () => {
  assert.equal(
    canonicalJson({ b: 1, a: [{ d: undefined, c: "é\n" }], aa: null }),
    '{"a":[{"c":"é\\n"}],"aa":null,"b":1}',
  );
  assert.throws(() => canonicalJson(undefined), TypeError);
});

test("the hash is SHA-256 over the canonical JSON of number, time, note and previous", () => {
  const time = "2025-01-02T03:04:05.678Z";
  const entry = nextEntry(EMPTY_CHAIN, time, canonicalJson({ user: "anna" }));
  const said = canonicalJson({ number: 1, time, note: { user: "anna" }, previous: "0".repeat(64) });
  assert.equal(entry.hash, createHash("sha256").update(said).digest("hex"));
  assert.deepEqual(followChain(EMPTY_CHAIN, entry), { number: 1, hash: entry.hash });
});

test("no field of an entry can be changed unseen, not even by moving text from one to another", () => {
  const entry = nextEntry(EMPTY_CHAIN, "2025-01-02T03:04:05.678Z", '{"a":1}');
  const changes = [
    { note: '{"a":2}' },
    { note: '{"a": 1}' },
    { time: "2025-01-02T03:04:05.679Z" },
    { previous: "1".repeat(64) },
    { number: 2 },
    { hash: "0".repeat(64) },
    { note: `{"a":1},"number":1,"previous":"${entry.previous}","time":"x"}`, time: "" },
    { time: '2025-01-02T03:04:05.678Z","x":"' },
  ];
  for (const change of changes) assert.ok("broken" in followChain(EMPTY_CHAIN, { ...entry, ...change }));
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, item]) => [name, reversed(item)])
      .reverse(),
  );
}
