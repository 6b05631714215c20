/** Subscriptions: what a client asks for is what it gets. Rules cited are of the xDS protocol. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { change, removal, ScriptedClient } from "../../support/scripted-client.ts";
import { SimulatedFleet } from "../../support/simulated-fleet.ts";

function start(...changes: Parameters<SimulatedFleet["publish"]>[0]): {
  fleet: SimulatedFleet;
  client: ScriptedClient;
} {
  const fleet = new SimulatedFleet();
  fleet.publish(changes);
  return { fleet, client: new ScriptedClient(fleet) };
}

test("a first request without names asks for everything, of the types that have a wildcard", () => {
  const { client } = start(change("Cluster:a", "1"), change("ClusterLoadAssignment:a", "1"));
  client.ask("Cluster");
  client.ask("ClusterLoadAssignment");
  assert.deepEqual(client.take(), ["Cluster a=1"]);
});

test("a wildcard over nothing is answered with nothing: Envoy waits for an answer", () => {
  const { client } = start();
  client.ask("Cluster");
  client.ask("Listener");
  assert.deepEqual(client.take(), ["Cluster", "Listener"]);
});

test("names only get names; an explicit wildcard gets everything; its end leaves the names", () => {
  const { fleet, client } = start(change("Cluster:a", "1"), change("Cluster:b", "1"));
  client.ask("Cluster", { subscribe: ["a"] });
  assert.deepEqual(client.take(), ["Cluster a=1"]);
  client.ack("Cluster");
  client.ask("Cluster", { subscribe: ["*"] });
  assert.deepEqual(client.take(), ["Cluster a=1 b=1"]);
  client.ack("Cluster");
  client.ask("Cluster", { unsubscribe: ["*"] });
  fleet.publish([change("Cluster:a", "2"), change("Cluster:b", "2")]);
  assert.deepEqual(client.take(), ["Cluster a=2"]);
});

test("a legacy wildcard goes on when a name is added", () => {
  const { fleet, client } = start(change("Cluster:a", "1"));
  client.ask("Cluster");
  client.take();
  client.ack("Cluster");
  client.ask("Cluster", { subscribe: ["a"] });
  assert.deepEqual(client.take(), ["Cluster a=1"]);
  client.ack("Cluster");
  fleet.publish([change("Cluster:b", "1")]);
  assert.deepEqual(client.take(), ["Cluster b=1"]);
});

test("a name that is given up under a wildcard is answered: the client can't know whether it still is covered", () => {
  const { client } = start(change("Cluster:a", "1"));
  client.ask("Cluster", { subscribe: ["*", "a", "gone"] });
  assert.deepEqual(client.take(), ["Cluster a=1 -gone"]);
  client.ack("Cluster");
  client.ask("Cluster", { unsubscribe: ["a", "gone"] });
  assert.deepEqual(client.take(), ["Cluster a=1 -gone"]);
});

test("subscribing again sends again although the version is equal, also when both were asked for at once", () => {
  const { client } = start(change("ClusterLoadAssignment:a", "1"));
  client.ask("ClusterLoadAssignment", { subscribe: ["a"] });
  assert.deepEqual(client.take(), ["ClusterLoadAssignment a=1"]);
  client.ack("ClusterLoadAssignment");
  client.ask("ClusterLoadAssignment", { subscribe: ["a"], unsubscribe: ["a"] });
  assert.deepEqual(client.take(), ["ClusterLoadAssignment a=1"]);
});

test("giving a name up and taking it again while it is on its way sends it once more", () => {
  const { client } = start(change("ClusterLoadAssignment:a", "1"));
  client.ask("ClusterLoadAssignment", { subscribe: ["a"] });
  client.take();
  client.ask("ClusterLoadAssignment", { unsubscribe: ["a"] });
  client.ask("ClusterLoadAssignment", { subscribe: ["a"] });
  assert.deepEqual(client.take(), [], "one response is unanswered");
  client.ack("ClusterLoadAssignment");
  assert.deepEqual(client.take(), ["ClusterLoadAssignment a=1"]);
});

test("what is not there is answered so that Envoy can go on, and sent once it is there", () => {
  const { fleet, client } = start();
  client.ask("ClusterLoadAssignment", { subscribe: ["a"] });
  client.ask("Runtime", { subscribe: ["r"] });
  client.ask("Secret", { subscribe: ["s"] });
  assert.deepEqual(client.take(), ["ClusterLoadAssignment -a", "Runtime -r", "Secret -s"]);
  client.ack("ClusterLoadAssignment", "Runtime");
  client.refuse("Secret", "Missing SDS resources");
  fleet.publish([change("ClusterLoadAssignment:a", "1"), change("Runtime:r", "1"), change("Secret:s", "1")]);
  assert.deepEqual(client.take(), ["Secret s=1", "Runtime r=1", "ClusterLoadAssignment a=1"]);
});

test("who comes back is sent only what differs, and told what no longer exists", () => {
  const { client } = start(change("Cluster:a", "1"), change("Cluster:b", "2"), change("Cluster:c", "1"));
  const initialVersions = new Map([
    ["a", "1"],
    ["b", "1"],
    ["x", "1"],
  ]);
  client.ask("Listener");
  client.ask("ScopedRouteConfiguration");
  client.ask("RouteConfiguration");
  client.take();
  client.ask("Cluster", { initialVersions });
  assert.deepEqual(client.take(), ["Cluster b=2 c=1 -x"]);
});

test("who comes back and has everything is sent nothing", () => {
  const { client } = start(change("Cluster:a", "1"), change("ClusterLoadAssignment:a", "1"));
  client.ask("Cluster", { initialVersions: new Map([["a", "1"]]) });
  client.ask("ClusterLoadAssignment", { subscribe: ["a"], initialVersions: new Map([["a", "1"]]) });
  assert.deepEqual(client.take(), []);
  assert.equal(client.stream.session.snapshot().outstandingCount, 0);
});

test("who comes back keeps a cluster until all routes that it may hold are known", () => {
  const { fleet, client } = start();
  client.ask("Cluster", { initialVersions: new Map([["old", "1"]]) });
  assert.deepEqual(client.take(), []);
  fleet.advance(5000);
  assert.deepEqual(client.take(), ["Cluster -old"]);
});

test("an answer to an old response settles nothing, but its subscriptions count", () => {
  const { fleet, client } = start(change("ClusterLoadAssignment:a", "1"), change("ClusterLoadAssignment:b", "1"));
  client.ask("ClusterLoadAssignment", { subscribe: ["a"] });
  client.take();
  client.ask("ClusterLoadAssignment", { nonce: "stale", subscribe: ["b"] });
  fleet.publish([change("ClusterLoadAssignment:a", "2")]);
  assert.deepEqual(client.take(), []);
  client.ack("ClusterLoadAssignment");
  assert.deepEqual(client.take(), ["ClusterLoadAssignment b=1 a=2"]);
});

test("a type that is never served is answered, so that nobody waits for it", () => {
  const { fleet, client } = start();
  const typeUrl = "type.googleapis.com/envoy.config.route.v3.VirtualHost";
  const base = { subscribe: ["v"], unsubscribe: [], initialVersions: new Map(), nonce: "", error: undefined };
  fleet.receive(client.stream, { typeUrl, ...base });
  assert.deepEqual(client.take(), [`${typeUrl} -v`]);
});

test("changes while a response is unanswered go out together once it is answered", () => {
  const { fleet, client } = start(change("Runtime:r", "1"), change("Runtime:q", "1"));
  client.ask("Runtime", { subscribe: ["r", "q"] });
  client.take();
  for (let version = 2; version < 100; version++) fleet.publish([change("Runtime:r", String(version))]);
  fleet.publish([change("Runtime:q", "2")]);
  assert.deepEqual(client.take(), []);
  client.ack("Runtime");
  assert.deepEqual(client.take(), ["Runtime r=99 q=2"]);
});

test("a change that was taken back before it was sent is not sent", () => {
  const { fleet, client } = start(change("Runtime:r", "1"), change("Runtime:q", "1"));
  client.ask("Runtime", { subscribe: ["r", "q"] });
  client.take();
  fleet.publish([change("Runtime:r", "2")]);
  fleet.publish([change("Runtime:r", "1"), removal("Runtime:x")]);
  client.ack("Runtime");
  assert.deepEqual(client.take(), []);
});
