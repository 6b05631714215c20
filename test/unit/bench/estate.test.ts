import assert from "node:assert/strict";
import { test } from "node:test";
import { estateFiles, MOVING_SERVICES, SERVICES_PER_PLATFORM } from "../../../bench/estate/estate.ts";
import { parse } from "../../../src/model/parse.ts";
import { compileObjects } from "../../support/compile-objects.ts";

const HOSTS = SERVICES_PER_PLATFORM + 1;
const files = estateFiles({ hosts: HOSTS, port: 8080, origins: { a: 8010, b: 8020 } });
const parsed = Array.from(files, ([path, text]) => parse(text, path));
const objects = parsed.flatMap((each) => each.objects.map(({ resource }) => resource));

test("the estate that benchmarks run on is valid", () => {
  assert.deepEqual(
    parsed.flatMap(({ problems }) => problems),
    [],
  );
});

test("every host of it is served, and every leg has an endpoint", () => {
  const { resources } = compileObjects(objects);
  const made = [...resources.values()].flat();
  const count = (type: string) => made.filter((resource) => resource.type === type).length;
  // Wildcard hosts share one more.
  assert.equal(count("RouteConfiguration"), HOSTS + 1);
  assert.equal(count("Cluster"), HOSTS + MOVING_SERVICES);
  assert.equal(count("ClusterLoadAssignment"), HOSTS + MOVING_SERVICES);
});
