/** Random publications, answers, refusals, reconnects and restarts against clients that behave as Envoy does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { steps, World } from "../../support/simulated-world.ts";

const RUNS = 400;

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
    { numRuns: RUNS },
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
    { numRuns: RUNS },
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

test("without references the same edits break clients: the order of pushes is what protects them", () => {
  const result = fc.check(
    fc.property(steps(0), (sequence) => {
      const world = new World(false);
      for (const step of sequence) world.run(step);
      world.settle();
      check(world);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  assert.ok(result.failed, "no client was broken");
  assert.match(String(result.errorInstance), /which is (missing|warming)/);
});
