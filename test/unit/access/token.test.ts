import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { makeToken, parseToken, sameHash, TOKEN_PATTERN } from "../../../src/access/token.ts";

const random = fc.uint8Array({ minLength: 32, maxLength: 32 });
const name = fc.constantFrom("a", "ci.shop", "deploy-1", "bootstrap-admin", `${"a".repeat(253)}`);

test("a token gives its name and its hash back, and shows neither secret nor name in the hash", () => {
  fc.assert(
    fc.property(name, random, (name, bytes) => {
      const { token, hash } = makeToken(name, bytes);
      assert.match(token, TOKEN_PATTERN);
      assert.deepEqual(parseToken(token), { name, hash });
      assert.equal(hash, createHash("sha256").update(token).digest("hex"));
    }),
  );
});

test("a token with any one character changed, added or gone is none", () => {
  fc.assert(
    fc.property(name, random, fc.nat(), fc.constantFrom("", "a", "B", "_", "ab"), (name, bytes, place, text) => {
      const { token } = makeToken(name, bytes);
      const at = place % token.length;
      if (token[at] === text) return;
      assert.equal(parseToken(token.slice(0, at) + text + token.slice(at + 1)), undefined);
    }),
    { numRuns: 2000 },
  );
});

test("what isn't a token is told without work, however long it is", () => {
  for (const text of ["", "lbt_", "Bearer x", "lbt__x_y", `lbt_a_${"a".repeat(43)}_00000000`, "a".repeat(1_000_000)]) {
    assert.equal(parseToken(text), undefined);
  }
  const { token } = makeToken("a", new Uint8Array(32));
  for (const text of [`${token}\n`, ` ${token}`, token.toUpperCase()]) assert.equal(parseToken(text), undefined);
});

test("a name that can't be an AccessToken's, and a secret that is too short, make no token", () => {
  for (const bad of ["", "A", "a_b", "a/b", "../x", "-a"]) {
    assert.throws(() => makeToken(bad, new Uint8Array(32)), RangeError, bad);
  }
  assert.throws(() => makeToken("a", new Uint8Array(31)), RangeError);
});

test("hashes are the same only if they are whole", () => {
  assert.ok(sameHash("ab", "ab"));
  for (const other of ["", "a", "aB", "abc", "ba"]) assert.ok(!sameHash("ab", other));
});
