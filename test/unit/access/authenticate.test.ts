import assert from "node:assert/strict";
import { test } from "node:test";
import { type AccessTokenSpec, Authenticator } from "../../../src/access/authenticate.ts";
import { makeToken } from "../../../src/access/token.ts";
import type { User } from "../../../src/access/user.ts";

const NOON = Date.parse("2026-01-01T12:00:00Z");
const CI = makeToken("ci", new Uint8Array(32).fill(1));
const OTHER = makeToken("ci", new Uint8Array(32).fill(2));
const BOOTSTRAP = makeToken("bootstrap-admin", new Uint8Array(32).fill(3));

function setUp(spec?: Partial<AccessTokenSpec>) {
  const state = { now: NOON, tokens: new Map<string, AccessTokenSpec>() };
  if (spec) state.tokens.set("ci", { user: "ann", groups: ["team"], hash: CI.hash, ...spec });
  const authenticator = new Authenticator({
    token: (name) => state.tokens.get(name),
    now: () => state.now,
    bootstrapHash: BOOTSTRAP.hash,
  });
  return { state, authenticator };
}

function admit(authenticator: Authenticator, token = CI.token): User {
  const user = authenticator.authenticateToken(token);
  assert.ok("name" in user, JSON.stringify(user));
  return user;
}

function refusalOf(authenticator: Authenticator, token: string): string {
  const answer = authenticator.authenticateToken(token);
  return "refused" in answer ? answer.refused : answer.name;
}

test("a token stands for the user and groups of its AccessToken, and for everybody who is known", () => {
  const { authenticator } = setUp({ expirationTimestamp: "2026-01-01T13:00:00Z" });
  assert.deepEqual(admit(authenticator), {
    name: "ann",
    groups: ["team", "system:authenticated"],
    credential: { kind: "token", name: "ci", expires: NOON + 3_600_000 },
  });
});

test("a refusal tells the log why", () => {
  assert.equal(refusalOf(setUp({}).authenticator, OTHER.token), "unknown", "the right name with another secret");
  assert.equal(refusalOf(setUp().authenticator, CI.token), "unknown", "no such object");
  assert.equal(refusalOf(setUp({ hash: undefined }).authenticator, CI.token), "unknown", "an object without a hash");
  assert.equal(refusalOf(setUp({}).authenticator, `${CI.token}x`), "malformed");
  assert.equal(refusalOf(setUp({ expirationTimestamp: "2026-01-01T12:00:00Z" }).authenticator, CI.token), "expired");
  assert.equal(refusalOf(setUp({ expirationTimestamp: "someday" }).authenticator, CI.token), "expired");
});

test("no refusal holds a secret", () => {
  const { authenticator } = setUp({ expirationTimestamp: "2026-01-01T11:00:00Z" });
  for (const text of [CI.token, OTHER.token, `${CI.token}x`]) {
    const [, , secret = ""] = text.split("_");
    assert.ok(!JSON.stringify(authenticator.authenticateToken(text)).includes(secret));
  }
});

test("the bootstrap token is an admin's without any object, and nothing else is when there is none", () => {
  const { authenticator } = setUp();
  const user = admit(authenticator, BOOTSTRAP.token);
  assert.equal(user.name, "landbridge:bootstrap-admin");
  assert.ok(user.groups.includes("system:masters"));
  const without = new Authenticator({ token: () => undefined, now: () => NOON, bootstrapHash: undefined });
  assert.equal(refusalOf(without, BOOTSTRAP.token), "unknown");
});

test("who was let in stays until the token ends, is deleted, gets another secret or stands for somebody else", () => {
  const spec: AccessTokenSpec = {
    user: "ann",
    groups: ["team"],
    hash: CI.hash,
    expirationTimestamp: "2026-01-01T13:00:00Z",
  };
  const holdsAfter = (change: (state: ReturnType<typeof setUp>["state"]) => void) => {
    const { state, authenticator } = setUp(spec);
    const user = admit(authenticator);
    assert.ok(authenticator.stillHolds(user));
    change(state);
    return authenticator.stillHolds(user);
  };
  const become = (changed: Partial<AccessTokenSpec>) =>
    holdsAfter(({ tokens }) => tokens.set("ci", { ...spec, groups: ["team"], ...changed }));
  assert.ok(become({}), "the same once more");
  assert.ok(become({ expirationTimestamp: "2026-01-01T14:00:00Z" }), "a longer life");
  assert.ok(!become({ expirationTimestamp: "2026-01-01T11:00:00Z" }));
  assert.ok(!become({ hash: OTHER.hash }));
  assert.ok(!become({ user: "bob" }));
  assert.ok(!become({ groups: [] }));
  assert.ok(!holdsAfter(({ tokens }) => tokens.delete("ci")));
  assert.ok(!holdsAfter((state) => (state.now += 3_600_000)));
});

test("a user that authentication didn't return holds nothing", () => {
  const { authenticator } = setUp({});
  assert.ok(!authenticator.stillHolds({ ...admit(authenticator) }));
  assert.ok(authenticator.stillHolds(admit(authenticator, BOOTSTRAP.token)));
});

test("a certificate holds to its end", () => {
  const { state, authenticator } = setUp();
  const user: User = { name: "ann", groups: [], credential: { kind: "certificate", serial: "1", expires: NOON + 1 } };
  assert.ok(authenticator.stillHolds(user));
  state.now += 1;
  assert.ok(!authenticator.stillHolds(user));
});
