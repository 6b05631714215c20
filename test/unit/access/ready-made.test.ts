/** What each ready-made role lets its holder do, and what not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { READY_MADE_BINDINGS, READY_MADE_ROLES } from "../../../src/access/ready-made.ts";
import type { Attributes } from "../../../src/access/user.ts";
import { API_KINDS } from "../../../src/model/api-kinds.ts";
import { read, readyMadePolicy, userNamed } from "../../support/given-roles.ts";

const policy = readyMadePolicy();
const WRITE = ["create", "update", "patch", "delete", "deletecollection"];
const READ = ["get", "list", "watch"];

/** Kinds that only an admin sees: who reads a credential can use it, and who writes RBAC can give himself anything. */
const WITHHELD = ["Secret", "AccessToken", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"];
const TEAM_WRITES = ["HTTPRoute", "ReferenceGrant", "HybridService", "Service", "Secret"];
const TEAM_READS = [...TEAM_WRITES, "EndpointSlice", "Event"];

function may(name: string, request: Attributes): boolean {
  return policy.authorize(userNamed(name), request).allowed;
}

function on(kind: string, verb: string, namespace: string, subresource = ""): Attributes {
  const definition = API_KINDS.find((each) => each.kind === kind);
  assert.ok(definition);
  const { group, plural: resource } = definition;
  // A Namespace is asked for in itself, as in Kubernetes.
  const inside = kind === "Namespace" || definition.namespaced ? namespace : "";
  return { kind: "resource", verb, group, resource, subresource, namespace: inside, name: "" };
}

const path = (text: string, verb = "get"): Attributes => ({ kind: "path", verb, path: text });

/** The kinds of which all these verbs are allowed; fails when only some are. */
function kindsAllowed(name: string, verbs: readonly string[], namespace: string): string[] {
  return API_KINDS.map(({ kind }) => kind).filter((kind) => {
    const allowed = verbs.filter((verb) => may(name, on(kind, verb, namespace)));
    assert.ok(allowed.length === 0 || allowed.length === verbs.length, `${name} may only ${allowed} of ${kind}`);
    return allowed.length > 0;
  });
}

const allBut = (...left: string[]) => API_KINDS.map(({ kind }) => kind).filter((kind) => !left.includes(kind));

test("the ready-made objects are valid objects of the API, and each says what it is for", () => {
  for (const object of [...READY_MADE_ROLES, ...READY_MADE_BINDINGS]) {
    read(object);
    assert.match(object.metadata.annotations["kubernetes.io/description"] ?? "", /^[A-Z].{30,}\.$/);
  }
});

test("a viewer reads every kind but credentials and RBAC, everywhere, and writes nothing", () => {
  assert.deepEqual(kindsAllowed("viewer", READ, "shop"), allBut(...WITHHELD));
  for (const verb of [...WRITE, "use", "attach", "bind", "escalate", "impersonate"]) {
    assert.deepEqual(kindsAllowed("viewer", [verb], "shop"), [], verb);
  }
  for (const page of ["/landbridge/v1/audit", "/landbridge/v1/proxies", "/metrics"]) {
    assert.ok(!may("viewer", path(page)), page);
  }
});

test("a team reads and writes its own routing and Secrets, and touches nothing of others", () => {
  assert.deepEqual(kindsAllowed("team", WRITE, "shop").sort(), [...TEAM_WRITES].sort());
  assert.deepEqual(kindsAllowed("team", ["list", "watch"], "shop").sort(), [...TEAM_READS].sort());
  assert.deepEqual(kindsAllowed("team", ["get"], "shop").sort(), [...TEAM_READS, "Namespace"].sort());
  for (const verb of [...READ, ...WRITE]) {
    assert.deepEqual(kindsAllowed("team", [verb], "pay"), [], `${verb} in another namespace`);
    assert.deepEqual(kindsAllowed("team", [verb], ""), [], `${verb} in all namespaces`);
  }
  assert.ok(may("team", on("HTTPRoute", "get", "shop", "status")));
  assert.ok(!may("team", on("HTTPRoute", "update", "shop", "status")), "statuses are the control plane's");
});

test("an operator writes routing, Gateways, Platforms and Namespaces everywhere, but gives no rights", () => {
  assert.deepEqual(
    kindsAllowed("operator", ["create", "update", "patch", "delete"], ""),
    allBut("Event", ...WITHHELD.slice(1)),
  );
  assert.deepEqual(kindsAllowed("operator", READ, ""), allBut(...WITHHELD));
  for (const verb of ["bind", "escalate", "impersonate"])
    assert.deepEqual(kindsAllowed("operator", [verb], ""), [], verb);
  assert.ok(!may("operator", on("Gateway", "update", "infra", "status")));
});

test("an operator can't read a Secret by any verb that shows it", () => {
  for (const verb of [...READ, "deletecollection"]) assert.ok(!may("operator", on("Secret", verb, "shop")), verb);
});

test("an operator sees proxies and problems, but neither the audit log nor a backup", () => {
  for (const page of ["proxies", "proxies/edge", "problems", "trace", "compile"]) {
    assert.ok(may("operator", path(`/landbridge/v1/${page}`)), page);
  }
  for (const page of ["audit", "audit/verify", "backup", "certificates", "objects", ""]) {
    for (const verb of ["get", "post"]) assert.ok(!may("operator", path(`/landbridge/v1/${page}`, verb)), page);
  }
  assert.ok(!may("operator", path("/landbridge/v1/proxies", "delete")));
});

test("an admin may everything", () => {
  for (const verb of [...READ, ...WRITE, "escalate", "bind", "use"]) {
    assert.deepEqual(kindsAllowed("admin", [verb], ""), allBut(), verb);
  }
  assert.ok(may("admin", path("/landbridge/v1/audit")) && may("admin", path("/landbridge/v1/backup", "post")));
});

test("whoever has a credential finds out what there is and what he may, and nothing else", () => {
  for (const page of [
    "/api",
    "/api/v1",
    "/apis",
    "/apis/landbridge.dev/v1alpha1",
    "/openapi/v3",
    "/version",
    "/readyz",
  ]) {
    assert.ok(may("anybody", path(page)), page);
  }
  const review = (group: string, resource: string): Attributes => ({
    kind: "resource",
    verb: "create",
    group,
    resource,
    subresource: "",
    namespace: "",
    name: "",
  });
  assert.ok(may("anybody", review("authorization.k8s.io", "selfsubjectaccessreviews")));
  assert.ok(may("anybody", review("authorization.k8s.io", "selfsubjectrulesreviews")));
  assert.ok(may("anybody", review("authentication.k8s.io", "selfsubjectreviews")));
  assert.ok(!may("anybody", review("authorization.k8s.io", "subjectaccessreviews")), "that is about others");
  assert.ok(may("anybody", path("/landbridge/v1/plan", "post")), "it is judged object by object");
  assert.ok(!may("anybody", path("/landbridge/v1/certificates", "post")), "it would outlive a revoked token");
  assert.ok(!may("anybody", path("/metrics")) && !may("anybody", path("/landbridge/v1/info")));
  for (const verb of [...READ, ...WRITE]) assert.deepEqual(kindsAllowed("anybody", [verb], "shop"), [], verb);
  assert.ok(!policy.authorize({ ...userNamed("x"), groups: [] }, path("/api")).allowed);
});
