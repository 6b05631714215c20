import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConditionView, StatusView } from "../../../src/client/local-types.ts";
import { conditionEvents, NO_TROUBLES, troublesOf } from "../../../src/control/events/condition-events.ts";

function status(...conditions: [type: string, status: "True" | "False", reason: string][]): StatusView {
  const lastTransitionTime = "2026-01-01T00:00:00Z";
  return {
    conditions: conditions.map(
      ([type, value, reason]): ConditionView => ({
        type,
        status: value,
        reason,
        message: `about ${reason}`,
        lastTransitionTime,
      }),
    ),
  };
}

const GOOD = status(["Accepted", "True", "Accepted"], ["Conflicted", "False", "NoConflicts"]);

test("that all goes well is no news", () => {
  assert.deepEqual(conditionEvents(NO_TROUBLES, GOOD), []);
});

test("what goes wrong is a warning, once", () => {
  const bad = status(["ResolvedRefs", "False", "BackendNotFound"]);
  assert.deepEqual(conditionEvents(NO_TROUBLES, bad), [
    { type: "Warning", reason: "BackendNotFound", message: "ResolvedRefs: about BackendNotFound" },
  ]);
  assert.deepEqual(conditionEvents(troublesOf(bad), bad), []);
});

test("another reason is news, and so is that it is good again", () => {
  const bad = troublesOf(status(["Accepted", "False", "NoMatchingParent"]));
  const worse = conditionEvents(bad, status(["Accepted", "False", "NotAllowedByListeners"]));
  assert.deepEqual(
    worse.map(({ type, reason }) => [type, reason]),
    [["Warning", "NotAllowedByListeners"]],
  );
  const good = conditionEvents(bad, GOOD);
  assert.deepEqual(
    good.map(({ type, reason }) => [type, reason]),
    [["Normal", "Accepted"]],
  );
});

test("a condition that is bad when it is True", () => {
  const [event] = conditionEvents(NO_TROUBLES, status(["Conflicted", "True", "HostnameConflict"]));
  assert.equal(event?.type, "Warning");
});

test("a change on its way is no event, neither for better nor for worse", () => {
  const pending = status(["Programmed", "False", "Pending"]);
  assert.deepEqual(conditionEvents(NO_TROUBLES, pending), []);
  assert.equal(troublesOf(pending), NO_TROUBLES);
});
