/** Make before break, exactly; and who waits for whom. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceType } from "../../../src/compiler/envoy/resource.ts";
import { change, removal, ScriptedClient } from "../../support/scripted-client.ts";
import { SimulatedFleet } from "../../support/simulated-fleet.ts";

const EVERYTHING: readonly ResourceType[] = [
  "Cluster",
  "ClusterLoadAssignment",
  "Listener",
  "ScopedRouteConfiguration",
  "RouteConfiguration",
];

/** A host "h" whose route uses cluster "a", known to the client whole. */
function settled(): { fleet: SimulatedFleet; client: ScriptedClient } {
  const fleet = new SimulatedFleet();
  fleet.publish([
    change("Cluster:a", "1"),
    change("ClusterLoadAssignment:a", "1"),
    change("Listener:l", "1"),
    change("ScopedRouteConfiguration:h", "1", "RouteConfiguration:h"),
    change("RouteConfiguration:h", "1", "Cluster:a"),
  ]);
  const client = new ScriptedClient(fleet);
  client.ask("Cluster");
  client.ask("ClusterLoadAssignment", { subscribe: ["a"] });
  client.take();
  client.ack("Cluster", "ClusterLoadAssignment");
  client.ask("Listener");
  client.ask("ScopedRouteConfiguration");
  client.take();
  client.ack("Listener", "ScopedRouteConfiguration");
  client.ask("RouteConfiguration", { subscribe: ["h"] });
  assert.deepEqual(client.take(), ["RouteConfiguration h=1"]);
  client.ack("RouteConfiguration");
  assert.equal(client.stream.session.snapshot().outstandingCount, 0);
  return { fleet, client };
}

test("a route moves once its new cluster and its endpoints are acknowledged; the old cluster goes after the move", () => {
  const { fleet, client } = settled();
  fleet.publish([
    removal("Cluster:a"),
    removal("ClusterLoadAssignment:a"),
    change("Cluster:b", "1"),
    change("ClusterLoadAssignment:b", "1"),
    change("RouteConfiguration:h", "2", "Cluster:b"),
  ]);
  assert.deepEqual(client.take(), ["Cluster b=1"]);
  client.ask("ClusterLoadAssignment", { subscribe: ["b"] });
  assert.deepEqual(client.take(), ["ClusterLoadAssignment b=1"]);
  client.ack("Cluster");
  assert.deepEqual(client.take(), [], "a cluster without acknowledged endpoints may still be warming");
  client.ack("ClusterLoadAssignment");
  assert.deepEqual(client.take(), ["RouteConfiguration h=2"]);
  client.ack("RouteConfiguration");
  assert.deepEqual(client.take(), ["Cluster -a"]);
});

test("endpoints, weights and secrets never wait, not even for an unanswered cluster", () => {
  const { fleet, client } = settled();
  client.ask("Runtime", { subscribe: ["r"] });
  client.ask("Secret", { subscribe: ["s"] });
  client.take();
  client.ack("Runtime", "Secret");
  fleet.publish([change("Cluster:slow", "1"), change("ClusterLoadAssignment:slow", "1")]);
  assert.deepEqual(client.take(), ["Cluster slow=1"]);
  fleet.publish([change("ClusterLoadAssignment:a", "2"), change("Runtime:r", "1"), change("Secret:s", "1")]);
  assert.deepEqual(client.take(), ["Secret s=1", "Runtime r=1", "ClusterLoadAssignment a=2"]);
});

test("a slow cluster holds back its own host only", () => {
  const { fleet, client } = settled();
  fleet.publish([
    change("Cluster:slow", "1"),
    change("ClusterLoadAssignment:slow", "1"),
    change("ScopedRouteConfiguration:new", "1", "RouteConfiguration:new"),
    change("RouteConfiguration:new", "1", "Cluster:slow"),
    change("RouteConfiguration:h", "2", "Cluster:a"),
  ]);
  assert.deepEqual(client.take(), ["Cluster slow=1", "RouteConfiguration h=2"]);
  const { outstanding, waitsFor } = client.stream.session.snapshot();
  const waiting = [...outstanding].map(({ id }) => [id, waitsFor(id)]);
  assert.deepEqual(
    waiting.find(([id]) => id === "ScopedRouteConfiguration:new"),
    ["ScopedRouteConfiguration:new", "Cluster:slow"],
  );
});

test("a changed cluster has its endpoints sent after it, although they are the same: it warms until they come", () => {
  const { fleet, client } = settled();
  fleet.publish([change("Cluster:a", "2")]);
  assert.deepEqual(client.take(), ["Cluster a=2", "ClusterLoadAssignment a=1"]);
});

