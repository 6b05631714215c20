/**
 * All kinds that files may hold (api-kinds.ts has those of the API). Adding one means a file that defines it, and a line in this table.
 */
import type * as z from "zod";
import { accessTokenKind } from "./access-token.ts";
import { clusterRoleKind } from "./cluster-role.ts";
import { clusterRoleBindingKind } from "./cluster-role-binding.ts";
import { endpointSliceKind } from "./endpoint-slice.ts";
import { gatewayKind } from "./gateway.ts";
import { gatewayClassKind } from "./gateway-class.ts";
import { httpRouteKind } from "./http-route.ts";
import { hybridServiceKind } from "./hybrid-service.ts";
import type { KindDefinition, Resource } from "./kind-definition.ts";
import { namespaceKind } from "./namespace.ts";
import { platformKind } from "./platform.ts";
import { referenceGrantKind } from "./reference-grant.ts";
import { roleKind } from "./role.ts";
import { roleBindingKind } from "./role-binding.ts";
import { secretKind } from "./secret.ts";
import { serviceKind } from "./service.ts";

const TABLE = [
  gatewayClassKind,
  gatewayKind,
  httpRouteKind,
  referenceGrantKind,
  namespaceKind,
  serviceKind,
  endpointSliceKind,
  secretKind,
  platformKind,
  hybridServiceKind,
  accessTokenKind,
  roleKind,
  clusterRoleKind,
  roleBindingKind,
  clusterRoleBindingKind,
] as const;

type Definition = (typeof TABLE)[number];
type ResourceOf<D> = D extends KindDefinition<infer Kind, infer Schema> ? Resource<Kind, z.output<Schema>> : never;

export type KindName = Definition["kind"];
export type AnyResource = ResourceOf<Definition>;
/** The type of the objects of one kind: KindOf<"HTTPRoute">. */
export type KindOf<Kind extends KindName> = Extract<AnyResource, { readonly kind: Kind }>;

export const KINDS: readonly KindDefinition[] = TABLE;

const BY_KIND: ReadonlyMap<string, KindDefinition> = new Map(KINDS.map((definition) => [definition.kind, definition]));

/** Everything a user may call a kind: kind, plural, singular and short names, in lower case. */
const BY_NAME: ReadonlyMap<string, KindDefinition> = new Map(
  KINDS.flatMap((definition) =>
    [definition.kind, definition.plural, definition.singular, ...definition.shortNames].map(
      (name) => [name.toLowerCase(), definition] as const,
    ),
  ),
);

/** By the exact name of the kind: "HTTPRoute". */
export function kindNamed(kind: string): KindDefinition | undefined {
  return BY_KIND.get(kind);
}

/** As kubectl takes it, in any case: "httproutes", "gw", "HTTPRoute", "httproutes.gateway.networking.k8s.io". */
export function findKind(name: string): KindDefinition | undefined {
  const [first = "", ...group] = name.toLowerCase().split(".");
  const found = BY_NAME.get(first);
  return group.length === 0 || group.join(".") === found?.group ? found : undefined;
}

export function isKind<Kind extends KindName>(resource: AnyResource, kind: Kind): resource is KindOf<Kind> {
  return resource.kind === kind;
}
