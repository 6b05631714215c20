import assert from "node:assert/strict";
import { test } from "node:test";
import type { SourcedResource } from "../../../src/config/source.ts";
import { Estate } from "../../../src/control/estate.ts";
import { keyOf } from "../../../src/model/metadata.ts";
import { parse } from "../../../src/model/parse.ts";
import { makeExpired, makeMismatched, makeSelfSigned, type PemPair } from "../../support/certificates.ts";
import { COMPILE_OPTIONS } from "../../support/compile-options.ts";
import { gatewayYaml, serviceYaml } from "../../support/test-estate.ts";

const NOW = Date.now();
const IN_A_YEAR = new Date(NOW + 365 * 86_400_000);

function sourced(text: string, line = 1): SourcedResource[] {
  const { objects, problems } = parse(text, "estate.yaml");
  assert.deepEqual(problems, []);
  return objects.map(({ resource }) => ({
    resource,
    origin: { source: "estate", position: { file: "estate.yaml", line, column: 1 } },
  }));
}

function update(estate: Estate, upserts: readonly SourcedResource[], removals: readonly string[] = []) {
  return estate.applySource({ upserts, removals, problems: [] }, NOW);
}

function secretYaml({ certificate, key }: PemPair): string {
  const data = { "tls.crt": btoa(certificate), "tls.key": btoa(key) };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "web", namespace: "infra" },
    type: "kubernetes.io/tls",
    data,
  });
}

function certificateOf(estate: Estate): string | undefined {
  const resource = estate.object("Secret/infra/web")?.resource;
  return resource?.kind === "Secret" ? resource.data["tls.crt"] : undefined;
}

for (const [what, make, code] of [
  ["has expired", makeExpired, "LB2007"],
  ["doesn't match its key", makeMismatched, "LB2003"],
] as const) {
  test(`a certificate that ${what} doesn't replace one that serves, and says so as long as it is there`, async () => {
    const estate = new Estate(COMPILE_OPTIONS);
    const valid = secretYaml(await makeSelfSigned({ dnsNames: ["a.test"], notAfter: IN_A_YEAR }));
    const bad = secretYaml(await make({ dnsNames: ["a.test"] }));
    update(estate, sourced(valid));
    const before = certificateOf(estate);
    const change = update(estate, sourced(bad));
    assert.deepEqual(change.edited, []);
    assert.equal(certificateOf(estate), before);
    const told = () => estate.problems().map((problem) => [problem.code, problem.object, problem.severity]);
    assert.deepEqual(told(), [[code, "Secret/infra/web", "error"]]);
    estate.checkExpiry(NOW);
    assert.deepEqual(told(), [[code, "Secret/infra/web", "error"]]);
    update(estate, sourced(valid));
    assert.deepEqual(estate.problems(), []);
  });
}

test("a certificate that expires while it serves becomes a problem by the clock alone", async () => {
  const estate = new Estate(COMPILE_OPTIONS);
  update(estate, sourced(secretYaml(await makeSelfSigned({ dnsNames: ["a.test"], notAfter: IN_A_YEAR }))));
  assert.equal(estate.checkExpiry(NOW), undefined);
  assert.deepEqual(estate.checkExpiry(NOW + 400 * 86_400_000)?.edited, []);
  assert.equal(estate.problems()[0]?.code, "LB2007");
});

test("a certificate that isn't valid yet waits, says so, and is taken when its time has come", async () => {
  const estate = new Estate(COMPILE_OPTIONS);
  update(estate, sourced(secretYaml(await makeSelfSigned({ dnsNames: ["a.test"], notAfter: IN_A_YEAR }))));
  const before = certificateOf(estate);
  const tomorrow = new Date(NOW + 86_400_000);
  const next = await makeSelfSigned({ dnsNames: ["a.test"], notBefore: tomorrow, notAfter: IN_A_YEAR });
  update(estate, sourced(secretYaml(next)));
  assert.equal(certificateOf(estate), before);
  assert.equal(estate.checkExpiry(NOW + 3_600_000), undefined);
  assert.equal(estate.problems()[0]?.code, "LB2007", "the problem stays as long as it waits");
  assert.deepEqual(estate.checkExpiry(NOW + 2 * 86_400_000)?.edited, ["Secret/infra/web"]);
  assert.equal(certificateOf(estate), btoa(next.certificate));
  assert.deepEqual(estate.problems(), []);
});

test("what doesn't fit together is a problem at the place where the object is now", () => {
  const estate = new Estate(COMPILE_OPTIONS);
  const route = sourced(serviceYaml("shop", "shop.test", { vm: { port: 1, weight: 1 } })).filter(
    ({ resource }) => resource.kind === "HTTPRoute",
  );
  update(estate, [...sourced(gatewayYaml(80)), ...route]);
  const [problem] = estate.problems();
  assert.equal(problem?.code, "LB2001");
  assert.equal(problem?.position?.line, 1);
  const moved = route.map(({ resource, origin }) => ({
    resource,
    origin: { ...origin, position: { file: "estate.yaml", line: 9, column: 1 } },
  }));
  assert.deepEqual(update(estate, moved).edited, [], "an object that only moved in its file isn't an edit");
  assert.equal(estate.problems()[0]?.position?.line, 9);
});

test("an object that goes takes its problems with it", () => {
  const estate = new Estate(COMPILE_OPTIONS);
  const objects = sourced(serviceYaml("shop", "shop.test", { vm: { port: 1, weight: 1 } }));
  update(estate, objects);
  assert.equal(estate.problems()[0]?.code, "LB2004", "its Gateway doesn't exist");
  update(
    estate,
    [],
    objects.map(({ resource }) => keyOf(resource)),
  );
  assert.deepEqual(estate.problems(), []);
  assert.deepEqual([...estate.objects()], []);
});
