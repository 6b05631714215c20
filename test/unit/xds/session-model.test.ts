/** Random publications, answers, refusals, reconnects and restarts against clients that behave as Envoy does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedEnvoy } from "../../support/simulated-envoy.ts";
import { type EstateEdit, SimulatedEstate } from "../../support/simulated-estate.ts";
import { SimulatedFleet } from "../../support/simulated-fleet.ts";

type Step =
  | { readonly do: "edit"; readonly edit: EstateEdit }
  | { readonly do: "speak" | "listen" | "reconnect"; readonly client: number }
  | { readonly do: "pass"; readonly milliseconds: number }
  | { readonly do: "join" | "restart" };

const MOST_CLIENTS = 3;

function steps(badShare: number): fc.Arbitrary<Step[]> {
  const edit = fc.record({
    kind: fc.constantFrom<EstateEdit["kind"][]>(
      "route",
      "route",
      "route",
      "removeHost",
      "endpoints",
      "cluster",
      "secret",
      "listener",
      "weights",
      "renewCluster",
    ),
    host: fc.nat(3),
    cluster: fc.nat(4),
    second: fc.nat(4),
    isBad: fc.nat(99).map((value) => value < badShare),
  });
  const client = fc.nat(MOST_CLIENTS - 1);
  return fc.array(
    fc.oneof(
      { weight: 5, arbitrary: edit.map((each): Step => ({ do: "edit", edit: each })) },
      { weight: 12, arbitrary: client.map((each): Step => ({ do: "listen", client: each })) },
      { weight: 12, arbitrary: client.map((each): Step => ({ do: "speak", client: each })) },
      { weight: 1, arbitrary: client.map((each): Step => ({ do: "reconnect", client: each })) },
      { weight: 1, arbitrary: fc.nat(3000).map((milliseconds): Step => ({ do: "pass", milliseconds })) },
      { weight: 1, arbitrary: fc.constantFrom<Step[]>({ do: "join" }, { do: "restart" }) },
    ),
    { minLength: 20, maxLength: 200, size: "max" },
  );
}

class World {
  fleet = new SimulatedFleet();
  readonly estate = new SimulatedEstate();
  readonly clients: SimulatedEnvoy[] = [];

  constructor() {
    this.fleet.publish(this.estate.edit({ kind: "route", host: 0, cluster: 0, second: 1, isBad: false }));
    this.join();
  }

  run(step: Step): void {
    switch (step.do) {
      case "edit":
        this.fleet.publish(this.estate.edit(step.edit));
        break;
      case "speak":
      case "listen":
      case "reconnect":
        this.clients[step.client % this.clients.length]?.[step.do]();
        break;
      case "pass":
        this.pass(step.milliseconds);
        break;
      case "join":
        if (this.clients.length < MOST_CLIENTS) this.join();
        break;
      case "restart":
        this.fleet = new SimulatedFleet();
        this.fleet.publish(this.estate.all());
        for (const client of this.clients) client.reconnect(this.fleet);
        break;
    }
  }

  join(): void {
    this.clients.push(new SimulatedEnvoy(this.fleet, ["r"]));
  }

  pass(milliseconds: number): void {
    // Envoy says what it has to say at once; only the network may split it up.
    for (const client of this.clients) while (client.speak());
    this.fleet.advance(milliseconds);
    for (const client of this.clients) client.timePasses();
  }

  /** Lets everyone talk until nobody has anything to say. */
  settle(): void {
    for (let round = 0; round < 10; round++) {
      for (let messages = 0; ; messages++) {
        assert.ok(messages < 10_000, "the talking has no end");
        let talked = false;
        for (const client of this.clients) {
          talked = client.speak() || talked;
          talked = client.listen() || talked;
        }
        if (!talked) break;
      }
      this.pass(20_000);
    }
  }
}

function check(world: World): void {
  for (const client of world.clients) assert.deepEqual(client.violations, []);
}

test("whatever happens, no client breaks a reference, is flooded or is sent what it has; in the end all are in sync", () => {
  fc.assert(
    fc.property(steps(0), (sequence) => {
      const world = new World();
      for (const step of sequence) {
        world.run(step);
        check(world);
      }
      world.settle();
      check(world);
      for (const client of world.clients) {
        const snapshot = client.stream.session.snapshot();
        assert.deepEqual([...snapshot.outstanding], []);
        assert.equal(snapshot.acknowledgedSequence, world.fleet.sequence);
        const held = [...client.held.values()].flatMap((byName) => [...byName.values()]);
        const names = (list: Iterable<{ type: string; name: string; version: string }>) =>
          [...list].map(({ type, name, version }) => `${type}:${name} ${version}`).sort();
        const used = [...world.estate.published.values()].filter(
          (each) => each.type !== "Secret" || isUsed(world, each),
        );
        assert.deepEqual(names(held), names(used));
      }
    }),
    { numRuns: 3000 },
  );
});

function isUsed(world: World, secret: { readonly name: string }): boolean {
  return [...world.estate.published.values()].some((each) => each.references.includes(`Secret:${secret.name}`));
}

test("refusals hold back only what needs the refused, and nothing breaks meanwhile", () => {
  fc.assert(
    fc.property(steps(15), (sequence) => {
      const world = new World();
      for (const step of sequence) {
        world.run(step);
        check(world);
      }
      world.settle();
      check(world);
      for (const client of world.clients) {
        for (const [id, resource] of world.estate.published) {
          const offered = world.fleet.wanted.offered(id);
          if (offered !== resource || !isReachable(world, id)) continue;
          const name = id.slice(id.indexOf(":") + 1);
          assert.equal(client.get(resource.type, name)?.version, resource.version, `${id} at a client`);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

/** Everything that it needs, and everything that needs it so that a client asks for it, is what it should be. */
function isReachable(world: World, id: string): boolean {
  const isFine = (each: string): boolean => world.fleet.wanted.offered(each) === world.estate.published.get(each);
  const needs = (each: string, seen = new Set<string>()): boolean => {
    if (seen.has(each)) return true;
    seen.add(each);
    if (!isFine(each)) return false;
    const resource = world.estate.published.get(each);
    const companion = each.startsWith("Cluster:") ? [`ClusterLoadAssignment:${each.slice(8)}`] : [];
    return [...(resource?.references ?? []), ...companion].every((next) => needs(next, seen));
  };
  if (!needs(id)) return false;
  if (/^(Cluster|Listener|Runtime):/.test(id)) return true;
  if (/^ScopedRouteConfiguration:/.test(id)) return isFine("Listener:l");
  if (id.startsWith("ClusterLoadAssignment:")) return isFine(`Cluster:${id.slice(22)}`);
  return [...world.estate.published].some(
    ([user, resource]) => resource.references.includes(id) && user !== id && isReachable(world, user),
  );
}
