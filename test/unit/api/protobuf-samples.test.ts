import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBody } from "../../../src/api/negotiation/parse-body.ts";

interface Sample {
  /** The whole body, in base64. */
  readonly protobuf: string;
  readonly json: unknown;
}

/** Written by Kubernetes' own code: test/support/kubernetes-samples/main.go. */
function samples(name: string): readonly (readonly [kind: string, sample: Sample])[] {
  const path = new URL(`../../support/kubernetes-samples/${name}.json`, import.meta.url);
  return Object.entries(JSON.parse(readFileSync(path, "utf8")) as Record<string, Sample>);
}

function parsed({ protobuf }: Sample): unknown {
  const result = parseBody(Buffer.from(protobuf, "base64"), "protobuf");
  assert.ok("value" in result, JSON.stringify(result));
  assert.deepEqual(result.unknown, []);
  return result.value;
}

/** A field that is null is a field that isn't there, and so is a targetPort of 0. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, field]) => field !== null && !(key === "targetPort" && field === 0));
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutNulls(field)]));
}

test("objects with every field set are what they are in JSON", () => {
  for (const [kind, sample] of samples("full")) assert.deepEqual(parsed(sample), sample.json, kind);
});

test("pointers to zero are kept, other zeros are left out unless JSON always has them", () => {
  for (const [kind, sample] of samples("zero")) assert.deepEqual(parsed(sample), withoutNulls(sample.json), kind);
});

test("objects in which nothing is set are what they are in JSON", () => {
  for (const [kind, sample] of samples("empty")) assert.deepEqual(parsed(sample), withoutNulls(sample.json), kind);
});
