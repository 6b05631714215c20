/** POST /landbridge/v1/plan: what writing some objects would change, for those who may write them. */
import { z } from "zod";
import type { AccessPolicy } from "../../access/rbac/access-policy.ts";
import { describeDenial } from "../../access/request-words.ts";
import type { ResourceAttributes, User } from "../../access/user.ts";
import type { PlanAnswer, PlanRefusal } from "../../client/plan-view.ts";
import { apiKindNamed } from "../../model/api-kinds.ts";
import { type ObjectKey, objectKey, parseObjectKey } from "../../model/keys.ts";
import { apiVersionOf, type KindDefinition } from "../../model/kind-definition.ts";
import type { AnyResource } from "../../model/kinds.ts";
import { isFields, readObject } from "../../model/object-reader.ts";
import { decodeObject } from "../../registry/json.ts";
import type { Registry } from "../../registry/registry.ts";
import { writeGate } from "../access/write-gate.ts";
import type { ControlView } from "../local/control-view.ts";
import { admit } from "../resources/admit.ts";
import { readOnly } from "../resources/read-only.ts";
import { resourceOf } from "../resources/resource-name.ts";
import { readParsedBody } from "../server/requests.ts";
import { badRequest, forbidden, notFound } from "../status/failures.ts";
import type { Status } from "../status/status.ts";
import type { PathAnswer, PathCall } from "./path-route.ts";

export interface PlanRouteParts {
  readonly view: ControlView;
  readonly registry: Registry;
  readonly policy: AccessPolicy;
}

const planRequest = z.strictObject({
  objects: z.array(z.unknown()).max(10_000).default([]),
  /** Keys such as "HTTPRoute/shop/front". */
  remove: z.array(z.string()).max(10_000).default([]),
});

type Judged = { readonly resource: AnyResource } | { readonly key: ObjectKey; readonly failure: Status };

/** Every object is checked as if it were written: nobody learns more by a plan than by trying. */
export async function planRoute(parts: PlanRouteParts, { request, user }: PathCall): Promise<PathAnswer> {
  const body = await readParsedBody(request);
  if ("failure" in body) return { kind: "failure", status: body.failure };
  const wanted = planRequest.safeParse(body.value?.value ?? {});
  if (!wanted.success) return { kind: "failure", status: badRequest(z.prettifyError(wanted.error)) };
  const made = namespacesIn(wanted.data.objects);
  const { objects, remove: keys } = wanted.data;
  const judged = await Promise.all(objects.map((object, index) => judge(parts, user, object, index, made)));
  const removals = await Promise.all(
    keys.map(async (key) => ({ key, failure: await removalFailure(parts, user, key) })),
  );
  const set = judged.flatMap((each) => ("resource" in each ? [each.resource] : []));
  const remove = removals.flatMap(({ key, failure }) => (failure ? [] : [key]));
  const refusals = [...judged, ...removals].flatMap((each): PlanRefusal[] =>
    "failure" in each && each.failure ? [refusalOf(each.key, each.failure)] : [],
  );
  const plan = parts.view.plan(set, remove);
  const given = new Set(plan.objects.map(({ key }) => key));
  const isVisible = (key: ObjectKey | undefined) =>
    key === undefined || given.has(key) || parts.policy.authorize(user, attributesOf("get", key)).allowed;
  const value: PlanAnswer = {
    ...plan,
    statuses: plan.statuses.filter(({ object }) => isVisible(object)),
    problems: {
      added: plan.problems.added.filter(({ object }) => isVisible(object)),
      removed: plan.problems.removed.filter(({ object }) => isVisible(object)),
    },
    refusals,
  };
  return { kind: "json", value };
}

async function judge(
  { registry, policy }: PlanRouteParts,
  user: User,
  value: unknown,
  index: number,
  made: ReadonlySet<string>,
): Promise<Judged> {
  const definition = isFields(value) && typeof value.kind === "string" ? apiKindNamed(value.kind) : undefined;
  const metadata = isFields(value) && isFields(value.metadata) ? value.metadata : {};
  const name = typeof metadata.name === "string" ? metadata.name : "";
  if (!definition || !isFields(value))
    return { key: `/objects/${index}`, failure: badRequest(`object ${index} is of no kind that is served here`) };
  const namespace = definition.namespaced
    ? typeof metadata.namespace === "string"
      ? metadata.namespace
      : "default"
    : "";
  const key = objectKey(definition.kind, namespace, name);
  // In the same words whether the object is there or not, for those who may do neither.
  const deniedCreate = denial(policy, user, "create", key);
  const deniedUpdate = denial(policy, user, "update", key);
  if (deniedCreate && deniedUpdate) return { key, failure: deniedCreate };
  const served = await registry.find(key);
  const denied = served ? deniedUpdate : deniedCreate;
  if (denied) return { key, failure: denied };
  if (served && served.owner.kind !== "store") return { key, failure: readOnly(served) };
  const isThere = made.has(namespace) || (await registry.find(objectKey("Namespace", "", namespace))) !== undefined;
  if (definition.namespaced && !isThere)
    return { key, failure: notFound({ group: "", resource: "namespaces" }, namespace) };
  const version = versionOf(definition, value.apiVersion);
  const admission = admit(value, { definition, version, namespace, name }, "Warn");
  if ("failure" in admission) return { key, failure: admission.failure };
  const { resource } = admission.admitted;
  const before = () => served && readObject(decodeObject(served.json)).resource;
  const refused = writeGate(policy, user, definition)(before, resource);
  return refused ? { key, failure: refused } : { resource };
}

/** Namespaces that the plan itself would make. */
function namespacesIn(objects: readonly unknown[]): ReadonlySet<string> {
  const namespaces = objects.flatMap((object) =>
    isFields(object) && object.kind === "Namespace" && isFields(object.metadata) ? [String(object.metadata.name)] : [],
  );
  return new Set(namespaces);
}

async function removalFailure(
  { registry, policy }: PlanRouteParts,
  user: User,
  key: ObjectKey,
): Promise<Status | undefined> {
  const denied = denial(policy, user, "delete", key);
  if (denied) return denied;
  const served = await registry.find(key);
  return served && served.owner.kind !== "store" ? readOnly(served) : undefined;
}

function denial(policy: AccessPolicy, user: User, verb: string, key: ObjectKey): Status | undefined {
  const attributes = attributesOf(verb, key);
  if (policy.authorize(user, attributes).allowed) return undefined;
  return forbidden(attributes, attributes.name, describeDenial(user, attributes));
}

function attributesOf(verb: string, key: ObjectKey): ResourceAttributes {
  const { kind, namespace, name } = parseObjectKey(key);
  const definition = apiKindNamed(kind);
  const { group, resource } = definition ? resourceOf(definition) : { group: "", resource: kind };
  return { kind: "resource", verb, group, resource, subresource: "", namespace, name };
}

/** The version that the object names, if its kind has it; else the first, which then refuses it with the right words. */
function versionOf(definition: KindDefinition, apiVersion: unknown): string {
  const found = definition.versions.find((version) => apiVersionOf(definition, version) === apiVersion);
  return found ?? definition.versions[0];
}

function refusalOf(key: ObjectKey, { reason = "BadRequest", message = "", details }: Status): PlanRefusal {
  return { key, reason, message, causes: details?.causes ?? [] };
}