test("a cluster that is wanted again while its removal is on its way is not routed to before it is back", () => {
  const { fleet, client } = settled();
  fleet.publish([change("Cluster:b", "1")]);
  client.take();
  client.ack("Cluster");
  fleet.publish([removal("Cluster:b")]);
  assert.deepEqual(client.take(), ["Cluster -b"]);
  fleet.publish([change("Cluster:b", "1"), change("RouteConfiguration:h", "2", "Cluster:b")]);
  assert.deepEqual(client.take(), []);
  client.ack("Cluster");
  assert.deepEqual(client.take(), ["Cluster b=1"]);
  client.ack("Cluster");
  assert.deepEqual(client.take(), ["RouteConfiguration h=2"]);
});

test("a route that was refused keeps the old one's cluster, for this proxy and for those that come later", () => {
  const { fleet, client } = settled();
  fleet.publish([
    removal("Cluster:a"),
    removal("ClusterLoadAssignment:a"),
    change("Cluster:b", "1"),
    change("RouteConfiguration:h", "bad", "Cluster:b"),
  ]);
  client.take();
  client.ack("Cluster");
  assert.deepEqual(client.take(), ["RouteConfiguration h=bad"]);
  client.refuse("RouteConfiguration", "h: no such filter");
  assert.deepEqual(client.take(), []);
  assert.deepEqual(
    fleet.refused.map(({ resource }) => resource.version),
    ["bad"],
  );

  const later = new ScriptedClient(fleet);
  later.ask("Cluster");
  assert.deepEqual(later.take(), ["Cluster a=1 b=1"]);

  fleet.publish([change("RouteConfiguration:h", "good", "Cluster:b")]);
  assert.deepEqual(client.take(), ["RouteConfiguration h=good"]);
  client.ack("RouteConfiguration");
  assert.deepEqual(client.take(), ["Cluster -a"]);
});

/** Route "h" was accepted with cluster "b" at 1 and is refused now; "b" is gone, and its 2 was never answered. */
function standingIn(): { fleet: SimulatedFleet; client: ScriptedClient } {
  const { fleet, client } = settled();
  fleet.publish([
    change("Cluster:b", "1"),
    change("ClusterLoadAssignment:b", "1"),
    change("RouteConfiguration:h", "2", "Cluster:b"),
  ]);
  client.take();
  client.ask("ClusterLoadAssignment", { subscribe: ["b"] });
  client.take();
  fleet.publish([change("Cluster:b", "2")]);
  client.ack("ClusterLoadAssignment", "Cluster");
  assert.deepEqual(client.take(), ["Cluster b=2", "ClusterLoadAssignment b=1", "RouteConfiguration h=2"]);
  client.ack("RouteConfiguration", "ClusterLoadAssignment");
  fleet.publish([
    removal("Cluster:b"),
    removal("ClusterLoadAssignment:b"),
    change("RouteConfiguration:h", "bad", "Cluster:a"),
  ]);
  client.take();
  return { fleet, client };
}

test("a route that stands in brings its cluster along, although nobody has answered the cluster's newest version", () => {
  const { fleet, client } = standingIn();
  client.refuse("RouteConfiguration", "h: no such filter");

  const later = new ScriptedClient(fleet);
  later.ask("Cluster");
  assert.deepEqual(later.take(), ["Cluster a=1 b=2"]);
  later.ask("ClusterLoadAssignment", { subscribe: ["a", "b"] });
  later.ask("RouteConfiguration", { subscribe: ["h"] });
  assert.deepEqual(later.take(), ["ClusterLoadAssignment a=1 b=1"]);
  later.ack("ClusterLoadAssignment", "Cluster");
  assert.deepEqual(later.take(), ["RouteConfiguration h=2"]);
});

test("a cluster that is refused while only a route that stands in needs it goes to nobody else and holds nothing up", () => {
  const { fleet, client } = standingIn();
  client.refuse("RouteConfiguration", "h: no such filter");
  client.refuse("Cluster", "b: no good");
  assert.deepEqual(client.take(), []);
  assert.equal(client.stream.session.snapshot().acknowledgedSequence, fleet.sequence);

  const later = new ScriptedClient(fleet);
  later.ask("Cluster");
  assert.deepEqual(later.take(), ["Cluster a=1"]);
});

