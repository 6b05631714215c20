/** A property over estates says little if estates are empty in the middle: these hold that they aren't. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Compiled, compile } from "../../../src/compiler/compile.ts";
import type { RouteEntry } from "../../../src/compiler/routing/routing.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";
import { estateArbitrary } from "../../support/model-arbitraries.ts";

const ESTATES = 300;

/** What a route shows of the compiler, in words. */
function featuresOf({ action, cors, externalAuth }: RouteEntry): string[] {
  const filters = [...(cors ? ["cors"] : []), ...(externalAuth ? ["external auth"] : [])];
  if (action.kind === "fail") return [...filters, `fail ${action.status}`];
  if (action.kind === "redirect") return [...filters, "redirect"];
  const kinds = new Set(action.backends.map(({ leg }) => leg?.split("/")[0] ?? "unresolved"));
  return [
    ...filters,
    "forward",
    ...(action.split !== undefined ? ["moving split"] : []),
    ...(action.stickiness.length > 0 ? ["sticky"] : []),
    ...(action.mirrors.length > 0 ? ["mirror"] : []),
    ...(kinds.has("hybrid") && kinds.has("service") ? ["hybrid beside service"] : []),
    ...(kinds.has("unresolved") && kinds.size > 1 ? ["unresolved share"] : []),
    ...(action.rewrite ? ["rewrite"] : []),
    ...(action.retry ? ["retry"] : []),
    ...(action.session ? ["session"] : []),
  ];
}

function featuresOfEstate({ routing, statuses }: Compiled): Set<string> {
  const features = new Set<string>();
  for (const gateway of routing.gateways()) {
    for (const { chains } of routing.ports(gateway))
      if (chains.some(({ tls }) => tls)) features.add("usable certificate");
    for (const { hostname, routes } of routing.hosts(gateway)) {
      if (hostname.startsWith("*") && routes.length > 0) features.add("wildcard host");
      if (routes.length > 1) features.add("competing routes");
      for (const feature of routes.flatMap(featuresOf)) features.add(feature);
    }
  }
  const reasons = JSON.stringify([...statuses.values()]);
  for (const reason of ["ProtocolConflict", "RefNotPermitted", "NoMatchingListenerHostname", "PlatformNotFound"]) {
    if (reasons.includes(`"${reason}"`)) features.add(reason);
  }
  return features;
}

test("arbitrary estates reach what the properties are about", (t) => {
  const seen = new Map<string, number>();
  for (const estate of fc.sample(estateArbitrary, { numRuns: ESTATES, seed: 20 })) {
    for (const feature of featuresOfEstate(compile(estate, [], COMPILE_OPTIONS)))
      seen.set(feature, (seen.get(feature) ?? 0) + 1);
  }
  t.diagnostic(JSON.stringify(Object.fromEntries(seen)));
  const wanted = [
    ...[
      "forward",
      "moving split",
      "sticky",
      "hybrid beside service",
      "unresolved share",
      "mirror",
      "rewrite",
      "redirect",
    ],
    ...["retry", "session", "cors", "external auth", "fail 500", "fail 421", "usable certificate", "wildcard host"],
    ...["competing routes", "ProtocolConflict", "RefNotPermitted", "NoMatchingListenerHostname", "PlatformNotFound"],
  ];
  assert.deepEqual(
    wanted.filter((feature) => (seen.get(feature) ?? 0) < ESTATES / 100),
    [],
    "in fewer than one estate of a hundred",
  );
});
