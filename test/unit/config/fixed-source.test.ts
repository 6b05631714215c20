import assert from "node:assert/strict";
import { test } from "node:test";
import { READY_MADE_BINDINGS, READY_MADE_ROLES } from "../../../src/access/ready-made.ts";
import { FixedSource } from "../../../src/config/fixed-source.ts";
import { readObject } from "../../../src/model/object-reader.ts";
import { UpdateLog } from "../../support/update-log.ts";

test("what is built in is valid, and is there from the first update on", async () => {
  const resources = [...READY_MADE_ROLES, ...READY_MADE_BINDINGS].map((object) => {
    const { resource, findings } = readObject(object as unknown as Record<string, unknown>);
    assert.deepEqual(findings, []);
    assert.ok(resource);
    return resource;
  });
  const log = new UpdateLog(new FixedSource("built-in", resources));
  await log.until("first update", () => true);
  assert.equal(log.objects.size, resources.length);
  assert.ok(log.objects.has("ClusterRole//landbridge:team"));
  await log.stop();
});