test("the first answer about scopes waits for those that become ready, but not for ever", () => {
  const fleet = new SimulatedFleet();
  fleet.publish([
    change("Cluster:a", "1"),
    change("ScopedRouteConfiguration:ready", "1", "RouteConfiguration:ready"),
    change("RouteConfiguration:ready", "1"),
    change("ScopedRouteConfiguration:h", "1", "RouteConfiguration:h"),
    change("RouteConfiguration:h", "1", "Cluster:a"),
  ]);
  const client = new ScriptedClient(fleet);
  client.ask("Cluster");
  client.take();
  client.ask("ScopedRouteConfiguration");
  assert.deepEqual(client.take(), []);
  fleet.advance(2000);
  assert.deepEqual(client.take(), ["ScopedRouteConfiguration ready=1"]);
  client.ack("ScopedRouteConfiguration", "Cluster");
  assert.deepEqual(client.take(), ["ScopedRouteConfiguration h=1"]);
});

test("a client that waits for a route whose cluster will never come gets it: the listener would hang", () => {
  const { fleet, client } = settled();
  fleet.publish([change("RouteConfiguration:waited", "1", "Cluster:nowhere")]);
  client.ask("RouteConfiguration", { subscribe: ["waited"] });
  assert.deepEqual(client.take(), ["RouteConfiguration waited=1"]);
});

test("one guilty among a hundred is found, and the others are in use", () => {
  const { fleet, client } = settled();
  const names = Array.from({ length: 100 }, (_, index) => `c${index}`);
  fleet.publish(names.map((name) => change(`Cluster:${name}`, name === "c42" ? "bad" : "1")));
  let rounds = 0;
  for (let taken = client.take(); taken.length > 0; taken = client.take()) {
    rounds += 1;
    if (taken.join().includes("=bad")) client.refuse("Cluster", "it doesn't say which");
    else client.ack("Cluster");
  }
  assert.deepEqual(
    fleet.refused.map(({ resource }) => resource.name),
    ["c42"],
  );
  assert.equal(client.stream.session.snapshot().types.find(({ type }) => type === "Cluster")?.count, 100);
  assert.ok(rounds <= 2 * Math.ceil(Math.log2(100)) + 1, `${rounds} rounds`);
});

test("a listener whose port is taken is tried again with growing waits, and a new version at once", () => {
  const { fleet, client } = settled();
  fleet.publish([change("Listener:m", "1")]);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    assert.deepEqual(client.take(), ["Listener m=1"]);
    client.refuse("Listener", "cannot bind '0.0.0.0:80': Address already in use");
    assert.deepEqual(client.take(), []);
    const wait = (client.stream.wakeAt ?? 0) - fleet.now;
    waits.push(wait);
    fleet.advance(wait - 1);
    assert.deepEqual(client.take(), []);
    fleet.advance(1);
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  client.take();
  client.refuse("Listener", "cannot bind '0.0.0.0:80': Address already in use");
  fleet.publish([change("Listener:m", "2")]);
  assert.deepEqual(client.take(), ["Listener m=2"]);
  client.ack("Listener");
  assert.deepEqual(client.stream.session.snapshot().refused, []);
});

test("a push of one resource looks at that one only, however many there are", () => {
  const { fleet, client } = settled();
  fleet.publish(Array.from({ length: 12_000 }, (_, index) => change(`Cluster:n${index}`, "1")));
  client.take();
  client.ack("Cluster");
  let looks = 0;
  const offered = fleet.wanted.offered.bind(fleet.wanted);
  fleet.wanted.offered = (id) => {
    looks += 1;
    return offered(id);
  };
  fleet.publish([change("Cluster:n77", "2")]);
  assert.deepEqual(client.take(), ["Cluster n77=2"]);
  client.ack("Cluster");
  assert.ok(looks < 30, `${looks} looks`);
});

test("a client that never answers is owed one response a type, whatever is published", () => {
  const { fleet, client } = settled();
  for (let version = 2; version < 500; version++) {
    fleet.publish([
      change("Cluster:a", String(version)),
      change("ClusterLoadAssignment:a", String(version)),
      change("Listener:l", String(version)),
      change("RouteConfiguration:h", String(version), "Cluster:a"),
      change("ScopedRouteConfiguration:h", String(version), "RouteConfiguration:h"),
    ]);
  }
  assert.equal(client.stream.inbox.length, EVERYTHING.length);
});

test("a cluster that comes back before the client lost it counts as good: it can stand in again", () => {
  const { fleet, client } = settled();
  fleet.publish([change("Cluster:b", "1")]);
  client.take();
  client.ack("Cluster");
  fleet.publish([change("Cluster:c", "1")]);
  client.take();
  fleet.publish([removal("Cluster:b")]);
  fleet.publish([change("Cluster:b", "1")]);
  assert.deepEqual(client.take(), [], "one response is unanswered");
  client.ack("Cluster");
  assert.deepEqual(client.take(), []);
  fleet.publish([change("Cluster:b", "2")]);
  client.take();
  client.refuse("Cluster", "b: no good");
  assert.equal(fleet.wanted.offered("Cluster:b")?.version, "1");
});
