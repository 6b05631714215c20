import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, decode, encode } from "dns-packet";
import { readAddresses } from "../../../src/discovery/dns/answer.ts";

const NAME = "front.test";

function response(flags: number, answers: Answer[], authorities: Answer[] = []) {
  return decode(
    encode({ type: "response", id: 1, flags, questions: [{ type: "A", name: NAME }], answers, authorities }),
  );
}

const address = (name: string, ttl: number): Answer => ({ type: "A", name, ttl, data: "10.0.0.1" });
const alias = (name: string, ttl: number, data: string): Answer => ({ type: "CNAME", name, ttl, data });
const soa = (ttl: number, minimum: number): Answer => ({
  type: "SOA",
  name: "test",
  ttl,
  data: { mname: "ns.test", rname: "admin.test", serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
});

test("an answer holds as long as the shortest of its records, aliases included", () => {
  const packet = response(0, [alias(NAME, 20, "b.test"), address("b.test", 300), address("b.test", 100)]);
  assert.deepEqual(readAddresses(packet, NAME, "A"), { kind: "records", values: ["10.0.0.1", "10.0.0.1"], ttl: 20 });
});

test("names are compared without regard to case", () => {
  assert.equal(readAddresses(response(0, [address("FRONT.Test", 5)]), NAME, "A").kind, "records");
});

test("records of other names are not taken", () => {
  assert.equal(readAddresses(response(0, [address("evil.test", 5)]), NAME, "A").kind, "none");
});

test("that a name doesn't exist holds for the smaller of the SOA's TTL and minimum", () => {
  assert.deepEqual(readAddresses(response(3, [], [soa(60, 7)]), NAME, "A"), { kind: "none", ttl: 7 });
  assert.deepEqual(readAddresses(response(3, [], [soa(6, 70)]), NAME, "A"), { kind: "none", ttl: 6 });
});

test("an alias to nowhere is an alias; one whose end is known to have no records is none", () => {
  const bare = readAddresses(response(0, [alias(NAME, 9, "b.test")]), NAME, "A");
  assert.deepEqual(bare, { kind: "alias", target: "b.test", ttl: 9 });
  assert.equal(readAddresses(response(0, [alias(NAME, 9, "b.test")], [soa(5, 5)]), NAME, "A").kind, "none");
});

test("an error code is a failure with its name", () => {
  assert.deepEqual(readAddresses(response(5, []), NAME, "A"), { kind: "failed", code: "LB5005", why: "REFUSED" });
});
