import assert from "node:assert/strict";
import { test } from "node:test";
import { WantedResources } from "../../../src/xds/wanted-resources.ts";
import { change, removal } from "../../support/scripted-client.ts";

const ids = (changes: readonly { readonly id: string }[]): string[] => changes.map(({ id }) => id).sort();

test("an equal version is no change", () => {
  const wanted = new WantedResources();
  assert.deepEqual(ids(wanted.apply([change("Cluster:a", "1")], 1)), ["Cluster:a"]);
  assert.deepEqual(wanted.apply([change("Cluster:a", "1")], 2), []);
  assert.equal(wanted.sequence, 2);
});

test("the last good version is offered with all that it needs, and let go with the refused one", () => {
  const wanted = new WantedResources();
  wanted.apply(
    [
      change("RouteConfiguration:r", "1", "Cluster:a"),
      change("Cluster:a", "1", "Secret:s"),
      change("ClusterLoadAssignment:a", "1"),
      change("Secret:s", "1"),
    ],
    1,
  );
  for (const id of ["RouteConfiguration:r", "Cluster:a", "ClusterLoadAssignment:a", "Secret:s"]) wanted.accept(id, "1");
  wanted.apply(
    [
      removal("Secret:s"),
      removal("ClusterLoadAssignment:a"),
      removal("Cluster:a"),
      change("RouteConfiguration:r", "2"),
    ],
    2,
  );
  wanted.refuse("RouteConfiguration:r", { version: "2", message: "no" });
  assert.equal(wanted.offered("RouteConfiguration:r")?.version, "1");
  for (const id of ["Cluster:a", "ClusterLoadAssignment:a", "Secret:s"]) assert.equal(wanted.offered(id)?.version, "1");

  wanted.apply([change("RouteConfiguration:r", "3")], 3);
  assert.deepEqual(ids(wanted.accept("RouteConfiguration:r", "3")), [
    "Cluster:a",
    "ClusterLoadAssignment:a",
    "Secret:s",
  ]);
  assert.deepEqual([...wanted.offeredOf("Cluster"), ...wanted.offeredOf("Secret")], []);
});

test("a version that some proxy uses is not taken from the others by one that refuses it", () => {
  const wanted = new WantedResources();
  wanted.apply([change("Cluster:a", "1")], 1);
  wanted.accept("Cluster:a", "1");
  assert.deepEqual(wanted.refuse("Cluster:a", { version: "1", message: "no" }), []);
  assert.equal(wanted.offered("Cluster:a")?.version, "1");
});

test("going back to the last good version is no experiment", () => {
  const wanted = new WantedResources();
  wanted.apply([change("Cluster:a", "1")], 1);
  wanted.accept("Cluster:a", "1");
  wanted.apply([change("Cluster:a", "2")], 2);
  wanted.refuse("Cluster:a", { version: "2", message: "no" });
  wanted.apply([change("Cluster:a", "1")], 3);
  assert.deepEqual([...wanted.refused()], []);
  assert.deepEqual(wanted.refuse("Cluster:a", { version: "1", message: "no" }), []);
});

test("a refusal of a version that is no longer wanted changes nothing", () => {
  const wanted = new WantedResources();
  wanted.apply([change("Cluster:a", "1")], 1);
  wanted.apply([change("Cluster:a", "2")], 2);
  assert.deepEqual(wanted.refuse("Cluster:a", { version: "1", message: "late" }), []);
});

test("nothing is kept of what comes and goes without refusals", () => {
  const wanted = new WantedResources();
  for (let round = 0; round < 1000; round++) {
    const next = `Cluster:c${round}`;
    wanted.apply([change(next, "1"), change("RouteConfiguration:r", `${round}`, next)], 2 * round);
    wanted.accept(next, "1");
    wanted.accept("RouteConfiguration:r", `${round}`);
    wanted.apply([removal(`Cluster:c${round - 1}`)], 2 * round + 1);
  }
  assert.deepEqual([...wanted.offeredOf("Cluster")], ["Cluster:c999"]);
});

test("what a last good version needs is still there after it came back and went again", () => {
  const wanted = new WantedResources();
  const cluster = [change("Cluster:a", "1"), change("ClusterLoadAssignment:a", "1")];
  const gone = [removal("Cluster:a"), removal("ClusterLoadAssignment:a")];
  wanted.apply([...cluster, change("RouteConfiguration:r", "1", "Cluster:a")], 1);
  for (const id of ["RouteConfiguration:r", "Cluster:a", "ClusterLoadAssignment:a"]) wanted.accept(id, "1");
  wanted.apply([...gone, change("RouteConfiguration:r", "bad1")], 2);
  wanted.apply([...cluster, change("RouteConfiguration:r", "bad2", "Cluster:a")], 3);
  wanted.apply([...gone, change("RouteConfiguration:r", "bad3")], 4);
  wanted.refuse("RouteConfiguration:r", { version: "bad3", message: "no" });
  assert.equal(wanted.offered("RouteConfiguration:r")?.version, "1");
  assert.equal(wanted.offered("Cluster:a")?.version, "1");
  assert.equal(wanted.offered("ClusterLoadAssignment:a")?.version, "1");
});

test("a refused version that was kept is tried again if it is wanted again, and let go with what needed it", () => {
  const wanted = new WantedResources();
  wanted.apply([change("Cluster:a", "1", "Secret:s"), change("RouteConfiguration:r", "1", "Cluster:a")], 1);
  wanted.apply([change("Secret:s", "1")], 2);
  wanted.accept("RouteConfiguration:r", "1");
  wanted.apply([removal("Cluster:a"), removal("Secret:s"), change("RouteConfiguration:r", "2")], 3);
  assert.equal(wanted.offered("Cluster:a")?.version, "1");
  assert.equal(wanted.offered("Secret:s")?.version, "1");

  assert.deepEqual(ids(wanted.refuse("Cluster:a", { version: "1", message: "no" })), ["Cluster:a"]);
  assert.equal(wanted.offered("Cluster:a"), undefined);
  assert.deepEqual([...wanted.refused()], [], "nobody wants it");

  wanted.apply([change("Cluster:a", "1", "Secret:s"), change("Secret:s", "1")], 4);
  assert.equal(wanted.offered("Cluster:a")?.version, "1");
  assert.deepEqual(ids(wanted.refuse("Cluster:a", { version: "1", message: "no" })), ["Cluster:a"]);

  wanted.apply([removal("Cluster:a"), removal("Secret:s")], 5);
  assert.ok(wanted.isNeeded("Cluster:a"));
  wanted.accept("RouteConfiguration:r", "2");
  for (const id of ["Cluster:a", "Secret:s"]) assert.ok(!wanted.isNeeded(id));
});
