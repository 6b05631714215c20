import assert from "node:assert/strict";
import { test } from "node:test";
import { liveState } from "../../../src/cli/apply/until-live.ts";
import { duration } from "../../../src/cli/option-values.ts";
import { parseWaitCondition } from "../../../src/cli/wait-condition.ts";
import type { ApiResource } from "../../../src/client/api-types.ts";

function withConditions(kind: string, places: readonly (readonly object[])[], generation = 2) {
  const status =
    kind === "HTTPRoute" ? { parents: places.map((conditions) => ({ conditions })) } : { conditions: places.flat() };
  return { apiVersion: "v1", kind, metadata: { name: "a", generation }, spec: { port: 80 }, status };
}

function condition(type: string, status: string, observedGeneration = 2, reason = "") {
  return { type, status, reason, message: "why", observedGeneration };
}

test("wait takes what kubectl's takes, and a condition of an earlier generation doesn't count", () => {
  const met = (words: string, object: Parameters<ReturnType<typeof parseWaitCondition>["isMet"]>[0]) =>
    parseWaitCondition(words).isMet(object);
  const live = withConditions("Gateway", [[condition("Programmed", "True")]]);
  assert.ok(met("condition=programmed", live));
  assert.ok(!met("condition=Programmed=False", live));
  assert.ok(!met("condition=Programmed", withConditions("Gateway", [[condition("Programmed", "True", 1)]])));
  const route = (...states: string[]) =>
    withConditions(
      "HTTPRoute",
      states.map((state) => [condition("Accepted", state)]),
    );
  assert.ok(met("condition=Accepted", route("True", "True")));
  assert.ok(!met("condition=Accepted", route("True", "False")));
  assert.ok(!met("condition=Accepted", route()));
  assert.ok(met("jsonpath={.spec.port}=80", live));
  assert.ok(!met("jsonpath={.spec.port}=81", live));
  assert.ok(met("jsonpath={.spec.port}", live) && !met("jsonpath={.spec.nope}", live));
  assert.ok(met("delete", undefined) && !met("delete", live) && met("create", live));
  for (const words of ["", "condition=", "ready", "jsonpath={range}"]) assert.throws(() => parseWaitCondition(words));
});

test("an object is live when all places say so of its generation; a refusal is told apart from waiting", () => {
  const state = (kind: string, ...places: (readonly object[])[]) =>
    liveState({ resource: { kind } as ApiResource, generation: 2 }, withConditions(kind, places));
  const accepted = condition("Accepted", "True");
  const programmed = condition("Programmed", "True");
  assert.equal(state("HTTPRoute", [accepted, programmed], [accepted, programmed]).kind, "live");
  assert.equal(
    state("HTTPRoute", [accepted, programmed], [accepted, condition("Programmed", "True", 1)]).kind,
    "pending",
  );
  const pending = condition("Programmed", "False", 2, "Pending");
  assert.equal(state("HybridService", [accepted, pending]).kind, "pending");
  const refused = state("HTTPRoute", [accepted, pending], [accepted, condition("Programmed", "False", 2, "Invalid")]);
  assert.deepEqual(refused, { kind: "refused", reason: "Programmed is False (Invalid): why" });
  // What isn't accepted is told as such, not as its consequence.
  const notAccepted = [
    condition("Accepted", "False", 2, "NoMatchingParent"),
    condition("Programmed", "False", 2, "Invalid"),
  ];
  assert.deepEqual(state("Gateway", notAccepted), {
    kind: "refused",
    reason: "Accepted is False (NoMatchingParent): why",
  });
  assert.equal(state("HTTPRoute").kind, "pending");
  assert.equal(state("Platform", [accepted]).kind, "live");
  assert.equal(liveState({ resource: { kind: "Gateway" } as ApiResource, generation: 1 }, undefined).kind, "refused");
});

test("times need a unit", () => {
  assert.deepEqual(["90s", "1h30m", "30d", "1.5s", "0s"].map(duration), [90_000, 5_400_000, 2_592_000_000, 1_500, 0]);
  for (const words of ["", "5", "1x", "s", "1s 2", "-1s"]) assert.throws(() => duration(words));
});
