/** Random estates and edits against a plain reading of the rules, which looks at everything for each question. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type RbacObject, rbacKey } from "../../../src/access/policy.ts";
import { AccessPolicy } from "../../../src/access/rbac/access-policy.ts";
import { plainlyAuthorizes, plainRules, rbacObject, requestsIn, user } from "../../support/rbac-arbitraries.ts";

/** Objects of the same key replace each other, so the order of edits counts. */
const edits = fc.array(fc.record({ object: rbacObject, removed: fc.constantFrom(true, false, false, false) }), {
  minLength: 10,
  maxLength: 40,
});

function run(sequence: readonly { readonly object: RbacObject; readonly removed: boolean }[]) {
  const policy = new AccessPolicy();
  const objects = new Map<string, RbacObject>();
  for (const { object, removed } of sequence) {
    const key = rbacKey(object);
    policy.set(object);
    objects.set(key, object);
    // Some stay, some go, and some of those come back later.
    if (removed) {
      policy.remove(key);
      objects.delete(key);
    }
  }
  return { policy, objects: [...objects.values()] };
}

test("whatever roles and bindings came and went, a decision is what all objects together say", () => {
  const count = { allowed: 0, denied: 0 };
  const requests = [...requestsIn(""), ...requestsIn("shop")];
  fc.assert(
    fc.property(edits, user, (sequence, who) => {
      const { policy, objects } = run(sequence);
      for (const request of requests) {
        const { allowed, reason } = policy.authorize(who, request);
        assert.equal(allowed, plainlyAuthorizes(objects, who, request), reason);
        count[allowed ? "allowed" : "denied"]++;
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(count.allowed > 500 && count.denied > 500, `too one-sided to tell anything: ${JSON.stringify(count)}`);
});

test("the rules of a review are those that decide", () => {
  const distinct = (list: Iterable<unknown>) => [...new Set([...list].map((entry) => JSON.stringify(entry)))].sort();
  fc.assert(
    fc.property(edits, user, fc.constantFrom("", "shop"), (sequence, who, namespace) => {
      const { policy, objects } = run(sequence);
      const held = plainRules(objects, who, namespace);
      assert.deepEqual(distinct(policy.heldRules(who, namespace)), distinct(held));
      const { resourceRules, nonResourceRules } = policy.rulesFor(who, namespace);
      assert.equal(resourceRules.length, distinct(held.filter(({ resources }) => resources)).length);
      const everywhere = plainRules(objects, who, "");
      assert.equal(nonResourceRules.length, distinct(everywhere.filter((rule) => rule.nonResourceURLs)).length);
    }),
    { numRuns: 500 },
  );
});
